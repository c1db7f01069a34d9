/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.LogLimiter;
import dev.arbiter.internal.Sanitizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The alerts that wait for one channel; thread-safe. */
final class Outbox {
  /*
   * A thread that adds an alert takes only the lock of the queue, then asks the executor for a run.
   * One run at a time empties the queue; after its end it checks again for alerts added since its
   * last look. A failed alert stays at the head until its next try is due, so alerts about one
   * anomaly keep their order. Every alert and every check calls wake().
   *
   * A receiver that asks for patience has not refused, so its answer is no try. It is believed
   * within bounds: not sooner than other retries, not later than an hour, for a day in all. If it
   * names no time, the pause doubles up to five minutes.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
  private static final int CAPACITY = 64;
  private static final long RETRY_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long LONGEST_DOUBLED = Duration.ofMinutes(5).toNanos();
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);
  private static final long LONGEST_PATIENCE = Duration.ofDays(1).toNanos();

  private final AlertChannel channel;
  private final String name;
  private final Executor executor;
  private final LongSupplier nanoTime;
  private final LogLimiter log;
  private final AtomicBoolean running = new AtomicBoolean();
  private final Object lock = new Object();
  private final Deque<Letter> letters = new ArrayDeque<>();
  private long sent;
  private long failures;
  private long givenUp;
  private long dropped;
  private long refused;
  private long busySince;
  private boolean busy;
  private String lastFailure = "";

  /** An alert on its way. */
  private static final class Letter {
    private final Alert alert;
    private int tries;
    private int delays;
    private long delayedSince;
    private long dueNanos;

    Letter(Alert alert, long dueNanos) {
      this.alert = alert;
      this.dueNanos = dueNanos;
    }
  }

  Outbox(AlertChannel channel, Executor executor, LongSupplier nanoTime) {
    this.channel = channel;
    this.name = Sanitizer.text(channel.name(), Alert.LONGEST);
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.log = new LogLimiter(nanoTime);
  }

  void add(Alert alert) {
    long now = nanoTime.getAsLong();
    synchronized (lock) {
      if (letters.size() == CAPACITY) {
        dropped++;
      } else {
        letters.addLast(new Letter(alert, now));
      }
    }
  }

  /** Asks the executor to deliver due alerts. */
  void wake() {
    if (due() == null || !running.compareAndSet(false, true)) {
      return;
    }
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      running.set(false);
      synchronized (lock) {
        refused++;
      }
      complain("the executor refuses");
    }
  }

  private void run() {
    try {
      for (Letter letter = due(); letter != null; letter = due()) {
        carry(letter);
      }
    } finally {
      running.set(false);
    }
    wake();
  }

  private @Nullable Letter due() {
    long now = nanoTime.getAsLong();
    synchronized (lock) {
      Letter head = letters.peekFirst();
      return head == null || now - head.dueNanos < 0 ? null : head;
    }
  }

  private void carry(Letter letter) {
    begin();
    String failure = "";
    Duration later = null;
    try {
      channel.send(letter.alert);
    } catch (Exception | Error e) {
      failure = describe(e);
      later = e instanceof UndeliveredException refusal ? refusal.later() : null;
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
    end(letter, failure, later);
    if (!failure.isEmpty()) {
      complain(failure);
    }
  }

  private void begin() {
    long now = nanoTime.getAsLong();
    synchronized (lock) {
      busy = true;
      busySince = now;
    }
  }

  private void end(Letter letter, String failure, @Nullable Duration later) {
    long now = nanoTime.getAsLong();
    synchronized (lock) {
      busy = false;
      if (failure.isEmpty()) {
        sent++;
        letters.removeFirst();
        return;
      }
      failures++;
      lastFailure = failure;
      if (later == null) {
        letter.tries++;
        letter.dueNanos = now + RETRY_NANOS;
      } else {
        letter.delayedSince = letter.delays == 0 ? now : letter.delayedSince;
        letter.dueNanos = now + pause(letter.delays++, later);
      }
      boolean tooLong = letter.delays > 0 && now - letter.delayedSince >= LONGEST_PATIENCE;
      if (letter.tries == AlertChannel.TRIES || tooLong) {
        givenUp++;
        letters.removeFirst();
      }
    }
  }

  private static long pause(int delays, Duration told) {
    if (told.isZero()) {
      return Math.min(LONGEST_DOUBLED, RETRY_NANOS << Math.min(delays, 10));
    }
    Duration most = told.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : told;
    return Math.max(RETRY_NANOS, most.isNegative() ? 0 : most.toNanos());
  }

  /** Messages of foreign exceptions may hold addresses and tokens, so only the type is kept. */
  private static String describe(Throwable error) {
    return error instanceof UndeliveredException
        ? Sanitizer.text(String.valueOf(error.getMessage()), Alert.LONGEST)
        : error.getClass().getSimpleName();
  }

  private void complain(String failure) {
    if (log.passes()) {
      AlertChannel.State state = state();
      LOG.warn(
          "alert channel {}: {} ({} failures, {} given up, {} dropped so far)",
          name,
          failure,
          state.failures(),
          state.givenUp(),
          state.dropped());
    }
  }

  AlertChannel.State state() {
    long now = nanoTime.getAsLong();
    synchronized (lock) {
      Duration busyFor = busy ? Duration.ofNanos(now - busySince) : Duration.ZERO;
      return new AlertChannel.State(
          name, letters.size(), sent, failures, givenUp, dropped, refused, busyFor, lastFailure);
    }
  }
}
