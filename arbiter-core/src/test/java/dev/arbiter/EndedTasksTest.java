/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Router;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an arbiter keeps of tasks that have ended. */
class EndedTasksTest {
  private static final int KNOWN = 10_000;

  private final FakeTime time = new FakeTime();

  private ArbiterBuilder builder() {
    return Arbiter.builder()
        .withoutConstitution()
        .sources(time.sources())
        .scheduler(new ManualScheduler())
        .executor(Runnable::run)
        .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"));
  }

  private static Task task(int key) {
    return Task.builder("fix").idempotencyKey("key-" + key).build();
  }

  /** 30,000 keys, each used once: the 10,000 newest are known, and no other. */
  @Test
  void the_newest_keys_are_known() {
    try (Arbiter arbiter = builder().build()) {
      List<TaskHandle> first = new ArrayList<>();
      for (int i = 0; i < 3 * KNOWN; i++) {
        first.add(arbiter.submit(task(i)));
      }

      for (int i = 2 * KNOWN; i < 3 * KNOWN; i++) {
        assertThat(arbiter.submit(task(i))).isSameAs(first.get(i));
      }
      assertThat(arbiter.submit(task(2 * KNOWN - 1))).isNotSameAs(first.get(2 * KNOWN - 1));
    }
  }

  @Test
  void a_key_is_known_for_a_day() {
    try (Arbiter arbiter = builder().build()) {
      TaskHandle first = arbiter.submit(task(1));
      time.advance(Duration.ofHours(24).minusNanos(1));
      TaskHandle sameDay = arbiter.submit(task(1));
      time.advance(Duration.ofNanos(1));
      TaskHandle nextDay = arbiter.submit(task(1));

      assertThat(sameDay).isSameAs(first);
      assertThat(nextDay).isNotSameAs(first);
      assertThat(arbiter.submit(task(1))).isSameAs(nextDay);
    }
  }

  /** A decision may hold ten thousand agents, and a caller may keep ten thousand handles. */
  @Test
  void a_handle_keeps_no_decision() throws Exception {
    List<WeakReference<RoutingDecision>> decisions = new ArrayList<>();
    Router router =
        request -> {
          RoutingDecision decision = Router.leastLoaded().route(request);
          decisions.add(new WeakReference<>(decision));
          return decision;
        };
    try (Arbiter arbiter = builder().router(router).build()) {
      TaskHandle handle = arbiter.submit(task(1));
      for (int i = 0; i < 200 && decisions.get(0).get() != null; i++) {
        System.gc();
        Thread.sleep(10);
      }

      assertThat(decisions.get(0).get()).isNull();
      assertThat(handle.state()).isEqualTo(TaskState.COMPLETED);
    }
  }
}
