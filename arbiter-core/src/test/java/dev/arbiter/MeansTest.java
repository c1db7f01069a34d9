/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.internal.record.KeptMeans;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What goes on over waits, retries and restarts. */
class MeansTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  private final Means means = new Means();

  private static Approval approval(String request, Answer answer) {
    return new Approval(request, Point.START, "sha256:0", answer, NOON);
  }

  @Test
  void waits_add_up_and_the_one_that_lasts_counts() {
    assertThat(means.waited(5 * SECOND)).isZero();
    means.waitBegins(NOON, 10 * SECOND);
    means.waitBegins(NOON.plusSeconds(9), 19 * SECOND); // it waits already
    assertThat(means.waited(12 * SECOND)).isEqualTo(2 * SECOND);
    assertThat(means.kept().since()).isEqualTo(NOON);

    assertThat(means.waitEnds(13 * SECOND)).isEqualTo(3 * SECOND);
    assertThat(means.waitEnds(20 * SECOND)).isZero();
    assertThat(means.waited(30 * SECOND)).isEqualTo(3 * SECOND);
    assertThat(means.kept().since()).isEqualTo(Instant.EPOCH);

    means.waitBegins(NOON, 40 * SECOND);
    assertThat(means.waited(41 * SECOND)).isEqualTo(4 * SECOND);
    assertThat(means.waited(39 * SECOND)).as("a clock reading of before").isEqualTo(3 * SECOND);
  }

  @Test
  void a_wait_of_a_dead_process_counts_by_the_wall_clock() {
    means.waitBegins(NOON, 10 * SECOND);
    KeptMeans kept = means.kept();

    Means next = new Means();
    next.rewind(kept, NOON.plusSeconds(600), 77 * SECOND);

    assertThat(next.waited(78 * SECOND)).isEqualTo(601 * SECOND);
    assertThat(next.kept().since()).isEqualTo(NOON);
    assertThat(next.waitEnds(79 * SECOND)).isEqualTo(602 * SECOND);
  }

  /** The store may come back in one process, whose wall clock stepped meanwhile. */
  @Test
  void a_wait_of_this_process_counts_by_the_nano_clock() {
    means.waitBegins(NOON, 10 * SECOND);
    KeptMeans kept = means.kept();
    assertThat(means.waitEnds(12 * SECOND)).isEqualTo(2 * SECOND);

    means.rewind(kept, NOON.plusSeconds(3_600), 15 * SECOND);

    assertThat(means.waited(16 * SECOND)).isEqualTo(6 * SECOND);
  }

  @Test
  void everything_comes_back() {
    means.add(approval("r-1", Answer.edit("eve", "other")));
    means.resumeToken("token");
    means.called();
    means.worked(5 * SECOND);
    means.again(Usage.cost(2), true);
    means.attemptEnded(Usage.cost(3));
    means.again(Usage.cost(4), true);
    means.resumeToken("next");
    KeptMeans kept = means.kept();

    Means next = new Means();
    next.rewind(kept, NOON, 0);

    assertThat(next.kept()).isEqualTo(kept);
    assertThat(next.approvals()).hasSize(1);
    assertThat(next.resumeToken()).isEqualTo("next");
    assertThat(next.spent()).isEqualTo(Usage.cost(3));
    assertThat(next.carried()).isEqualTo(Usage.cost(4));
    assertThat(next.worked()).isEqualTo(Duration.ofSeconds(5));
    assertThat(next.calls()).isEqualTo(1);
    assertThat(next.retries()).isEqualTo(1);
  }

  @Test
  void an_attempt_that_ended_is_spent_and_begins_anew() {
    means.resumeToken("token");
    means.again(Usage.cost(1), true);
    means.again(Usage.cost(2), false);
    assertThat(means.retries()).isEqualTo(1);
    means.attemptEnded(Usage.cost(5));
    means.attemptEnded(Usage.cost(7));

    assertThat(means.spent().cost()).isEqualTo(12);
    assertThat(means.carried()).isEqualTo(Usage.none());
    assertThat(means.retries()).isZero();
    assertThat(means.resumeToken()).isEmpty();
  }

  @Test
  void the_last_edit_and_the_last_budget_hold() {
    Task task = Task.builder("fix").payload("one").budget(TaskBudget.ofCost(1)).build();
    assertThat(means.edited(task)).isEqualTo(task);
    assertThat(means.budget(task)).isEqualTo(TaskBudget.ofCost(1));
    means.add(approval("r-1", Answer.edit("eve", "two")));
    means.add(approval("r-2", Answer.approve("eve")));
    means.add(approval("r-3", Answer.edit("eve", "three")));
    means.add(approval("r-4", Answer.raise("eve", TaskBudget.ofCost(2))));

    assertThat(means.edited(task).payload()).isEqualTo("three");
    assertThat(means.budget(task)).isEqualTo(TaskBudget.ofCost(2));
    assertThat(means.of("r-2")).isEqualTo(means.approvals().get(1));
    assertThat(means.of("r-5")).isNull();
  }

  @Test
  void the_person_before_the_last_one_saw_the_instruction_of_the_one_before() {
    Task task = Task.builder("fix").payload("one").build();
    assertThat(means.beforeEdit(task)).isEqualTo(task);
    means.add(approval("r-1", Answer.edit("eve", "two")));
    assertThat(means.beforeEdit(task)).isEqualTo(task);
    means.add(approval("r-2", Answer.approve("eve")));
    means.add(approval("r-3", Answer.edit("eve", "three")));
    assertThat(means.beforeEdit(task).payload()).isEqualTo("two");
    means.add(approval("r-4", Answer.edit("eve", "four")));
    assertThat(means.beforeEdit(task).payload()).isEqualTo("three");
  }

  @Test
  void the_last_instruction_is_that_of_one_request() {
    assertThat(means.isLastEdit("r-1")).isFalse();
    means.add(approval("r-1", Answer.edit("eve", "two")));
    means.add(approval("r-2", Answer.approve("eve")));
    assertThat(means.isLastEdit("r-1")).isTrue();
    assertThat(means.isLastEdit("r-2")).isFalse();
    means.add(approval("r-3", Answer.edit("eve", "three")));
    assertThat(means.isLastEdit("r-1")).isFalse();
    assertThat(means.isLastEdit("r-3")).isTrue();
  }

  @Test
  void a_raise_for_a_tenant_raises_the_budget_of_no_task() {
    Task task = Task.builder("fix").budget(TaskBudget.ofCost(1)).build();
    means.add(
        new Approval(
            "r-1",
            Point.TENANT_BUDGET,
            "sha256:0",
            Answer.raise("eve", TaskBudget.ofCost(9)),
            NOON));

    assertThat(means.budget(task)).isEqualTo(TaskBudget.ofCost(1));
    assertThat(means.approvals()).hasSize(1);
  }

  @Test
  void a_call_that_was_not_made_is_taken_back_and_never_more_than_were_counted() {
    means.called();
    means.called();
    means.notCalled();
    assertThat(means.calls()).isEqualTo(1);
    means.notCalled();
    means.notCalled();
    assertThat(means.calls()).isZero();
    means.called();
    assertThat(means.calls()).isEqualTo(1);
  }

  @Test
  void work_adds_up_and_a_clock_that_went_back_takes_none_away() {
    means.worked(2 * SECOND);
    means.worked(-5 * SECOND);
    means.worked(SECOND);

    assertThat(means.worked()).isEqualTo(Duration.ofSeconds(3));
  }

  /** Agents may have worked on while the store was away. */
  @Test
  void the_longer_time_of_work_counts_when_the_store_is_back() {
    means.worked(2 * SECOND);
    KeptMeans kept = means.kept();
    means.worked(3 * SECOND);
    means.rewind(kept, NOON, 0);
    assertThat(means.worked()).isEqualTo(Duration.ofSeconds(5));

    Means fresh = new Means();
    fresh.worked(SECOND);
    fresh.rewind(kept, NOON, 0);
    assertThat(fresh.worked()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void work_that_was_denied_is_known_again_also_after_a_restart() {
    assertThat(means.wasDenied("sha256:1")).isFalse();
    means.denied("sha256:1");
    means.denied("sha256:2");
    assertThat(means.wasDenied("sha256:1")).isTrue();
    assertThat(means.wasDenied("sha256:2")).isTrue();
    assertThat(means.wasDenied("sha256:3")).isFalse();

    Means next = new Means();
    next.rewind(means.kept(), NOON, 0);
    assertThat(next.wasDenied("sha256:2")).isTrue();
  }

  @Test
  void an_attempt_is_begun_from_its_first_call_until_it_failed() {
    assertThat(means.isBegun()).isFalse();
    means.again(Usage.cost(1), false);
    assertThat(means.isBegun()).isTrue();
    means.resumeToken("token");
    means.again(Usage.cost(2), true);

    means.attemptFailed();

    assertThat(means.isBegun()).isFalse();
    assertThat(means.retries()).isZero();
    assertThat(means.resumeToken()).isEmpty();
    assertThat(means.carried())
        .as("what it used up is counted at its end")
        .isEqualTo(Usage.cost(2));
  }

  @Test
  void a_run_goes_on_with_what_this_process_knows_of_its_attempt() {
    Means known = new Means();
    known.again(Usage.cost(4), true);
    known.again(Usage.cost(5), true);
    known.resumeToken("token");
    known.called();
    known.denied("sha256:1");

    means.goOn(known.kept());

    assertThat(means.carried()).isEqualTo(Usage.cost(5));
    assertThat(means.retries()).isEqualTo(2);
    assertThat(means.isBegun()).isTrue();
    assertThat(means.resumeToken()).isEqualTo("token");
    assertThat(means.calls()).as("the store counts calls before they are made").isZero();
    assertThat(means.wasDenied("sha256:1")).isFalse();
  }

  @Test
  void what_the_store_did_not_keep_is_added_to_what_was_spent() {
    means.attemptEnded(Usage.cost(2));
    means.spentToo(Usage.cost(3));

    assertThat(means.spent()).isEqualTo(Usage.cost(5));
    assertThat(means.kept().spent()).isEqualTo(Usage.cost(5));
  }

  @Test
  void the_time_of_all_waits_may_be_set_and_ends_the_one_that_lasts() {
    means.waitBegins(NOON, 0);
    means.waited(Duration.ofSeconds(9));

    assertThat(means.waited()).isEqualTo(Duration.ofSeconds(9));
    assertThat(means.waited(100 * SECOND)).isEqualTo(9 * SECOND);
    assertThat(means.waitEnds(100 * SECOND)).isZero();
    assertThat(means.kept().since()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void a_wait_that_ends_before_it_began_adds_nothing() {
    means.waitBegins(NOON, 10 * SECOND);

    assertThat(means.waitEnds(9 * SECOND)).isEqualTo(-SECOND);
    assertThat(means.waited()).isEqualTo(Duration.ZERO);
  }

  @Test
  void a_run_that_has_done_nothing_keeps_nothing() {
    assertThat(means.kept()).isEqualTo(KeptMeans.none());
  }
}
