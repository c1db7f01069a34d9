/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Tenants with equal ids, and with ids that would be one when joined, against a model: 10,000
 * random submissions, repetitions, cancellations and reports, seed pinned.
 */
class TenantTest {
  private static final List<String> TENANTS = List.of("a", "b", "a:b", "a:b:c", "a/b");
  private static final List<String> IDS = List.of("t", "b:t", "c:t", "b:c:t", "1");
  private static final Duration SOON = Duration.ofSeconds(10);

  private final FakeTime time = new FakeTime();
  private final Map<Key, CompletableFuture<WorkReport>> working = new HashMap<>();
  private final Map<Key, TaskHandle> open = new HashMap<>();
  private final Map<Key, TaskHandle> byIdempotencyKey = new HashMap<>();
  private int checked;

  private record Key(String tenant, String id) {}

  @Test
  void no_tenant_reads_cancels_or_ends_what_is_anothers() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(new StubConstitution())
            .sources(time.sources())
            .scheduler(new ManualScheduler())
            .executor(Runnable::run)
            .fallbacks(0)
            .closeLimit(Duration.ZERO)
            .asyncAgent(
                AgentProfile.builder("ada").capacity(100).build(),
                assignment -> {
                  Task task = assignment.task();
                  CompletableFuture<WorkReport> report = new CompletableFuture<>();
                  working.put(new Key(task.tenant(), task.id()), report);
                  return report;
                })
            .build()) {
      for (int i = 0; i < 10_000; i++) {
        step(arbiter, random, i);
      }
    }
    assertThat(checked).isGreaterThan(1_000);
  }

  private void step(Arbiter arbiter, SplittableRandom random, int number) throws Exception {
    Key key =
        new Key(TENANTS.get(random.nextInt(TENANTS.size())), IDS.get(random.nextInt(IDS.size())));
    switch (random.nextInt(4)) {
      case 0, 1 -> submit(arbiter, key);
      case 2 -> end(key, number);
      default -> repeat(arbiter, key);
    }
    List<Key> states = new ArrayList<>(open.keySet());
    Key any = states.isEmpty() ? key : states.get(random.nextInt(states.size()));
    if (open.containsKey(any)) {
      assertThat(open.get(any).state().isEnd()).as("%s", any).isFalse();
    }
  }

  private void submit(Arbiter arbiter, Key key) {
    Task task = Task.builder("fix").id(key.id()).tenant(key.tenant()).payload("" + key).build();
    boolean isOpen = open.containsKey(key);
    boolean refused = false;
    try {
      open.putIfAbsent(key, arbiter.submit(task));
    } catch (IllegalStateException taken) {
      refused = true;
    }
    assertThat(refused).as("%s", key).isEqualTo(isOpen);
  }

  private void end(Key key, int number) throws Exception {
    TaskHandle handle = open.remove(key);
    if (handle == null) {
      return;
    }
    if (number % 2 == 0) {
      handle.cancel("by " + key);
      assertThat(handle.await(SOON))
          .isEqualTo(new TaskResult.Cancelled(handle.task(), "by " + key));
    } else {
      working.remove(key).complete(WorkReport.of("for " + key));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("for " + key);
      assertThat(done.task().payload()).isEqualTo("" + key);
    }
    checked++;
  }

  /* One idempotency key for all tenants: each has a task of its own behind it. */
  private void repeat(Arbiter arbiter, Key key) throws Exception {
    Task task =
        Task.builder("fix").tenant(key.tenant()).idempotencyKey(key.id()).payload("" + key).build();
    TaskHandle handle = arbiter.submit(task);
    TaskHandle first = byIdempotencyKey.putIfAbsent(key, handle);
    assertThat(handle.task().tenant()).isEqualTo(key.tenant());
    assertThat(handle.task().payload()).isEqualTo("" + key);
    if (first != null) {
      assertThat(handle).isSameAs(first);
    }
  }
}
