/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.learning.CreditLedger.Account;
import dev.arbiter.learning.CreditLedger.Entry;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CreditLedgerTest {
  private final CreditLedger ledger = CreditLedger.create();
  private int tasks;

  private Task.Builder task() {
    return Task.builder("fix").id("T-" + ++tasks);
  }

  private void completes(Task task, Verdict verdict) {
    ledger.on(
        new TaskEvent.Concluded(
            World.step(task, 1, "ada"),
            new TaskResult.Completed(task, "ada", 1, WorkReport.of("x"), verdict),
            1));
  }

  private void fails(Task task, FailureCause cause) {
    ledger.on(
        new TaskEvent.Concluded(
            World.step(task, 1, "ada"),
            new TaskResult.Failed(task, cause, "no", 1, Optional.empty()),
            1));
  }

  private static Verdict approved(double quality) {
    return new Verdict.Approved(List.of(), quality, Seal.none());
  }

  private Account only() {
    return ledger.accounts("default").get(0);
  }

  @Test
  void accepted_work_gets_what_it_is_worth() {
    completes(task().build(), approved(.6));
    assertThat(only().points()).isEqualTo(15);

    completes(task().deadline(Duration.ofHours(1)).build(), approved(.8));
    assertThat(only().points()).isEqualTo(15 + 26);

    completes(
        task().build(),
        new Verdict.Waived(List.of(Finding.error("a", "", "b")), List.of("WV-1"), .3, Seal.none()));
    assertThat(only().points()).isEqualTo(15 + 26 + 10 - 8);
    assertThat(only().entries())
        .isEqualTo(
            Map.of(
                Entry.SUCCESS, 30.0,
                Entry.COMPLIANT, 10.0,
                Entry.HIGH_QUALITY, 8.0,
                Entry.TIMELY, 3.0,
                Entry.LOW_QUALITY, -8.0));
  }

  @Test
  void failures_cost_and_ends_without_a_fault_do_not() {
    fails(task().build(), FailureCause.DENIED);
    assertThat(only().points()).isEqualTo(-35);
    fails(task().build(), FailureCause.AGENT_TIMEOUT);
    assertThat(only().points()).isEqualTo(-55);

    fails(task().build(), FailureCause.QUOTA);
    fails(task().build(), FailureCause.INTERNAL);

    assertThat(only().points()).isEqualTo(-55);
    assertThat(only().attempts()).isEqualTo(2);
    assertThat(only().streak()).isEqualTo(-2);
  }

  @Test
  void an_agent_is_late_only_at_a_deadline_that_passed_while_it_worked() {
    Task waitsForSlot = task().build();
    fails(waitsForSlot, FailureCause.DEADLINE);

    Task reported = task().build();
    ledger.on(new TaskEvent.Executing(World.step(reported, 1, "ada")));
    ledger.on(new TaskEvent.Executed(World.step(reported, 1, "ada"), WorkReport.of("x"), 1));
    fails(reported, FailureCause.DEADLINE);

    Task asks = task().build();
    ledger.on(new TaskEvent.Executing(World.step(asks, 1, "ada")));
    ledger.on(new TaskEvent.Waiting(World.step(asks, 1, "ada"), asks(asks, true)));
    fails(asks, FailureCause.DEADLINE);

    Task second = task().build();
    ledger.on(new TaskEvent.Executing(World.step(second, 1, "ada")));
    ledger.on(
        new TaskEvent.Routing(
            World.step(second, 1, "ada"),
            Optional.of(
                new TaskEvent.AttemptFailure(FailureCause.QUOTA, "full", Optional.empty()))));
    ledger.on(
        new TaskEvent.Concluded(
            World.step(second, 2, "bob"),
            new TaskResult.Failed(second, FailureCause.DEADLINE, "late", 1, Optional.empty()),
            1));
    assertThat(ledger.accounts("default")).isEmpty();

    Task works = task().build();
    ledger.on(new TaskEvent.Executing(World.step(works, 1, "ada")));
    fails(works, FailureCause.DEADLINE);
    assertThat(only().entries()).isEqualTo(Map.of(Entry.FAILURE, -15.0, Entry.LATE, -5.0));

    Task goesOn = task().build();
    ledger.on(new TaskEvent.Executing(World.step(goesOn, 1, "ada")));
    ledger.on(new TaskEvent.Waiting(World.step(goesOn, 1, "ada"), asks(goesOn, true)));
    ledger.on(new TaskEvent.Resumed(World.step(goesOn, 1, "ada")));
    fails(goesOn, FailureCause.DEADLINE);
    assertThat(only().attempts()).isEqualTo(2);

    Task left = task().build();
    ledger.on(new TaskEvent.Executing(World.step(left, 1, "ada")));
    ledger.on(new TaskEvent.Waiting(World.step(left, 1, "ada"), asks(left, false)));
    fails(left, FailureCause.DEADLINE);
    assertThat(only().attempts()).isEqualTo(2);
  }

  private static WaitReason asks(Task task, boolean withinCall) {
    return new WaitReason.Input(
        ApprovalRequest.start(task, "", Question.of("?"), Instant.EPOCH), "", withinCall);
  }

  @Test
  void streaks_count_half_more_and_emergencies_double() {
    for (int i = 0; i < 5; i++) {
      completes(task().build(), approved(.6));
    }
    assertThat(only().points()).isEqualTo(4 * 15 + 1.5 * 15);
    assertThat(only().streak()).isEqualTo(5);
    for (int i = 0; i < 3; i++) {
      fails(task().build(), FailureCause.AGENT_ERROR);
    }
    assertThat(only().points()).isEqualTo(82.5 - 15 - 15 - 22.5);

    completes(task().priority(10).build(), approved(.6));

    assertThat(only().points()).isEqualTo(30 + 30);
  }

  @Test
  void a_host_weighs_tasks_and_arbitrations_count() {
    CreditLedger weighing =
        CreditLedger.weighing(task -> task.priority() == 1 ? Double.NaN : CreditLedger.COMPLEX);

    weighing.arbitrated(task().build(), "ada", true);
    weighing.arbitrated(task().priority(1).build(), "bob", false);

    assertThat(weighing.accounts("default"))
        .extracting(Account::agent)
        .containsExactly("ada", "bob");
    assertThat(weighing.accounts("default"))
        .extracting(Account::points)
        .containsExactly(19.5, -10.0);
    assertThat(weighing.accounts("other")).isEmpty();
  }

  @Test
  void a_snapshot_has_all() {
    completes(task().build(), approved(.9));
    fails(task().build(), FailureCause.DENIED);
    CreditLedger restored = CreditLedger.create();

    restored.restore(ledger.snapshot());

    assertThat(restored.accounts("default")).isEqualTo(ledger.accounts("default"));
  }
}
