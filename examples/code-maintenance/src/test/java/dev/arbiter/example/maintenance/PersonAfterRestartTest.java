/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.VerdictVerifier;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.sqlite.SqliteStore;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person is asked by the constitution of one process, and answers in the next. */
class PersonAfterRestartTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);

  @TempDir private Path dir;

  private final AtomicInteger calls = new AtomicInteger();

  private static Caws caws() {
    return Caws.builder()
        .spec(KilledArbiterTest.SPEC)
        .policy(KilledArbiterTest.POLICY)
        .key(KEY)
        .approvalBefore(2)
        .approvalAfter(2)
        .build();
  }

  private Arbiter arbiter(Caws caws) {
    return Arbiter.builder()
        .constitution(caws)
        .closeLimit(Duration.ZERO)
        .store(SqliteStore.at(dir.resolve("tasks.db")))
        .agent(
            AgentProfile.of("ada"),
            work -> {
              calls.incrementAndGet();
              FileChange change = new FileChange("src/Main.java", 3, 1);
              return new WorkReport("done", List.of(change), List.of(), Usage.none());
            })
        .build();
  }

  private static ApprovalRequest asked(Arbiter arbiter) throws InterruptedException {
    for (int i = 0; i < 6_000 && arbiter.approvals().open().isEmpty(); i++) {
      Thread.sleep(10);
    }
    assertThat(arbiter.approvals().open()).hasSize(1);
    return arbiter.approvals().open().get(0);
  }

  private static void decide(Arbiter arbiter, String by) throws InterruptedException {
    arbiter.approvals().decide(asked(arbiter), Answer.approve(by)).toCompletableFuture().join();
  }

  @Test
  void both_decisions_are_asked_once_and_sealed() throws Exception {
    ApprovalRequest start;
    ApprovalRequest result;
    try (Caws caws = caws();
        Arbiter first = arbiter(caws)) {
      Task task = Task.builder("fix").id("T-1").spec(SpecRef.id("FEAT-001")).build();
      assertThat(first.submit(task).id()).isEqualTo("T-1");
      start = asked(first);
      assertThat(start.point()).isEqualTo(Point.START);
    }
    try (Caws caws = caws();
        Arbiter second = arbiter(caws)) {
      assertThat(asked(second)).isEqualTo(start);
      decide(second, "eve");
      result = asked(second);
      assertThat(result.point()).isEqualTo(Point.RESULT);
    }
    try (Caws caws = caws();
        Arbiter third = arbiter(caws)) {
      TaskHandle handle = third.find("default", "T-1").orElseThrow();
      assertThat(asked(third)).isEqualTo(result);
      decide(third, "kim");

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.verdict().seal().document())
          .contains("\"by\":\"eve\"", start.digest(), "\"by\":\"kim\"", result.digest());
      assertThat(VerdictVerifier.of(KEY.publicKey()).verify(done).isGenuine()).isTrue();
    }
    assertThat(calls).hasValue(1);
  }
}
