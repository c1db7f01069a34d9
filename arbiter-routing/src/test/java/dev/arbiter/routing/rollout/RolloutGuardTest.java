/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What rollouts do by themselves, which look after every outcome: 400 runs of pinned luck each. */
class RolloutGuardTest {
  private static final int RUNS = 400;
  private static final double ERROR = .05;
  private static final double MOST_WRONG = ERROR + 3 * Math.sqrt(ERROR * (1 - ERROR) / RUNS);
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final double[] RAMP = {.02, .1, .3, .5};
  private final List<RegisteredAgent> agents = FakeAgent.several(1);

  @Test
  void a_candidate_just_as_good_is_rolled_back_no_more_often_than_the_error() {
    assertThat(over(this::plain, same(.7), 2_000)).isLessThanOrEqualTo(MOST_WRONG);
  }

  @Test
  void with_all_guards_and_promotion_an_equal_candidate_ends_no_more_runs_than_the_error() {
    assertThat(over(this::full, same(.7), 2_000)).isLessThanOrEqualTo(MOST_WRONG);
  }

  @Test
  void a_share_that_grows_while_tasks_get_harder_ends_no_more_runs_than_the_error() {
    Bed harder = (byCandidate, task) -> new Fate(.9 - .6 * task / 4_000, .3, 120);
    int wrong = 0;
    for (int run = 0; run < RUNS; run++) {
      Rollout rollout = full().percentage(RAMP[0]).build();
      SplittableRandom luck = new SplittableRandom(run);
      for (int task = 0; task < 4_000 && isRunning(rollout); task++) {
        if (task % 1_000 == 0) {
          rollout.abTest(RAMP[task / 1_000]);
        }
        step(rollout, harder, luck, run, task);
      }
      wrong += isRunning(rollout) ? 0 : 1;
    }

    assertThat(wrong / (double) RUNS).isLessThanOrEqualTo(MOST_WRONG);
  }

  @Test
  void a_candidate_worse_by_just_the_margin_is_rolled_back_no_more_often_than_the_error() {
    assertThat(over(() -> plain().successMargin(.1), of(.8, .7), 2_000))
        .isLessThanOrEqualTo(MOST_WRONG);
  }

  @Test
  void a_candidate_10_points_worse_is_rolled_back_within_3_000_tasks_in_95_of_100_runs() {
    assertThat(over(this::plain, of(.8, .7), 3_000)).isGreaterThanOrEqualTo(.95);
  }

  @Test
  void a_candidate_10_points_better_is_promoted_within_3_500_tasks_in_95_of_100_runs() {
    assertThat(over(this::full, of(.7, .8), 3_500)).isGreaterThanOrEqualTo(.95);
  }

  @Test
  void says_why_it_rolled_back() {
    Rollout rollout = plain().successMargin(.05).build();

    run(rollout, of(.9, .5), 5_000, 1);

    RolloutStatus status = rollout.status();
    RolloutStatus.Guard guard = status.guards().get(0);
    assertThat(status.state()).isEqualTo(Rollout.State.ROLLED_BACK);
    assertThat(status.reason())
        .matches(
            "rolled back because the candidate's failure rate is higher by at least 0\\.05\\d\\d,"
                + " which is more than the margin of 0\\.0500");
    assertThat(guard.isViolated()).isTrue();
    assertThat(guard.isKept()).isFalse();
    assertThat(guard.worseBy()).isBetween(guard.atLeast(), guard.atMost());
    assertThat(status.difference().high()).isLessThan(0);
    assertThat(status.share()).isZero();
  }

  @Test
  void a_claim_that_nobody_checked_is_no_failure_and_a_refuted_one_is() {
    Rollout claims = plain().build();
    Rollout refuted = plain().build();
    for (int i = 0; i < 1_000; i++) {
      claim(claims, i, Outcome.Kind.CLAIMED);
      claim(refuted, i, Outcome.Kind.REFUTED);
    }

    assertThat(claims.state()).isEqualTo(Rollout.State.RUNNING);
    assertThat(claims.status().guards().get(0).worseBy()).isZero();
    assertThat(refuted.state()).isEqualTo(Rollout.State.ROLLED_BACK);
  }

  /* Current's work is checked and good; of the candidate's, all ends so. */
  private void claim(Rollout rollout, int number, Outcome.Kind kind) {
    Task task = Task.builder("work").id("T-" + number).build();
    RolloutDecision decision = (RolloutDecision) rollout.route(Simulation.request(task, agents));
    Outcome.Kind is = decision.byCandidate() ? kind : Outcome.Kind.SUCCESS;
    double quality = is == Outcome.Kind.REFUTED ? 0 : 1;
    rollout.learn(new Outcome(decision, task, 1, is, quality, 0, Duration.ofSeconds(1)));
  }

