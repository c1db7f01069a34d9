/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.internal.Require;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** One first-in-first-out queue for each priority, under one lock. */
final class MemoryTaskQueue implements TaskQueue {
  private static final int PRIORITIES = 10;

  private final int capacity;
  private final LongSupplier nanoTime;
  private final List<Deque<Task>> lines = new ArrayList<>(PRIORITIES);
  private final Map<Long, Claim> claims = new HashMap<>();
  private long token;
  private int waiting;

  /* No lease expires before this nano time. */
  private long noneExpiresBefore;

  MemoryTaskQueue(int capacity, LongSupplier nanoTime) {
    Require.that(capacity >= 1, "queue capacity must be at least 1, got %s", capacity);
    this.capacity = capacity;
    this.nanoTime = nanoTime;
    for (int i = 0; i < PRIORITIES; i++) {
      lines.add(new ArrayDeque<>());
    }
  }

  @Override
  public synchronized boolean offer(Task task) {
    if (waiting + claims.size() >= capacity) {
      return false;
    }
    line(task).addLast(task);
    waiting++;
    return true;
  }

  @Override
  public synchronized List<Lease> claim(int most, Duration lease) {
    long now = nanoTime.getAsLong();
    takeBackExpired(now);
    if (waiting == 0) {
      return List.of();
    }
    long until = now + lease.toNanos();
    if (claims.isEmpty() || until - noneExpiresBefore < 0) {
      noneExpiresBefore = until;
    }
    if (most == 1) {
      return List.of(claimFirst(until));
    }
    List<Lease> claimed = new ArrayList<>(Math.min(most, waiting));
    while (claimed.size() < most && waiting > 0) {
      claimed.add(claimFirst(until));
    }
    return claimed;
  }

  private Lease claimFirst(long until) {
    int priority = PRIORITIES - 1;
    while (lines.get(priority).isEmpty()) {
      priority--;
    }
    Lease lease = new Lease(lines.get(priority).removeFirst(), ++token);
    waiting--;
    claims.put(lease.token(), new Claim(lease.task(), until));
    return lease;
  }

  @Override
  public synchronized boolean extend(Lease lease, Duration duration) {
    long until = nanoTime.getAsLong() + duration.toNanos();
    return claims.computeIfPresent(lease.token(), (t, claim) -> new Claim(claim.task, until))
        != null;
  }

  @Override
  public synchronized boolean acknowledge(Lease lease) {
    return claims.remove(lease.token()) != null;
  }

  @Override
  public synchronized int waiting() {
    return waiting;
  }

  private void takeBackExpired(long now) {
    if (claims.isEmpty() || now - noneExpiresBefore < 0) {
      return;
    }
    long earliest = Long.MAX_VALUE;
    Iterator<Claim> each = claims.values().iterator();
    while (each.hasNext()) {
      Claim claim = each.next();
      long left = claim.until - now;
      if (left <= 0) {
        each.remove();
        line(claim.task).addFirst(claim.task);
        waiting++;
      } else {
        earliest = Math.min(earliest, left);
      }
    }
    noneExpiresBefore = claims.isEmpty() ? now : now + earliest;
  }

  private Deque<Task> line(Task task) {
    return lines.get(task.priority() - 1);
  }

  private record Claim(Task task, long until) {}
}
