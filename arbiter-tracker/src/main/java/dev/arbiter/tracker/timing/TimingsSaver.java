/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import dev.arbiter.internal.LogLimiter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the runs to their file, one writer at a time, and counts successes and failures. */
final class TimingsSaver {
  private static final Logger LOG = LoggerFactory.getLogger(AgentTimings.class);

  private final TimingsFile file;
  private final Supplier<List<TimedRun>> runs;
  private final @Nullable Executor executor;
  private final long everyNanos;
  private final LongSupplier nanoTime;
  private final LogLimiter log;
  private final Object writing = new Object();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicLong savedAt;
  private final AtomicLong saves = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  TimingsSaver(
      TimingsFile file,
      Supplier<List<TimedRun>> runs,
      @Nullable Executor executor,
      Duration every,
      LongSupplier nanoTime) {
    this.file = file;
    this.runs = runs;
    this.executor = executor;
    this.everyNanos = every.toNanos();
    this.nanoTime = nanoTime;
    this.log = new LogLimiter(nanoTime);
    this.savedAt = new AtomicLong(nanoTime.getAsLong() - everyNanos);
  }

  /** Writes now, on this thread; returns whether it succeeded. */
  boolean save() {
    synchronized (writing) {
      try {
        file.replace(runs.get());
        saves.incrementAndGet();
        return true;
      } catch (IOException | RuntimeException e) {
        failures.incrementAndGet();
        if (log.passes()) {
          LOG.warn("timings could not be written, {} times so far", failures.get(), e);
        }
        return false;
      } finally {
        savedAt.set(nanoTime.getAsLong());
      }
    }
  }

  /** Asks the executor to write, unless the last write is recent. */
  void soon() {
    boolean due = nanoTime.getAsLong() - savedAt.get() >= everyNanos;
    if (executor != null && due && asked.compareAndSet(false, true)) {
      try {
        executor.execute(this::saveAsked);
      } catch (RejectedExecutionException e) {
        asked.set(false);
        failures.incrementAndGet();
      }
    }
  }

  private void saveAsked() {
    asked.set(false);
    save();
  }

  long saves() {
    return saves.get();
  }

  long failures() {
    return failures.get();
  }
}
