/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Pinned seeds. Over 600 logs of 500 decisions each, whose truth is known: the mean estimate is
 * within three standard errors of it, and 92 to 98.5 % of the intervals hold it.
 */
class OffPolicyEvaluatorTest {
  private static final int LOGS = 600;
  private static final int SIZE = 500;

  private static final List<OffPolicyReport> UNIFORM =
      reports(log -> OffPolicyEvaluator.of(log).evaluate(TargetPolicy.uniform()));
  private static final List<OffPolicyReport> FIXED =
      reports(log -> OffPolicyEvaluator.of(log).evaluate(TargetPolicy.fixed("cy")));

  @Test
  void inverse_propensity_scores_are_unbiased_and_their_intervals_hold(TestReporter reporter) {
    assertTells(UNIFORM, OffPolicyReport::ips, truthOfUniform(), "ips, uniform", reporter);
    assertTells(FIXED, OffPolicyReport::ips, truthOfFixed(), "ips, fixed", reporter);
  }

  @Test
  void self_normalized_scores_are_nearly_unbiased_and_their_intervals_hold(TestReporter reporter) {
    assertTells(UNIFORM, OffPolicyReport::snips, truthOfUniform(), "snips, uniform", reporter);
    assertTells(FIXED, OffPolicyReport::snips, truthOfFixed(), "snips, fixed", reporter);
  }

  @Test
  void doubly_robust_is_unbiased_and_its_intervals_hold(TestReporter reporter) {
    assertTells(UNIFORM, OffPolicyReport::doublyRobust, truthOfUniform(), "dr, uniform", reporter);
    assertTells(FIXED, OffPolicyReport::doublyRobust, truthOfFixed(), "dr, fixed", reporter);
  }

  @Test
  void doubly_robust_varies_less_than_ips_and_far_less_where_weights_are_high() {
    assertThat(ratioOfVariances(UNIFORM)).isLessThan(.9);
    assertThat(ratioOfVariances(FIXED)).isLessThan(2 / 3.);
  }

  @Test
  void standard_errors_are_the_deviations_that_show() {
    for (List<OffPolicyReport> reports : List.of(UNIFORM, FIXED)) {
      assertErrors(reports, OffPolicyReport::ips);
      assertErrors(reports, OffPolicyReport::snips);
      assertErrors(reports, OffPolicyReport::doublyRobust);
      assertErrors(reports, OffPolicyReport::gain);
    }
  }

  @Test
  void a_learned_target_is_judged_by_what_it_was_not_learned_from(TestReporter reporter) {
    List<OffPolicyReport> learned =
        reports(log -> OffPolicyEvaluator.of(log).evaluateLearned(TargetPolicy::bestMean));
    double[] truths =
        IntStream.range(0, LOGS)
            .mapToDouble(i -> SyntheticLog.truth(TargetPolicy.bestMean(SyntheticLog.of(SIZE, i))))
            .toArray();

    double estimated = IntervalEstimate.average(values(learned, OffPolicyReport::doublyRobust));
    reporter.publishEntry("best mean", estimated + " of " + IntervalEstimate.average(truths));
    assertThat(estimated).isCloseTo(IntervalEstimate.average(truths), within(.01));
    assertThat(estimated).isBetween(.68, .74);
  }

  @Test
  void enough_exploration_leaves_no_doubt() {
    assertThat(UNIFORM.stream().filter(report -> !report.isSupported()).count())
        .isLessThanOrEqualTo(LOGS / 50);
    assertThat(UNIFORM.get(0).effectiveSize()).isBetween(250., 400.);
    assertThat(UNIFORM.get(0).largestWeight()).isCloseTo(2.5, within(1e-12));
  }

  @Test
  void an_agent_that_was_never_chosen_is_named() {
    List<String> candidates = List.of("ada", "bob", "zoe");
    List<LoggedDecision> log = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      log.add(new LoggedDecision("fix", candidates, i % 2 == 0 ? "ada" : "bob", .5, i % 3 / 2.));
    }

    OffPolicyReport report = OffPolicyEvaluator.of(log).evaluate(TargetPolicy.fixed("zoe"));

