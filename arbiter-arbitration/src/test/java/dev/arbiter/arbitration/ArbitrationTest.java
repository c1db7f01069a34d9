/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.arbitration.Reply.Evidence;
import dev.arbiter.arbitration.Ruling.Outcome;
import dev.arbiter.arbitration.Ruling.Stage;
import dev.arbiter.arbitration.Ruling.Step;
import dev.arbiter.internal.Digests;
import dev.arbiter.spi.Performance;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArbitrationTest {
  private final ManualTime time = new ManualTime();
  private final Panel panel = time.panel();
  private final Ballot ballot = Ballot.create();
  private final Task task = Task.builder("sum").id("t-1").payload("How much is 6 times 7?").build();

  private static Panelist says(String id, String make, String text) {
    return Panelist.of(id, make, assignment -> WorkReport.of(text).withUsage(Usage.cost(1)))
        .withPrice(1);
  }

  private static Panelist never(String id) {
    return new Panelist(
        id,
        id,
        0,
        assignment -> {
          assignment.meter().add(Usage.cost(3));
          return new CompletableFuture<>();
        });
  }

  private Ruling rule(Arbitration arbitration, Panelist... all) {
    return arbitration.arbitrate(task, List.of(all)).toCompletableFuture().join();
  }

  private Arbitration.Builder arbitration() {
    return Arbitration.builder(panel, ballot);
  }

  /* Agents of 90, 80 and 50 % that err apart. */
  private void learn() {
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      List<Reply> replies =
          List.of(
              Reply.of("ada", i % 10 == 0 ? "x" : "r"),
              Reply.of("bob", i % 5 == 1 ? "y" : "r"),
              Reply.of("cy", i % 2 == 0 ? "z" : "r"));
      lessons.add(new Ballot.Lesson(ballot.decide("sum", replies), "r"::equals));
    }
    ballot.learnAll(lessons);
  }

  @Test
  void a_ruling_has_its_reasons_its_dissent_its_price_and_a_seal() {
    learn();

    Ruling ruling =
        rule(
            arbitration().kind(ConflictKind.TESTING).build(),
            says("ada", "red", "42"),
            says("bob", "blue", "42"),
            says("cy", "green", "41"));

    assertThat(ruling.outcome()).isEqualTo(Outcome.APPROVED);
    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("42");
    assertThat(ruling.confidence()).isGreaterThan(.9);
    assertThat(ruling.dissent()).containsExactly("cy");
    assertThat(ruling.steps()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(ruling.spent().calls()).isEqualTo(3);
    assertThat(ruling.spent().usage().cost()).isEqualTo(3);
    assertThat(ruling.seal().digest()).isEqualTo(Digests.named(ruling.seal().document()));
    assertThat(ruling.seal().document())
        .startsWith("{\"answer\":{\"agent\":\"ada\"")
        .contains("\"kind\":\"testing\"")
        .contains("\"outcome\":\"approved\"");
    assertThat(time.open()).isZero();
  }

  @Test
  void a_seal_that_fails_rejects_the_ruling() {
    learn();
    Arbitration sealing =
        arbitration()
            .sealer(
                document -> {
                  throw new IllegalStateException("no key");
                })
            .build();

    Ruling ruling = rule(sealing, says("ada", "red", "42"), says("bob", "blue", "42"));

    assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(ruling.answer()).isEmpty();
    assertThat(ruling.steps().toString()).contains("could not be sealed: no key");
  }

  @Test
  void a_ruling_is_signed_and_verified_by_any_ed25519() throws Exception {
    learn();
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Sealer signing =
        document -> {
          try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(keys.getPrivate());
            signature.update(document.getBytes(StandardCharsets.UTF_8));
            return Sealer.sealed(
                document, "key-1", Base64.getEncoder().encodeToString(signature.sign()));
          } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
          }
        };

    Ruling ruling =
        rule(
            arbitration().sealer(signing).build(),
            says("ada", "red", "\ud800 \u0001 \"quoted\" \\ \n"),
            says("bob", "blue", "42"));

    String document = ruling.seal().document();
    Signature check = Signature.getInstance("Ed25519");
    check.initVerify(keys.getPublic());
    check.update(document.getBytes(StandardCharsets.UTF_8));
    assertThat(check.verify(Base64.getDecoder().decode(ruling.seal().signature()))).isTrue();
    assertThat(ruling.seal().keyId()).isEqualTo("key-1");
    assertThat(new String(document.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(document);
    assertThat(document.chars().allMatch(c -> c >= 0x20)).isTrue();
    assertThat(document)
        .isEqualTo(
            rule(
                    arbitration().sealer(signing).build(),
                    says("ada", "red", "\ud800 \u0001 \"quoted\" \\ \n"),
                    says("bob", "blue", "42"))
                .seal()
                .document());
  }

  @Test
  void an_agent_that_never_answers_ends_with_the_time_and_what_it_metered_is_paid() {
    learn();
    CompletableFuture<Ruling> open =
        arbitration()
            .limits(Limits.standard().withTime(Duration.ofSeconds(5)))
            .build()
            .arbitrate(
                task, List.of(says("ada", "red", "42"), says("bob", "blue", "42"), never("cy")))
            .toCompletableFuture();
    assertThat(open).isNotDone();

    time.advance(Duration.ofSeconds(5));

    Ruling ruling = open.join();
    assertThat(ruling.outcome()).isEqualTo(Outcome.APPROVED);
    assertThat(ruling.spent().usage().cost()).isEqualTo(5);
    assertThat(ruling.steps().toString()).contains("cy: no answer in time");
    assertThat(time.open()).isZero();
  }

  @Test
  void a_late_answer_changes_nothing_and_is_counted_as_late() {
    CompletableFuture<WorkReport> work = new CompletableFuture<>();
    Panelist late = new Panelist("ada", "red", 0, assignment -> work.minimalCompletionStage());
    CompletableFuture<Ruling> open =
        arbitration().build().arbitrate(task, List.of(late)).toCompletableFuture();
    time.advance(Duration.ofMinutes(11));
    Ruling ruling = open.join();

    work.complete(WorkReport.of("42").withUsage(Usage.cost(7)));

    assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(ruling.spent().usage().cost()).isZero();
    assertThat(panel.lateUsage().cost()).isEqualTo(7);
  }

  @Test
  void whatever_an_agent_does_the_arbitration_ends() {
    List<Panelist> odd =
        List.of(
            new Panelist(
                "throws",
                "a",
                0,
                assignment -> {
                  throw new Exception("broken");
                }),
            new Panelist(
                "dies",
                "b",
                0,
                assignment -> {
                  throw new StackOverflowError("deep");
                }),
            new Panelist(
                "fails", "c", 0, assignment -> CompletableFuture.failedFuture(new Exception("no"))),
            new Panelist("empty", "d", 0, assignment -> CompletableFuture.completedFuture(null)),
            new Panelist(
                "blank",
                "e",
                0,
                assignment -> CompletableFuture.completedFuture(WorkReport.of(" \n"))),
            new Panelist(
                "asks",
                "f",
                0,
                assignment ->
                    CompletableFuture.completedFuture(
                        WorkReport.waiting(dev.arbiter.task.Question.of("?"), "t"))));

    Ruling ruling = rule(arbitration().build(), odd.toArray(new Panelist[0]));

    assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(ruling.tally().outcome()).isEqualTo(Tally.Outcome.NO_ANSWER);
    assertThat(ruling.spent().calls()).isEqualTo(6);
    assertThat(ruling.steps().toString())
        .contains("throws: failed: broken")
        .contains("dies: failed: deep")
        .contains("empty: failed: reported nothing")
        .contains("blank: abstained")
        .contains("asks: asks a person");
  }

  @Test
  void threads_that_the_host_took_away_end_it_too() {
    Panel closed =
        Panel.of(
            work -> {
              throw new RejectedExecutionException("closed");
            },
            time,
            time.sources());

    Ruling ruling =
        Arbitration.builder(closed, ballot)
            .build()
            .arbitrate(task, List.of(says("ada", "red", "42")))
            .toCompletableFuture()
            .join();

    assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(ruling.steps().toString()).contains("no thread for the call");
    assertThat(time.open()).isZero();
  }

  @Test
  void a_call_that_fails_costs_what_its_exception_says_or_what_was_metered() {
    Usage two = Usage.cost(2);
    AgentException said = new AgentException("said", Usage.cost(3));
    List<Panelist> failing =
        List.of(
            Panelist.of(
                "throws",
                "a",
                assignment -> {
                  assignment.meter().add(two);
                  throw new AgentException("thrown", Usage.cost(5));
                }),
            new Panelist(
                "wraps",
                "b",
                0,
                assignment -> CompletableFuture.failedFuture(new CompletionException(said))),
            Panelist.of(
                "meters",
                "c",
                assignment -> {
                  assignment.meter().add(two);
                  throw new IllegalStateException("broken");
                }),
            Panelist.of(
                "limited",
                "d",
                assignment -> {
                  assignment.meter().add(two);
                  throw AgentException.quota("no more", Instant.EPOCH);
                }));

    Ruling ruling = rule(arbitration().build(), failing.toArray(new Panelist[0]));

    assertThat(ruling.spent().usage().cost()).isEqualTo(5 + 3 + 2 + 2);
    assertThat(ruling.tally().usage().cost()).isEqualTo(5 + 3 + 2 + 2);
  }

  @Test
  void a_failure_that_comes_too_late_is_counted_as_late() {
    CompletableFuture<WorkReport> work = new CompletableFuture<>();
    Panelist late = new Panelist("ada", "red", 0, assignment -> work.minimalCompletionStage());
    CompletableFuture<Ruling> open =
        arbitration().build().arbitrate(task, List.of(late)).toCompletableFuture();
    time.advance(Duration.ofMinutes(11));
    assertThat(open).isDone();

    work.completeExceptionally(new AgentException("no", Usage.cost(7)));

    assertThat(panel.lateUsage().cost()).isEqualTo(7);
  }

  @Test
  void what_each_call_cost_is_on_the_meter_while_others_work() {
    Assignment assignment = new Assignment(task, "panel", 1, "", Duration.ofMinutes(1));
    Panelist[] all = {says("ada", "red", "42"), says("bob", "blue", "42"), never("cy")};

    CompletableFuture<WorkReport> open =
        start(arbitration().build().asAgent(List.of(all)), assignment);

    assertThat(open).isNotDone();
    assertThat(assignment.meter().total().cost()).isEqualTo(2);
    time.advance(Duration.ofMinutes(1));
    assertThat(open.join().usage().cost()).isEqualTo(5);
    assertThat(assignment.meter().total().cost()).isEqualTo(5);
  }

  private static CompletableFuture<WorkReport> start(AsyncAgent agent, Assignment assignment) {
    try {
      return agent.start(assignment).toCompletableFuture();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void three_calls_of_a_tenth_fit_into_three_tenths() {
    Panelist[] all = new Panelist[3];
    for (int i = 0; i < all.length; i++) {
      Usage tenth = Usage.cost(.1);
      all[i] =
          Panelist.of("agent" + i, "red", assignment -> WorkReport.of("42").withUsage(tenth))
              .withPrice(.1);
    }

    Ruling ruling = rule(arbitration().limits(Limits.standard().withDollars(.3)).build(), all);

    assertThat(ruling.spent().calls()).isEqualTo(3);
  }

  @Test
  void an_agent_that_was_not_called_has_not_failed() {
    Arbitration poor = arbitration().limits(Limits.standard().withDollars(2)).build();
    for (int i = 0; i < 40; i++) {
      Ruling ruling =
          rule(
              poor, says("ada", "red", "42"), says("bob", "blue", "41"), says("cy", "green", "42"));
      poor.learn(ruling, "42"::equals);
    }

    assertThat(ballot.standing("ada", "").asked()).isEqualTo(40);
    assertThat(ballot.standing("cy", "").asked()).isZero();
    assertThat(ballot.bestFirst(List.of("bob", "cy", "ada"))).containsExactly("ada", "cy", "bob");
  }

  @Test
  void an_arbitration_that_called_nobody_teaches_nothing() {
    Panel closed =
        Panel.of(
            work -> {
              throw new RejectedExecutionException("closed");
            },
            time,
            time.sources());
    Arbitration arbitration = Arbitration.builder(closed, ballot).build();

    arbitration.learn(rule(arbitration, says("ada", "red", "42")), "42"::equals);

    assertThat(ballot.outcomes()).isZero();
    assertThat(ballot.standing("ada", "").asked()).isZero();
  }

  @Test
  void money_that_ends_in_the_middle_rules_by_what_there_is() {
    learn();

    Ruling ruling =
        rule(
            arbitration().limits(Limits.standard().withDollars(2)).build(),
            says("ada", "red", "42"),
            says("bob", "blue", "42"),
            says("cy", "green", "41"));

    assertThat(ruling.outcome()).isEqualTo(Outcome.APPROVED);
    assertThat(ruling.spent().usage().cost()).isEqualTo(2);
    assertThat(ruling.steps().toString()).contains("another call could exceed $2.0");
  }

  @Test
  void only_what_passes_the_check_has_a_vote() {
    learn();
    Verifier tests =
        (asked, reply) ->
            reply.text().equals("42") ? Optional.empty() : Optional.of("1 test fails");

    Ruling ruling =
        rule(
            arbitration().verifier(tests).build(),
            says("ada", "red", "41"),
            says("bob", "blue", "41"),
            says("cy", "green", "42"));

    assertThat(ruling.answer().orElseThrow().agent()).isEqualTo("cy");
    assertThat(ruling.spent().usage().cost()).isEqualTo(3);
    assertThat(ruling.steps())
        .contains(new Step(Stage.RULE_EVALUATION, "ada: did not pass: 1 test fails"));
  }

  @Test
  void a_check_that_breaks_lets_nothing_pass() {
    Verifier broken =
        (asked, reply) -> {
          throw new Exception("no compiler");
        };

    Ruling ruling = rule(arbitration().verifier(broken).build(), says("ada", "red", "42"));

    assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(ruling.steps().toString()).contains("the check broke: no compiler");
  }

  /* Debaters that agree on an answer that nobody has checked yet. */
  @Test
  void an_answer_of_a_debate_must_pass_the_check_too() {
    Debate proved = Debate.builder(panel, ballot).build();
    proved.restore(ByteBuffer.allocate(16).putLong(20).putLong(0).array());
    Verifier tests =
        (asked, reply) ->
            reply.text().equals("43") ? Optional.of("1 test fails") : Optional.empty();
    Arbitration arbitration =
        arbitration()
            .verifier(tests)
            .debate(proved)
            .minConfidence(.99)
            .onDeadlock(Deadlock.DEBATE)
            .build();

    Ruling ruling =
        rule(
            arbitration,
            convinced("ada", "red", "41", "43"),
            convinced("bob", "blue", "42", "43"),
            convinced("cy", "green", "41", "43"));

    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("41");
    assertThat(ruling.debate().orElseThrow().after().orElseThrow().winner()).isEmpty();
    assertThat(ruling.steps())
        .contains(new Step(Stage.RULE_EVALUATION, "bob: did not pass: 1 test fails"));
    assertThat(
            rule(
                    arbitration,
                    convinced("ada", "red", "41", "42"),
                    convinced("bob", "blue", "42", "42"),
                    convinced("cy", "green", "41", "42"))
                .answer()
                .orElseThrow()
                .text())
        .isEqualTo("42");
  }

  private static Panelist convinced(String id, String make, String first, String then) {
    return Panelist.of(
        id,
        make,
        assignment ->
            WorkReport.of(assignment.task().payload().startsWith("Answer") ? then : first));
  }

  @Test
  void the_best_are_asked_first_and_the_rest_is_saved() {
    learn();

    Ruling ruling =
        rule(
            arbitration().sequential(.01).build(),
            says("cy", "green", "41"),
            says("bob", "blue", "42"),
            says("ada", "red", "42"));

    assertThat(ruling.outcome()).isEqualTo(Outcome.APPROVED);
    assertThat(ruling.spent().calls()).isLessThan(3);
    assertThat(ruling.answer().orElseThrow().agent()).isEqualTo("ada");
  }

  /* Prefers 42, and was right in 50 of 50 pairs. */
  private Judges trainedJudges() {
    Panelist judge =
        Panelist.of(
            "judge",
            "green",
            assignment -> {
              String prompt = assignment.task().payload();
              int end = prompt.indexOf(" end of answer 1]");
              return WorkReport.of(prompt.substring(0, end).contains("> 42\n") ? "1" : "2");
            });
    Judges judges = Judges.builder(panel).judge(judge).build();
    for (int i = 0; i < 50; i++) {
      Judges.Choice said = i % 2 == 0 ? Judges.Choice.FIRST : Judges.Choice.SECOND;
      List<Judges.Vote> votes = List.of(new Judges.Vote("judge", said, said));
      judges.learn(
          new Judges.Judged(judges.decide("sum", votes), votes, List.of(), 2, Usage.none()),
          i % 2 == 0);
    }
    return judges;
  }

  @Test
  void judges_break_a_deadlock() {
    Ruling ruling =
        rule(
            arbitration().judges(trainedJudges()).onDeadlock(Deadlock.JUDGE).build(),
            says("ada", "red", "41"),
            says("bob", "blue", "42"));

    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("42");
    assertThat(ruling.judged().orElseThrow().choice()).isNotEqualTo(Judges.Choice.NONE);
    assertThat(ruling.spent().calls()).isEqualTo(4);
    assertThat(ruling.steps().toString()).contains("(second): judge says");
  }

  @ParameterizedTest
  @EnumSource
  void judges_break_a_deadlock_whatever_the_rule(Consensus rule) {
    Ballot counting = Ballot.builder().rule(rule).build();

    Ruling ruling =
        rule(
            Arbitration.builder(panel, counting)
                .judges(trainedJudges())
                .onDeadlock(Deadlock.JUDGE)
                .build(),
            says("ada", "red", "41"),
            says("bob", "blue", "42"));

    assertThat(ruling.outcome()).isEqualTo(Outcome.APPROVED);
    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("42");
  }

  /* Eight of ten are asked in turn, and are at odds; the other two after the judge. */
  @Test
  void what_judges_said_still_counts_when_more_agents_are_asked() {
    Arbitration asking =
        Arbitration.builder(panel, Ballot.create())
            .judges(trainedJudges())
            .sequential(.01)
            .minConfidence(.999)
            .onDeadlock(Deadlock.JUDGE, Deadlock.MORE_EVIDENCE)
            .build();
    Panelist[] all = new Panelist[10];
    for (int i = 0; i < all.length; i++) {
      all[i] = says("agent" + i, "red", i < 8 && i % 2 == 0 ? "42" : "41");
    }

    Ruling ruling = rule(asking, all);

    assertThat(ruling.votes().votes().size()).isEqualTo(10);
    assertThat(ruling.votes().winner()).hasValue("41");
    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("42");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WEIGHTED_MAJORITY")
  void a_person_is_asked_where_a_rule_has_no_winner(Consensus rule) {
    learn();
    Ballot counting = Ballot.builder().rule(rule).build();
    counting.restore(ballot.snapshot());
    Arbitration asking =
        Arbitration.builder(panel, counting).onDeadlock(Deadlock.PERSON).minConfidence(.5).build();

    Ruling ruling = rule(asking, says("ada", "red", "41"), says("cy", "green", "42"));

    assertThat(ruling.outcome()).isEqualTo(Outcome.CONDITIONAL);
    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("41");
    assertThat(ruling.confidence()).isGreaterThan(.5);
    assertThat(ruling.tally().outcome()).isNotEqualTo(Tally.Outcome.DECIDED);
    assertThat(ruling.dissent()).containsExactly("cy");
    assertThat(ruling.question().orElseThrow().shown())
        .startsWith("proposed: 41")
        .contains("'41' has the most weight, and is proposed to a person");
    assertThat(asking.appeal(ruling, "41", new Evidence("tests", "pass", 1)).outcome())
        .isEqualTo(Outcome.CONDITIONAL);
  }

  @Test
  void nobody_is_asked_about_nothing() {
    Ballot strict = Ballot.builder().rule(Consensus.UNANIMOUS).build();

    Ruling ruling =
        rule(
            Arbitration.builder(panel, strict).onDeadlock(Deadlock.PERSON).build(),
            says("ada", "red", " "));

    assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(ruling.question()).isEmpty();
  }

  @Test
  void the_leader_holds_where_nothing_else_decides() {
    learn();
    Ballot strict = Ballot.builder().rule(Consensus.UNANIMOUS).build();
    strict.restore(ballot.snapshot());

    Ruling ruling =
        rule(
            Arbitration.builder(panel, strict)
                .minConfidence(.99)
                .onDeadlock(Deadlock.LEADER)
                .build(),
            says("ada", "red", "41"),
            says("bob", "blue", "42"),
            says("cy", "green", "42"));

    assertThat(ruling.answer().orElseThrow().agent()).isEqualTo("ada");
    assertThat(ruling.outcome()).isEqualTo(Outcome.CONDITIONAL);
    assertThat(ruling.question()).isEmpty();
  }

  @Test
  void there_is_no_leader_while_nothing_is_known() {
    Ruling ruling =
        rule(
            arbitration().minConfidence(.99).onDeadlock(Deadlock.LEADER).build(),
            says("ada", "red", "41"),
            says("bob", "blue", "43"),
            says("cy", "green", "42"),
            says("dan", "black", "42"));

    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("42");
    assertThat(ruling.steps().toString()).doesNotContain("is trusted").contains("0 of 0 right");
  }

  @Test
  void a_leader_does_not_hold_against_a_vote_that_is_surer() {
    learn();

    Ruling ruling =
        rule(
            arbitration().minConfidence(.99).onDeadlock(Deadlock.LEADER).build(),
            says("ada", "red", "41"),
            says("bob", "blue", "42"),
            says("cy", "green", "42"));

    assertThat(ruling.answer().orElseThrow().text()).isEqualTo("42");
    assertThat(ruling.confidence()).isGreaterThan(.95);
    assertThat(ruling.steps().toString()).contains("ada has the best record (180 of 200 right)");
  }

  @Test
  void a_leader_by_the_records_of_others_holds() {
    Ballot knowing =
        Ballot.builder()
            .rule(Consensus.UNANIMOUS)
            .history(
                (agent, type, window) ->
                    new Performance(
                        100,
                        agent.equals("bob") ? .9 : .4,
                        Double.NaN,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        0))
            .build();

    Ruling ruling =
        rule(
            Arbitration.builder(panel, knowing).onDeadlock(Deadlock.LEADER).build(),
            says("ada", "red", "41"),
            says("bob", "blue", "42"));

    assertThat(ruling.answer().orElseThrow().agent()).isEqualTo("bob");
    assertThat(ruling.confidence()).isBetween(.85, .9);
    assertThat(ruling.steps().toString()).contains("bob has the best record (45 of 50 right)");
  }

  @Test
  void an_appeal_is_heard_once_and_only_with_new_evidence() {
    learn();
    Arbitration arbitration = arbitration().build();
    Ruling ruling = rule(arbitration, says("ada", "red", "42"), says("cy", "green", "41"));
    String lost = ruling.tally().options().get(1).answer();
    Evidence proof = new Evidence("tests", "12 of 12 pass", 4);

    assertThatThrownBy(() -> arbitration.appeal(ruling, "43", proof))
        .hasMessageContaining("no answer of this ruling is '43'");
    Ruling second = arbitration.appeal(ruling, lost, proof);

    assertThat(second.appealed()).isTrue();
    assertThat(second.answer().orElseThrow().text()).isEqualTo(lost);
    assertThat(second.spent().usage()).isEqualTo(ruling.spent().usage());
    assertThatThrownBy(() -> arbitration.appeal(ruling, lost, proof))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> arbitration.appeal(second, lost, new Evidence("lint", "ok", 1)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> arbitration.appeal(second, lost, proof))
        .hasMessageContaining("an appeal needs new evidence");
  }

  @Test
  void evidence_for_the_answer_of_a_trusted_leader_does_not_take_it_away() {
    learn();
    Ballot strict = Ballot.builder().rule(Consensus.UNANIMOUS).build();
    strict.restore(ballot.snapshot());
    Arbitration arbitration =
        Arbitration.builder(panel, strict).onDeadlock(Deadlock.LEADER).build();
    for (Evidence each :
        List.of(new Evidence("tests", "pass", 1), new Evidence("audit", "leaks", -1))) {
      Ruling ruling = rule(arbitration, says("ada", "red", "41"), says("cy", "green", "42"));
      String about = each.weight() > 0 ? "41" : "42";

      Ruling second = arbitration.appeal(ruling, about, each);

      assertThat(ruling.answer().orElseThrow().text()).isEqualTo("41");
      assertThat(second.answer().orElseThrow().text()).isEqualTo("41");
      assertThat(second.confidence()).isGreaterThanOrEqualTo(ruling.confidence());
    }
  }

  @Test
  void more_evidence_against_an_answer_never_helps_it() {
    learn();
    Arbitration arbitration = arbitration().build();
    Ruling ruling = rule(arbitration, says("ada", "red", "42"), says("bob", "blue", "42"));

    Ruling second = arbitration.appeal(ruling, "42", new Evidence("audit", "leaks a key", -4));

    assertThat(second.confidence()).isLessThan(ruling.confidence());
  }

  @Test
  void an_arbitration_is_an_agent_of_an_arbiter_and_asks_a_person() throws Exception {
    Arbitration asking = arbitration().onDeadlock(Deadlock.PERSON).people("lead").build();
    try (Arbiter arbiter =
        Arbiter.builder()
            .asyncAgent(
                AgentProfile.of("panel"),
                asking.asAgent(List.of(says("ada", "red", "41"), says("bob", "blue", "42"))))
            .withoutConstitution()
            .build()) {
      TaskHandle handle = arbiter.submit(task);
      ApprovalRequest request = null;
      for (int i = 0; request == null && i < 2_000; i++) {
        request = arbiter.approvals().open().stream().findFirst().orElse(null);
        Thread.sleep(5);
      }
      assertThat(request).isNotNull();
      Objects.requireNonNull(request);
      assertThat(request.audience()).isEqualTo("lead");
      assertThat(request.question().shown()).contains("proposed:").contains("'42' by bob");
      arbiter.approvals().decide(request.id(), request.digest(), Answer.reply("eve", "42"));

      TaskResult result = handle.await(Duration.ofSeconds(30));

      assertThat(result).isInstanceOf(TaskResult.Completed.class);
      WorkReport report = ((TaskResult.Completed) result).report();
      assertThat(report.output()).isEqualTo("42");
      assertThat(report.usage().cost()).isEqualTo(2);
      assertThat(report.evidence()).extracting(WorkReport.Evidence::gate).contains("arbitration");
    }
  }

  @Test
  void what_it_learns_reaches_ballot_and_judges() {
    Arbitration arbitration = arbitration().build();
    Ruling ruling = rule(arbitration, says("ada", "red", "41"), says("bob", "blue", "42"));

    arbitration.learn(ruling, "42"::equals);

    assertThat(ballot.standing("bob", "sum").right()).isEqualTo(1);
    assertThatThrownBy(() -> arbitration.learn(ruling, "42"::equals))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void wrong_settings_are_refused_by_name() {
    assertThatThrownBy(() -> rule(arbitration().build()))
        .hasMessageContaining("one panelist at least");
    assertThatThrownBy(() -> rule(arbitration().build(), never("a"), never("a")))
        .hasMessage("panelist 'a' is there twice");
    assertThatThrownBy(() -> arbitration().onDeadlock(Deadlock.PERSON, Deadlock.JUDGE))
        .hasMessageContaining("PERSON last");
    assertThatThrownBy(() -> arbitration().minConfidence(1.1))
        .hasMessage("arbitration.minConfidence must be in [0, 1], got 1.1");
    assertThatThrownBy(() -> Limits.standard().withCalls(0))
        .hasMessage("limits.calls must be at least 1, got 0");
    assertThatThrownBy(() -> Sequential.builder(ballot, List.of()))
        .hasMessageContaining("sequential.agents");
    Ballot strict = Ballot.builder().rule(Consensus.UNANIMOUS).build();
    assertThatThrownBy(() -> Arbitration.builder(panel, strict).sequential(.01).build())
        .hasMessageStartingWith("arbitration.sequential decides by weights, but the rule of the")
        .hasMessageContaining("unanimous");
    assertThatThrownBy(() -> Sequential.builder(strict, List.of("ada")))
        .hasMessageContaining("unanimous");
  }

  @Test
  void a_host_function_that_throws_ends_as_a_rejection_with_its_price() {
    Ballot broken =
        Ballot.builder()
            .equivalence(
                Equivalence.by(
                    reply -> {
                      throw new IllegalStateException("cannot compare");
                    }))
            .build();

    Ruling ruling =
        Arbitration.builder(panel, broken)
            .build()
            .arbitrate(task, List.of(says("ada", "red", "1"), says("bob", "blue", "2")))
            .toCompletableFuture()
            .join();

    assertThat(ruling.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(ruling.spent().usage().cost()).isEqualTo(2);
    assertThat(ruling.steps().toString()).contains("cannot compare");
  }

  @Test
  void work_is_compared_by_its_change() {
    String one =
        "diff --git a/x b/x\nindex 12..34\n@@ -1 +1 @@\n-a\n+b  \ndiff --git a/y b/y\n+c\n";
    String same =
        "diff --git a/y b/y\r\n+c\r\ndiff --git a/x b/x\nindex 99..98\n@@ -7 +7 @@ f\n-a\n+b\n";
    Ballot work = Ballot.builder().equivalence(Equivalence.sameChange(WorkReport::output)).build();
    List<Reply> replies =
        List.of(
            Reply.of("ada", one), Reply.of("bob", same), Reply.of("cy", one.replace("+c", "+d")));

    assertThat(work.decide("fix", replies).options()).hasSize(2);
  }
}
