/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.key;
import static dev.arbiter.caws.Fixtures.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.VerdictVerifier.VerificationResult;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Genuine verdicts shown where they do not belong. */
class ReplayTest {
  private final VerdictVerifier verifier = VerdictVerifier.of(key().publicKey());
  private final Caws caws =
      Caws.builder().policy(Fixtures.POLICY).sources(Fixtures.sources()).key(key()).build();

  private static Task task(String tenant, String id) {
    return Task.builder("fix").tenant(tenant).id(id).spec(SpecRef.text(SPEC)).build();
  }

  private static TaskResult.Completed completed(
      Task task, String agent, WorkReport report, Verdict verdict) {
    return new TaskResult.Completed(task, agent, 1, report, verdict);
  }

  @Test
  void a_verdict_is_genuine_for_its_own_work_however_often_it_is_shown() {
    Task task = task("acme", "T-1");
    Verdict verdict = caws.judge(assignment(caws, task, "ada"), goodReport());
    TaskResult.Completed own = completed(task, "ada", goodReport(), verdict);

    VerificationResult first = verifier.verify(own);

    assertThat(first.isGenuine()).isTrue();
    assertThat(verifier.verify(own)).isEqualTo(first);
  }

  @Test
  void a_verdict_shown_for_other_work_is_refused() {
    Task task = task("acme", "T-1");
    Verdict verdict = caws.judge(assignment(caws, task, "ada"), goodReport());
    WorkReport other = report(new FileChange("src/Main.java", 10, 3));

    assertRefused(completed(task("globex", "T-1"), "ada", goodReport(), verdict), "of tenant");
    assertRefused(completed(task("acme", "T-2"), "ada", goodReport(), verdict), "of tenant");
    assertRefused(completed(task("acm", "eT-1"), "ada", goodReport(), verdict), "of tenant");
    assertRefused(completed(task, "bob", goodReport(), verdict), "work by 'ada'");
    assertRefused(completed(task, "ada", other, verdict), "other changes");
  }

  private void assertRefused(TaskResult.Completed shown, String reason) {
    assertThat(verifier.verify(shown)).isInstanceOf(VerificationResult.Refused.class);
    assertThat(((VerificationResult.Refused) verifier.verify(shown)).reason()).contains(reason);
  }

  @Test
  void the_same_holds_for_a_verdict_of_a_batch() {
    Caws batched = Fixtures.caws().sealInBatches(10).build();
    Task task = task("acme", "T-1");
    Verdict verdict = batched.judge(assignment(batched, task, "ada"), goodReport());
    String note = batched.checkpoint().note();
    InclusionProof proof = batched.log().orElseThrow().prove(verdict.seal()).orElseThrow();

    TaskResult.Completed own = completed(task, "ada", goodReport(), verdict);
    TaskResult.Completed replayed = completed(task("globex", "T-1"), "ada", goodReport(), verdict);

    assertThat(verifier.verify(own, proof, note).isGenuine()).isTrue();
    assertThat(verifier.verify(replayed, proof, note).isGenuine()).isFalse();
    assertThat(verifier.verify(own, new InclusionProof(0, 2, proof.hashes()), note).isGenuine())
        .isFalse();
  }

  @Test
  void a_task_submitted_again_runs_once_and_gives_the_same_verdict() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(
                AgentProfile.of("ada"),
                a -> {
                  runs.incrementAndGet();
                  return goodReport();
                })
            .constitution(caws)
            .executor(Runnable::run)
            .build()) {
      Task task =
          Task.builder("fix").tenant("acme").idempotencyKey("k").spec(SpecRef.text(SPEC)).build();
      Task other =
          Task.builder("fix").tenant("globex").idempotencyKey("k").spec(SpecRef.text(SPEC)).build();
      TaskHandle first = arbiter.submit(task);
      TaskHandle second = arbiter.submit(task);

      TaskResult.Completed result = (TaskResult.Completed) first.await(Duration.ofSeconds(10));
      assertThat(second.await(Duration.ofSeconds(10))).isSameAs(result);
      assertThat(verifier.verify(result).isGenuine()).isTrue();
      assertThat(runs).hasValue(1);

      TaskResult.Completed theirs =
          (TaskResult.Completed) arbiter.submit(other).await(Duration.ofSeconds(10));
      assertThat(runs).hasValue(2);
      assertThat(verifier.verify(theirs).isGenuine()).isTrue();
      assertThat(
              verifier
                  .verify(
                      completed(theirs.task(), theirs.agent(), theirs.report(), result.verdict()))
                  .isGenuine())
          .isFalse();
    }
  }
}
