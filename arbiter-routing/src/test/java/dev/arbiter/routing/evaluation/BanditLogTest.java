/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * What a router decided while it learned judges other policies. 200 logs of 300 decisions of the
 * default policy among three agents of nearly equal merit, pinned seeds: mean estimates within
 * three standard errors of the truth; 90 % of the doubly robust intervals hold it, and 88 % of
 * those without doubts, which are rather those of lucky targets, each less two errors of such a
 * share.
 */
class BanditLogTest {
  private static final int LOGS = 200;
  private static final int SIZE = 300;
  private static final List<RegisteredAgent> AGENTS = FakeAgent.several(3);
  private static final double[][] RATES = {{.5, .6, .55}, {.6, .45, .55}};

  private static final List<OffPolicyEvaluator> EVALUATORS =
      IntStream.range(0, LOGS).mapToObj(BanditLogTest::log).map(OffPolicyEvaluator::of).toList();

  @Test
  void uniform_choice_is_judged_rightly(TestReporter reporter) {
    assertJudged(TargetPolicy.uniform(), 3.25 / 6, reporter);
  }

  @Test
  void a_fixed_agent_is_judged_rightly(TestReporter reporter) {
    assertJudged(TargetPolicy.fixed("a0"), .55, reporter);
    assertJudged(TargetPolicy.fixed("a1"), .525, reporter);
    assertJudged(TargetPolicy.fixed("a2"), .55, reporter);
  }

  private void assertJudged(TargetPolicy target, double truth, TestReporter reporter) {
    List<OffPolicyReport> reports = EVALUATORS.stream().map(log -> log.evaluate(target)).toList();
    IntervalEstimate ips = mean(reports.stream().map(OffPolicyReport::ips).toList());
    IntervalEstimate robust = mean(reports.stream().map(OffPolicyReport::doublyRobust).toList());
    List<OffPolicyReport> sure = reports.stream().filter(OffPolicyReport::isSupported).toList();

    reporter.publishEntry(
        "truth " + truth,
        "ips "
            + ips
            + "; doubly robust "
            + robust
            + " held "
            + held(reports, truth)
            + "; "
            + sure.size()
            + " without doubts held "
            + held(sure, truth));
    assertThat(ips.value()).isCloseTo(truth, within(3 * ips.standardError()));
    assertThat(robust.value()).isCloseTo(truth, within(3 * robust.standardError()));
    assertThat(held(reports, truth)).isGreaterThan(.9 - 2 * error(.9, LOGS));
    assertThat(held(sure, truth)).isGreaterThan(.88 - 2 * error(.88, sure.size()));
    assertThat(sure).hasSizeBetween(LOGS / 5, LOGS * 4 / 5);
  }

  private static List<LoggedDecision> log(int seed) {
    SplittableRandom luck = new SplittableRandom(1_000_003L * seed + 17);
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), seed);
    List<Task> tasks = List.of(Task.builder("fix").build(), Task.builder("doc").build());
    List<LoggedDecision> log = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      int type = luck.nextInt(2);
      RoutingDecision decision = router.route(Simulation.request(tasks.get(type), AGENTS));
      int chosen = Integer.parseInt(decision.agent().substring(1));
      Outcome outcome =
          Simulation.outcome(decision, tasks.get(type), luck.nextDouble() < RATES[type][chosen]);
      router.learn(outcome);
      LoggedDecision.of(outcome).ifPresent(log::add);
    }
    return log;
  }

  private static IntervalEstimate mean(List<IntervalEstimate> estimates) {
    return IntervalEstimate.mean(estimates.stream().mapToDouble(IntervalEstimate::value).toArray());
  }

  private static double error(double share, int count) {
    return Math.sqrt(share * (1 - share) / count);
  }

  private static double held(List<OffPolicyReport> reports, double truth) {
    return reports.stream()
            .map(OffPolicyReport::doublyRobust)
            .filter(e -> e.low() <= truth && truth <= e.high())
            .count()
        / (double) reports.size();
  }
}
