/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.internal.Digests;
import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.Disk;
import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.privacy.Anonymizer;
import dev.arbiter.tracker.privacy.Contribution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Writes steps to files for training by another program.
 *
 * <p>A step that could not be read back, such as one with a cost of NaN, is left out, and the
 * manifest says so. The others are ordered by time and cut into batches; a batch that fails its
 * {@link BatchQuality} is left out and the reason kept. Each step goes through an {@link
 * Anonymizer} and becomes one line of JSON; a {@link TrainingSet.Manifest} lies beside the data.
 * Both files are written under another name, forced and renamed, the manifest last: a reader that
 * starts from manifests never sees half an export.
 *
 * <p>Single steps cannot be differentially private and useful at once. At that level export figures
 * instead: {@link #contributions} to {@link dev.arbiter.tracker.privacy.PrivateStatistics}.
 *
 * <p>Thread-safe. One export is written at a time, on the caller's thread, about 0.1 ms a step,
 * most of it for the search for secrets. Never throws because of the steps or the disk.
 */
public final class TrainingExport {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int MOST_A_MILLISECOND = 1000;
  private static final int MOST_REASONS = 1000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Path folder;
  private final BatchQuality gates;
  private final Anonymizer anonymizer;
  private final InstantSource clock;
  private final Disk disk;

  TrainingExport(
      Path folder, BatchQuality gates, Anonymizer anonymizer, InstantSource clock, Disk disk) {
    Json.require();
    this.folder = folder;
    this.gates = gates;
    this.anonymizer = anonymizer;
    this.clock = clock;
    this.disk = disk;
  }

  /**
   * Exports at level BASIC: figures, task types, capabilities and policies stay; tenants, tasks and
   * agents become keyed hashes, equal in all exports with the same key.
   *
   * @param folder the target folder; created if missing
   * @param key secret, at least 16 bytes from a secure source
   * @param gates the limits of batches
   * @param sources the host's clock
   * @return the export
   * @throws IllegalArgumentException if the key is too short
   */
  public static TrainingExport basic(Path folder, byte[] key, BatchQuality gates, Sources sources) {
    return new TrainingExport(folder, gates, StepFormat.basic(key), sources.clock(), Disk.real());
  }

  /**
   * Exports at level NONE: ids stay, known forms of secrets and personal data are removed.
   *
   * @param folder the target folder; created if missing
   * @param gates the limits of batches
   * @param sources the host's clock
   * @return the export
   */
  public static TrainingExport withoutAnonymization(
      Path folder, BatchQuality gates, Sources sources) {
    return new TrainingExport(folder, gates, Anonymizer.none(), sources.clock(), Disk.real());
  }

  /**
   * Converts steps to contributions for private figures: the mean reward of each agent at each task
   * type, with each task as a contributor. Names of types and agents stay unchanged.
   *
   * @param steps the steps
   * @return one contribution each, to the partition {@code taskType/agent}
   */
  public static List<Contribution> contributions(List<Transition> steps) {
    return steps.stream()
        .map(
            step ->
                new Contribution(
                    step.tenant().length() + ":" + step.tenant() + step.task(),
                    step.state().taskType() + "/" + step.action(),
                    step.reward().scalar()))
        .toList();
  }

  /**
   * Writes the batches that are good enough.
   *
   * @param steps in any order
   * @return the files, or the reason why there are none
   */
  public Result write(List<Transition> steps) {
    Lines lines = new Lines(steps, anonymizer);
    List<List<Transition>> accepted = new ArrayList<>();
    List<BatchQuality.Verdict> verdicts = new ArrayList<>();
    for (List<Transition> batch : gates.batches(lines.steps())) {
      BatchQuality.Verdict verdict = gates.judge(batch);
      verdicts.add(verdict);
      if (verdict.accepted()) {
        accepted.add(batch);
      }
    }
    if (accepted.isEmpty()) {
      return verdicts.isEmpty() && !steps.isEmpty()
          ? new Result.Failed("cannot export to " + folder + ": " + lines.leftOut())
          : new Result.Refused(verdicts);
    }
    lock.lock();
    try {
      return write(accepted, verdicts, lines);
    } catch (IOException | RuntimeException e) {
      return new Result.Failed("cannot export to " + folder + ": " + TrainingSet.said(e));
    } finally {
      lock.unlock();
    }
  }

  private Result write(
      List<List<Transition>> batches, List<BatchQuality.Verdict> verdicts, Lines lines)
      throws IOException {
    Files.createDirectories(folder);
    Instant now = clock.instant();
    String name = freeName(now);
    Path data = folder.resolve(name + ".jsonl");
    Path manifest = folder.resolve(name + ".manifest.json");
    boolean whole = false;
    try {
      TrainingSet.Manifest contents = writeData(data, now, batches, verdicts, lines);
      disk.writeAtomically(manifest, contents.json());
      whole = true;
      return new Result.Written(manifest, contents, verdicts);
    } finally {
      if (!whole) {
        Files.deleteIfExists(data);
        Files.deleteIfExists(manifest);
      }
    }
  }

  private String freeName(Instant now) throws IOException {
    for (int number = 0; number < MOST_A_MILLISECOND; number++) {
      String name = "training-" + NAME.format(now) + String.format(Locale.ROOT, "-%03d", number);
      if (!Files.exists(folder.resolve(name + ".jsonl"))
          && !Files.exists(folder.resolve(name + ".manifest.json"))) {
        return name;
      }
    }
    throw new IOException("a thousand exports of the same millisecond are there already");
  }

  private TrainingSet.Manifest writeData(
      Path data,
      Instant now,
      List<List<Transition>> batches,
      List<BatchQuality.Verdict> verdicts,
      Lines lines)
      throws IOException {
    MessageDigest digest = Digests.sha256();
    disk.writeAtomically(
        data,
        out -> {
          for (List<Transition> batch : batches) {
            byte[] bytes = lines.of(batch);
            digest.update(bytes);
            out.write(bytes);
          }
        });
    return new TrainingSet.Manifest(
        StepFormat.SCHEMA,
        now,
        data.getFileName().toString(),
        Files.size(data),
        Digests.hex(digest.digest()),
        batches.stream().mapToLong(List::size).sum(),
        batches.size(),
        reasons(verdicts, lines),
        gates,
        anonymizer.level(),
        anonymizer.statement());
  }

  /** Why batches and steps were left out: as many reasons as a manifest can hold. */
  private static List<String> reasons(List<BatchQuality.Verdict> verdicts, Lines lines) {
    List<String> reasons =
        verdicts.stream().map(BatchQuality.Verdict::why).filter(why -> !why.isEmpty()).toList();
    List<String> most = new ArrayList<>();
    if (!lines.leftOut().isEmpty()) {
      most.add(lines.leftOut());
    }
    most.addAll(reasons.subList(0, Math.min(MOST_REASONS, reasons.size())));
    if (reasons.size() > MOST_REASONS) {
      most.add("and " + (reasons.size() - MOST_REASONS) + " batches more");
    }
    return most;
  }

  /**
   * The steps as a reader of the export gets them. They are judged, not those handed in: hashing
   * and scrubbing can make two of them equal, and a step that could not be read back is left out.
   */
  private static final class Lines {
    private final IdentityHashMap<Transition, String> lines = new IdentityHashMap<>();
    private final List<Transition> steps = new ArrayList<>();
    private String firstReason = "";
    private int leftOut;

    Lines(List<Transition> raw, Anonymizer anonymizer) {
      for (Transition step : raw) {
        try {
          String line = Json.write(anonymizer.anonymize(step.tenant(), StepFormat.fields(step)));
          Transition back = StepFormat.read(Json.read(line));
          lines.put(back, line);
          steps.add(back);
        } catch (IOException | RuntimeException e) {
          firstReason = leftOut++ == 0 ? String.valueOf(e.getMessage()) : firstReason;
        }
      }
    }

    List<Transition> steps() {
      return steps;
    }

    byte[] of(List<Transition> batch) {
      StringBuilder text = new StringBuilder();
      batch.forEach(step -> text.append(lines.get(step)).append('\n'));
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Empty if every step is in. */
    String leftOut() {
      return leftOut == 0
          ? ""
          : leftOut + " steps left out that could not be read back: " + firstReason;
    }
  }

  /** The result of an export. */
  public sealed interface Result {

    /**
     * Written completely.
     *
     * @param manifest the manifest's file, for {@link TrainingSet#read}
     * @param contents its content
     * @param verdicts one for each batch, also those left out
     */
    record Written(
        Path manifest, TrainingSet.Manifest contents, List<BatchQuality.Verdict> verdicts)
        implements Result {
      /** Copies the lists. */
      public Written {
        verdicts = List.copyOf(verdicts);
      }
    }

    /**
     * No batch was good enough; nothing was written.
     *
     * @param verdicts one for each batch
     */
    record Refused(List<BatchQuality.Verdict> verdicts) implements Result {
      /** Copies the lists. */
      public Refused {
        verdicts = List.copyOf(verdicts);
      }

      /** {@return the reason for the first batch, as a sentence} */
      public String why() {
        return verdicts.isEmpty() ? "no steps" : verdicts.get(0).why();
      }
    }

    /**
     * Writing failed; nothing is left of it.
     *
     * @param message the reason, such as a full disk
     */
    record Failed(String message) implements Result {}

    /** Calls the function for this case and returns its result. */
    default <R> R match(
        Function<Written, R> written, Function<Refused, R> refused, Function<Failed, R> failed) {
      if (this instanceof Written w) {
        return written.apply(w);
      }
      if (this instanceof Refused r) {
        return refused.apply(r);
      }
      return failed.apply((Failed) this);
    }
  }
}
