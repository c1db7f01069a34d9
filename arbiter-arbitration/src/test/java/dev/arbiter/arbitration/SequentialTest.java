/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SequentialTest {
  private static final List<String> AGENTS = List.of("weak", "good", "best");
  private static final double[] SHARES = {.5, .8, .95};

  private static Ballot taught(int outcomes, String... options) {
    Ballot.Builder builder = Ballot.builder();
    Ballot ballot = options.length == 0 ? builder.build() : builder.options(options).build();
    SplittableRandom random = new SplittableRandom(1);
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < outcomes; i++) {
      List<Reply> replies = new ArrayList<>();
      for (int agent = 0; agent < SHARES.length; agent++) {
        boolean right = random.nextDouble() < SHARES[agent];
        replies.add(Reply.of(AGENTS.get(agent), right ? "1" : "2"));
      }
      lessons.add(new Ballot.Lesson(ballot.decide("t", replies), "1"::equals));
    }
    ballot.learnAll(lessons);
    return ballot;
  }

  @Test
  void the_best_is_asked_first_and_its_answer_is_enough() {
    Sequential sequence = Sequential.builder(taught(300), AGENTS).build();
    Sequential.Run run = sequence.run("t", false);

    assertThat(run.next()).hasValue("best");
    run.add(Reply.of("best", "42"));

    assertThat(run.next()).isEmpty();
    assertThat(run.calls()).isEqualTo(1);
    assertThat(run.tally().winner()).hasValue("42");
  }

  @Test
  void a_call_that_costs_nothing_is_made_more_often_than_a_dear_one() {
    Ballot ballot = taught(300);
    double free = Sequential.builder(ballot, AGENTS).price(0).build().limit();
    double dear = Sequential.builder(ballot, AGENTS).price(.5).build().limit();

    assertThat(free).isGreaterThan(dear);
  }

  /* One of five that are right in 85 % is as sure as .85; three that agree are surer by 12 points. */
  @Test
  void the_first_of_five_that_are_alike_is_not_enough() {
    List<String> alike = List.of("a", "b", "c", "d", "e");
    Ballot ballot = Ballot.create();
    SplittableRandom random = new SplittableRandom(1);
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      List<Reply> replies = new ArrayList<>();
      for (String agent : alike) {
        replies.add(Reply.of(agent, random.nextDouble() < .85 ? "1" : "2" + random.nextInt(9)));
      }
      lessons.add(new Ballot.Lesson(ballot.decide("t", replies), "1"::equals));
    }
    ballot.learnAll(lessons);
    Sequential.Run run = Sequential.builder(ballot, alike).build().run("t", false);

    run.add(Reply.of(run.next().orElseThrow(), "42"));

    assertThat(run.next()).isPresent();
  }

  @Test
  void the_next_is_asked_after_an_abstention() {
    Sequential.Run run = Sequential.builder(taught(300), AGENTS).build().run("t", false);

    run.add(Reply.none("best", "late", Usage.cost(1)));

    assertThat(run.next()).hasValue("good");
    assertThat(run.tally().outcome()).isEqualTo(Tally.Outcome.NO_ANSWER);
  }

  @Test
  void all_abstain_and_the_run_ends() {
    Sequential.Run run = Sequential.builder(taught(50), AGENTS).build().run("t", false);
    for (String agent : List.of("best", "good", "weak")) {
      run.add(Reply.none(agent, "never", Usage.cost(1)));
    }

    assertThat(run.next()).isEmpty();
    assertThat(run.tally().usage().cost()).isEqualTo(3);
    assertThat(run.tally().winner()).isEmpty();
  }

  @Test
  void some_runs_ask_all_so_that_records_stay_fair() {
    Sequential sequence = Sequential.builder(taught(300), AGENTS).askAll(.2).seed(3).build();
    long whole =
        IntStream.range(0, 200)
            .filter(
                i -> {
                  Sequential.Run run = sequence.run("t");
                  run.add(Reply.of("best", "x"));
                  return run.next().isPresent();
                })
            .count();

    assertThat(whole).isBetween(25L, 60L);
  }

  @Test
  void among_all_options_one_can_win_for_which_nobody_voted() {
    Ballot ballot = Ballot.builder().options("1", "2").build();
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      List<Reply> replies =
          List.of(Reply.of("liar", i % 10 == 0 ? "1" : "2"), Reply.of("fair", i % 2 + 1 + ""));
      lessons.add(new Ballot.Lesson(ballot.decide("t", replies), "1"::equals));
    }
    ballot.learnAll(lessons);
    Sequential.Run run = Sequential.builder(ballot, List.of("liar", "fair")).build().run("t", true);
    run.add(Reply.none("fair", "-", Usage.none()));

    run.add(Reply.of("liar", "2"));

    assertThat(run.tally().winner()).hasValue("1");
    assertThat(run.tally().confidence()).isGreaterThan(.7);
  }

  @Test
  void without_outcomes_it_asks_until_two_agree() {
    Sequential.Run run = Sequential.builder(Ballot.create(), AGENTS).build().run("t", false);
    int asked = 0;
    while (run.next().isPresent()) {
      run.add(Reply.of(run.next().orElseThrow(), "x"));
      asked++;
    }

    assertThat(asked).isBetween(2, 3);
  }

  @Test
  void a_reply_out_of_turn_is_refused() {
    Sequential.Run run = Sequential.builder(taught(30), AGENTS).build().run("t", false);

    assertThatThrownBy(() -> run.add(Reply.of("weak", "x")))
        .hasMessageContaining("the reply of 'weak' is not the next");
  }

  /* The new one is right where the usual one fails, but no better where both are asked by chance. */
  @Test
  void an_agent_that_gets_only_the_hard_tasks_is_not_taken_for_a_poor_one() {
    Ballot ballot = Ballot.create();
    for (int i = 0; i < 600; i++) {
      boolean fair = i % 10 == 0;
      List<Reply> replies = new ArrayList<>();
      replies.add(Reply.of("usual", i % 4 == 0 ? "2" : "1"));
      if (fair || i % 4 == 0) {
        replies.add(Reply.of("new", fair || i % 3 == 0 ? "1" : "2"));
      }
      ballot.learn(ballot.decide("t", replies), "1"::equals);
    }

    assertThat(ballot.bestFirst(List.of("usual", "new"))).containsExactly("usual", "new");
    assertThat(Sequential.builder(ballot, List.of("usual", "new")).build().order())
        .containsExactly("new", "usual");
  }

  @Test
  void a_full_memory_still_gives_new_plans() {
    Ballot ballot = taught(PollMemory.MOST_POLLS);
    Sequential sequence = Sequential.builder(ballot, AGENTS).build();
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < PollMemory.MOST_POLLS; i++) {
      List<Reply> replies =
          List.of(Reply.of("best", "2"), Reply.of("good", "1"), Reply.of("weak", "2"));
      lessons.add(new Ballot.Lesson(ballot.decide("t", replies), "1"::equals));
    }
    ballot.learnAll(lessons);

    assertThat(sequence.run("t", false).next()).hasValue("good");
  }

  @Test
  void new_outcomes_change_the_order() {
    Ballot ballot = taught(30);
    Sequential sequence = Sequential.builder(ballot, AGENTS).build();
    for (int i = 0; i < 200; i++) {
      List<Reply> replies =
          List.of(Reply.of("best", "2"), Reply.of("good", "1"), Reply.of("weak", "2"));
      ballot.learn(ballot.decide("t", replies), "1"::equals);
    }

    assertThat(sequence.run("t", false).next()).hasValue("good");
  }

  /* A plan keeps its numbers of types, though the ballot forgets types and numbers the rest anew. */
  @Test
  void a_run_weighs_by_the_types_of_its_plan() {
    Ballot ballot = Ballot.create();
    for (int i = 0; i < PollMemory.MOST_POLLS; i++) {
      String type = i < 1_000 ? "first" : "second";
      String wrong = i < 1_000 ? "good" : "weak";
      List<Reply> replies = new ArrayList<>();
      for (String agent : AGENTS) {
        replies.add(Reply.of(agent, agent.equals(wrong) ? "2" : "1"));
      }
      ballot.learn(ballot.decide(type, replies), "1"::equals);
    }
    Sequential.Run before = Sequential.builder(ballot, AGENTS).build().run("second", true);
    Sequential.Run after = Sequential.builder(ballot, AGENTS).build().run("second", true);
    answer(before);

    forgetFirst(ballot);
    answer(after);

    assertThat(after.tally().options()).isEqualTo(before.tally().options());
  }

  private static void answer(Sequential.Run run) {
    while (run.next().isPresent()) {
      String agent = run.next().orElseThrow();
      run.add(Reply.of(agent, agent.equals("good") ? "x" : "y"));
    }
  }

  private static void forgetFirst(Ballot ballot) {
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < 1_000 + PollMemory.MOST_NAMES; i++) {
      String type = i < 1_000 ? "second" : "type" + i;
      lessons.add(
          new Ballot.Lesson(ballot.decide(type, List.of(Reply.of("best", "1"))), "1"::equals));
    }
    ballot.learnAll(lessons);
    assertThat(ballot.remembered().type("first")).isEqualTo(-1);
  }
}
