/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.Explanation.Candidate;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a router of the host explains without a line of its own. */
class RoutingDecisionTest {
  private record Chosen(List<Scored> candidates) implements RoutingDecision {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public String agent() {
      return candidates.get(0).agent();
    }

    @Override
    public String policy() {
      return "own";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "it is the first";
    }
  }

  private static Explanation explained(Scored... candidates) {
    return new Chosen(List.of(candidates)).explanation();
  }

  @Test
  void several_candidates_are_compared_by_a_rule() {
    assertThat(explained(new Scored("ada", 2), new Scored("bob", -1)))
        .isEqualTo(
            new Explanation(
                Motive.RULE,
                List.of(new Candidate("ada", 2, Map.of()), new Candidate("bob", -1, Map.of())),
                List.of()));
  }

  @Test
  void one_candidate_is_the_only_one() {
    Explanation only = explained(new Scored("ada", 0));

    assertThat(only.motive()).isEqualTo(Motive.ONLY_CANDIDATE);
    assertThat(only.candidates()).containsExactly(new Candidate("ada", 0, Map.of()));
  }

  @Test
  void a_masked_candidate_was_not_compared() {
    Explanation masked =
        explained(new Scored("ada", 1), new Scored("bob", Double.NEGATIVE_INFINITY));

    assertThat(masked.motive()).isEqualTo(Motive.ONLY_CANDIDATE);
    assertThat(masked.candidates()).extracting(Candidate::agent).containsExactly("ada");
  }

  @Test
  void an_explanation_keeps_nothing_its_router_can_change() {
    List<Candidate> candidates = new ArrayList<>(List.of(new Candidate("ada", 1, Map.of())));
    List<Excluded> excluded = new ArrayList<>(List.of(new Excluded("bob", "is away")));
    Explanation explanation = new Explanation(Motive.EXPLOIT, candidates, excluded);

    candidates.clear();
    excluded.clear();

    assertThat(explanation.candidates()).hasSize(1);
    assertThat(explanation.excluded()).containsExactly(new Excluded("bob", "is away"));
  }
}
