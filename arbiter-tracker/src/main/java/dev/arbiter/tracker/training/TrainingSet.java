/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.internal.Digests;
import dev.arbiter.tracker.internal.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An export, read back.
 *
 * @param manifest what it says of itself
 * @param steps its lines, in order
 */
public record TrainingSet(Manifest manifest, List<Transition> steps) {
  private static final int MOST_PROBLEMS = 100;
  private static final long LONGEST_MANIFEST = 16L << 20;

  /** Copies. */
  public TrainingSet {
    steps = List.copyOf(steps);
  }

  /**
   * Whether an export is what its manifest says, and good enough to train from.
   *
   * @param problems what is wrong, at most 100 sentences; empty when nothing is
   * @param verdicts how each batch that could be read measures up
   */
  public record Check(List<String> problems, List<QualityVerdict> verdicts) {
    /** Copies. */
    public Check {
      problems = List.copyOf(problems);
      verdicts = List.copyOf(verdicts);
    }

    /**
     * Tells whether nothing is wrong.
     *
     * @return whether it is sound
     */
    public boolean sound() {
      return problems.isEmpty();
    }
  }

  /**
   * Reads an export that is sound.
   *
   * @param manifest the manifest's file
   * @return all of it
   * @throws UncheckedIOException if it is not what it says, naming the first thing that is wrong
   */
  public static TrainingSet read(Path manifest) {
    Reading reading = new Reading(manifest);
    Check check = reading.check();
    if (!check.sound() || reading.contents == null) {
      throw new UncheckedIOException(
          new IOException("the export " + manifest + " is damaged: " + check.problems().get(0)));
    }
    return new TrainingSet(reading.contents, reading.steps);
  }

  /**
   * Checks an export: schema, length, digest, count, every line, and every batch against the gates.
   *
   * @param manifest the manifest's file
   * @return what is wrong with it
   */
  public static Check check(Path manifest) {
    return new Reading(manifest).check();
  }

  /** One look at an export. */
  private static final class Reading {
    private final Path file;
    private final List<Transition> steps = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<QualityVerdict> verdicts = new ArrayList<>();
    private @Nullable Manifest contents;

    Reading(Path file) {
      this.file = file;
    }

    Check check() {
      try {
        readAll();
      } catch (IOException e) {
        problem(e.getMessage() == null ? e.toString() : e.getMessage());
      }
      return new Check(problems, verdicts);
    }

    private void problem(String what) {
      if (problems.size() < MOST_PROBLEMS) {
        problems.add(what);
      }
    }

    private void readAll() throws IOException {
      if (Files.size(file) > LONGEST_MANIFEST) {
        throw new IOException("the manifest is longer than " + LONGEST_MANIFEST + " bytes");
      }
      Manifest manifest = Manifest.read(Files.readString(file, StandardCharsets.UTF_8));
      contents = manifest;
      if (!manifest.schema().equals(StepFormat.SCHEMA)) {
        throw new IOException("schema " + manifest.schema() + " is not " + StepFormat.SCHEMA);
      }
      if (manifest.data().contains("/") || manifest.data().contains("\\")) {
        throw new IOException("the data lies in another folder: " + manifest.data());
      }
      Path data = file.resolveSibling(manifest.data());
      MessageDigest digest = Digests.sha256();
      try (InputStream in = new DigestInputStream(Files.newInputStream(data), digest)) {
        readLines(in);
      }
      compare("bytes", manifest.bytes(), Files.size(data));
      compare("sha256", manifest.sha256(), Digests.hex(digest.digest()));
      compare("steps", manifest.steps(), (long) steps.size());
      judge(manifest);
    }

    private void readLines(InputStream in) throws IOException {
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        try {
          steps.add(StepFormat.read(Json.read(line)));
        } catch (IOException e) {
          problem("line " + number + ": " + e.getMessage());
        }
      }
    }

    private void compare(String what, Object said, Object found) {
      if (!said.equals(found)) {
        problem(what + ": the manifest says " + said + ", the file has " + found);
      }
    }

    private void judge(Manifest manifest) {
      int size = manifest.gates().batch();
      for (int from = 0; from < steps.size(); from += size) {
        QualityVerdict verdict =
            manifest.gates().judge(steps.subList(from, Math.min(steps.size(), from + size)));
        verdicts.add(verdict);
        if (!verdict.accepted()) {
          problem("batch from line " + (from + 1) + ": " + verdict.why());
        }
      }
      compare("batches", manifest.batches(), verdicts.size());
    }
  }
}
