/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.bench.routing.Scenario.Case;
import dev.arbiter.bench.routing.Scenario.Trial;
import dev.arbiter.bench.routing.SimulatedRun.ObservationModel;
import dev.arbiter.bench.routing.SimulatedRun.Observed;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.spi.Router;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/** The simulated scenarios, with the figures of the reference simulation where it has the same. */
final class Scenarios {
  private static final double[] TWO = {.9, .8};
  private static final double[] NINE = {.1, .2, .3, .4, .5, .6, .7, .8, .9};
  private static final double[] TEN_LOW = {.1, .05, .05, .05, .02, .02, .02, .01, .01, .01};
  private static final int ROUNDS = 5_000;
  private static final int SYNC = 100;

  /* Ten million agents in all. A million types: the default takes 40 us for each beyond 4,000. */
  private static final int AGENTS_FLOOD = 2_000;
  private static final int TYPES_FLOOD = 200;

  private final double scale;

  /** Scenarios of a lab whose runs are scaled; below 1 the flood is smaller too. */
  Scenarios(double scale) {
    this.scale = scale;
  }

  List<Scenario> all() {
    return List.of(
        stationary(),
        drifting(),
        silentRegression(),
        coldStart(),
        sparse(),
        delayed(),
        censored(),
        poisoned(),
        restarted(),
        merging(),
        bounded(),
        declared(),
        categories());
  }

  private static Scenario stationary() {
    return new Scenario(
        "stationary",
        "Regret: tasks solved fewer than by the best agent. Ten low: .1, 3 x .05, 3 x .02, 3 x .01;"
            + " fifty: drawn from .2 to .8, the reference does not say which.",
        List.of(
            Case.of("two of .9 and .8, T=5,000", 500, fixed(ROUNDS, TWO))
                .bar("12", "9")
                .reference(
                    "uniform 250, ucb1 64.3, epsilon-greedy 14.1, kl-ucb 12.8, imed 9.2,"
                        + " thompson 8.7, adaptive-thompson 9.7"),
            Case.of("nine of .1 to .9, T=10,000", 60, fixed(10_000, NINE))
                .bar("55", "40")
                .reference(
                    "uniform 3996, ucb1 334, epsilon-greedy 150, kl-ucb 56.8, imed 46.4,"
                        + " thompson 40.4, ucb-alpha 96.9, adaptive-thompson 41.8"),
            Case.of("ten low, T=20,000", 40, fixed(20_000, TEN_LOW))
                .bar("95", "70")
                .reference(
                    "uniform 1320, ucb1 839, epsilon-greedy 214, kl-ucb 132, imed 76.4,"
                        + " thompson 90.4, optimistic-gittins 52.3, adaptive-thompson 85"),
            Case.of("fifty, T=3,000", 60, regret(seed -> drawn(seed, 50, 3_000, .2, .8)))
                .bar("85", "72")
                .reference(
                    "uniform 868, ucb1 511, epsilon-greedy 81, kl-ucb 277, imed 226, thompson 230,"
                        + " adaptive-thompson 73.8")));
  }

  private static Scenario drifting() {
    return new Scenario(
        "drifting",
        "Regret. Three agents that change together at four moments, 1,000 tasks apart.",
        List.of(
            Case.of("T=5,000", 300, regret(Worlds::piecewise))
                .bar("40", "30")
                .reference(
                    "uniform 1500, ucb1 248, epsilon-greedy 1279, kl-ucb 282, imed 314,"
                        + " thompson 499, discounted-thompson 58.5, glr-thompson 42.4,"
                        + " adaptive-thompson 32.8")));
  }

  private static Scenario silentRegression() {
    return new Scenario(
        "silent-regression",
        "Regret. Nine agents drawn from .2 to .8; the best one loses .3 at half time.",
        List.of(Case.of("T=6,000", 60, regret(Worlds::silentRegression))));
  }

  private static Scenario coldStart() {
    return new Scenario(
        "cold-start",
        "Regret to the best agent that has arrived. 24 agents arrive evenly over the first 80 % of"
            + " the tasks, later ones better by .3 over all, give or take .1.",
        List.of(Case.of("T=5,000", 60, regret(Worlds::coldStart))));
  }