  @Test
  void says_why_it_promoted() {
    Rollout rollout = plain().promotion(.05).build();

    run(rollout, of(.5, .9), 5_000, 1);

    assertThat(rollout.status().reason())
        .startsWith("promoted because the candidate's mean reward is higher by at least 0.05");
    assertThat(rollout.status().guards().get(0).isKept()).isTrue();
  }

  @Test
  void a_percentage_is_never_promoted() {
    Rollout rollout = plain().promotion(0).percentage(.5).build();

    run(rollout, of(.1, .9), 2_000, 1);

    assertThat(rollout.state()).isEqualTo(Rollout.State.RUNNING);
    assertThat(rollout.status().difference().low()).isGreaterThan(.5);
  }

  @Test
  void a_candidate_that_costs_more_is_rolled_back() {
    Rollout rollout = plain().costMargin(.1, 2).build();

    run(rollout, (byCandidate, task) -> new Fate(.8, byCandidate ? .6 : .3, 120), 2_000, 1);

    assertThat(rollout.status().reason())
        .matches(".* mean cost is higher by at least 0\\.1.* USD, .* margin of 0\\.1000 USD");
  }

  @Test
  void a_candidate_that_takes_longer_is_rolled_back() {
    Rollout rollout = plain().timeMargin(Duration.ofSeconds(30), LIMIT).build();

    run(rollout, (byCandidate, task) -> new Fate(.8, 0, byCandidate ? 180 : 60), 4_000, 1);

    assertThat(rollout.status().reason()).matches(".* mean time is higher by at least 3.* s, .*");
  }

  @Test
  void a_candidate_that_always_throws_is_rolled_back_within_100_tasks_and_fails_none() {
    Rollout rollout = plain().candidate(ScriptedRouter.failing()).build();

    run(rollout, same(.8), 100, 1);

    assertThat(rollout.state()).isEqualTo(Rollout.State.ROLLED_BACK);
    assertThat(rollout.status().ignoredOutcomes()).isZero();
  }

  /** How a task fares at one side: its chance, and the means of what it costs and takes. */
  private record Fate(double chance, double dollars, double seconds) {}

  /** How tasks fare at both sides. */
  @FunctionalInterface
  private interface Bed {
    Fate fate(boolean byCandidate, int task);
  }

  private static Bed of(double current, double candidate) {
    return (byCandidate, task) -> new Fate(byCandidate ? candidate : current, .3, 120);
  }

  private static Bed same(double chance) {
    return of(chance, chance);
  }

  private Rollout.Builder plain() {
    return Rollout.builder("ab")
        .current(ScriptedRouter.first())
        .candidate(ScriptedRouter.first())
        .abTest(.5)
        .error(ERROR);
  }

  private Rollout.Builder full() {
    return plain().costMargin(0, 1).timeMargin(Duration.ZERO, LIMIT).promotion(0);
  }

  /* The share of runs that were over after so many tasks. */
  private double over(Supplier<Rollout.Builder> builder, Bed bed, int tasks) {
    int over = 0;
    for (int run = 0; run < RUNS; run++) {
      Rollout rollout = builder.get().build();
      run(rollout, bed, tasks, run);
      over += isRunning(rollout) ? 0 : 1;
    }
    return over / (double) RUNS;
  }

  private void run(Rollout rollout, Bed bed, int tasks, int run) {
    SplittableRandom luck = new SplittableRandom(run);
    for (int task = 0; task < tasks && isRunning(rollout); task++) {
      step(rollout, bed, luck, run, task);
    }
  }

  private static boolean isRunning(Rollout rollout) {
    return rollout.state() == Rollout.State.RUNNING;
  }

  private void step(Rollout rollout, Bed bed, SplittableRandom luck, int run, int number) {
    Task task = Task.builder("work").id(run + "-" + number).build();
    RolloutDecision decision = (RolloutDecision) rollout.route(Simulation.request(task, agents));
    Fate fate = bed.fate(decision.byCandidate(), number);
    boolean solved = luck.nextDouble() < fate.chance();
    rollout.learn(
        new Outcome(
            decision,
            task,
            1,
            solved ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE,
            solved ? 1 : 0,
            2 * fate.dollars() * luck.nextDouble(),
            Duration.ofMillis((long) (2_000 * fate.seconds() * luck.nextDouble()))));
  }
}
