/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetPolicyTest {
  private static final List<String> BOTH = List.of("ada", "bob");

  @Test
  void uniform_takes_each_as_likely() {
    assertThat(TargetPolicy.uniform().probabilities("fix", List.of("a", "b", "c", "d")))
        .containsExactly(.25, .25, .25, .25);
  }

  @Test
  void fixed_takes_its_agent_and_anybody_where_it_is_no_candidate() {
    TargetPolicy bob = TargetPolicy.fixed("bob");

    assertThat(bob.probabilities("fix", BOTH)).containsExactly(0, 1);
    assertThat(bob.probabilities("fix", List.of("ada", "cy"))).containsExactly(.5, .5);
  }

  @Test
  void best_mean_goes_by_type_and_leans_on_the_agent_where_little_is_known() {
    List<LoggedDecision> log = new ArrayList<>();
    add(log, "fix", "ada", 60, .8);
    add(log, "fix", "bob", 60, .4);
    add(log, "doc", "ada", 60, .2);
    add(log, "doc", "bob", 60, .4);
    add(log, "sum", "bob", 1, 1);

    TargetPolicy best = TargetPolicy.bestMean(log);

    assertThat(best.probabilities("fix", BOTH)).containsExactly(1, 0);
    assertThat(best.probabilities("doc", BOTH)).containsExactly(0, 1);
    assertThat(best.probabilities("new", BOTH)).containsExactly(1, 0);
  }

  @Test
  void a_mean_is_shrunk_towards_the_agents_and_that_towards_everybodys() {
    List<LoggedDecision> log = new ArrayList<>();
    add(log, "fix", "ada", 10, 1);
    add(log, "doc", "bob", 10, 0);

    RewardModel model = RewardModel.of(log);

    double ada = (10 + 8 * .5) / 18;
    assertThat(model.predict("doc", "ada")).isCloseTo(ada, within(1e-12));
    assertThat(model.predict("fix", "ada")).isCloseTo((10 + 20 * ada) / 30, within(1e-12));
    assertThat(model.predict("fix", "zoe")).isCloseTo(.5, within(1e-12));
  }

  private static void add(
      List<LoggedDecision> log, String type, String agent, int times, double reward) {
    for (int i = 0; i < times; i++) {
      log.add(new LoggedDecision(type, BOTH, agent, .5, reward));
    }
  }
}
