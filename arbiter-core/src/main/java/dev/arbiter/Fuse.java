/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The breaker round one part of the host. Thread-safe.
 *
 * <p>Each {@link #enter} that returns true is followed by one {@link #leave}: {@link #call} does
 * both, whatever is thrown.
 */
final class Fuse {
  private static final float ALL = 100;

  /*
   * The breaker of Resilience4j inside, on the nano clock that was handed in. It never leaves its
   * half-open state while the probes do not come back, unless it gets a timer thread of its own, on
   * the clock of the machine. So a call that is refused looks for how long probes have been missing,
   * and opens the breaker again; then new probes have their turn after the next pause.
   */
  private final CircuitBreaker breaker;
  private final LongSupplier nanoTime;
  private final long slow;
  private final long pause;
  private final AtomicLong skipped = new AtomicLong();

  /* When a call was first refused for want of probes; 0 if none was since the last permit. */
  private final AtomicLong missing = new AtomicLong();

  Fuse(String name, Breaker policy, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.slow = policy.slow().toNanos();
    this.pause = policy.pause().toNanos();
    float percent = (float) (100 * policy.share());
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindow(policy.calls(), policy.calls(), SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(percent)
                .slowCallRateThreshold(ALL)
                .slowCallDurationThreshold(policy.slow())
                .waitDurationInOpenState(policy.pause())
                .permittedNumberOfCallsInHalfOpenState(policy.probes())
                .currentTimestampFunction(clock -> nanoTime.getAsLong(), NANOSECONDS)
                .clock(new NanoClock(nanoTime))
                .writableStackTraceEnabled(false)
                .build());
  }

  /** A breaker; null if there shall be none. */
  static @Nullable Fuse of(String name, Breaker policy, LongSupplier nanoTime) {
    return policy.isOn() ? new Fuse(name, policy, nanoTime) : null;
  }

  /** A clock that never goes back: the nano clock. */
  private static final class NanoClock extends Clock {
    private final LongSupplier nanoTime;
    private final long origin;

    NanoClock(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      this.origin = nanoTime.getAsLong();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - origin);
    }
  }

  /* One share counts both kinds: Resilience4j would compare slow and failed calls apart. */
  private static final class SlowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlowException() {
      super("the call took too long", null, false, false);
    }
  }

  /** A call that was not made, because the breaker is open. */
  static final class OpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OpenException(String name) {
      super(
          name + " failed too often and is not called now; its breaker is open",
          null,
          false,
          false);
    }
  }

  /** Whether a call may be made; then {@link #leave} must follow. */
  boolean enter() {
    if (breaker.tryAcquirePermission()) {
      if (missing.get() != 0) {
        missing.set(0);
      }
      return true;
    }
    skipped.incrementAndGet();
    if (breaker.getState() == State.HALF_OPEN) {
      lookForProbes();
    }
    return false;
  }

  private void lookForProbes() {
    long now = nanoTime.getAsLong() | 1;
    long since = missing.get();
    if (since == 0) {
      boolean unused = missing.compareAndSet(0, now);
    } else if (now - since >= pause && missing.compareAndSet(since, 0)) {
      breaker.transitionToOpenState();
    }
  }

  /** Ends a call that began at a nano time. */
  void leave(long began, @Nullable Throwable error) {
    long took = nanoTime.getAsLong() - began;
    if (error == null && took < slow) {
      breaker.onSuccess(took, NANOSECONDS);
    } else {
      breaker.onError(took, NANOSECONDS, error == null ? new SlowException() : error);
    }
  }

  /**
   * Makes a call.
   *
   * @throws OpenException if it is not made
   */
  <T> T call(Supplier<T> body) {
    if (!enter()) {
      throw new OpenException(breaker.getName());
    }
    long began = nanoTime.getAsLong();
    T result;
    try {
      result = body.get();
    } catch (Throwable e) {
      leave(began, e);
      throw e;
    }
    leave(began, null);
    return result;
  }

  /**
   * Requires that the breaker is not open, for a call that does not count. Once the pause is over
   * it passes: what decides is the call behind it that counts.
   *
   * @throws OpenException if it is
   */
  void requireClosed() {
    if (isOpen()) {
      throw new OpenException(breaker.getName());
    }
  }

  long skipped() {
    return skipped.get();
  }

  /** What is wrong, in one sentence; empty while it is closed. */
  String trouble() {
    return switch (state()) {
      case OPEN -> breaker.getName() + " failed too often, and its breaker is open";
      case HALF_OPEN -> breaker.getName() + " failed too often, and is tried again";
      default -> "";
    };
  }

  boolean isOpen() {
    return state() == State.OPEN;
  }

  /*
   * The breaker inside leaves its open state only when it is asked for a permit after the pause. The
   * permit goes back at once, so that no probe is used up by looking.
   */
  private State state() {
    if (breaker.getState() == State.OPEN && breaker.tryAcquirePermission()) {
      breaker.releasePermission();
    }
    return breaker.getState();
  }
}
