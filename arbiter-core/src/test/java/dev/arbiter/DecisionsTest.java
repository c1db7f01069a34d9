/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Each decision gets one outcome, whatever is taken back and brought again. */
class DecisionsTest {
  private final Decisions decisions = new Decisions();

  /** A decision as a router makes it. */
  private record Made(long id, String agent) implements RoutingDecision {
    @Override
    public String policy() {
      return "test";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "told so";
    }

    @Override
    public List<Scored> candidates() {
      return List.of();
    }
  }

  private static RoutingDecision made(long id) {
    return new Made(id, "agent-" + id);
  }

  private static RoutingDecision kept(long id) {
    return KeptDecision.of(made(id));
  }

  private void add(long... ids) {
    LongStream.of(ids).mapToObj(DecisionsTest::made).forEach(decisions::add);
  }

  private List<Long> ids() {
    return decisions.all().stream().map(RoutingDecision::id).toList();
  }

  @Test
  void attempts_are_numbered_from_one() {
    assertThat(decisions.size()).isZero();
    assertThat(decisions.from(0)).isEmpty();
    add(5, 6, 7);

    assertThat(decisions.size()).isEqualTo(3);
    assertThat(decisions.of(1).id()).isEqualTo(5);
    assertThat(decisions.of(3).id()).isEqualTo(7);
    assertThat(decisions.from(2)).extracting(RoutingDecision::id).containsExactly(6L, 7L);
    assertThat(decisions.from(1)).hasSize(3);
    assertThat(decisions.find(3)).isSameAs(decisions.of(3));
    assertThat(decisions.find(0)).isNull();
    assertThat(decisions.find(4)).isNull();
  }

  @Test
  void a_list_that_was_given_away_stays_as_it_was() {
    add(1);
    List<RoutingDecision> before = decisions.all();
    add(2);
    decisions.takeBack(1);

    assertThat(before).extracting(RoutingDecision::id).containsExactly(1L);
  }

  @Test
  void an_outcome_is_told_once() {
    add(1, 2);

    assertThat(decisions.settle(decisions.of(1))).isTrue();
    assertThat(decisions.settle(decisions.of(1))).isFalse();
    assertThat(decisions.isSettled(decisions.of(1))).isTrue();
    assertThat(decisions.isSettled(decisions.of(2))).isFalse();
  }

  @Test
  void the_store_brings_a_settled_decision_as_another_object() {
    add(1);
    decisions.settle(decisions.of(1));

    assertThat(decisions.isSettled(kept(1))).isTrue();
    assertThat(decisions.isSettled(kept(2))).isFalse();
    assertThat(decisions.isSettled(new KeptDecision(1, "somebody else", "test"))).isFalse();
    assertThat(decisions.isSettled(made(1))).as("a router may make two alike").isFalse();
  }

  @Test
  void the_decisions_of_this_process_stay_as_the_router_made_them() {
    add(1, 2, 3);
    RoutingDecision own = decisions.of(1);

    decisions.rewind(List.of(kept(1), kept(9)));

    assertThat(decisions.of(1)).isSameAs(own);
    assertThat(decisions.of(2)).isInstanceOf(KeptDecision.class);
    assertThat(ids()).containsExactly(1L, 9L);
  }

  @Test
  void the_store_may_know_more_than_this_process() {
    add(1);

    decisions.rewind(List.of(kept(1), kept(2)));

    assertThat(ids()).containsExactly(1L, 2L);
  }

  @Test
  void what_was_taken_back_is_known_when_the_store_brings_it_again() {
    add(1, 2, 3);

    decisions.takeBack(2);

    assertThat(ids()).containsExactly(1L);
    assertThat(decisions.wereTakenBack(List.of(kept(2), kept(3)))).isTrue();
    assertThat(decisions.wereTakenBack(List.of(kept(2), kept(1)))).isFalse();
    assertThat(decisions.wereTakenBack(List.of(new KeptDecision(2, "other", "test")))).isFalse();
  }

  @Test
  void a_call_or_a_kept_step_ends_what_the_store_may_bring_again() {
    add(1, 2);
    decisions.takeBack(2);
    decisions.called();
    assertThat(decisions.wereTakenBack(List.of(kept(2)))).isFalse();

    add(3);
    decisions.takeBack(2);
    assertThat(decisions.wereTakenBack(List.of(kept(3)))).isTrue();
    decisions.kept();
    assertThat(decisions.wereTakenBack(List.of(kept(3)))).isFalse();
  }

  @Test
  void the_outcomes_of_decisions_that_are_gone_are_forgotten_once_the_store_has_kept_it() {
    add(1, 2);
    decisions.settle(decisions.of(1));
    decisions.settle(decisions.of(2));
    decisions.takeBack(2);
    assertThat(decisions.isSettled(kept(2))).as("it may come again").isTrue();

    decisions.kept();

    assertThat(decisions.isSettled(kept(2))).isFalse();
    assertThat(decisions.isSettled(kept(1))).isTrue();
  }

  @Test
  void the_last_one_can_be_dropped() {
    add(1, 2);
    decisions.dropLast();

    assertThat(ids()).containsExactly(1L);
    assertThat(decisions.wereTakenBack(List.of(kept(2)))).isFalse();
  }

  @Test
  void all_can_be_let_go() {
    add(1, 2);
    decisions.settle(decisions.of(1));
    decisions.takeBack(2);
    decisions.letGo();

    assertThat(decisions.size()).isZero();
    assertThat(decisions.isSettled(kept(1))).isFalse();
    assertThat(decisions.wereTakenBack(List.of(kept(2)))).isFalse();
  }

  /**
   * Against a model: a store that loses the last steps, and a run that goes on from what it has.
   */
  @Test
  void no_decision_gets_two_outcomes_in_ten_thousand_random_steps() {
    SplittableRandom random = new SplittableRandom(14);
    Map<Long, Integer> outcomes = new HashMap<>();
    List<RoutingDecision> stored = new ArrayList<>();
    long next = 1;
    for (int step = 0; step < 10_000; step++) {
      switch (random.nextInt(6)) {
        case 0 -> add(next++);
        case 1 -> {
          stored = new ArrayList<>(decisions.all().stream().map(KeptDecision::of).toList());
          decisions.kept();
        }
        case 2 -> decisions.rewind(stored);
        case 3 -> {
          if (decisions.size() > 0) {
            decisions.takeBack(1 + random.nextInt(decisions.size()));
          }
        }
        default -> {
          if (decisions.size() > 0) {
            RoutingDecision one = decisions.of(1 + random.nextInt(decisions.size()));
            if (decisions.settle(one)) {
              outcomes.merge(one.id(), 1, Integer::sum);
            }
          }
        }
      }
      assertThat(decisions.size()).isLessThan(2_000);
    }
    assertThat(outcomes).hasSizeGreaterThan(300).allSatisfy((id, n) -> assertThat(n).isEqualTo(1));
  }
}
