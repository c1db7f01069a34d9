/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many tasks wait for agents that may be called so often: each looks again when it is its turn. */
class TurnsTest {
  private static final RateLimit TEN_A_SECOND = RateLimit.of(10, Duration.ofSeconds(1));
  private static final Duration TICK = Duration.ofMillis(50);

  private final WaitingWorld world = new WaitingWorld();
  private final List<String> called = new CopyOnWriteArrayList<>();
  private int waits;

  private ArbiterBuilder arbiter() {
    return world
        .arbiter()
        .queueCapacity(1_000)
        .listener(
            event -> {
              if (event instanceof TaskEvent.Waiting) {
                waits++;
              }
            });
  }

  private ArbiterBuilder add(ArbiterBuilder builder, String agent) {
    return builder.agent(
        AgentProfile.of(agent),
        assignment -> {
          called.add(assignment.task().id());
          return WorkReport.of("done");
        });
  }

  private static List<TaskHandle> submit(Arbiter arbiter, int tasks) {
    return IntStream.range(0, tasks)
        .mapToObj(i -> arbiter.submit(Task.builder("fix").id("T-" + i).build()))
        .toList();
  }

  private void pass(Duration time) {
    for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(TICK)) {
      world.time.advance(TICK);
      world.scheduler.tick();
    }
  }

  private static long done(List<TaskHandle> tasks) {
    return tasks.stream().filter(task -> task.state() == TaskState.COMPLETED).count();
  }

  @Test
  void tasks_wait_about_once_each_and_the_rate_is_used_up() {
    try (Arbiter arbiter = add(arbiter(), "ada").agentRate("ada", TEN_A_SECOND).build()) {
      List<TaskHandle> tasks = submit(arbiter, 300);
      assertThat(done(tasks)).isEqualTo(10);
      pass(Duration.ofSeconds(10));
      assertThat(done(tasks)).isBetween(105L, 110L);
      pass(Duration.ofSeconds(21));

      assertThat(done(tasks)).isEqualTo(300);
      assertThat(waits).isLessThan(2 * 300);
    }
  }

  @Test
  void the_first_that_wait_are_the_first_that_are_called() {
    try (Arbiter arbiter = add(arbiter(), "ada").agentRate("ada", TEN_A_SECOND).build()) {
      List<TaskHandle> tasks = submit(arbiter, 60);
      pass(Duration.ofMillis(2_500));

      assertThat(called.subList(0, 25))
          .isSubsetOf(tasks.subList(0, 40).stream().map(TaskHandle::id).toList());
    }
  }

  @Test
  void two_agents_are_called_as_often_as_both_may_be() {
    try (Arbiter arbiter =
        add(add(arbiter(), "ada"), "bob")
            .agentRate("ada", TEN_A_SECOND)
            .agentRate("bob", TEN_A_SECOND)
            .build()) {
      List<TaskHandle> tasks = submit(arbiter, 220);
      pass(Duration.ofSeconds(12));

      assertThat(done(tasks)).isEqualTo(220);
    }
  }

  @Test
  void tasks_that_are_cancelled_hold_up_none_behind_them() {
    try (Arbiter arbiter = add(arbiter(), "ada").agentRate("ada", TEN_A_SECOND).build()) {
      List<TaskHandle> tasks = submit(arbiter, 300);
      tasks.subList(10, 280).forEach(task -> assertThat(task.cancel("no")).isTrue());
      pass(Duration.ofSeconds(4));

      assertThat(done(tasks.subList(280, 300))).isEqualTo(20);
    }
  }

  @Test
  void an_agent_without_a_rate_takes_all_at_once() {
    try (Arbiter arbiter = add(arbiter(), "ada").agentRate("ada", TEN_A_SECOND).build()) {
      List<TaskHandle> tasks = submit(arbiter, 300);
      arbiter.agents().register(AgentProfile.of("bob"), assignment -> WorkReport.of("done"));

      assertThat(done(tasks)).isEqualTo(300);
    }
  }

  @Test
  void the_limit_of_an_agent_with_a_rate_is_waited_for() {
    try (Arbiter arbiter = add(arbiter(), "ada").agentRate("ada", TEN_A_SECOND).build()) {
      Instant until = world.now().plusSeconds(60);
      arbiter.agents().limit("ada", until);
      List<TaskHandle> tasks = submit(arbiter, 30);
      pass(Duration.ofSeconds(59));
      assertThat(called).isEmpty();
      assertThat(waits).isEqualTo(30);
      pass(Duration.ofSeconds(4));

      assertThat(done(tasks)).isEqualTo(30);
    }
  }

  @Test
  void a_restart_goes_on_with_those_that_waited() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first = add(world.arbiter(disk), "ada").agentRate("ada", TEN_A_SECOND).build()) {
      assertThat(done(submit(first, 40))).isEqualTo(10);
    }
    try (Arbiter second =
        add(world.arbiter(disk.cut()), "ada").agentRate("ada", TEN_A_SECOND).build()) {
      // Its own thread writes to the disk, in its own time.
      WaitingWorld.until(
          () -> {
            pass(TICK);
            return called.size() == 40 && second.stats().inFlight() == 0;
          });
      assertThat(called).doesNotHaveDuplicates();
    }
  }
}
