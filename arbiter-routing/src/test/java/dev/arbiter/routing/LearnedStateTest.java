/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Replica.SeenDeltas;
import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearnedStateTest {
  private static final BanditPolicy EXACT = BanditPolicy.adaptiveThompson(1);
  private static final List<RegisteredAgent> AGENTS = FakeAgent.several(6);
  private static final Task[] TASKS = {
    Task.builder("java").build(), Task.builder("prose").build(), Task.builder("sql").build()
  };

  private static BanditRouter router(BanditPolicy policy, String node, long seed) {
    return BanditRouter.builder()
        .policy(policy)
        .sources(Sources.system(seed))
        .replica(node)
        .build();
  }

  /** One recorded event: an agent, a type of task, and what came of it. */
  private record Event(int agent, int type, double quality, double cost) {}

  private static List<Event> events(int count, long seed) {
    SplittableRandom luck = new SplittableRandom(seed);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int agent = luck.nextInt(6);
      double quality = luck.nextDouble() < .1 + .12 * agent ? luck.nextDouble() : 0;
      events.add(new Event(agent, luck.nextInt(3), quality, luck.nextInt(100) / 128.0));
    }
    return events;
  }

  /* Only the agent is a candidate, so the router has no choice but to see this event. */
  private static void feed(BanditRouter router, List<Event> events) {
    for (Event event : events) {
      Task task = TASKS[event.type];
      List<RegisteredAgent> only = List.of(AGENTS.get(event.agent));
      RoutingDecision decision = router.route(Simulation.request(task, only));
      router.learn(
          new Outcome(
              decision,
              task,
              1,
              event.quality > 0 ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE,
              event.quality,
              event.cost,
              Duration.ofSeconds(1)));
    }
  }

  @Test
  void a_router_that_only_merges_stays_within_its_cap() {
    BanditRouter merging = router(EXACT, "merging", 1);
    BanditRouter one = router(EXACT, "one", 2);
    feed(one, List.of(new Event(0, 0, 1, 0)));
    LearnedState state = one.state();
    double[] sums = Objects.requireNonNull(state.agents().get("a0"));
    int each = BanditRouter.MOST_AGENTS / 2;
    for (int delta = 1; delta <= 4; delta++) {
      Map<String, double[]> agents = new TreeMap<>();
      for (int i = 0; i < each; i++) {
        agents.put("agent-" + delta + "-" + i, sums);
      }
      LearnedState many =
          new LearnedState(state.policy(), new double[state.totals().length], agents, Map.of());
      assertThat(merging.merge(new LearnedState.Delta("many", 1, delta, many))).isTrue();
    }

    Map<String, double[]> known = merging.state().agents();
    assertThat(known).hasSizeLessThanOrEqualTo(BanditRouter.MOST_AGENTS);
    assertThat(known).containsKey("agent-4-0").doesNotContainKey("agent-1-0");
  }

  private static byte[] bytes(LearnedState state) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    state.writeTo(out);
    return out.toByteArray();
  }

  private static LearnedState read(byte[] bytes) throws IOException {
    return LearnedState.read(new ByteArrayInputStream(bytes));
  }

  static List<BanditPolicy> exact() {
    return List.of(
        EXACT,
        BanditPolicy.thompson(),
        BanditPolicy.hierarchicalThompson(),
        BanditPolicy.ucb1(),
        BanditPolicy.epsilonGreedy());
  }

  @ParameterizedTest
  @MethodSource("exact")
  void routers_fed_halves_and_merged_know_exactly_what_one_fed_all_knows(BanditPolicy policy) {
    List<Event> events = events(4_000, 1);
    BanditRouter all = router(policy, "all", 1);
    BanditRouter left = router(policy, "left", 2);
    BanditRouter right = router(policy, "right", 3);
    feed(all, events);
    for (int from = 0; from < 4_000; from += 400) {
      feed(left, events.subList(from, from + 300));
      feed(right, events.subList(from + 300, from + 400));
      if (from % 800 == 0) {
        LearnedState.Delta fromLeft = left.delta();
        assertThat(left.merge(right.delta())).isTrue();
        assertThat(right.merge(fromLeft)).isTrue();
      }
    }
    LearnedState.Delta fromLeft = left.delta();
    left.merge(right.delta());
    right.merge(fromLeft);

    assertThat(left.state()).isEqualTo(all.state()).isEqualTo(right.state());
    assertThat(all.state().toString()).startsWith(all.state().policy() + ", 6 agents, ");
    assertThat(decisions(policy, all.state())).isEqualTo(decisions(policy, left.state()));
  }

  private static List<String> decisions(BanditPolicy policy, LearnedState state) {
    BanditRouter router =
        BanditRouter.builder().policy(policy).sources(Sources.system(9)).state(state).build();
    List<String> agents = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      agents.add(router.route(Simulation.request(TASKS[i % 3], AGENTS)).agent());
    }
    return agents;
  }

  @Test
  void a_restarted_router_knows_what_it_knew() throws IOException {
    BanditRouter before = router(BanditPolicy.adaptiveThompson(), "n", 1);
    feed(before, events(3_000, 2));

    LearnedState kept = read(bytes(before.state()));

    BanditRouter after = BanditRouter.builder().sources(Sources.system(7)).state(kept).build();
    assertThat(kept).isEqualTo(before.state()).hasSameHashCodeAs(before.state());
    assertThat(after.state()).isEqualTo(kept);
    assertThat(after.delta().change().agents()).isEmpty();
    assertThat(decisions(EXACT, kept)).filteredOn("a5"::equals).hasSizeGreaterThan(500);
  }

  @Test
  void deltas_come_in_any_order_and_count_once() throws IOException {
    BanditRouter source = router(EXACT, "source", 1);
    List<LearnedState.Delta> deltas = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      feed(source, events(50, i));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      source.delta().writeTo(out);
      deltas.add(LearnedState.Delta.read(new ByteArrayInputStream(out.toByteArray())));
    }
    List<LearnedState.Delta> twice = new ArrayList<>(deltas);
    twice.addAll(deltas);
    Collections.shuffle(twice, new Random(3));
    BanditRouter target = router(EXACT, "target", 2);

    long added = twice.stream().filter(target::merge).count();

    assertThat(added).isEqualTo(20);
    assertThat(target.state()).isEqualTo(source.state());
    assertThat(source.merge(deltas.get(0))).isFalse();
    assertThat(target.delta().change().agents()).isEmpty();
  }

  /** Two nodes with half the tasks each, against one with all; 40 runs of 3,000 tasks. */
  @Test
  void two_nodes_that_tell_each_other_now_and_then_lose_little() {
    double[] lost = new double[40];
    for (int run = 0; run < lost.length; run++) {
      lost[run] = success(1, run) - success(2, run);
    }
    Measured loss = Simulation.summary(lost);

    assertThat(loss.mean() - 2 * loss.error()).as("%s", loss).isLessThan(.008);
  }

  private static double success(int nodes, int run) {
    List<BanditRouter> routers = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      routers.add(router(BanditPolicy.adaptiveThompson(), "n" + i, 100L * run + i));
    }
    SplittableRandom luck = new SplittableRandom(run);
    double solved = 0;
    for (int i = 0; i < 3_000; i++) {
      BanditRouter router = routers.get(i % nodes);
      Task task = TASKS[luck.nextInt(3)];
      RoutingDecision decision = router.route(Simulation.request(task, AGENTS));
      int agent = Integer.parseInt(decision.agent().substring(1));
      boolean success = luck.nextDouble() < .1 + .12 * agent;
      solved += success ? 1 : 0;
      router.learn(Simulation.outcome(decision, task, success));
      if (i % 100 == 99) {
        List<LearnedState.Delta> deltas = routers.stream().map(BanditRouter::delta).toList();
        routers.forEach(to -> deltas.forEach(to::merge));
      }
    }
    return solved / 3_000;
  }

  /** Every byte changed, every length cut: an IOException each time, and nothing else. */
  @Test
  void what_was_damaged_is_not_read() throws IOException {
    BanditRouter router = router(EXACT, "n", 1);
    feed(router, events(30, 4));
    byte[] good = bytes(router.state());

    for (int i = 0; i < good.length; i++) {
      byte[] changed = good.clone();
      changed[i] ^= (byte) (1 << i % 8);
      assertThatThrownBy(() -> read(changed)).as("byte %d", i).isInstanceOf(IOException.class);
      byte[] cut = java.util.Arrays.copyOf(good, i);
      assertThatThrownBy(() -> read(cut)).as("length %d", i).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> read(new byte[100])).hasMessageContaining("no learned state");
  }

  @Test
  void a_state_of_another_policy_is_refused() {
    LearnedState state = router(EXACT, "n", 1).state();
    BanditRouter.Builder other = BanditRouter.builder().policy(BanditPolicy.ucb1()).state(state);

    assertThatThrownBy(other::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of policy 'adaptive-thompson'")
        .hasMessageContaining("the router's is 'ucb1'");
    BanditRouter ucb = router(BanditPolicy.ucb1(), "m", 1);
    LearnedState.Delta delta = new LearnedState.Delta("n", 1, 1, state);
    assertThatThrownBy(() -> ucb.merge(delta)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void remembers_which_deltas_it_saw_within_bounds() {
    SeenDeltas seen = new SeenDeltas();
    LearnedState nothing = router(EXACT, "n", 1).state();

    for (long sequence = 1; sequence <= 10_000; sequence += 2) {
      assertThat(seen.add(new LearnedState.Delta("n", 1, sequence, nothing))).isTrue();
    }

    assertThat(seen.add(new LearnedState.Delta("n", 1, 9_998, nothing))).isTrue();
    assertThat(seen.add(new LearnedState.Delta("n", 1, 9_998, nothing))).isFalse();
    assertThat(seen.add(new LearnedState.Delta("n", 1, 2, nothing))).isFalse();
    assertThat(seen.add(new LearnedState.Delta("n", 2, 2, nothing))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("names")
  void every_policy_comes_back_with_what_it_can_keep(String name) throws IOException {
    BanditPolicy policy = BanditPolicy.named(name);
    BanditRouter before = router(policy, "n", 1);
    feed(before, events(500, 3));

    LearnedState kept = read(bytes(before.state()));

    BanditRouter after =
        BanditRouter.builder().policy(policy).sources(Sources.system(2)).state(kept).build();
    assertThat(after.state()).isEqualTo(kept);
    assertThat(kept.agents()).hasSize(6);
  }

  /** A takes back all that it had told: an agent of it changed. */
  @ParameterizedTest
  @MethodSource("exact")
  void a_record_that_others_took_away_leaves_a_state_that_comes_back(BanditPolicy policy)
      throws IOException {
    BanditRouter told = router(policy, "told", 1);
    feed(told, List.of(new Event(0, 0, .75, 1), new Event(0, 1, .75, 1)));
    LearnedState sums = told.state();
    LearnedState.Delta learned = told.delta();
    BanditRouter early = router(policy, "early", 2);
    early.merge(learned);
    BanditRouter late = router(policy, "late", 3);
    LearnedState.Delta less = new LearnedState.Delta("told", 7, 1, less(sums));

    for (BanditRouter router : List.of(early, late)) {
      router.merge(less);

      LearnedState kept = read(bytes(router.state()));
      assertThat(kept.types()).isEmpty();
      BanditRouter after =
          BanditRouter.builder().policy(policy).sources(Sources.system(4)).state(kept).build();
      assertThat(after.state()).isEqualTo(kept);
      router.delta();
      feed(router, List.of(new Event(0, 0, .75, 1)));
      if (!sums.types().isEmpty()) {
        assertThat(router.delta().change().types().getOrDefault("java", Map.of()).values())
            .singleElement()
            .satisfies(learnt -> assertThat(learnt).startsWith(.75, 1));
      }
      router.state();
    }
  }

  /* Takes the records by type away. */
  private static LearnedState less(LearnedState sums) {
    Map<String, Map<String, double[]>> types = new TreeMap<>();
    sums.types().forEach((type, own) -> types.put(type, each(own, -1)));
    return new LearnedState(
        sums.policy(), new double[sums.totals().length], each(sums.agents(), 0), types);
  }

  private static Map<String, double[]> each(Map<String, double[]> all, double times) {
    Map<String, double[]> scaled = new TreeMap<>(all);
    scaled.replaceAll((id, sums) -> Arrays.stream(sums).map(sum -> times * sum).toArray());
    return scaled;
  }

  @Test
  void a_state_with_an_empty_record_is_read_without_it() throws IOException {
    BanditRouter router = router(EXACT, "n", 1);
    feed(router, List.of(new Event(0, 0, 1, 1)));
    LearnedState sums = router.state();
    LearnedState old =
        new LearnedState(
            sums.policy(),
            sums.totals(),
            sums.agents(),
            Map.of("java", Map.of("a0", new double[0])));

    LearnedState kept = read(bytes(old));

    assertThat(BanditRouter.builder().policy(EXACT).state(kept).build().state().agents())
        .containsOnlyKeys("a0");
  }

  static List<String> names() {
    return BanditPolicy.names();
  }
}
