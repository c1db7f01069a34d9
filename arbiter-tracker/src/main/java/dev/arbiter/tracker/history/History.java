/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.AttemptListener;
import dev.arbiter.tracker.FinishedAttempt;
import dev.arbiter.tracker.internal.ChainedLine;
import dev.arbiter.tracker.internal.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of what was tracked, one JSON object a line, each with the SHA-256 of itself
 * and of the one before: who changes, removes or inserts a record breaks the chain.
 *
 * <p>Give it to whoever finishes attempts as an {@link AttemptListener}, or {@link #append} what
 * else there is. Records wait in a bounded queue; whoever fills a batch writes it, or the executor
 * does. A record is safe from a crash of the process once it is written, and from a power cut after
 * {@link #flush}, the end of a segment, or the close. Segments are compressed when they end, and
 * the oldest go by {@link Retention}; {@link #deleteBefore} deletes by time, wherever a record
 * stands, and leaves a proof, so that {@link #verify} still holds.
 *
 * <p>What the chain cannot show by itself is that the newest records were cut off, or that somebody
 * wrote all of it anew: note the {@link #head} elsewhere now and then, and give it to verify.
 *
 * <p>Thread-safe. Adding a record takes a short lock; hashing, writing and compressing come to
 * about 10 microseconds of CPU a record, spent by whoever adds each 256th one, or by the executor.
 * Adding never throws: a full disk is counted, logged once a minute, and tried again after a
 * second; meanwhile records wait, and are dropped and counted when the queue is full.
 */
public final class History implements AttemptListener, AutoCloseable {
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
   * Opens the history in a folder, or begins one, with defaults for everything.
   *
   * @param folder where its files are; made when it is not there
   * @return the history
   * @throws UncheckedIOException if the folder cannot be read or written, or another history has it
   *     open
   */
  public static History open(Path folder) {
    return builder(folder).build();
  }

  /**
   * Starts a history.
   *
   * @param folder where its files are; made when it is not there
   * @return a builder with defaults for everything
   */
  public static Builder builder(Path folder) {
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
    append("attempt", attempt.at(), data);
  }

  /**
   * Adds a record.
   *
   * @param type what kind, such as {@code routing_decision}; not empty, and not {@code deletion} or
   *     {@code damage}, which the history itself writes: such a record is dropped
   * @param at when it happened
   * @param data texts, numbers, truth values, lists and maps of such; copied as JSON when it is
   *     written, so it must not be changed
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
   * Writes all that waits and waits until it is on the disk.
   *
   * @return whether it is; false when the disk fails, and then it is tried again later
   */
  public boolean flush() {
    return writing.flush();
  }

  /**
   * The last record that was written.
   *
   * @return its place and hash
   */
  public ChainHead head() {
    files.lock();
    try {
      return segments.head();
    } finally {
      files.unlock();
    }
  }

  /**
   * Follows the chain from the first record to the last; reads everything, about 5 microseconds a
   * record. Writing waits meanwhile.
   *
   * @return how far it holds
   */
  public Check verify() {
    return verify(new ChainHead(0, ChainedLine.NOTHING));
  }

  /**
   * The same, and whether the history still has a record that was noted elsewhere.
   *
   * @param noted what {@link #head} gave once
   * @return how far it holds
   */
  public Check verify(ChainHead noted) {
    files.lock();
    try {
      return new ChainVerifier(noted).check(segments.all());
    } finally {
      files.unlock();
    }
  }

  /**
   * Deletes every record that happened before a time, wherever it stands, and proves it: a receipt
   * goes into the history first, and needs room on the disk. Reads all segments, rewrites those
   * that change. A crash in the middle is made good on the next opening.
   *
   * @param before in event time
   * @return the proof
   * @throws UncheckedIOException if the disk fails; call it again
   * @throws IllegalStateException if the history is closed
   */
  public DeletionReceipt deleteBefore(Instant before) {
    return writing.delete(before, 0);
  }

  /**
   * How it is doing.
   *
   * @return counts
   */
  public Stats stats() {
    return writing.stats();
  }

  /** Writes all that waits, forces it and closes the files; what comes later is dropped. */
  @Override
  public void close() {
    writing.close();
  }

  /** Collects the parts of a {@link History}; not thread-safe. */
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
     * Says where time comes from; default the machine's clocks.
     *
     * @param sources the same the Arbiter has
     * @return this
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Limits how much is kept, default {@link Retention#standard}.
     *
     * @param retention the limits
     * @return this
     */
    public Builder retention(Retention retention) {
      this.retention = retention;
      return this;
    }

    /**
     * Says who writes full batches in place of the thread that filled them.
     *
     * @param executor is given one run at a time
     * @return this
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Limits how many records may wait, default 8,192, and says how many are written at once,
     * default 256.
     *
     * @param queue 1 to 1,048,576
     * @param batch 1 to the queue
     * @return this
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
     * Says how long a segment gets before it is compressed, default 8 MiB.
     *
     * @param bytes 1 KiB to 256 MiB
     * @return this
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
     * Opens the history; repairs what a crash left and finishes a deletion it cut short.
     *
     * @return the history
     * @throws UncheckedIOException if the folder cannot be read or written, or another history has
     *     it open
     */
    public History build() {
      try {
        History history = new History(this, Segments.open(folder, disk));
        history.writing.begin(folder);
        return history;
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot open the history in " + folder + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * How a history is doing; every count is since it was opened.
   *
   * @param written records in the files
   * @param waiting records that wait to be written
   * @param dropped records that found the queue full, or came after the close
   * @param failures times that writing, forcing, compressing or deleting old segments failed
   * @param repaired 1 if a record cut by a crash was taken off on opening
   * @param damaged files set aside on opening because they had been changed
   * @param segments files
   * @param bytes their length together
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
   * @param upTo the last record up to which that is so
   * @param records how many records are there up to it
   * @param deleted how many were deleted, as receipts say
   * @param problem what is wrong after {@code upTo}; empty when it holds
   */
  public record Check(boolean holds, ChainHead upTo, long records, long deleted, String problem) {}

  /**
   * How much history is kept; whole segments go, the oldest first, when a new one begins.
   *
   * @param age segments whose newest record happened longer ago go, positive; default 90 days
   * @param bytes more than this, compressed, is not kept, at least 1 MiB; default 100 GiB
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

    /**
     * The limits of the requirements.
     *
     * @return 90 days, 100 GiB
     */
    public static Retention standard() {
      return new Retention(Duration.ofDays(90), 100L << 30);
    }
  }
}
