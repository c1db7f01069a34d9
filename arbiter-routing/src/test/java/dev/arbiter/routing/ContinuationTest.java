/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A router restored from a state goes on exactly as the router that wrote it. */
class ContinuationTest {
  private static final List<Task> TASKS =
      List.of(
          Task.builder("java").requires("a").build(),
          Task.builder("prose").build(),
          Task.builder("sql").requires("a", "b").payload("x".repeat(99)).build());
  private static final List<RegisteredAgent> AGENTS = agents();

  private final SplittableRandom luck = new SplittableRandom(11);

  private static List<RegisteredAgent> agents() {
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      AgentProfile.Builder profile = AgentProfile.builder("Agent 4, no. " + i).price(.01 * (i + 1));
      agents.add(new FakeAgent(profile.capability("a", .1 * i).capability("b", .5).build(), i));
    }
    return List.copyOf(agents);
  }

  /** Every policy, alone and with newcomers, without and with a limit that binds. */
  static Stream<BanditRouter.Builder> routers() {
    return Stream.of(false, true)
        .flatMap(
            newcomers ->
                EveryPolicyTest.policies().stream()
                    .flatMap(
                        policy ->
                            Stream.of(false, true)
                                .map(limited -> router(policy, newcomers, limited))));
  }

  private static BanditRouter.Builder router(
      BanditPolicy policy, boolean newcomers, boolean limited) {
    BanditRouter.Builder builder = BanditRouter.builder().policy(policy).replica("one");
    if (newcomers) {
      builder.newcomers(.2, 60);
    }
    return limited ? builder.spendingLimit(3, 100).valueOfSuccess(1).pricePerSecond(.01) : builder;
  }

  @ParameterizedTest
  @MethodSource("routers")
  void a_snapshot_equals_continuation(BanditRouter.Builder builder) throws IOException {
    BanditRouter one = builder.sources(Sources.system(1)).build();
    for (int checkpoint = 0; checkpoint < 4; checkpoint++) {
      for (int i = 0; i < 130; i++) {
        step(one, some(), i);
      }
      LearnedState state = one.state();
      BanditRouter other =
          builder.sources(Sources.system(100 + checkpoint)).state(read(bytes(state))).build();
      assertSame(one, other);
      for (int i = 0; i < 90; i++) {
        both(one, other, i);
      }
      assertSame(one, other);
      // A choice of chance tells the two apart from then on: one look at each checkpoint.
      if (checkpoint % 2 == 0) {
        assertSameChances(
            decide(one, TASKS.get(checkpoint), AGENTS, List.of()),
            decide(other, TASKS.get(checkpoint), AGENTS, List.of()));
      } else {
        assertSameFallback(one, other, TASKS.get(checkpoint - 1));
      }
    }
  }

  /**
   * Both sides of a comparison would miss a part that no snapshot names. So the names are pinned: a
   * part that goes, or comes, must be seen here.
   */
  @Test
  void the_parts_of_a_snapshot_are_these() throws IOException {
    StringBuilder parts = new StringBuilder();
    for (BanditPolicy policy : EveryPolicyTest.policies()) {
      BanditRouter router = router(policy, true, true).sources(Sources.system(1)).build();
      for (int i = 0; i < 130; i++) {
        step(router, some(), i);
      }
      parts.append(policy).append('\n');
      own(router.state())
          .forEach(
              (key, values) ->
                  parts.append("  ").append(key).append(' ').append(values.size()).append('\n'));
    }
    try (InputStream in = resource("parts-of-snapshots.txt")) {
      assertThat(parts).hasToString(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private List<RegisteredAgent> some() {
    int from = luck.nextInt(5);
    return AGENTS.subList(from, Math.min(7, from + 2 + luck.nextInt(5)));
  }

  /* Outcomes change at step 50 of each round, so that tests for change have something to find. */
  private Outcome outcome(RoutingDecision decision, Task task, int step) {
    int agent = decision.agent().charAt(decision.agent().length() - 1) - '0';
    boolean success = luck.nextDouble() < (step < 65 ? .1 + .1 * agent : .8 - .1 * agent);
    double quality = success ? luck.nextDouble() : 0;
    return new Outcome(
        decision,
        task,
        1,
        kind(success),
        quality,
        luck.nextInt(64) / 1024.0,
        Duration.ofMillis(luck.nextInt(5_000)));
  }

  private Outcome.Kind kind(boolean success) {
    int draw = luck.nextInt(10);
    return success
        ? draw == 0 ? Outcome.Kind.CLAIMED : Outcome.Kind.SUCCESS
        : draw == 0 ? Outcome.Kind.REFUTED : Outcome.Kind.FAILURE;
  }

  private void step(BanditRouter router, List<RegisteredAgent> candidates, int step) {
    Task task = TASKS.get(luck.nextInt(3));
    RoutingDecision first = decide(router, task, candidates, List.of());
    if (first == null) {
      return;
    }
    router.learn(outcome(first, task, step));
    List<RegisteredAgent> rest = Simulation.without(candidates, List.of(first.agent()));
    RoutingDecision second =
        step % 5 > 0 || rest.isEmpty() ? null : decide(router, task, rest, List.of(first));
    if (second != null) {
      router.learn(outcome(second, task, step));
    }
  }

  private static @Nullable RoutingDecision decide(
      BanditRouter router,
      Task task,
      List<RegisteredAgent> candidates,
      List<RoutingDecision> failed) {
    try {
      return router.route(new RoutingRequest(task, candidates, PerformanceView.empty(), failed));
    } catch (Router.RefusedException e) {
      return null;
    }
  }

  /* One candidate, so that chance has no part. */
  private void both(BanditRouter one, BanditRouter other, int step) {
    Task task = TASKS.get(luck.nextInt(3));
    List<RegisteredAgent> only = List.of(AGENTS.get(luck.nextInt(7)));
    RoutingDecision left = decide(one, task, only, List.of());
    RoutingDecision right = decide(other, task, only, List.of());
    assertThat(right == null).isEqualTo(left == null);
    if (left == null || right == null) {
      return;
    }
    Outcome outcome = outcome(left, task, step);
    one.learn(outcome);
    other.learn(
        new Outcome(
            right, task, 1, outcome.kind(), outcome.quality(), outcome.cost(), outcome.time()));
  }

  private static void assertSame(BanditRouter one, BanditRouter other) {
    LearnedState left = one.state();
    LearnedState right = other.state();
    assertThat(right).isEqualTo(left);
    Map<String, Map<String, List<Double>>> rest = own(right);
    own(left).forEach((key, values) -> assertThat(rest.get(key)).as(key).isEqualTo(values));
    assertThat(rest).hasSameSizeAs(own(left));
    assertThat(other.spending())
        .usingRecursiveComparison()
        .ignoringFields("refused")
        .isEqualTo(one.spending());
    for (RegisteredAgent agent : AGENTS) {
      assertThat(other.specialties(agent.id())).isEqualTo(one.specialties(agent.id()));
    }
  }

  /* Which router it is differs. */
  private static Map<String, Map<String, List<Double>>> own(LearnedState state) {
    Map<String, Map<String, List<Double>>> own = new TreeMap<>();
    state
        .own()
        .forEach(
            (key, values) -> {
              Map<String, List<Double>> lists = new HashMap<>();
              // The last number of an open decision is how many restarts it has outlived.
              int last = key.equals("decisions/open") ? 1 : 0;
              values.forEach(
                  (k, v) -> lists.put(k, Arrays.stream(v, 0, v.length - last).boxed().toList()));
              own.put(key, lists);
            });
    own.remove("seen");
    own.remove("decisions/ranges");
    return own;
  }

  private static void assertSameFallback(BanditRouter one, BanditRouter other, Task task) {
    RoutingDecision left = decide(one, task, List.of(AGENTS.get(3)), List.of());
    RoutingDecision right = decide(other, task, List.of(AGENTS.get(3)), List.of());
    assertThat(right == null).isEqualTo(left == null);
    if (left != null && right != null) {
      List<RegisteredAgent> rest = Simulation.without(AGENTS, List.of(left.agent()));
      assertSameChances(
          decide(one, task, rest, List.of(left)), decide(other, task, rest, List.of(right)));
    }
  }

  private static void assertSameChances(
      @Nullable RoutingDecision left, @Nullable RoutingDecision right) {
    assertThat(right == null).isEqualTo(left == null);
    if (left instanceof BanditDecision l && right instanceof BanditDecision r) {
      assertThat(r.agents.stream().map(RegisteredAgent::id))
          .containsExactlyElementsOf(l.agents.stream().map(RegisteredAgent::id).toList());
      for (int i = 0; i < l.agents.size(); i++) {
        assertThat(r.probability(i)).as("%s of %s", i, left).isEqualTo(l.probability(i));
      }
    }
  }

  private static byte[] bytes(LearnedState state) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    state.writeTo(out);
    return out.toByteArray();
  }

  private static LearnedState read(byte[] bytes) throws IOException {
    return LearnedState.read(new ByteArrayInputStream(bytes));
  }

  private static byte[] bytes(LearnedState.Delta delta) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    delta.writeTo(out);
    return out.toByteArray();
  }

  @Test
  void a_restart_forces_no_newcomer_again() {
    BanditRouter.Builder builder = router(BanditPolicy.ucb1(), true, false);
    BanditRouter before = builder.sources(Sources.system(1)).build();
    for (int i = 0; i < 3_000; i++) {
      step(before, AGENTS, 0);
    }

    BanditRouter after = builder.state(before.state()).build();

    for (int i = 0; i < 300; i++) {
      RoutingDecision decision = after.route(Simulation.request(TASKS.get(1), AGENTS));
      assertThat(decision.reason()).doesNotContain("newcomer");
    }
  }

  @Test
  void a_restart_does_not_make_epsilon_young() {
    BanditRouter.Builder builder = router(BanditPolicy.epsilonGreedy(), false, false);
    BanditRouter before = builder.sources(Sources.system(1)).build();
    for (int i = 0; i < 2_000; i++) {
      step(before, AGENTS, 0);
    }

    BanditRouter after = builder.state(before.state()).build();
    RoutingDecision decision = after.route(Simulation.request(TASKS.get(1), AGENTS));

    assertThat(decision.probability()).isIn(.01 / 7, .99 + .01 / 7);
  }

  /** A new JVM every 100 tasks, one outcome of ten under way each time. */
  @Test
  void restarts_do_not_lift_a_limit() {
    BanditRouter.Builder builder =
        BanditRouter.builder().sources(Sources.system(1)).spendingLimit(10, 2_000);
    BanditRouter router = builder.build();
    double spent = 0;
    for (int i = 0; i < 2_000; i++) {
      if (i % 100 == 99) {
        router = builder.sources(Sources.system(i)).state(router.state()).build();
      }
      RoutingDecision decision = decide(router, TASKS.get(1), AGENTS, List.of());
      if (decision != null) {
        Outcome outcome = outcome(decision, TASKS.get(1), 0);
        spent += outcome.cost();
        if (i % 100 != 98) {
          router.learn(outcome);
        }
      }
    }

    assertThat(spent).isBetween(8.0, 10.04);
    assertThat(router.spending().spent()).isCloseTo(spent, within(.5));
  }

  @Test
  void a_router_with_another_limit_goes_on_with_the_period_and_one_without_ignores_it() {
    BanditRouter.Builder builder =
        BanditRouter.builder().sources(Sources.system(1)).spendingLimit(10, 100);
    BanditRouter before = builder.build();
    for (int i = 0; i < 20; i++) {
      step(before, AGENTS, 0);
    }
    double spent = before.spending().spent();

    BanditRouter higher = builder.spendingLimit(20, 100).state(before.state()).build();
    BanditRouter none = BanditRouter.builder().state(before.state()).build();

    assertThat(higher.spending().spent()).isEqualTo(spent);
    assertThat(higher.spending().limit()).isEqualTo(20);
    assertThat(higher.spending().decided()).isEqualTo(20);
    assertThat(none.spending().spent()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"adaptive-thompson", "ucb1"})
  void a_state_of_version_1_is_read(String name) throws IOException {
    BanditPolicy policy = BanditPolicy.named(name);
    LearnedState state;
    try (InputStream in = resource("learned-state-1-" + name + ".bin")) {
      state = LearnedState.read(in);
    }

    BanditRouter router = BanditRouter.builder().policy(policy).state(state).build();

    assertThat(router.state()).isEqualTo(state).hasToString(state.toString());
    assertThat(state.agents()).containsOnlyKeys("a0", "a1", "a2");
    double[] sums = state.agents().getOrDefault("a0", new double[0]);
    assertThat(Arrays.copyOfRange(sums, sums.length - 7, sums.length))
        .containsExactly(158, 20.546875, 79, 12, 0, .484375, 0);
    RoutingDecision decision =
        router.route(Simulation.request(Simulation.TASK, FakeAgent.several(3)));
    assertThat(decision.agent()).isEqualTo("a2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"adaptive-thompson", "ucb1"})
  void a_delta_of_version_1_is_refused_by_name(String name) throws IOException {
    try (InputStream in = resource("learned-delta-1-" + name + ".bin")) {
      assertThatThrownBy(() -> LearnedState.Delta.read(in))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("of version 1, which had no checksum");
    }
  }

  private static InputStream resource(String name) {
    InputStream in = ContinuationTest.class.getResourceAsStream(name);
    if (in == null) {
      throw new AssertionError(name);
    }
    return in;
  }

  /** Every bit of a delta and of a state, every length: an IOException each time. */
  @Test
  void every_bit_that_flips_is_refused() throws IOException {
    BanditRouter router = router(BanditPolicy.ucb1(), true, true).build();
    for (int i = 0; i < 20; i++) {
      step(router, AGENTS.subList(0, 2), 0);
    }
    byte[] delta = bytes(router.delta());
    byte[] state = bytes(router.state());

    for (int bit = 0; bit < 8 * delta.length; bit++) {
      byte[] changed = flipped(delta, bit);
      assertThatThrownBy(() -> LearnedState.Delta.read(new ByteArrayInputStream(changed)))
          .as("bit %d", bit)
          .isInstanceOf(IOException.class);
    }
    for (int bit = 0; bit < 8 * state.length; bit++) {
      byte[] changed = flipped(state, bit);
      assertThatThrownBy(() -> read(changed)).as("bit %d", bit).isInstanceOf(IOException.class);
    }
    for (int length = 0; length < delta.length; length++) {
      byte[] cut = Arrays.copyOf(delta, length);
      assertThatThrownBy(() -> LearnedState.Delta.read(new ByteArrayInputStream(cut)))
          .isInstanceOf(IOException.class);
    }
    assertThat(LearnedState.Delta.read(new ByteArrayInputStream(delta)).sequence()).isEqualTo(1);
  }

  private static byte[] flipped(byte[] good, int bit) {
    byte[] changed = good.clone();
    changed[bit / 8] ^= (byte) (1 << bit % 8);
    return changed;
  }

  /** The clock does not move, and both have the same seed. */
  @Test
  void a_node_that_restarts_at_once_is_heard() {
    Sources stuck = new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(1));
    Sources same = new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(1));
    BanditRouter listener = BanditRouter.builder().replica("two").build();
    BanditRouter before = BanditRouter.builder().replica("one").sources(stuck).build();
    step(before, AGENTS, 0);
    assertThat(listener.merge(before.delta())).isTrue();

    BanditRouter after = BanditRouter.builder().replica("one").sources(same).build();
    step(after, AGENTS, 0);

    assertThat(listener.merge(after.delta())).isTrue();
  }

  @Test
  void a_delta_in_a_state_counts_once_after_a_restart() throws IOException {
    BanditRouter.Builder builder = BanditRouter.builder().policy(BanditPolicy.ucb1());
    BanditRouter teller = builder.replica("one").build();
    step(teller, AGENTS, 0);
    LearnedState.Delta told = teller.delta();
    BanditRouter listener = builder.replica("two").build();
    assertThat(listener.merge(told)).isTrue();
    step(listener, AGENTS, 0);
    LearnedState.Delta own = listener.delta();
    LearnedState kept = read(bytes(listener.state()));

    for (String name : List.of("two", "three")) {
      BanditRouter after = builder.replica(name).state(kept).build();
      assertThat(after.merge(told)).isFalse();
      assertThat(after.merge(own)).isFalse();
      assertThat(after.state()).isEqualTo(kept);
      step(teller, AGENTS, 0);
      assertThat(after.merge(teller.delta())).isTrue();
    }
  }

  @Test
  void what_was_not_told_is_told_after_a_restart_under_the_same_name_only() {
    BanditRouter.Builder builder = BanditRouter.builder().policy(BanditPolicy.ucb1());
    BanditRouter before = builder.replica("one").build();
    step(before, AGENTS, 0);
    before.delta();
    for (int i = 0; i < 50; i++) {
      step(before, AGENTS, 0);
    }
    LearnedState kept = before.state();
    LearnedState.Delta rest = before.delta();

    BanditRouter after = builder.replica("one").state(kept).build();
    BanditRouter stranger = builder.replica("two").state(kept).build();

    assertThat(after.delta().change()).isEqualTo(rest.change());
    assertThat(stranger.delta().change().agents()).isEmpty();
  }
}
