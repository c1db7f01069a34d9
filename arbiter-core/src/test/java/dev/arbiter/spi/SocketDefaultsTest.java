/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.RoutingDecision.Scored;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What the sockets promise where a host says nothing. */
class SocketDefaultsTest {
  private static final Task TASK = Task.builder("fix").id("T-1").build();

  private record Chosen(long id, String agent) implements RoutingDecision {
    @Override
    public String policy() {
      return "first";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "it is the first";
    }

    @Override
    public List<Scored> candidates() {
      return List.of(new Scored(agent, 0));
    }
  }

  @Test
  void an_outcome_is_worth_its_quality_only_as_a_success() {
    RoutingDecision decision = new Chosen(1, "ada");
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      boolean isGood = kind == Outcome.Kind.SUCCESS || kind == Outcome.Kind.CLAIMED;
      Outcome outcome = new Outcome(decision, TASK, 1, kind, .75, 2, Duration.ZERO);
      assertThat(outcome.reward()).as("%s", kind).isEqualTo(isGood ? .75 : 0);
    }
  }

  @Test
  void the_figures_of_an_outcome_are_within_their_ranges() {
    RoutingDecision decision = new Chosen(1, "ada");
    for (double good : new double[] {0, 1}) {
      assertThat(outcome(decision, good, 0).quality()).isEqualTo(good);
    }
    for (double bad : new double[] {-.001, 1.001, Double.NaN}) {
      assertThatThrownBy(() -> outcome(decision, bad, 0))
          .hasMessage("outcome.quality must be in [0,1], got " + bad);
    }
    for (double bad : new double[] {-.001, Double.POSITIVE_INFINITY, Double.NaN}) {
      assertThatThrownBy(() -> outcome(decision, 1, bad))
          .hasMessage("outcome.cost must be >= 0, got " + bad);
    }
  }

  private static Outcome outcome(RoutingDecision decision, double quality, double cost) {
    return new Outcome(decision, TASK, 1, Outcome.Kind.SUCCESS, quality, cost, Duration.ZERO);
  }

  @Test
  void an_empty_history_knows_nobody() {
    for (Window window : Window.values()) {
      Performance unknown = PerformanceView.empty().performance("ada", "fix", window);

      assertThat(unknown).isEqualTo(Performance.none());
      assertThat(unknown.count()).isZero();
      assertThat(unknown.successRate()).isNaN();
    }
  }

  @Test
  void windows_grow() {
    assertThat(List.of(Window.values()))
        .extracting(Window::span)
        .containsExactly(
            Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(7));
  }

  @Test
  void the_same_seed_gives_the_same_numbers() {
    RandomGenerator one = Sources.system(7).random();
    RandomGenerator other = Sources.system(7).random();

    assertThat(one.longs(10).boxed().toList()).isEqualTo(other.longs(10).boxed().toList());
    assertThat(Sources.entropy()).isNotSameAs(Sources.entropy());
  }

  @Test
  void no_two_hosts_have_the_same_numbers_unless_they_name_a_seed() {
    Sources one = Sources.system();
    Sources other = Sources.system();

    assertThat(one.random().longs(10).boxed().toList())
        .isNotEqualTo(other.random().longs(10).boxed().toList());
    assertThat(one.clock().instant()).isAfter(Instant.EPOCH);
  }

  /** Admits and denies all, and leaves the rest as it is. */
  private static final class Strict implements Constitution {
    private int judged;

    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted(specDigest(task), List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "sha256:1";
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      judged++;
      return new Verdict.Denied(List.of(Finding.error("rule", "", "no")), Seal.none());
    }
  }

  @Test
  void a_constitution_asks_nobody_and_judges_anew_by_default() {
    Strict strict = new Strict();
    Assignment assignment = new Assignment(TASK, "ada", 1, "sha256:1", Duration.ofMinutes(1));
    WorkReport report = WorkReport.of("done");

    assertThat(strict.asks(assignment, report)).isEmpty();
    assertThat(strict.asksAgain(assignment, report, Instant.EPOCH)).isEmpty();
    assertThat(strict.judgeAgain(assignment, report, Instant.EPOCH))
        .isEqualTo(strict.judge(assignment, report));
    assertThat(strict.judged).isEqualTo(2);
  }

  @Test
  void a_constitution_that_asks_asks_again_by_default() {
    Question may = Question.of("May it?");
    Constitution asking =
        new Constitution() {
          private final Strict strict = new Strict();

          @Override
          public Admission admit(Task task) {
            return strict.admit(task);
          }

          @Override
          public String specDigest(Task task) {
            return strict.specDigest(task);
          }

          @Override
          public Verdict judge(Assignment assignment, WorkReport report) {
            return strict.judge(assignment, report);
          }

          @Override
          public Optional<Question> asks(Assignment assignment, WorkReport report) {
            return Optional.of(may);
          }
        };
    Assignment assignment = new Assignment(TASK, "ada", 1, "sha256:1", Duration.ofMinutes(1));

    assertThat(asking.asksAgain(assignment, WorkReport.of(""), Instant.EPOCH)).contains(may);
  }

  @Test
  void a_value_of_bytes_has_no_columns() {
    Store.Value value = Store.Value.of(new byte[] {1, 2});

    assertThat(value.bytes()).containsExactly(1, 2);
    assertThat(value.columns()).isEqualTo(Columns.none());
    assertThat(Columns.none().at()).isEqualTo(Instant.EPOCH);
    assertThat(Columns.none().state()).isEmpty();
  }
}