  private static Scenario sparse() {
    return new Scenario(
        "sparse",
        "Regret to the best of the five agents there are for a task; 100 agents drawn from .2 to"
            + " .8, each there for about 250 tasks: in turn, or any five for each task.",
        List.of(
            Case.of("in turn, T=5,000", 40, regret(Worlds::sparseInTurn)),
            Case.of("any five, T=5,000", 40, regret(Worlds::sparseAtRandom))));
  }

  private static Scenario delayed() {
    return new Scenario(
        "delayed",
        "Regret. Ten agents drawn from .3 to .7: the reference does not say which ten, these come"
            + " close to it. Outcomes are told so many tasks late.",
        List.of(
            delayed(0)
                .reference("ucb1 368, kl-ucb 163, imed 113, thompson 122, adaptive-thompson 100"),
            delayed(50)
                .bar("115", "92")
                .reference("ucb1 395, kl-ucb 203, imed 167, thompson 117, adaptive-thompson 100"),
            delayed(500)
                .bar("170", "150")
                .reference("ucb1 694, kl-ucb 456, imed 351, thompson 170, adaptive-thompson 159")));
  }

  private static Case delayed(int tasks) {
    return Case.of(
        "by " + tasks + ", T=5,000",
        60,
        regret(seed -> drawn(seed, 10, ROUNDS, .3, .7), ObservationModel.TRUTH, tasks));
  }

  private static Scenario censored() {
    return new Scenario(
        "censored",
        "Regret. Nine agents of .1 to .9, T=5,000; some outcomes never come: 30 % of all, half of"
            + " all failures, or half of the successes of the agents .1, .3, .5, .7, .9, who are"
            + " slow.",
        List.of(
            heard("all come", ObservationModel.TRUTH),
            heard("30 % never", (agent, success, luck) -> lost(luck.nextDouble() < .3, success)),
            heard(
                "half of failures never",
                (agent, success, luck) -> lost(!success && luck.nextDouble() < .5, success)),
            heard(
                "half of slow successes never",
                (agent, success, luck) ->
                    lost(success && agent % 2 == 0 && luck.nextDouble() < .5, success))));
  }

  private static Observed lost(boolean lost, boolean success) {
    if (lost) {
      return Observed.NOTHING;
    }
    return success ? Observed.SUCCESS : Observed.FAILURE;
  }

  private static Case heard(String name, ObservationModel model) {
    return Case.of(name, 40, regret(seed -> World.steady(9, ROUNDS, (a, t) -> NINE[a]), model, 0));
  }

  private static Scenario poisoned() {
    return new Scenario(
        "poisoned",
        "Regret among nine agents of .1 to .9, T=5,000, some outcomes told wrong; and the share in"
            + " percent of 10,000 tasks that go to an agent of .15 among eight of .3 to .55, which"
            + " always claims success and is checked in about one task of ten.",
        List.of(
            heard("10 % wrong", flipped(.1)),
            heard("30 % wrong", flipped(.3)),
            Case.of("liar, %", 15, liar(true)).bar("1.1 x the next column", "that of the truth"),
            Case.of("liar, checks only, %", 15, liar(false))));
  }

  private static ObservationModel flipped(double share) {
    return (agent, success, luck) ->
        (luck.nextDouble() < share) == success ? Observed.FAILURE : Observed.SUCCESS;
  }

  private static Trial liar(boolean hearsClaims) {
    return (policy, seed) -> new Liar(hearsClaims).share(Routers.router(policy, seed), seed);
  }

  private static Scenario restarted() {
    return new Scenario(
        "restart",
        "Regret. Nine agents drawn from .2 to .8, T=5,000; a new router after 2,500 tasks, with or"
            + " without what state() gave. Policies that keep no state begin anew either way.",
        List.of(
            routed("no restart", 40, Routers::router),
            routed(
                "with state",
                40,
                (policy, seed) -> Routers.restarted(policy, seed, ROUNDS / 2, true)),
            routed(
                "without",
                40,
                (policy, seed) -> Routers.restarted(policy, seed, ROUNDS / 2, false))));
  }

  private static Scenario merging() {
    return new Scenario(
        "merging",
        "Regret. Nine agents drawn from .2 to .8, T=5,000; two routers take turns and merge each"
            + " other's deltas every 100 tasks, or never.",
        List.of(
            routed("one node", 40, Routers::router),
            routed("two, merging", 40, (policy, seed) -> Routers.nodes(policy, seed, 2, SYNC)),
            routed("two, apart", 40, (policy, seed) -> Routers.nodes(policy, seed, 2, 0))));
  }

