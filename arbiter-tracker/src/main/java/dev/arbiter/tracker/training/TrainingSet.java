/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.internal.Digests;
import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.privacy.Anonymizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An export, read back.
 *
 * @param manifest its manifest
 * @param steps its lines, in order
 */
public record TrainingSet(Manifest manifest, List<Transition> steps) {
  private static final int MOST_PROBLEMS = 100;
  private static final long LONGEST_MANIFEST = 16L << 20;

  /** Copies the lists. */
  public TrainingSet {
    steps = List.copyOf(steps);
  }

  /**
   * Whether an export matches its manifest and is good enough to train from.
   *
   * @param problems at most 100 sentences; empty if there are none
   * @param verdicts one for each batch that could be read
   */
  public record Check(List<String> problems, List<BatchQuality.Verdict> verdicts) {
    /** Copies the lists. */
    public Check {
      problems = List.copyOf(problems);
      verdicts = List.copyOf(verdicts);
    }

    /** {@return whether there is no problem} */
    public boolean sound() {
      return problems.isEmpty();
    }
  }

  /**
   * Reads a sound export.
   *
   * @param manifest the manifest's file
   * @return all of it
   * @throws UncheckedIOException if it does not match its manifest, naming the first problem
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
   * Checks an export: schema, length, digest, count, every line, and the quality of every batch.
   *
   * @param manifest the manifest's file
   * @return its problems
   */
  public static Check check(Path manifest) {
    return new Reading(manifest).check();
  }

  /* A file system says the file alone. */
  static String said(Exception e) {
    if (e instanceof NoSuchFileException missing) {
      return "there is no " + missing.getFile();
    }
    if (e instanceof FileSystemException refused) {
      String why = e.getClass().getSimpleName().replace("Exception", "");
      return refused.getFile()
          + " cannot be used: "
          + (why.equals("FileSystem") ? refused.getReason() : why);
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** One look at an export. */
  private static final class Reading {
    private final Path file;
    private final List<Transition> steps = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<BatchQuality.Verdict> verdicts = new ArrayList<>();
    private @Nullable Manifest contents;

    Reading(Path file) {
      this.file = file;
    }

    Check check() {
      try {
        readAll();
      } catch (IOException e) {
        problem(said(e));
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
        BatchQuality.Verdict verdict =
            manifest.gates().judge(steps.subList(from, Math.min(steps.size(), from + size)));
        verdicts.add(verdict);
        if (!verdict.accepted()) {
          problem("batch from line " + (from + 1) + ": " + verdict.why());
        }
      }
      compare("batches", manifest.batches(), verdicts.size());
    }
  }

  /**
   * The description of an export, in a JSON file beside the data.
   *
   * @param schema the form of the lines, {@code arbiter.training.v1}
   * @param createdAt its time, by the host's clock
   * @param data name of the file with one step a line, in the same folder
   * @param bytes the length of that file
   * @param sha256 its digest, 64 hexadecimal digits
   * @param steps number of lines
   * @param batches number of consecutive batches
   * @param refused the reasons of batches left out, one sentence each
   * @param gates the limits of each batch
   * @param level the level of anonymization
   * @param privacy the level as a sentence
   */
  public record Manifest(
      String schema,
      Instant createdAt,
      String data,
      long bytes,
      String sha256,
      long steps,
      int batches,
      List<String> refused,
      BatchQuality gates,
      Anonymizer.Level level,
      String privacy) {
    /** Copies the lists. */
    public Manifest {
      refused = List.copyOf(refused);
    }

    String json() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("schema", schema);
      fields.put("createdAt", createdAt.toString());
      fields.put("data", data);
      fields.put("bytes", bytes);
      fields.put("sha256", sha256);
      fields.put("steps", steps);
      fields.put("batches", batches);
      fields.put("refused", refused);
      fields.put("gates", fields(gates));
      fields.put("anonymizationLevel", level.name().toLowerCase(Locale.ROOT));
      fields.put("privacy", privacy);
      return Json.writePage(fields);
    }

    private static Map<String, Object> fields(BatchQuality gates) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("minSampleDiversity", gates.diversity());
      fields.put("maxTemporalGap", gates.gap().toString());
      fields.put("minRewardVariance", gates.rewardVariance());
      fields.put("maxDuplicateRatio", gates.duplicates());
      fields.put("batchSize", gates.batch());
      return fields;
    }

    static Manifest read(String text) throws IOException {
      Json.Fields fields = Json.read(text);
      Json.Fields gates = fields.object("gates");
      try {
        return new Manifest(
            fields.text("schema"),
            Instant.parse(fields.text("createdAt")),
            fields.text("data"),
            fields.whole("bytes"),
            fields.text("sha256"),
            fields.whole("steps"),
            Math.toIntExact(fields.whole("batches")),
            fields.texts("refused"),
            new BatchQuality(
                gates.number("minSampleDiversity"),
                Duration.parse(gates.text("maxTemporalGap")),
                gates.number("minRewardVariance"),
                gates.number("maxDuplicateRatio"),
                Math.toIntExact(gates.whole("batchSize"))),
            Anonymizer.Level.valueOf(fields.text("anonymizationLevel").toUpperCase(Locale.ROOT)),
            fields.text("privacy"));
      } catch (RuntimeException e) {
        throw new IOException("the manifest cannot be read: " + e.getMessage(), e);
      }
    }
  }
}
