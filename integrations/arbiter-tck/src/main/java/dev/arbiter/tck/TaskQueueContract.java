/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.TaskQueue;
import dev.arbiter.spi.TaskQueue.Lease;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** The promises of every {@link TaskQueue}, as tests. */
public abstract class TaskQueueContract {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final int THREADS = 4;
  private static final int TASKS = 1_000;

  private final AtomicLong nanos = new AtomicLong();

  /** For subclasses. */
  protected TaskQueueContract() {}

  /**
   * {@return a new, empty queue}
   *
   * @param capacity most tasks that it holds
   * @param nanoTime its clock for leases
   */
  protected abstract TaskQueue newQueue(int capacity, LongSupplier nanoTime);

  private TaskQueue queue(int capacity) {
    return newQueue(capacity, nanos::get);
  }

  private static Task task(String id, int priority) {
    return Task.builder("fix").id(id).priority(priority).build();
  }

  private static List<String> ids(List<Lease> leases) {
    return leases.stream().map(lease -> lease.task().id()).toList();
  }

  /** Higher priority first, then first come first served. */
  @Test
  protected void gives_tasks_by_priority_and_then_by_arrival() {
    TaskQueue queue = queue(10);
    queue.offer(task("low", 1));
    queue.offer(task("first", 5));
    queue.offer(task("second", 5));
    queue.offer(task("high", 10));

    assertThat(ids(queue.claim(3, LEASE))).containsExactly("high", "first", "second");
    assertThat(queue.waiting()).isEqualTo(1);
    assertThat(ids(queue.claim(3, LEASE))).containsExactly("low");
    assertThat(queue.claim(1, LEASE)).isEmpty();
  }

  /** A full queue refuses tasks until one is acknowledged. */
  @Test
  protected void refuses_what_does_not_fit() {
    TaskQueue queue = queue(2);
    assertThat(queue.offer(task("a", 5))).isTrue();
    assertThat(queue.offer(task("b", 5))).isTrue();

    assertThat(queue.offer(task("c", 5))).isFalse();
    Lease claimed = queue.claim(1, LEASE).get(0);
    assertThat(queue.offer(task("c", 5))).isFalse();
    assertThat(queue.acknowledge(claimed)).isTrue();

    assertThat(queue.offer(task("c", 5))).isTrue();
  }

  /** A task whose lease ended can be claimed again; the old claim is refused. */
  @Test
  protected void gives_a_task_anew_when_its_lease_ran_out() {
    TaskQueue queue = queue(10);
    queue.offer(task("a", 5));
    Lease stale = queue.claim(1, LEASE).get(0);

    nanos.addAndGet(LEASE.toNanos() - 1);
    assertThat(queue.claim(1, LEASE)).isEmpty();
    nanos.addAndGet(1);
    Lease fresh = queue.claim(1, LEASE).get(0);

    assertThat(fresh.task().id()).isEqualTo("a");
    assertThat(fresh.token()).isGreaterThan(stale.token());
    assertThat(queue.extend(stale, LEASE)).isFalse();
    assertThat(queue.acknowledge(stale)).isFalse();
    assertThat(queue.acknowledge(fresh)).isTrue();
  }

  /** An extended claim stays valid. */
  @Test
  protected void keeps_an_extended_claim() {
    TaskQueue queue = queue(10);
    queue.offer(task("a", 5));
    queue.offer(task("b", 5));
    List<Lease> both = queue.claim(2, LEASE);

    nanos.addAndGet(LEASE.toNanos() / 2);
    assertThat(queue.extend(both.get(0), LEASE)).isTrue();
    nanos.addAndGet(LEASE.toNanos() / 2);

    assertThat(ids(queue.claim(2, LEASE))).containsExactly("b");
    assertThat(queue.acknowledge(both.get(0))).isTrue();
  }

  /** Several claimers never get the same task, and together they get all. */
  @Test
  protected void gives_every_task_to_exactly_one_claimer() throws InterruptedException {
    TaskQueue queue = queue(TASKS);
    for (int i = 0; i < TASKS; i++) {
      queue.offer(task("t" + i, 1 + i % 10));
    }
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicLong claims = new AtomicLong();
    CountDownLatch done = new CountDownLatch(THREADS);
    for (int t = 0; t < THREADS; t++) {
      Runnable claimsAll =
          () -> {
            List<Lease> got = queue.claim(3, LEASE);
            for (; !got.isEmpty(); got = queue.claim(3, LEASE)) {
              claims.addAndGet(got.size());
              seen.addAll(ids(got));
              got.forEach(queue::acknowledge);
            }
            done.countDown();
          };
      new Thread(claimsAll).start();
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();

    assertThat(seen).hasSize(TASKS);
    assertThat(claims).hasValue(TASKS);
  }
}
