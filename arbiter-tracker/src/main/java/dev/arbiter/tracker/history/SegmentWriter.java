/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.internal.LogLimiter;
import dev.arbiter.tracker.internal.Disk;
import dev.arbiter.tracker.internal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves records from the queue into segments, and removes old segments. */
final class SegmentWriter {
  static final String DAMAGE = "damage";

  private static final Logger LOG = LoggerFactory.getLogger(History.class);
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final Segments segments;
  private final WriteQueue waiting;
  private final ReentrantLock files;
  private final LogLimiter log;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final History.Retention retention;
  private final @Nullable Executor executor;
  private final Disk disk;
  private final int batch;
  private final long segmentBytes;
  private final AtomicBoolean handedOn = new AtomicBoolean();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private Path pending = Path.of("");
  private volatile long pausedSince;
  private volatile boolean paused;
  private boolean closed;

  SegmentWriter(
      History.Builder builder, Segments segments, WriteQueue waiting, ReentrantLock files) {
    this.segments = segments;
    this.waiting = waiting;
    this.files = files;
    this.log = new LogLimiter(builder.sources.nanoTime());
    this.clock = builder.sources.clock();
    this.nanoTime = builder.sources.nanoTime();
    this.retention = builder.retention;
    this.executor = builder.executor;
    this.disk = builder.disk;
    this.batch = builder.batch;
    this.segmentBytes = builder.segmentBytes;
  }

  static Map<String, Object> fields(
      String type, Instant at, Instant recorded, Map<String, ?> data) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", type);
    fields.put("at", at.toString());
    fields.put("recorded", recorded.toString());
    fields.put(HistoryEntry.DATA, data);
    return fields;
  }

  /** Records the damage found on opening, and finishes a deletion. */
  void begin(Path folder) throws IOException {
    pending = folder.resolve("deletion.pending");
    Instant now = clock.instant();
    for (Segments.Damage damage : segments.damages()) {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("file", damage.file());
      data.put("after", damage.after());
      data.put("why", damage.why());
      segments.append(List.of(fields(DAMAGE, now, now, data)));
      written.incrementAndGet();
      if (log.passes()) {
        LOG.warn("history: {} was set aside, it had been changed: {}", damage.file(), damage.why());
      }
    }
    if (Files.exists(pending)) {
      Json.Fields cut = Json.read(Files.readString(pending, StandardCharsets.UTF_8));
      delete(Instant.parse(cut.text("before")), cut.whole("through"));
    }
  }

  /** Writes a batch, if one is full and no other thread writes. */
  void wanted() {
    if (waiting.size() < batch || (paused && nanoTime.getAsLong() - pausedSince < PAUSE)) {
      return;
    }
    Executor other = executor;
    if (other == null) {
      writeUnlessBusy();
    } else if (handedOn.compareAndSet(false, true)) {
      try {
        other.execute(this::writeHandedOn);
      } catch (RejectedExecutionException e) {
        handedOn.set(false);
        failed(new IOException("the executor takes no more", e));
      }
    }
  }

  private void writeHandedOn() {
    handedOn.set(false);
    writeUnlessBusy();
  }

  private void writeUnlessBusy() {
    if (files.tryLock()) {
      try {
        while (waiting.size() >= batch && writeBatch()) {
          keepWithinLimits();
        }
      } finally {
        files.unlock();
      }
    }
  }

  /** Whether it was written. */
  private boolean writeBatch() {
    try {
      return writeOldest();
    } catch (IOException | RuntimeException e) {
      failed(e);
      return false;
    }
  }

  /** Whether there was something to write, which was written then. */
  private boolean writeOldest() throws IOException {
    List<Map<String, Object>> records = waiting.oldest(batch);
    if (records.isEmpty() || closed) {
      return false;
    }
    try {
      segments.append(records);
    } catch (IllegalArgumentException e) {
      writeSingly(records);
      return true;
    }
    waiting.remove(records.size());
    written.addAndGet(records.size());
    paused = false;
    return true;
  }

  /** One of the records could not be read back: it is dropped, the others are kept. */
  private void writeSingly(List<Map<String, Object>> records) throws IOException {
    for (Map<String, Object> record : records) {
      try {
        segments.append(List.of(record));
        written.incrementAndGet();
      } catch (IllegalArgumentException e) {
        waiting.drop();
      }
      waiting.remove(1);
    }
  }

  /** Writes all that waits: a deletion must find it in the files. */
  private void writeAll() throws IOException {
    try {
      while (writeOldest()) {
        // the next batch
      }
    } catch (IOException | RuntimeException e) {
      failed(e);
      throw new IOException("records wait that cannot be written: " + e.getMessage(), e);
    }
  }

  private void failed(Exception why) {
    pausedSince = nanoTime.getAsLong();
    paused = true;
    long count = failures.incrementAndGet();
    if (log.passes()) {
      LOG.warn(
          "history: cannot write, {} records wait, {} failures so far: {}",
          waiting.size(),
          count,
          why.getMessage());
    }
  }

  private void keepWithinLimits() {
    try {
      if (segments.activeBytes() >= segmentBytes) {
        segments.roll();
        long through = segments.through(retention, clock.instant());
        if (through > 0) {
          delete(Instant.MIN, through);
        }
      }
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  DeletionReceipt delete(Instant before, long through) {
    files.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the history is closed; open it to delete");
      }
      writeAll();
      segments.roll();
      Deletion deletion = new Deletion(segments, before, through);
      deletion.plan();
      if (deletion.deleted() > 0) {
        prove(deletion, before, through);
        if (!deletion.damaged().isEmpty() && log.passes()) {
          LOG.warn("history: old files go that could not be read: {}", deletion.damaged());
        }
        deletion.carryOut();
      }
      Files.deleteIfExists(pending);
      return new DeletionReceipt(
          before,
          deletion.deleted(),
          deletion.deleted() > 0 ? deletion.gaps() : List.of(),
          segments.head());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the deletion is not finished, call it again: " + e.getMessage(), e);
    } finally {
      files.unlock();
    }
  }

  private void prove(Deletion deletion, Instant before, long through) throws IOException {
    Map<String, Object> cut = new LinkedHashMap<>();
    cut.put("before", before.toString());
    cut.put("through", through);
    disk.writeAtomically(pending, Json.writePage(cut));
    Instant now = clock.instant();
    segments.append(List.of(fields(HistoryEntry.DELETION, now, now, deletion.receipt())));
    segments.force();
    written.incrementAndGet();
  }

  boolean flush() {
    files.lock();
    try {
      while (writeBatch()) {
        keepWithinLimits();
      }
      segments.force();
      return waiting.size() == 0;
    } catch (IOException e) {
      failed(e);
      return false;
    } finally {
      files.unlock();
    }
  }

  History.Stats stats() {
    files.lock();
    try {
      return new History.Stats(
          written.get(),
          waiting.size(),
          waiting.dropped(),
          failures.get(),
          segments.repaired(),
          segments.damages().size(),
          segments.all().size(),
          bytes(),
          segments.head());
    } finally {
      files.unlock();
    }
  }

  private long bytes() {
    try {
      return segments.bytes();
    } catch (IOException e) {
      failed(e);
      return 0;
    }
  }

  void close() {
    files.lock();
    try {
      if (closed) {
        return;
      }
      waiting.close();
      flush();
      waiting.giveUp();
      closed = true;
      segments.close();
    } catch (IOException e) {
      failed(e);
    } finally {
      files.unlock();
    }
  }
}
