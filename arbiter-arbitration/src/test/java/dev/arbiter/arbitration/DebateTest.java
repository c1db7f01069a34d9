/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.arbitration.Debate.Role;
import dev.arbiter.arbitration.Debate.Turn;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DebateTest {
  private final ManualTime time = new ManualTime();
  private final Panel panel = time.panel();
  private final Ballot ballot = Ballot.create();
  private final Task task = Task.builder("sum").id("t-1").payload("How much is 6 times 7?").build();
  private final List<String> prompts = new ArrayList<>();

  private Panelist debater(String id, String make, UnaryOperator<String> answer) {
    return Panelist.of(
        id,
        make,
        assignment -> {
          prompts.add(assignment.task().payload());
          return WorkReport.of(answer.apply(assignment.task().payload()));
        });
  }

  private static Panelist says(String id, String make, String text) {
    return Panelist.of(id, make, assignment -> WorkReport.of(text));
  }

  private Tally votes(String... texts) {
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      replies.add(Reply.of("agent" + i, texts[i]));
    }
    return ballot.decide("sum", replies);
  }

  private static Debate.Report hold(Debate debate, Task task, Tally before, List<Panelist> all) {
    return debate.hold(task, before, all, Limits.standard()).toCompletableFuture().join();
  }

  @Test
  void rounds_of_zero_are_refused() {
    assertThatThrownBy(() -> Debate.builder(panel, ballot).rounds(0))
        .hasMessage("debate.rounds must be 1 to 10, got 0; leave the debate out to have none");
  }

  @Test
  void agreement_needs_no_debate() {
    Debate.Report report =
        hold(
            Debate.builder(panel, ballot).build(),
            task,
            votes("42", "42"),
            List.of(says("agent0", "red", "x"), says("agent1", "blue", "x")));

    assertThat(report.after()).isEmpty();
    assertThat(report.turns()).isEmpty();
    assertThat(report.reason()).contains("no disagreement");
  }

  @Test
  void agents_of_one_make_do_not_debate() {
    Debate.Report report =
        hold(
            Debate.builder(panel, ballot).build(),
            task,
            votes("41", "42"),
            List.of(says("agent0", "red", "x"), says("agent1", "Red", "x")));

    assertThat(report.after()).isEmpty();
    assertThat(report.reason()).contains("different make");
  }

  @Test
  void two_rounds_are_four_speeches_and_a_summary_and_both_ballots_are_reported() {
    List<Panelist> all =
        List.of(
            debater("agent0", "red", p -> p.startsWith("Answer") ? "42" : "six sevens are 41"),
            debater("agent1", "blue", p -> p.startsWith("Answer") ? "42" : "6 * 7 = 42"),
            debater("agent2", "red", p -> p.startsWith("Answer") ? "42" : "-"));
    Debate debate =
        Debate.builder(panel, ballot)
            .rounds(2)
            .mediator(debater("agent9", "green", p -> "they differ in one product"))
            .build();

    Debate.Report report = hold(debate, task, votes("41", "42", "41"), all);

    assertThat(report.turns())
        .extracting(Turn::role)
        .containsExactly(
            Role.PROPONENT, Role.OPPONENT, Role.PROPONENT, Role.OPPONENT, Role.MEDIATOR);
    assertThat(report.before().winner()).hasValue("41");
    assertThat(report.after().orElseThrow().winner()).hasValue("42");
    assertThat(report.hasChanged()).isTrue();
    assertThat(report.after().orElseThrow().votes().agents()).doesNotContain("agent9");
  }

  @Test
  void no_debater_learns_who_said_what() {
    List<Panelist> all =
        List.of(
            debater("agent0", "red", p -> "I say one"),
            debater("agent1", "blue", p -> "I say two"));

    hold(Debate.builder(panel, ballot).build(), task, votes("41", "42"), all);

    assertThat(prompts).hasSize(4);
    assertThat(String.join("\n", prompts))
        .doesNotContain("agent0")
        .doesNotContain("agent1")
        .doesNotContain("red")
        .doesNotContain("blue")
        .doesNotContain("proponent");
  }

  @Test
  void a_budget_that_ends_in_the_middle_leaves_the_ballot_before() {
    List<Panelist> all = List.of(says("agent0", "red", "42"), says("agent1", "blue", "42"));
    for (int calls = 1; calls <= 4; calls++) {
      Debate.Report report =
          Debate.builder(panel, ballot)
              .build()
              .hold(task, votes("41", "42"), all, Limits.standard().withCalls(calls))
              .toCompletableFuture()
              .join();

      assertThat(report.after().isPresent()).isEqualTo(calls == 4);
      assertThat(report.adopted().winner()).hasValue("41");
      assertThat(calls == 4 || report.reason().contains("all " + calls + " calls are made"))
          .as(report.reason())
          .isTrue();
    }
  }

  @Test
  void the_ballot_after_holds_once_debates_have_mended_more_than_they_spoiled() {
    List<Panelist> all = List.of(says("agent0", "red", "42"), says("agent1", "blue", "42"));
    Debate debate = Debate.builder(panel, ballot).build();
    Debate restarted = Debate.builder(panel, ballot).build();
    int held = 0;
    while (hold(debate, task, votes("41", "42"), all).adopted().winner().orElse("").equals("41")) {
      debate.learn(hold(debate, task, votes("41", "42"), all), "42"::equals);
      held++;
    }
    restarted.restore(debate.snapshot());

    assertThat(held).isEqualTo(5);
    assertThat(hold(restarted, task, votes("41", "42"), all).adopted().winner()).hasValue("42");
  }

  /* Debaters that conform: the one that is louder wins, right or not. 400 debates, 10 seeds. */
  @Test
  void debates_that_spoil_never_cost_a_point() {
    for (double persuasion : new double[] {.2, .5, .8}) {
      double before = 0;
      double adopted = 0;
      for (int seed = 0; seed < 10; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        Debate debate = Debate.builder(panel, ballot).build();
        for (int i = 0; i < 400; i++) {
          boolean majorityIsRight = random.nextDouble() < .6;
          boolean truthWins = random.nextDouble() < persuasion;
          String right = majorityIsRight ? "a" : "b";
          String wrong = majorityIsRight ? "b" : "a";
          String end = truthWins ? right : wrong;
          List<Panelist> all =
              List.of(
                  says("agent0", "red", end),
                  says("agent1", "red", end),
                  says("agent2", "blue", end));
          Debate.Report report = hold(debate, task, votes("a", "a", "b"), all);
          before += report.before().winner().orElse("").equals(right) ? 1 : 0;
          adopted += report.adopted().winner().orElse("").equals(right) ? 1 : 0;
          debate.learn(report, right::equals);
        }
      }
      assertThat(adopted).as("persuasion %s", persuasion).isGreaterThan(before - 40);
      assertThat(persuasion < .8 || adopted > before + 400).isTrue();
    }
  }

  @Test
  void a_damaged_snapshot_is_refused() {
    Debate debate = Debate.builder(panel, ballot).build();

    assertThatThrownBy(() -> debate.restore(new byte[15])).hasMessageContaining("16 bytes, got 15");
  }
}
