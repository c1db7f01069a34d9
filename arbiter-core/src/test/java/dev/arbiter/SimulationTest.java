/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the engine in worlds that fail, a seed each. {@code -Darbiter.seeds=FROM-TO} runs another
 * range and prints each seed that breaks an invariant.
 */
class SimulationTest {
  private static final String SEEDS = System.getProperty("arbiter.seeds", "0-1000");
  private static final int MOST_SHOWN = 5;

  @Test
  void no_world_breaks_an_invariant() {
    String[] range = SEEDS.split("-", 2);
    List<String> broken = new ArrayList<>();
    for (long seed = Long.parseLong(range[0]); seed < Long.parseLong(range[1]); seed++) {
      try {
        long unused = new SimWorld(seed).run();
      } catch (AssertionError | RuntimeException e) {
        broken.add(e instanceof SimWorld.Broken ? e.getMessage() : "seed " + seed + ": " + e);
      }
    }
    assertThat(broken.subList(0, Math.min(MOST_SHOWN, broken.size())))
        .as("%d seeds of %s break an invariant", broken.size(), SEEDS)
        .isEmpty();
  }

  /** Worlds beyond the range above in which the engine, or the check of it, was wrong once. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        2_003_684, 2_004_612, 2_011_344, 3_012_514, 3_018_549, 3_035_482, 3_064_682, 7_103_208,
        8_031_155, 8_032_563
      })
  void a_world_that_was_broken_once_stays_whole(long seed) {
    assertThatCode(() -> new SimWorld(seed).run()).doesNotThrowAnyException();
  }

  @Test
  void the_worlds_reach_what_they_are_there_for() {
    Set<String> kinds = new TreeSet<>();
    for (long seed = 0; seed < 60; seed++) {
      SimWorld world = new SimWorld(seed);
      long unused = world.run();
      kinds.addAll(world.kinds());
    }
    assertThat(kinds)
        .contains(
            "AttemptEnded AGENT_ERROR",
            "AttemptEnded DENIED",
            "AttemptEnded SUPERSEDED",
            "Decided",
            "Joined",
            "Recovered",
            "Resumed",
            "SetAside",
            "Waiting");
  }

  @Test
  void a_seed_replays_its_world() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(new SimWorld(seed).run()).isEqualTo(new SimWorld(seed).run());
    }
  }
}
