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
}
