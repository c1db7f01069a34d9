/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.report;
import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EngineTest {
  private static final WorkReport INSIDE = report(new FileChange("src/Main.java", 3, 1));
  private static final WorkReport OUTSIDE = report(new FileChange("../Main.java", 3, 1));

  private final Caws caws =
      Caws.builder().policy(POLICY).spec(SPEC).key(Fixtures.key()).sealInBatches(8).build();

  private TaskResult run(String spec, WorkReport first, WorkReport second) throws Exception {
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada"), a -> a.attempt() == 1 ? first : second)
            .agent(AgentProfile.of("bob"), a -> a.attempt() == 1 ? first : second)
            .constitution(caws)
            .build()) {
      return arbiter.submit(Task.of("fix", spec)).await(Duration.ofSeconds(10));
    }
  }

  @Test
  void work_that_is_denied_goes_to_the_next_agent_and_both_verdicts_are_logged() throws Exception {
    TaskResult result = run("FEAT-001", OUTSIDE, INSIDE);

    assertThat(result).isInstanceOf(TaskResult.Completed.class);
    TaskResult.Completed completed = (TaskResult.Completed) result;
    Checkpoint checkpoint = caws.checkpoint();
    assertThat(completed.attempts()).isEqualTo(2);
    assertThat(checkpoint.size()).isEqualTo(2);
    assertThat(
            VerdictVerifier.of(caws.publicKey())
                .verify(
                    completed.verdict(),
                    caws.log().orElseThrow().prove(completed.verdict().seal()).orElseThrow(),
                    checkpoint.note())
                .isGenuine())
        .isTrue();
  }

  @Test
  void work_nobody_does_right_fails_for_being_denied() throws Exception {
    TaskResult result = run("FEAT-001", OUTSIDE, OUTSIDE);

    assertThat(result).isInstanceOf(TaskResult.Failed.class);
    assertThat(((TaskResult.Failed) result).cause()).isEqualTo(FailureCause.DENIED);
  }

  @Test
  void a_task_under_no_known_spec_never_reaches_an_agent() throws Exception {
    TaskResult result = run("FEAT-404", INSIDE, INSIDE);

    assertThat(result).isInstanceOf(TaskResult.Rejected.class);
    assertThat(rules(((TaskResult.Rejected) result).findings()))
        .containsExactly("spec.reference.unknown");
  }
}
