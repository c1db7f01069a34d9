/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A thousand tasks with everything at once, and the decisions that came of them: a formula that
 * changes, changes these. Whoever means it to writes the new number down.
 */
class PinnedDecisionsTest {
  private static final int TASKS = 1_000;
  private static final List<Task> KINDS =
      List.of(
          Task.builder("fix").id("T-1").requires("java").build(),
          Task.builder("write").id("T-2").requires("java").payload("x".repeat(300)).build(),
          Task.builder("port").id("T-3").requires("java", "go").build());

  private final CRC32 decisions = new CRC32();
  private final SplittableRandom luck = new SplittableRandom(7);

  @ParameterizedTest
  @CsvSource({
    "adaptive-thompson, plain, 9dd82c69",
    "adaptive-thompson, many, fac4a817",
    "adaptive-thompson, claims, 4aadac7",
    "adaptive-thompson, money, fd431cef",
    "discounted-thompson, plain, d1f00b6c",
    "epsilon-greedy, plain, 8fa0e246",
    "hierarchical-thompson, plain, d0b93eac",
    "imed, plain, 5a71a2d1",
    "kl-ucb, plain, 4ca7127a",
    "least-loaded, plain, 3238618a",
    "lin-thompson, plain, d97f9c95",
    "optimistic-gittins, plain, e5098942",
    "round-robin, plain, f1650f30",
    "thompson, plain, c4a8e98",
    "ucb-alpha, plain, 11c1504e",
    "ucb1, plain, 1a7e2842",
    "uniform, plain, e1ebd240",
    "weighted, claims, 9fa3c1c",
    "glr-thompson, plain, fede269c"
  })
  void are_the_same_as_ever(String policy, String setting, String expected) {
    List<FakeAgent> agents = agents(setting);
    List<RegisteredAgent> candidates = List.copyOf(agents);
    BanditRouter.Builder builder =
        BanditRouter.builder().policy(policy(policy)).sources(Sources.system(3));
    if (setting.equals("money")) {
      builder.valueOfSuccess(2).pricePerSecond(.001).spendingLimit(40, TASKS).horizon(TASKS);
    }
    BanditRouter router = builder.build();

    for (int round = 0; round < TASKS; round++) {
      agents.get(round % agents.size()).active = luck.nextInt(3);
      attempt(router, candidates, round, List.of());
    }

    assertThat(Long.toHexString(decisions.getValue())).isEqualTo(expected);
  }

  private static BanditPolicy policy(String name) {
    return name.startsWith("glr-")
        ? BanditPolicy.restarting(BanditPolicy.named(name.substring("glr-".length())))
        : BanditPolicy.named(name);
  }

  private static List<FakeAgent> agents(String setting) {
    boolean declare = setting.equals("claims") || setting.equals("money");
    List<FakeAgent> agents = new ArrayList<>();
    for (int i = 0; i < (setting.equals("many") ? 80 : 9); i++) {
      AgentProfile.Builder profile =
          AgentProfile.builder("a" + i).capacity(2).price(.01 + .005 * i);
      if (declare && i % 3 != 0) {
        profile.capability("java", .1 * i).capability("go", 1 - .1 * i);
      }
      agents.add(new FakeAgent(profile.build(), i));
    }
    return agents;
  }

  /** One attempt and, after a failure, one more; half of the agents change in the middle. */
  private void attempt(
      BanditRouter router, List<RegisteredAgent> agents, int round, List<RoutingDecision> failed) {
    Task task = KINDS.get(round % 3);
    RoutingDecision decision =
        router.route(new RoutingRequest(task, agents, PerformanceView.empty(), failed));
    decisions.update(decision.agent().getBytes(StandardCharsets.UTF_8));
    int agent = Integer.parseInt(decision.agent().substring(1));
    boolean changed = round > TASKS / 2 && agent % 2 == 0;
    boolean success =
        luck.nextDouble() < (changed ? .6 - .05 * (agent % 9) : .1 + .08 * (agent % 9));
    Outcome.Kind kind = kind(success, round);
    double reward = kind == Outcome.Kind.SUCCESS || kind == Outcome.Kind.CLAIMED ? .75 : 0;
    double cost = .01 + .01 * luck.nextDouble();
    router.learn(
        new Outcome(decision, task, 1 + failed.size(), kind, reward, cost, Duration.ofMillis(900)));
    if (!success && failed.isEmpty()) {
      attempt(
          router, Simulation.without(agents, List.of(decision.agent())), round, List.of(decision));
    }
  }

  private static Outcome.Kind kind(boolean success, int round) {
    if (round % 10 == 9) {
      return success ? Outcome.Kind.CLAIMED : Outcome.Kind.REFUTED;
    }
    return success ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
  }
}