  private Scenario bounded() {
    int agents = passing(AGENTS_FLOOD);
    int types = passing(TYPES_FLOOD);
    return new Scenario(
        "bounded",
        String.format(
            Locale.ROOT,
            "Regret. Nine agents drawn from .2 to .8, T=5,000; before each task come others that "
                + "are never seen again: %s agents, or %s types of task.",
            agents,
            types),
        List.of(
            routed("nothing else", 1, Routers::router),
            flooded("agents pass", agents, false),
            flooded("types pass", types, true)));
  }

  private int passing(int most) {
    return (int) Math.max(1, most * Math.min(1, scale));
  }

  private static Case flooded(String name, int each, boolean ofTypes) {
    return routed(
        name, 1, (policy, seed) -> new Flood(Routers.router(policy, seed), each, ofTypes));
  }

  private static Scenario declared() {
    String honest = "weighted 6, hierarchical-thompson 33";
    return new Scenario(
        "declared",
        "Regret. Eight agents, six types of task. Levels declared: none, honest with an error of"
            + " .1, drawn without regard to the truth, or honest but for the two worst, which"
            + " declare .95. The reference's hierarchical Thompson knows of no levels.",
        List.of(
            declared(DeclaredLevels.NONE, 200),
            declared(DeclaredLevels.NONE, ROUNDS),
            declared(DeclaredLevels.HONEST, 200)
                .bar("17", "14")
                .reference(honest + ", adaptive-thompson 14.8"),
            declared(DeclaredLevels.HONEST, ROUNDS)
                .reference("weighted 131, hierarchical-thompson 161"),
            declared(DeclaredLevels.WORTHLESS, ROUNDS)
                .bar("170", "145")
                .reference("weighted 975, hierarchical-thompson 161, adaptive-thompson 152"),
            declared(DeclaredLevels.OVERSTATED, ROUNDS)
                .bar("105", "90")
                .reference("weighted 992, hierarchical-thompson 161, adaptive-thompson 93")));
  }

  private static Case declared(DeclaredLevels how, int rounds) {
    return Case.of(how.label() + ", T=" + rounds, 40, regret(seed -> how.world(seed, rounds)));
  }

  private static Scenario categories() {
    return new Scenario(
        "categories",
        "Regret to the best agent for each type. Eight agents drawn from .3 to .6, ten types that"
            + " shift each agent by .15 (strong) or .03 (weak), one standard deviation; the"
            + " reference does not say its numbers.",
        List.of(
            Case.of("strong, T=5,000", 40, regret(seed -> Worlds.categories(seed, .15)))
                .reference("thompson 530, hierarchical-thompson 238, adaptive-thompson 224"),
            Case.of("weak, T=5,000", 40, regret(seed -> Worlds.categories(seed, .03)))
                .reference("thompson 83, hierarchical-thompson 146, adaptive-thompson 95")));
  }

  /** Makes the router of a run. */
  @FunctionalInterface
  private interface Making {
    Router router(BanditPolicy policy, long seed);
  }

  private static Case routed(String name, int runs, Making making) {
    return Case.of(
        name,
        runs,
        (policy, seed) -> {
          World world = drawn(seed, 9, ROUNDS, .2, .8);
          return new SimulatedRun(world, ObservationModel.TRUTH, 0)
              .regret(making.router(policy, seed), seed);
        });
  }

  private static World drawn(long seed, int agents, int rounds, double low, double high) {
    double[] chances = new SeededDraws(seed).chances(agents, low, high);
    return World.steady(agents, rounds, (agent, round) -> chances[agent]);
  }

  private static Trial fixed(int rounds, double... chances) {
    return regret(seed -> World.steady(chances.length, rounds, (agent, round) -> chances[agent]));
  }

  private static Trial regret(LongFunction<World> worlds) {
    return regret(worlds, ObservationModel.TRUTH, 0);
  }

  private static Trial regret(LongFunction<World> worlds, ObservationModel model, int delay) {
    return (policy, seed) ->
        new SimulatedRun(worlds.apply(seed), model, delay)
            .regret(Routers.router(policy, seed), seed);
  }
}
