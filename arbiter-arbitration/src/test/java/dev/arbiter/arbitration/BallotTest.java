/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.arbitration.Reply.Evidence;
import dev.arbiter.spi.Performance;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BallotTest {
  private final Ballot ballot = Ballot.create();

  @Test
  void equal_answers_in_other_words_count_together() {
    Tally tally =
        ballot.decide(
            "math",
            List.of(Reply.of("ada", " 42. "), Reply.of("bob", "(42)"), Reply.of("cy", "-42")));

    assertThat(tally.winner()).hasValue(" 42. ");
    assertThat(tally.dissent()).containsExactly("cy");
    assertThat(tally.steps()).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void signs_that_change_a_meaning_are_kept_apart() {
    List<String> all = List.of("5", "-5", ".5", "5 %", "5!", "C", "C++", "C#");
    List<Reply> replies =
        IntStream.range(0, all.size()).mapToObj(i -> Reply.of("a" + i, all.get(i))).toList();

    assertThat(ballot.decide("", replies).options()).hasSize(all.size());
  }

  @Test
  void the_order_of_answers_changes_nothing() {
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      replies.add(Reply.of("agent" + i, "answer " + i % 4));
    }
    String first = ballot.decide("t", replies).toString();
    for (int seed = 0; seed < 50; seed++) {
      Collections.shuffle(replies, new Random(seed));
      assertThat(ballot.decide("t", replies)).hasToString(first);
    }
  }

  @Test
  void a_hosts_function_that_is_not_transitive_gives_one_answer_in_any_order() {
    Ballot near =
        Ballot.builder()
            .equivalence(
                Equivalence.of(
                    (a, b) ->
                        Math.abs(Integer.parseInt(a.text()) - Integer.parseInt(b.text())) < 2))
            .build();
    List<Reply> replies =
        new ArrayList<>(List.of(Reply.of("a", "1"), Reply.of("b", "2"), Reply.of("c", "3")));
    String first = near.decide("t", replies).toString();

    Collections.reverse(replies);

    assertThat(near.decide("t", replies)).hasToString(first);
    assertThat(near.decide("t", replies).options()).hasSize(2);
  }

  @Test
  void a_new_type_keeps_its_place_when_agents_are_forgotten() {
    for (int i = 0; i < PollMemory.MOST_NAMES; i++) {
      Tally tally = ballot.decide("a", List.of(Reply.of("agent" + i, "1")));
      ballot.learn(tally, "1"::equals);
    }

    ballot.learn(ballot.decide("b", List.of(Reply.of("one more", "1"))), "1"::equals);
    Ballot restored = Ballot.create();
    restored.restore(ballot.snapshot());

    assertThat(ballot.remembered().type("b")).isEqualTo(1);
    restored.learn(restored.decide("c", List.of(Reply.of("two more", "1"))), "1"::equals);
    assertThat(restored.outcomes()).isEqualTo(PollMemory.MOST_NAMES + 2);
    assertThat(restored.remembered().type("c")).isEqualTo(2);
  }

  /* The time of each grew with the square of its length, or faster. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void an_answer_that_is_a_megabyte_of_signs_is_compared_like_any_other() {
    for (String sign : List.of(".", "\"", " ", "_", "(", "\n", "\u00a0")) {
      String huge = "x" + sign.repeat(1_000_000);
      Ballot changes =
          Ballot.builder().equivalence(Equivalence.sameChange(work -> work.output())).build();
      for (Ballot each : List.of(ballot, changes)) {
        Tally tally =
            each.decide(
                "t",
                List.of(Reply.of("a", huge + "y"), Reply.of("b", huge + "y"), Reply.of("c", "z")));
        assertThat(tally.options()).as(sign).hasSize(2);
      }
    }
  }

  @Test
  void nobody_and_all_abstaining_end_without_an_answer() {
    assertThat(ballot.decide("t", List.of()).outcome()).isEqualTo(Tally.Outcome.NO_ANSWER);
    Tally tally =
        ballot.decide("t", List.of(Reply.none("a", "late", Usage.cost(2)), Reply.of("b", "  ")));
    assertThat(tally.outcome()).isEqualTo(Tally.Outcome.NO_ANSWER);
    assertThat(tally.winner()).isEmpty();
    assertThat(tally.confidence()).isZero();
    assertThat(tally.abstained()).containsExactly("a", "b");
    assertThat(tally.usage().cost()).isEqualTo(2);
  }

  @Test
  void one_agent_decides_alone() {
    assertThat(ballot.decide("t", List.of(Reply.of("a", "x"))).winner()).hasValue("x");
  }

  @Test
  void an_agent_that_answers_twice_has_one_vote_and_none_if_it_contradicts_itself() {
    Tally tally =
        ballot.decide(
            "t",
            List.of(
                Reply.of("a", "x"), Reply.of("a", "x"), Reply.of("b", "y"), Reply.of("b", "x")));

    assertThat(tally.options()).hasSize(1);
    assertThat(tally.options().get(0).agents()).containsExactly("a");
    assertThat(tally.abstained()).containsExactly("b");
  }

  @Test
  void an_agent_that_is_wrong_more_often_than_chance_counts_against_its_answer() {
    Ballot judges = Ballot.builder().options("1", "2").build();
    learn(
        judges, 200, i -> List.of(Reply.of("good", "1"), Reply.of("bad", i % 5 == 0 ? "1" : "2")));

    Tally alone = judges.decide("t", List.of(Reply.of("bad", "2")));

    assertThat(judges.standing("bad", "t").weight()).isNegative();
    assertThat(alone.winner()).hasValue("1");
  }

  @Test
  void two_good_agents_outvote_five_poor_ones_that_agree() {
    learn(
        ballot,
        100,
        i ->
            replies(
                i % 10 < 8 ? "1" : "2", i % 10 > 1 ? "1" : "2", "3", "3", i % 5 == 0 ? "1" : "3"));

    assertThat(ballot.decide("t", replies("7", "7", "9", "9", "9")).winner()).hasValue("7");
  }

  @Test
  void simple_majority_refuses_unequal_agents_and_says_why() {
    learn(ballot, 60, i -> replies("1", i % 3 == 0 ? "1" : "2"));

    Tally refused = ballot.decide("t", replies("x", "x"), Consensus.SIMPLE_MAJORITY);

    assertThat(refused.outcome()).isEqualTo(Tally.Outcome.REFUSED);
    assertThat(refused.toString()).contains("differ clearly").contains("evenIfUnequal()");
    Ballot told = Ballot.builder().evenIfUnequal().build();
    told.restore(ballot.snapshot());
    assertThat(told.decide("t", replies("x", "x"), Consensus.SIMPLE_MAJORITY).winner())
        .hasValue("x");
  }

  @Test
  void the_rules_that_count_heads_ask_for_their_shares() {
    assertThat(outcome(Consensus.SIMPLE_MAJORITY, "x", "x", "y")).isEqualTo("DECIDED");
    assertThat(outcome(Consensus.SIMPLE_MAJORITY, "x", "y")).isEqualTo("NO_MAJORITY");
    assertThat(outcome(Consensus.SIMPLE_MAJORITY, "x", "x", "", "", "")).isEqualTo("TOO_FEW");
    assertThat(outcome(Consensus.SUPERMAJORITY, "x", "x", "y")).isEqualTo("DECIDED");
    assertThat(outcome(Consensus.SUPERMAJORITY, "x", "x", "x", "y", "z")).isEqualTo("NO_MAJORITY");
    assertThat(outcome(Consensus.UNANIMOUS, "x", "x", "")).isEqualTo("DECIDED");
    assertThat(outcome(Consensus.UNANIMOUS, "x", "x", "y")).isEqualTo("NO_MAJORITY");
    assertThat(outcome(Consensus.UNANIMOUS, "", "")).isEqualTo("NO_ANSWER");
  }

  @Test
  void evidence_has_a_bound_and_counts_once_for_each_source() {
    Evidence tests = new Evidence("tests", "12 passed", 3);
    Reply strong = Reply.of("a", "x").with(List.of(tests, tests, new Evidence("lint", "ok", 3)));
    Tally tally = ballot.decide("t", List.of(strong, Reply.of("b", "y")));

    assertThat(tally.winner()).hasValue("x");
    double gain = tally.options().get(0).score() - tally.options().get(1).score();
    assertThat(gain).isEqualTo(Evidence.LIMIT);
    assertThatThrownBy(() -> new Evidence("s", "t", Double.NaN))
        .hasMessageContaining("evidence.weight must be in [-4, 4]");
  }

  @Test
  void evidence_against_an_answer_takes_votes_from_it() {
    Reply broken = Reply.of("a", "x").with(List.of(new Evidence("tests", "3 failed", -4)));

    assertThat(ballot.decide("t", List.of(broken, Reply.of("b", "y"))).winner()).hasValue("y");
  }

  @Test
  void what_was_learned_survives_a_restart() {
    learn(ballot, 80, i -> replies("1", i % 2 == 0 ? "1" : "2", "3"));
    Ballot restarted = Ballot.create();

    restarted.restore(ballot.snapshot());

    assertThat(restarted.outcomes()).isEqualTo(80);
    assertThat(restarted.standing("agent1", "t"))
        .hasToString(restarted.standing("agent1", "t").toString());
    Ballot again = Ballot.create();
    again.restore(restarted.snapshot());
    assertThat(again.decide("t", replies("a", "b", "b")))
        .hasToString(restarted.decide("t", replies("a", "b", "b")).toString());
  }

  @Test
  void a_damaged_snapshot_is_refused_at_every_byte() {
    learn(ballot, 5, i -> replies("1", "2"));
    byte[] whole = ballot.snapshot();
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      assertThatThrownBy(() -> Ballot.create().restore(damaged))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Ballot.create().restore(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_tally_is_learned_from_once() {
    Tally tally = ballot.decide("t", replies("1", "2"));
    ballot.learn(tally, "1"::equals);

    assertThatThrownBy(() -> ballot.learn(tally, "1"::equals))
        .isInstanceOf(IllegalStateException.class);
    assertThat(ballot.outcomes()).isEqualTo(1);
  }

  @Test
  void records_of_others_count_before_the_first_outcome() {
    Ballot knowing =
        Ballot.builder()
            .history(
                (agent, type, window) ->
                    agent.equals("agent0")
                        ? past(.9)
                        : agent.equals("new") ? Performance.none() : past(.4))
            .build();

    assertThat(knowing.decide("t", replies("x", "y", "z")).winner()).hasValue("x");
    assertThat(knowing.bestFirst(List.of("agent2", "new", "agent0")))
        .containsExactly("agent0", "new", "agent2");
  }

  @Test
  void a_clear_leader_outvotes_a_crowd_that_errs_together() {
    learn(
        ballot,
        60,
        i ->
            i % 10 < 9
                ? replies("1", i % 2 == 0 ? "1" : "2", i % 2 == 0 ? "1" : "2", "2", "2")
                : replies("2", "1", "2", "2", "2"));

    assertThat(ballot.decide("t", replies("a", "b", "b", "b", "b")).winner()).hasValue("a");
  }

  @Test
  void evidence_for_the_answer_of_the_leader_leaves_it_the_leader() {
    learnLeader();
    List<Reply> split = replies("a", "b", "b", "b", "b", "b", "b");
    Tally before = ballot.decide("t", split);

    Tally helped = ballot.decide("t", with(split, 0, new Evidence("tests", "pass", .1)));
    Tally sure = ballot.decide("t", with(split, 0, new Evidence("tests", "pass", 4)));
    Tally harmed = ballot.decide("t", with(split, 0, new Evidence("tests", "fail", -4)));
    Tally outdone = ballot.decide("t", with(split, 1, new Evidence("tests", "pass", 4)));

    assertThat(before.winner()).hasValue("a");
    assertThat(helped.winner()).hasValue("a");
    assertThat(helped.confidence()).isGreaterThanOrEqualTo(before.confidence());
    assertThat(sure.confidence()).isGreaterThanOrEqualTo(helped.confidence());
    assertThat(harmed.winner()).hasValue("b");
    assertThat(outdone.winner()).hasValue("b");
  }

  /* 2,000 random ballots, with and without a leader. */
  @Test
  void evidence_for_an_answer_never_harms_it() {
    learnLeader();
    Random random = new Random(7_100_044);
    int ledOnes = 0;
    for (int i = 0; i < 2_000; i++) {
      List<Reply> replies = new ArrayList<>();
      for (int agent = i % 2; agent < 7; agent++) {
        Reply reply = Reply.of("agent" + agent, "" + random.nextInt(3));
        boolean has = random.nextInt(4) == 0;
        replies.add(
            has ? reply.with(List.of(new Evidence("old", "-", random.nextInt(5) - 2))) : reply);
      }
      Tally before = ballot.decide("t", replies);
      ledOnes += before.toString().contains("clear leader") ? 1 : 0;
      String answer = before.winner().orElseThrow();
      int at = replies.indexOf(before.winning().orElseThrow());
      Tally after =
          ballot.decide("t", with(replies, at, new Evidence("new", "-", 4 * random.nextDouble())));

      assertThat(after.winner()).as("%s", before).hasValue(answer);
      assertThat(after.confidence()).as("%s", before).isGreaterThanOrEqualTo(before.confidence());
    }
    assertThat(ledOnes).isGreaterThan(200);
  }

  private static List<Reply> with(List<Reply> replies, int at, Evidence more) {
    List<Reply> all = new ArrayList<>(replies);
    List<Evidence> evidence = new ArrayList<>(all.get(at).evidence());
    evidence.add(more);
    all.set(at, all.get(at).with(evidence));
    return all;
  }

  /* One of 75 % and six of 40 %, whose votes would outdo it; 40 outcomes of pinned luck. */
  private void learnLeader() {
    SplittableRandom luck = new SplittableRandom(16);
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String[] texts = new String[7];
      for (int agent = 0; agent < texts.length; agent++) {
        boolean right = luck.nextDouble() < (agent == 0 ? .75 : .4);
        texts[agent] = right ? "1" : "" + luck.nextInt(2, 5);
      }
      lessons.add(new Ballot.Lesson(ballot.decide("t", replies(texts)), "1"::equals));
    }
    ballot.learnAll(lessons);
  }

  @Test
  void names_beyond_the_bound_are_left_out_and_unused_ones_forgotten() {
    List<Reply> crowd =
        IntStream.range(0, 400).mapToObj(i -> Reply.of("agent" + i, i % 3 + "")).toList();
    ballot.learn(ballot.decide("t", crowd), "1"::equals);

    assertThat(ballot.decide("t", crowd).winner()).isPresent();
    assertThat(ballot.outcomes()).isEqualTo(1);
    for (int i = 0; i < 300; i++) {
      ballot.learn(ballot.decide("type" + i, replies("1", "2")), "1"::equals);
    }
    assertThat(ballot.outcomes()).isEqualTo(301);
  }

  private static Performance past(double rate) {
    return new Performance(100, rate, Double.NaN, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
  }

  private String outcome(Consensus rule, String... texts) {
    return ballot.decide("t", replies(texts), rule).outcome().name();
  }

  private static List<Reply> replies(String... texts) {
    return IntStream.range(0, texts.length).mapToObj(i -> Reply.of("agent" + i, texts[i])).toList();
  }

  private static void learn(
      Ballot ballot, int polls, java.util.function.IntFunction<List<Reply>> replies) {
    for (int i = 0; i < polls; i++) {
      ballot.learn(ballot.decide("t", replies.apply(i)), "1"::equals);
    }
  }
}
