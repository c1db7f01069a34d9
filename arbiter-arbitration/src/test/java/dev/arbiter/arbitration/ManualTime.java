/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A clock and a scheduler that move when a test says so, on the thread of the test. */
final class ManualTime extends AbstractExecutorService implements ScheduledExecutorService {
  private final List<Alarm> alarms = new ArrayList<>();
  private long now;

  Sources sources() {
    return new Sources(() -> Instant.EPOCH.plusNanos(now), () -> now, new SplittableRandom(1));
  }

  /** A panel whose agents run on the thread that asks them. */
  Panel panel() {
    return Panel.of(Runnable::run, this, sources());
  }

  void advance(Duration by) {
    now += by.toNanos();
    for (Alarm alarm : List.copyOf(alarms)) {
      if (alarm.at <= now && alarms.remove(alarm)) {
        alarm.run();
      }
    }
  }

  int open() {
    alarms.removeIf(FutureTask::isCancelled);
    return alarms.size();
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Alarm alarm = new Alarm(command, now + unit.toNanos(delay));
    alarms.add(alarm);
    return alarm;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new AssertionError("not used");
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new AssertionError("not used");
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    throw new AssertionError("not used");
  }

  @Override
  public void execute(Runnable command) {
    command.run();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }

  private static final class Alarm extends FutureTask<Object> implements ScheduledFuture<Object> {
    private final long at;

    Alarm(Runnable body, long at) {
      super(body, "");
      this.at = at;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }
}
