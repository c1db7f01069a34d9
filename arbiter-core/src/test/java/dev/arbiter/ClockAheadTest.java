/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The machine sleeps while tasks wait: the wall clock goes on, the nano clock stands still. */
class ClockAheadTest {
  private static final Instant BEGIN = Instant.parse("2046-01-01T00:00:00Z");
  private static final Instant NINE = BEGIN.plus(Duration.ofHours(9));

  private final ManualScheduler scheduler = new ManualScheduler();
  private long nanos = 1_000;
  private Duration slept = Duration.ZERO;

  private Sources sources() {
    return new Sources(this::wall, () -> nanos, new SplittableRandom(1));
  }

  private Instant wall() {
    return BEGIN.plusNanos(nanos).plus(slept);
  }

  private void sleeps(Duration time) {
    slept = slept.plus(time);
    passes(Duration.ofSeconds(1));
  }

  private void passes(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 100) {
      nanos += 100_000_000;
      scheduler.tick();
    }
  }

  private WorkReport busyUntilNine(Assignment work) throws AgentException {
    if (wall().isBefore(NINE)) {
      throw new AgentException("busy", Usage.none())
          .failure(FailureCause.RATE)
          .effect(Effect.NONE)
          .retryAt(NINE);
    }
    return WorkReport.of(work.agent());
  }

  private ArbiterBuilder arbiter() {
    return Arbiter.builder()
        .withoutConstitution()
        .sources(sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .closeLimit(Duration.ZERO)
        .agent(AgentProfile.of("ada"), work -> WorkReport.of("ada"))
        .agent(AgentProfile.of("busy", "busy"), this::busyUntilNine);
  }

  private static String audience(TaskHandle handle) {
    return handle
        .waitsFor()
        .flatMap(WaitReason::request)
        .map(ApprovalRequest::audience)
        .orElse("nobody");
  }

  @Test
  void waits_end_at_their_instant() {
    Question may = Question.of("May it?").to("lead", "deputy").within(Duration.ofHours(9));
    try (Arbiter arbiter = arbiter().build()) {
      TaskHandle delayed = arbiter.submit(Task.builder("fix").notBefore(NINE).build());
      TaskHandle retried = arbiter.submit(Task.builder("fix").requires("busy").build());
      TaskHandle asked = arbiter.submit(Task.builder("fix").approval(may).build());

      sleeps(Duration.ofHours(8));
      assertThat(List.of(delayed.state(), retried.state())).containsOnly(TaskState.WAITING);
      assertThat(audience(asked)).isEqualTo("lead");
      sleeps(Duration.ofHours(1));
      assertThat(List.of(delayed.state(), retried.state())).containsOnly(TaskState.COMPLETED);
      assertThat(audience(asked)).isEqualTo("deputy");
      sleeps(Duration.ofHours(9));
      assertThat(asked.state()).isEqualTo(TaskState.FAILED);
    }
  }

  /** The time that it slept is none that the timers still have to go. */
  @Test
  void what_is_left_of_a_wait_is_less_by_the_sleep() {
    try (Arbiter arbiter = arbiter().build()) {
      Instant soon = BEGIN.plus(Duration.ofHours(1)).plusSeconds(10);
      TaskHandle delayed = arbiter.submit(Task.builder("fix").notBefore(soon).build());
      sleeps(Duration.ofHours(1));
      assertThat(delayed.state()).isEqualTo(TaskState.WAITING);
      passes(Duration.ofSeconds(10));
      assertThat(delayed.state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void an_agent_that_asked_within_its_call_hears_that_nobody_answered() {
    List<CompletionStage<Approval>> answers = new ArrayList<>();
    Question which = Question.of("Which?").within(Duration.ofHours(1));
    try (Arbiter arbiter =
        arbiter()
            .asyncAgent(
                AgentProfile.of("asks", "ask"),
                work -> {
                  answers.add(work.ask(which));
                  return answers
                      .get(0)
                      .handle((answer, error) -> WorkReport.of(error == null ? "yes" : "silence"));
                })
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").requires("ask").build());
      sleeps(Duration.ofHours(2));
      assertThat(handle.state()).isEqualTo(TaskState.COMPLETED);
      assertThat(answers.get(0).toCompletableFuture()).isCompletedExceptionally();
    }
  }
}