    assertThat(report.isSupported()).isFalse();
    assertThat(report.doubts().get(0))
        .contains("100 % of the target's choices", "never chose", "zoe");
    assertThat(report.effectiveSize()).isZero();
    assertThat(report.snips().value()).isNaN();
    assertThat(report.snips().high() - report.snips().low()).isEqualTo(1);
    assertThat(report.ips().high() - report.ips().low()).isEqualTo(1);
  }

  @Test
  void a_log_without_chance_tells_only_of_itself() {
    List<LoggedDecision> log = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String agent = i % 5 == 0 ? "bob" : "ada";
      log.add(new LoggedDecision("fix", List.of("ada", "bob"), agent, 1, i % 3 / 2.));
    }

    OffPolicyReport report = OffPolicyEvaluator.of(log).evaluate(TargetPolicy.fixed("bob"));

    assertThat(report.doubts()).anyMatch(doubt -> doubt.contains("weights average 0.200"));
  }

  @Test
  void probabilities_that_are_too_small_are_noticed() {
    List<LoggedDecision> log = new ArrayList<>();
    for (LoggedDecision d : SyntheticLog.of(SIZE, 1)) {
      log.add(
          new LoggedDecision(d.type(), d.candidates(), d.agent(), d.probability() / 2, d.reward()));
    }

    OffPolicyReport report = OffPolicyEvaluator.of(log).evaluate(TargetPolicy.uniform());

    assertThat(report.doubts()).anyMatch(doubt -> doubt.contains("more likely than the log says"));
  }

  @Test
  void a_few_heavy_decisions_support_nothing() {
    OffPolicyReport report =
        OffPolicyEvaluator.of(SyntheticLog.of(60, 4)).evaluate(TargetPolicy.fixed("dan"));

    assertThat(report.effectiveSize()).isLessThan(50);
    assertThat(report.doubts()).anyMatch(doubt -> doubt.contains("60 decisions of this log say"));
  }

  @Test
  void successes_only_are_not_taken_for_certainty() {
    List<LoggedDecision> log = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      log.add(new LoggedDecision("fix", List.of("ada", "bob"), i % 2 > 0 ? "ada" : "bob", .5, 1));
    }

    OffPolicyReport report = OffPolicyEvaluator.of(log).evaluate(TargetPolicy.fixed("ada"));

    assertThat(report.snips().value()).isEqualTo(1);
    assertThat(report.snips().low()).isBetween(.94, .97);
  }

  @Test
  void equal_logs_give_equal_reports() {
    OffPolicyReport one =
        OffPolicyEvaluator.of(SyntheticLog.of(SIZE, 9)).evaluate(TargetPolicy.uniform());
    OffPolicyReport other =
        OffPolicyEvaluator.of(SyntheticLog.of(SIZE, 9)).evaluate(TargetPolicy.uniform());

    assertThat(other).isEqualTo(one);
  }

  @Test
  void a_log_too_short_is_refused() {
    assertThatThrownBy(() -> OffPolicyEvaluator.of(SyntheticLog.of(1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decision log must hold at least 2 decisions, got 1");
  }

  @Test
  void probabilities_that_are_none_are_refused() {
    OffPolicyEvaluator evaluator = OffPolicyEvaluator.of(SyntheticLog.of(10, 1));

    for (double[] wrong :
        List.of(
            new double[] {1},
            new double[] {.5, .5, .5, .5},
            new double[] {2, -1, 0, 0},
            new double[] {Double.NaN, 0, 0, 1})) {
      assertThatThrownBy(() -> evaluator.evaluate((type, candidates) -> wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("target policy gave " + wrong.length + " probabilities");
    }
  }

  private static double ratioOfVariances(List<OffPolicyReport> reports) {
    return IntervalEstimate.variance(values(reports, OffPolicyReport::doublyRobust))
        / IntervalEstimate.variance(values(reports, OffPolicyReport::ips));
  }

  private static double truthOfUniform() {
    return SyntheticLog.truth(TargetPolicy.uniform());
  }

  private static double truthOfFixed() {
    return SyntheticLog.truth(TargetPolicy.fixed("cy"));
  }

  private static List<OffPolicyReport> reports(
      Function<List<LoggedDecision>, OffPolicyReport> judge) {
    return IntStream.range(0, LOGS).mapToObj(i -> judge.apply(SyntheticLog.of(SIZE, i))).toList();
  }

  private static double[] values(
      List<OffPolicyReport> reports, Function<OffPolicyReport, IntervalEstimate> of) {
    return reports.stream().mapToDouble(report -> of.apply(report).value()).toArray();
  }

  private static void assertTells(
      List<OffPolicyReport> reports,
      Function<OffPolicyReport, IntervalEstimate> of,
      double truth,
      String name,
      TestReporter reporter) {
    IntervalEstimate mean = IntervalEstimate.mean(values(reports, of));
    double held =
        reports.stream().map(of).filter(e -> e.low() <= truth && truth <= e.high()).count()
            / (double) reports.size();
    reporter.publishEntry(name, mean + " of " + truth + ", held " + held);
    assertThat(mean.value()).isCloseTo(truth, within(3 * mean.standardError()));
    assertThat(held).isBetween(.92, .985);
  }

  private static void assertErrors(
      List<OffPolicyReport> reports, Function<OffPolicyReport, IntervalEstimate> of) {
    double shown = Math.sqrt(IntervalEstimate.variance(values(reports, of)));
    double said =
        reports.stream().mapToDouble(r -> of.apply(r).standardError()).average().orElse(0);
    assertThat(said / shown).isBetween(.9, 1.1);
  }
}
