/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.internal.LogLimiter;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.internal.window.Aggregator;
import dev.arbiter.tracker.internal.window.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes attempts to listeners. Used under the collector's lock. */
final class ListenerDispatch implements Aggregator.Sink {
  /*
   * A hash of the task's key decides whether listeners receive its attempts: all of them or none,
   * on every node. String hashes of similar strings are close together; the finaliser of
   * MurmurHash3 (Appleby, public domain), a bijection on 32 bits, spreads them.
   */
  private static final Logger LOG = LoggerFactory.getLogger(PerformanceTracker.class);
  private static final double HASHES = 0x1p32;

  private final List<AttemptListener> listeners;
  private final LogLimiter log;
  private final double share;
  private final long toldBelow;
  private final AtomicLong errors = new AtomicLong();
  private final AtomicLong tickets = new AtomicLong();

  ListenerDispatch(List<AttemptListener> listeners, LongSupplier nanoTime, double share) {
    this.listeners = List.copyOf(listeners);
    this.log = new LogLimiter(nanoTime);
    this.share = share;
    this.toldBelow = listeners.isEmpty() ? 0 : Math.max(1, Math.round(share * HASHES));
  }

  /** Returns whether listeners receive the attempts of a task. */
  boolean hears(String tenant, String taskId) {
    return toldBelow != 0 && hears(31 * tenant.hashCode() + taskId.hashCode());
  }

  /**
   * Returns whether listeners receive an attempt at an unnamed task, which is a task of its own.
   */
  boolean hearsNext() {
    return toldBelow != 0 && (share >= 1 || hears((int) tickets.getAndIncrement()));
  }

  private boolean hears(int hash) {
    int mixed = hash;
    mixed = (mixed ^ mixed >>> 16) * 0x85EBCA6B;
    mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
    return Integer.toUnsignedLong(mixed ^ mixed >>> 16) < toldBelow;
  }

  /** Passes the attempt in a slot to all listeners. */
  @Override
  public void tell(Track track, long[] words, int slot) {
    double quality = SlotLayout.quality(words, slot);
    boolean stands = !Double.isNaN(quality);
    Duration time = Duration.ofNanos(SlotLayout.nanos(words, slot));
    FinishedAttempt attempt =
        new FinishedAttempt(
            track.agent(),
            track.taskType(),
            track.tenant(),
            Instant.ofEpochMilli(SlotLayout.at(words, slot)),
            time,
            stands,
            stands ? quality : 0,
            new Usage(
                SlotLayout.inputTokens(words, slot),
                SlotLayout.outputTokens(words, slot),
                SlotLayout.cost(words, slot),
                Duration.ZERO),
            1 / share);
    for (AttemptListener listener : listeners) {
      tell(listener, attempt);
    }
  }

  private void tell(AttemptListener listener, FinishedAttempt attempt) {
    try {
      listener.ended(attempt);
    } catch (RuntimeException | Error e) {
      long count = errors.incrementAndGet();
      if (log.passes()) {
        LOG.warn("{} threw; {} such errors so far", listener.getClass().getName(), count, e);
      }
    }
  }

  /** How often a listener threw. */
  long errors() {
    return errors.get();
  }
}
