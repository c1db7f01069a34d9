/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.learning.Practice.State;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whole worlds of tasks, agents and practices that help, harm, do nothing, or age, all at once: 100
 * worlds of pinned luck each, or {@code -Darbiter.worlds}, which prints them. The practice that
 * ages helps in its first 800 tasks.
 */
class PracticeWorldTest {
  private static final int WORLDS = Integer.getInteger("arbiter.worlds", 100);
  private static final int AGES_AT = 800;

  private enum Kind {
    HELPS,
    HARMS,
    NOTHING,
    AGES
  }

  /** A world: how many agents and tasks, and how good an agent is at a task, without practices. */
  record Setting(int agents, int tasks, Base base) {}

  private interface Base {
    double of(int agent, int task, double before);
  }

  /** What became of the practices of all worlds. */
  private static final class Tally {
    private final Map<Kind, Integer> goneAfter200 = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> kept = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> everKept = new EnumMap<>(Kind.class);
    private int pairs;

    double gone(Kind kind) {
      return goneAfter200.getOrDefault(kind, 0) / (double) WORLDS;
    }

    double kept(Kind kind) {
      return kept.getOrDefault(kind, 0) / (double) WORLDS;
    }

    /** The part of the pairs of agent and practice without worth that were ever kept. */
    double wrongKeeps() {
      return (everKept.getOrDefault(Kind.NOTHING, 0) + everKept.getOrDefault(Kind.HARMS, 0))
          / (double) pairs;
    }

    /** The part of wrong keeps among all keeps. */
    double wrongAmongKeeps() {
      int all = everKept.values().stream().mapToInt(Integer::intValue).sum();
      return wrongKeeps() * pairs / all;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "gone after 200: %s, kept at the end: %s, ever kept: %s of %d, wrong among keeps %.3f",
          goneAfter200,
          kept,
          everKept,
          pairs,
          wrongAmongKeeps());
    }
  }

  private static Tally run(Setting setting) {
    Tally tally = new Tally();
    for (int world = 0; world < WORLDS; world++) {
      run(setting, world, tally);
    }
    if (WORLDS > 100) {
      System.out.println(setting.agents() + " agents: " + tally);
    }
    return tally;
  }

  private static void run(Setting setting, int number, Tally tally) {
    SplittableRandom luck = new SplittableRandom(number);
    Practices practices = Practices.builder().name("world " + number).build();
    World world = new World(practices);
    Map<Kind, String> ids = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      ids.put(kind, practices.add("fix", kind.name()).orElseThrow().id());
    }
    Map<Kind, List<String>> everKept = new EnumMap<>(Kind.class);
    double[] before = {1};
    for (int i = 1; i <= setting.tasks; i++) {
      int task = i;
      int agent = luck.nextInt(setting.agents());
      world.task(
          "default",
          "fix",
          "agent " + agent,
          insights -> {
            double chance = setting.base.of(agent, task, before[0]);
            for (String insight : insights) {
              chance += effect(Kind.valueOf(insight), task);
            }
            before[0] = luck.nextDouble() < chance ? 1 : -1;
            return before[0];
          });
      for (Kind kind : Kind.values()) {
        for (Practice.Standing at : practices.standings("default", ids.getOrDefault(kind, ""))) {
          List<String> agents = everKept.computeIfAbsent(kind, k -> new ArrayList<>());
          if (at.state() == State.KEPT && !agents.contains(at.agent())) {
            agents.add(at.agent());
            tally.everKept.merge(kind, 1, Integer::sum);
          }
        }
      }
      if (i == 200 || i == setting.tasks) {
        count(practices, ids, i == 200 ? tally.goneAfter200 : tally.kept, i == 200);
      }
    }
    tally.pairs += 2 * setting.agents();
  }

  private static void count(
      Practices practices, Map<Kind, String> ids, Map<Kind, Integer> to, boolean gone) {
    ids.forEach(
        (kind, id) -> {
          List<Practice.Standing> at = practices.standings("default", id);
          boolean is =
              gone
                  ? at.stream().allMatch(standing -> standing.state() == State.DROPPED)
                  : at.stream().anyMatch(standing -> standing.state() == State.KEPT);
          to.merge(kind, is ? 1 : 0, Integer::sum);
        });
  }

  private static double effect(Kind kind, int task) {
    return switch (kind) {
      case HELPS -> .2;
      case HARMS -> -.25;
      case NOTHING -> 0;
      case AGES -> task <= AGES_AT ? .2 : -.2;
    };
  }

  private static void assertKept(Tally tally) {
    assertThat(tally.gone(Kind.HARMS)).as("%s", tally).isGreaterThanOrEqualTo(.95);
    assertThat(tally.kept(Kind.HARMS)).isZero();
    assertThat(tally.kept(Kind.HELPS)).isGreaterThanOrEqualTo(.97);
    assertThat(tally.kept(Kind.AGES)).isLessThanOrEqualTo(.02);
    assertThat(tally.wrongKeeps()).isLessThanOrEqualTo(.05);
    assertThat(tally.wrongAmongKeeps()).isLessThanOrEqualTo(.05);
  }

  @Test
  void of_one_agent_what_harms_goes_what_helps_stays_and_little_is_kept_wrongly() {
    assertKept(run(new Setting(1, 2_000, (agent, task, before) -> .55)));
  }

  @Test
  void of_three_unlike_agents_too() {
    assertKept(run(new Setting(3, 4_000, (agent, task, before) -> .45 + .1 * agent)));
  }

  @Test
  void while_tasks_get_harder_and_success_comes_in_streaks_too() {
    assertKept(
        run(
            new Setting(
                1,
                2_000,
                (agent, task, before) -> .6 - task / 10_000.0 + (before > 0 ? .1 : -.1))));
  }
}
