/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.Library;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.AttemptListener;
import dev.arbiter.tracker.FinishedAttempt;
import dev.arbiter.tracker.internal.ChainedLine;
import dev.arbiter.tracker.internal.Disk;
import dev.arbiter.tracker.internal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of tracked events, one JSON object a line. Each line holds the SHA-256 of
 * itself and of the line before, so changing, removing or inserting a record breaks the chain.
 *
 * <p>Add it to a tracker as an {@link AttemptListener}, or {@link #append} other records. Records
 * wait in a bounded queue; the thread that fills a batch writes it, or the executor does. A written
 * record survives a crash of the process. It survives a power cut after {@link #flush}, the end of
 * a segment, or the close. Segments are compressed when they end; {@link Retention} removes the
 * oldest. {@link #deleteBefore} deletes by time and leaves a proof, so that {@link #verify} still
 * holds.
 *
 * <p>The chain alone cannot show that the newest records were cut off, or that the whole file was
 * rewritten: store the {@link #head} elsewhere regularly, and pass it to verify.
 *
 * <p>Thread-safe. Adding takes a short lock. Hashing, writing and compressing cost about 10
 * microseconds of CPU a record, spent by the thread that adds each 256th record, or by the
 * executor. Adding never throws. A full disk is counted, logged once a minute, and retried after a
 * second; meanwhile records wait, and are dropped and counted when the queue is full.
 */
public final class History implements AttemptListener, ArbiterListener, AutoCloseable {
  private final ReentrantLock files = new ReentrantLock();
  private final Sources sources;
  private final Segments segments;
  private final WriteQueue waiting;
  private final SegmentWriter writing;

  private History(Builder builder, Segments segments) {
    this.sources = builder.sources;
    this.segments = segments;
    this.waiting = new WriteQueue(builder.queue);
    this.writing = new SegmentWriter(builder, segments, waiting, files);
  }

  /**
   * Opens or creates the history in a folder, with defaults for everything.
   *
   * @param folder the folder of its files; created if missing
   * @return the history
   * @throws UncheckedIOException if the folder cannot be read or written, or another history has it
   *     open
   */
  public static History open(Path folder) {
    return builder(folder).build();
  }

  /**
   * Starts building a history.
   *
   * @param folder the folder of its files; created if missing
   * @return a builder with defaults for everything
   */
  public static Builder builder(Path folder) {
    Library.SLF4J.require(History.class);
    Json.require();
    return new Builder(folder);
  }

  @Override
  public void ended(FinishedAttempt attempt) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("agent", attempt.agent());
    data.put("taskType", attempt.taskType());
    data.put("tenant", attempt.tenant());
    data.put("durationNanos", attempt.time().toNanos());
    data.put("success", attempt.stands());
    data.put("quality", attempt.quality());
    data.put("cost", attempt.usage().cost());
    data.put("inputTokens", attempt.usage().inputTokens());
    data.put("outputTokens", attempt.usage().outputTokens());
    if (attempt.weight() != 1) { // else it stands for itself alone
      data.put("weight", attempt.weight());
    }
    append("attempt", attempt.at(), data);
  }

  /**
   * Records what an attempt does not tell: waits, decisions of people (not who decided, nor the
   * text), changes of agents' status, and actions to recover. For a history that is a listener of
   * an Arbiter too; attempts still come from a tracker.
   */
  @Override
  public void on(ArbiterEvent event) {
    Map<String, Object> data = new LinkedHashMap<>();
    if (event instanceof TaskEvent.Waiting waiting) {
      place(waiting.step(), data);
      data.put("reason", waiting.reason().getClass().getSimpleName());
      waiting.reason().until().ifPresent(until -> data.put("until", until.toString()));
      append("task_waiting", event.at(), data);
    } else if (event instanceof TaskEvent.Decided decided) {
      place(decided.step(), data);
      data.put("request", decided.approval().request());
      data.put("point", decided.approval().point().name());
      data.put("decision", decided.approval().answer().kind().name());
      append("human_review", event.at(), data);
    } else if (event instanceof AgentEvent.StatusChanged changed) {
      data.put("agent", changed.agent());
      data.put("before", changed.before().name());
      data.put("after", changed.after().name());
      changed.until().ifPresent(until -> data.put("until", until.toString()));
      append("agent_status_change", event.at(), data);
    } else if (event instanceof HealthEvent health) {
      data.put("component", health.component());
      data.put("action", health.action().name());
      data.put("success", health.succeeded());
      data.put("detail", health.detail());
      append("recovery_action", event.at(), data);
    }
  }

  private static void place(TaskEvent.Step step, Map<String, Object> data) {
    data.put("task", step.task().id());
    data.put("tenant", step.task().tenant());
    data.put("agent", step.agent());
    data.put("attempt", step.attempt());
  }

  /**
   * Adds a record.
   *
   * @param type the kind of record, such as {@code routing_decision}; not empty, and not {@code
   *     deletion} or {@code damage}, which the history itself writes: such a record is dropped
   * @param at its event time
   * @param data texts, numbers, booleans, lists and maps of such; converted to JSON when written,
   *     so it must not be changed. A record that could not be read back is dropped and counted: one
   *     with more than 30 levels in its data, the same name twice, more than 2 million characters,
   *     or an object of another kind
   */
  public void append(String type, Instant at, Map<String, ?> data) {
    if (type.isEmpty() || type.equals(HistoryEntry.DELETION) || type.equals(SegmentWriter.DAMAGE)) {
      waiting.drop();
      return;
    }
    if (waiting.add(SegmentWriter.fields(type, at, sources.clock().instant(), data))) {
      writing.wanted();
    }
  }

  /**
   * Writes all waiting records and forces them to the disk.
   *
   * @return whether they are on the disk; after a failure they are tried again later
   */
  public boolean flush() {
    return writing.flush();
  }

  /** {@return the number and hash of the last written record} */
  public ChainHead head() {
    return locked(segments::head);
  }

  /**
   * Verifies the chain from the first record to the last. Reads everything, about 5 microseconds a
   * record; writing waits meanwhile.
   *
   * @return up to where it holds
   */
  public Check verify() {
    return verify(new ChainHead(0, ChainedLine.NOTHING));
  }

  /**
   * Verifies the chain, and that the history still contains a noted record. It does not hold if the
   * record was deleted with later ones, since nothing then tells whether it was there: note {@link
   * DeletionReceipt#head} after a deletion, and a head again as long as old segments go by {@link
   * Retention}.
   *
   * @param noted an earlier {@link #head}
   * @return up to where it holds
   */
  public Check verify(ChainHead noted) {
    return locked(() -> new ChainVerifier(noted).check(segments.all()));
  }

  private <T> T locked(Supplier<T> question) {
    files.lock();
    try {
      return question.get();
    } finally {
      files.unlock();
    }
  }

  /**
   * Deletes every record from before a time and proves it. The receipt is appended first and needs
   * room on the disk. Reads all segments and rewrites those that change. After a crash the next
   * opening finishes the deletion.
   *
   * @param before in event time
   * @return the proof
   * @throws UncheckedIOException if the disk fails; call it again
   * @throws IllegalStateException if the history is closed
   */
  public DeletionReceipt deleteBefore(Instant before) {
    return writing.delete(before, 0);
  }

  /** {@return the counts} */
  public Stats stats() {
    return writing.stats();
  }

  /** Writes and forces all waiting records and closes the files. Later records are dropped. */
  @Override
  public void close() {
    writing.close();
  }

  /** Builder of {@link History}. Not thread-safe. */
  public static final class Builder {
    private final Path folder;
    Sources sources = Sources.system();
    Retention retention = Retention.standard();
    @Nullable Executor executor;
    Disk disk = Disk.real();
    int queue = 8192;
    int batch = 256;
    long segmentBytes = 8L << 20;

    private Builder(Path folder) {
      this.folder = folder;
    }

    /**
     * Sets the time source; default the machine's clocks.
     *
     * @param sources the same as the Arbiter's
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Sets the retention, default {@link Retention#standard}.
     *
     * @param retention the limits
     */
    public Builder retention(Retention retention) {
      this.retention = retention;
      return this;
    }

    /**
     * Sets the executor that writes full batches; default the thread that fills them.
     *
     * @param executor receives one run at a time
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Sets how many records may wait, default 8,192, and how many are written at once, default 256.
     *
     * @param queue 1 to 1,048,576
     * @param batch 1 to the queue
     */
    public Builder queue(int queue, int batch) {
      Require.that(
          queue >= 1 && queue <= 1 << 20, "history.queue must be 1 to 1048576, got %s", queue);
      Require.that(
          batch >= 1 && batch <= queue,
          "history.batch must be 1 to the queue's %s, got %s",
          queue,
          batch);
      this.queue = queue;
      this.batch = batch;
      return this;
    }

    /**
     * Sets the size at which a segment is compressed, default 8 MiB.
     *
     * @param bytes 1 KiB to 256 MiB
     */
    public Builder segmentBytes(long bytes) {
      Require.that(
          bytes >= 1 << 10 && bytes <= 256 << 20,
          "history.segmentBytes must be 1024 to 268435456, got %s",
          bytes);
      this.segmentBytes = bytes;
      return this;
    }

    Builder disk(Disk disk) {
      this.disk = disk;
      return this;
    }

    /**
     * Opens the history, repairs the effects of a crash and finishes an interrupted deletion.
     *
     * @return the history
     * @throws UncheckedIOException if the folder cannot be read or written, or another history has
     *     it open
     */
    public History build() {
      try {
        Segments segments = Segments.open(folder, disk);
        try {
          History history = new History(this, segments);
          history.writing.begin(folder);
          return history;
        } catch (IOException | RuntimeException e) {
          segments.giveUp();
          throw e;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot open the history in " + folder + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Counts of a history since it was opened.
   *
   * @param written records in the files
   * @param waiting records that wait to be written
   * @param dropped records that found the queue full or came after the close
   * @param failures failed writes, forces, compressions and deletions of old segments
   * @param repaired 1 if opening removed a record that a crash had cut
   * @param damaged changed files that opening set aside
   * @param segments number of files
   * @param bytes their total length
   * @param head the last record written
   */
  public record Stats(
      long written,
      int waiting,
      long dropped,
      long failures,
      int repaired,
      int damaged,
      int segments,
      long bytes,
      ChainHead head) {}

  /**
   * Whether a history is as it was written.
   *
   * @param holds whether every record follows the one before, and every gap has its receipt
   * @param upTo the last record up to which that holds
   * @param records number of records up to it
   * @param deleted number of deleted records, by receipts
   * @param problem the problem after {@code upTo}; empty if it holds
   */
  public record Check(boolean holds, ChainHead upTo, long records, long deleted, String problem) {}

  /**
   * How much history is kept. When a new segment begins, whole old segments are removed. One that
   * cannot be read goes with the next that can be, and the record of the deletion names it.
   *
   * @param age segments whose newest record is older are removed, positive; default 90 days
   * @param bytes most compressed bytes, at least 1 MiB; default 100 GiB
   */
  public record Retention(Duration age, long bytes) {
    private static final long LEAST_BYTES = 1L << 20;

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a limit is outside its range
     */
    public Retention {
      Require.that(
          !age.isZero() && !age.isNegative(), "storage.retention must be positive, got %s", age);
      Require.that(
          bytes >= LEAST_BYTES, "storage.maxBytes must be at least %s, got %s", LEAST_BYTES, bytes);
    }

    /** {@return the required limits: 90 days, 100 GiB} */
    public static Retention standard() {
      return new Retention(Duration.ofDays(90), 100L << 30);
    }
  }
}
