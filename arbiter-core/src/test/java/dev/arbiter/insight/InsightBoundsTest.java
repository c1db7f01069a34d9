/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.insight.AgentInsights.Figures;
import dev.arbiter.insight.AgentInsights.Relationship;
import dev.arbiter.insight.Recommendation.Kind;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What an insight counts of each event, how much of it, and what it hands on to the next. */
class InsightBoundsTest {
  private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
  private static final Duration DAY = Duration.ofHours(24);

  private final List<Recommendation> offered = new ArrayList<>();
  private Predicate<Recommendation> host = offered::add;
  private Instant now = START;
  private final Insight insight = new Insight(() -> now, sure -> host.test(sure));

  private static Task task(String id) {
    return Task.builder("fix").id(id).tenant("acme").build();
  }

  private Step step(String id, int attempt, String agent) {
    return new Step(task(id), attempt, agent, now, 0);
  }

  private static TaskResult.Completed done(String id, String agent) {
    WorkReport report = WorkReport.of("done").withUsage(Usage.cost(2));
    return new TaskResult.Completed(
        task(id), agent, 1, report, new Verdict.Approved(List.of(), .9, Seal.none()));
  }

  private void completed(String id, String agent) {
    insight.on(new TaskEvent.Concluded(step(id, 1, agent), done(id, agent), 1));
  }

  private static Verdict denied(String... rules) {
    List<Finding> findings =
        Arrays.stream(rules).map(rule -> Finding.error(rule, "", "no")).toList();
    return new Verdict.Denied(findings, Seal.none());
  }

  private void failed(String id, String agent, FailureCause cause, Optional<Verdict> verdict) {
    insight.on(
        new TaskEvent.Routing(
            step(id, 1, agent),
            Optional.of(new AttemptFailure(cause, "because", verdict, Usage.cost(1), ""))));
  }

  private void failed(String id, String agent) {
    failed(id, agent, FailureCause.AGENT_ERROR, Optional.empty());
  }

  private Figures figures(String agent) {
    return insight.report().of(agent).orElseThrow().performance();
  }

  private List<Recommendation> of(Kind kind) {
    return insight.report().recommendations().stream().filter(one -> one.kind() == kind).toList();
  }

  private Insight restored() {
    Insight next = new Insight(() -> now, sure -> false);
    next.restore(insight.snapshot());
    return next;
  }

  @Test
  void a_completed_task_is_a_success_with_its_quality_and_cost() {
    insight.on(new TaskEvent.Executed(step("T-1", 1, "ada"), WorkReport.of("done"), 4_000));
    completed("T-1", "ada");

    Figures figures = figures("ada");
    assertThat(figures.attempts()).isEqualTo(1);
    assertThat(figures.successRate()).isEqualTo(1);
    assertThat(figures.quality()).isEqualTo(.9);
    assertThat(figures.cost()).isEqualTo(2);
    assertThat(figures.latency()).isEqualTo(Duration.ofNanos(4_000));
  }

  @Test
  void a_failure_counts_only_if_it_is_the_agents() {
    failed("T-1", "ada");
    failed("T-2", "ada", FailureCause.QUOTA, Optional.empty());
    failed("T-3", "ada", FailureCause.INTERNAL, Optional.empty());
    failed(
        "T-4",
        "ada",
        FailureCause.DENIED,
        Optional.of(
            new Verdict.Denied(List.of(Finding.error("disk", "", "full")), Seal.none(), true)));
    assertThat(figures("ada").attempts()).isEqualTo(1);
    assertThat(figures("ada").cost()).isEqualTo(1);

    failed("T-5", "ada", FailureCause.DENIED, Optional.of(denied("scope")));
    assertThat(figures("ada").attempts()).isEqualTo(2);
    assertThat(figures("ada").violationRate()).isEqualTo(.5);
  }

  @Test
  void the_first_routing_and_steps_between_count_nothing() {
    insight.on(new TaskEvent.Received(step("T-1", 0, "")));
    insight.on(new TaskEvent.Routing(step("T-1", 0, ""), Optional.empty()));
    insight.on(new TaskEvent.Executing(step("T-1", 1, "ada")));
    insight.on(new AgentEvent.Registered(now, 0, AgentProfile.of("ada")));

    assertThat(insight.report().agents()).isEmpty();
  }

  @Test
  void a_task_that_failed_before_an_agent_was_called_is_no_agents() {
    TaskResult.Failed failed =
        new TaskResult.Failed(
            task("T-1"), FailureCause.AGENT_ERROR, "because", 0, Optional.empty());
    insight.on(new TaskEvent.Concluded(step("T-1", 0, "ada"), failed, 1));
    assertThat(insight.report().agents()).isEmpty();

    insight.on(new TaskEvent.Concluded(step("T-1", 1, "ada"), failed, 1));
    assertThat(figures("ada").successRate()).isZero();
  }

  @Test
  void of_several_at_once_work_that_passed_was_good_though_another_was_kept() {
    Verdict passed = new Verdict.Approved(List.of(), .9, Seal.none());
    insight.on(
        new TaskEvent.AttemptEnded(
            step("T-1", 1, "ada"),
            new AttemptFailure(FailureCause.SUPERSEDED, "other", Optional.of(passed)),
            TaskState.EXECUTING));
    insight.on(
        new TaskEvent.AttemptEnded(
            step("T-1", 2, "bob"),
            new AttemptFailure(FailureCause.DENIED, "no", Optional.of(denied("scope"))),
            TaskState.EXECUTING));
    insight.on(
        new TaskEvent.AttemptEnded(
            step("T-1", 3, "cyd"),
            new AttemptFailure(FailureCause.SUPERSEDED, "other", Optional.empty()),
            TaskState.EXECUTING));

    assertThat(figures("ada").quality()).isEqualTo(.9);
    assertThat(figures("bob").violationRate()).isEqualTo(1);
    assertThat(insight.report().of("cyd")).isEmpty();
  }

  @Test
  void a_retired_agent_is_forgotten() {
    completed("T-1", "ada");
    insight.on(new AgentEvent.Retired(now, 0, "ada"));

    assertThat(insight.report().of("ada")).isEmpty();
  }

  @Test
  void an_agent_follows_the_one_that_failed_last_at_the_same_task() {
    failed("T-1", "ada");
    failed("T-1", "bob");
    completed("T-1", "cyd");
    completed("T-1", "dan");
    failed("T-2", "ada");
    failed("T-2", "ada");

    assertThat(insight.report().of("bob").orElseThrow().relationships())
        .containsExactly(new Relationship("ada", 1, 0));
    assertThat(insight.report().of("cyd").orElseThrow().relationships())
        .containsExactly(new Relationship("bob", 1, 1));
    assertThat(insight.report().of("dan").orElseThrow().relationships())
        .as("the task had ended")
        .isEmpty();
    assertThat(insight.report().of("ada").orElseThrow().relationships())
        .as("nobody follows itself")
        .isEmpty();
  }

  @Test
  void what_is_a_day_old_counts_and_what_is_older_does_not() {
    completed("T-1", "ada");
    now = START.plus(DAY);
    assertThat(figures("ada").attempts()).isEqualTo(1);
    now = now.plusMillis(1);
    assertThat(figures("ada").attempts()).isZero();
  }

  @Test
  void at_1250_agents_those_that_were_used_longest_ago_go() {
    for (int i = 0; i < 1_249; i++) {
      now = START.plusMillis(i);
      completed("T-" + i, "agent-" + i);
    }
    assertThat(insight.report().agents()).hasSize(1_249);

    now = START.plusMillis(1_249);
    completed("T-1249", "agent-1249");

    assertThat(insight.report().agents()).hasSize(1_000);
    assertThat(insight.report().of("agent-249")).isEmpty();
    assertThat(insight.report().of("agent-250")).isPresent();
    assertThat(insight.report().of("agent-1249")).isPresent();
  }

  @Test
  void a_denial_has_at_most_eight_rules_and_each_once() {
    String[] rules = {"r1", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"};
    for (int i = 0; i < 5; i++) {
      for (String agent : List.of("ada", "bob")) {
        failed("T-" + i, agent, FailureCause.DENIED, Optional.of(denied(rules)));
      }
    }

    assertThat(of(Kind.POLICY)).extracting(Recommendation::subject).hasSize(8).contains("r1", "r8");
    assertThat(of(Kind.POLICY).get(0).evidence())
        .containsExactly("it denied 10 of 10 works, of 2 agents");
  }

  @Test
  void a_warning_in_a_denial_is_no_rule_that_denied() {
    Verdict mixed =
        new Verdict.Denied(
            List.of(Finding.warning("soft", "", "hm"), Finding.error("hard", "", "no")),
            Seal.none());
    for (int i = 0; i < 5; i++) {
      failed("T-" + i, i == 0 ? "ada" : "bob", FailureCause.DENIED, Optional.of(mixed));
    }

    assertThat(of(Kind.POLICY)).extracting(Recommendation::subject).containsExactly("hard");
  }

  @Test
  void works_that_were_never_judged_do_not_speak_for_a_rule() {
    for (int i = 0; i < 2; i++) {
      failed("D-" + i, i == 0 ? "ada" : "bob", FailureCause.DENIED, Optional.of(denied("r")));
    }
    for (int i = 0; i < 8; i++) {
      failed("F-" + i, "ada");
    }
    assertThat(of(Kind.POLICY)).as("two were judged, which is too few").isEmpty();

    for (int i = 0; i < 3; i++) {
      completed("T-" + i, "cyd");
    }
    assertThat(of(Kind.POLICY).get(0).evidence())
        .containsExactly("it denied 2 of 5 works, of 2 agents");
  }

  /** A rule is named by the constitution, with any text. */
  @Test
  void a_rule_with_a_long_name_is_kept_cut() {
    String rule = "r".repeat(100_000);
    for (int i = 0; i < 5; i++) {
      failed("T-" + i, i == 0 ? "ada" : "bob", FailureCause.DENIED, Optional.of(denied(rule)));
    }

    assertThat(of(Kind.POLICY))
        .extracting(Recommendation::subject)
        .containsExactly("r".repeat(256) + "...");
    assertThat(restored().report().recommendations()).isEqualTo(insight.report().recommendations());
  }

  @Test
  void a_state_is_forgotten_ten_looks_after_it_was_seen_last() {
    insight.look();
    insight.saw(Kind.SYSTEM, "store", "mend the store", "it is away");
    for (int i = 0; i < 9; i++) {
      assertThat(of(Kind.SYSTEM)).isEmpty();
      insight.look();
    }
    for (int i = 0; i < 6; i++) {
      insight.look();
      insight.saw(Kind.RESOURCE, "store", "give it more", "it is full");
    }

    assertThat(of(Kind.SYSTEM)).isEmpty();
    assertThat(of(Kind.RESOURCE).get(0).evidence())
        .as("the last words count")
        .containsExactly("it is full, in 6 of 10 looks");
  }

  @Test
  void a_state_that_is_seen_twice_in_one_look_counts_once() {
    for (int i = 0; i < 5; i++) {
      insight.look();
      if (i % 2 == 0) {
        insight.saw(Kind.SYSTEM, "store", "mend the store", "it is away");
        insight.saw(Kind.SYSTEM, "store", "mend the store", "it is away");
      }
    }

    assertThat(of(Kind.SYSTEM).get(0).evidence()).containsExactly("it is away, in 3 of 5 looks");
  }

  private void surelyBad(String agent) {
    for (int i = 0; i < 5; i++) {
      failed(agent + i, agent);
    }
  }

  @Test
  void the_host_is_offered_what_is_sure_once_in_five_minutes() {
    surelyBad("ada");
    insight.offer();
    insight.offer();
    now = now.plus(Duration.ofMinutes(5)).minusNanos(1);
    insight.offer();
    assertThat(offered).hasSize(1);

    now = now.plusNanos(1);
    insight.offer();

    assertThat(offered).hasSize(2);
    assertThat(insight.report().applied()).isEqualTo(offered);
  }

  @Test
  void what_is_not_sure_is_recommended_and_not_offered() {
    for (int i = 0; i < 40; i++) {
      completed("T-" + i, "ada");
    }
    failed("F-1", "ada");
    failed("F-2", "ada");

    insight.offer();

    assertThat(of(Kind.AGENT)).hasSize(1);
    assertThat(offered).isEmpty();
  }

  @Test
  void an_error_of_the_host_means_that_it_has_not_applied() {
    surelyBad("ada");
    host =
        sure -> {
          throw new StackOverflowError("host");
        };

    insight.offer();

    assertThat(insight.report().applied()).isEmpty();
  }

  @Test
  void what_the_host_has_not_applied_is_not_told_as_applied() {
    surelyBad("ada");
    host =
        sure -> {
          offered.add(sure);
          return false;
        };

    insight.offer();

    assertThat(offered).hasSize(1);
    assertThat(insight.report().applied()).isEmpty();
  }

  @Test
  void two_hundred_states_are_watched() {
    for (int look = 0; look < 5; look++) {
      insight.look();
      for (int i = 0; i < 200; i++) {
        insight.saw(Kind.SYSTEM, "part-" + i, "mend it", "it is away");
      }
    }

    assertThat(of(Kind.SYSTEM)).hasSize(200);
  }

  @Test
  void the_last_hundred_that_were_applied_are_told() {
    surelyBad("ada");
    for (int i = 0; i < 105; i++) {
      insight.offer();
      now = now.plus(Duration.ofMinutes(5));
    }

    assertThat(offered).hasSize(105);
    assertThat(insight.report().applied()).isEqualTo(offered.subList(5, 105));
  }

  @Test
  void the_surest_comes_first_and_each_agent_has_its_own() {
    surelyBad("bob");
    for (int i = 0; i < 40; i++) {
      completed("T-" + i, "ada");
    }
    failed("F-1", "ada");
    failed("F-2", "ada");

    InsightReport report = insight.report();
    assertThat(report.recommendations())
        .isSortedAccordingTo((one, other) -> Double.compare(other.confidence(), one.confidence()));
    assertThat(report.of("ada").orElseThrow().recommendations())
        .allMatch(one -> one.subject().equals("ada") || one.text().contains("'ada'"))
        .hasSize(2);
    assertThat(report.at()).isEqualTo(now);
  }

  @Test
  void only_known_work_can_be_rated_and_the_newest_under_its_id() {
    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 5))).isFalse();
    completed("T-1", "ada");
    completed("T-1", "bob");

    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 4))).isTrue();
    assertThat(insight.rate(new Rating("beta", "T-1", "eve", 4))).isFalse();
    assertThat(figures("bob").rating()).isEqualTo(4);
    assertThat(figures("ada").ratings()).isZero();
    assertThatThrownBy(() -> insight.rate(new Rating("acme", "T-1", "bob", 5)))
        .hasMessage("agent 'bob' cannot rate its own work at task 'T-1'");
  }

  @Test
  void a_task_has_at_most_100_ratings() {
    completed("T-1", "ada");
    for (int i = 0; i < 100; i++) {
      assertThat(insight.rate(new Rating("acme", "T-1", "rater-" + i, 3))).isTrue();
    }

    assertThatThrownBy(() -> insight.rate(new Rating("acme", "T-1", "late", 3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("task 'T-1' has 100 ratings, which is enough");
    assertThatThrownBy(() -> insight.rate(new Rating("acme", "T-1", "rater-0", 3)))
        .hasMessageContaining("has rated task 'T-1' before");
  }

  @Test
  void the_last_10_000_works_can_be_rated() {
    completed("T-old", "ada");
    completed("T-kept", "ada");
    for (int i = 0; i < 9_999; i++) {
      insight.completed(done("T-" + i, "ada"));
    }

    assertThat(insight.rate(new Rating("acme", "T-old", "eve", 3))).isFalse();
    assertThat(insight.rate(new Rating("acme", "T-kept", "eve", 3))).isTrue();
    assertThat(insight.rate(new Rating("acme", "T-9998", "eve", 3))).isTrue();
  }

  @Test
  void of_10_000_works_the_newest_under_an_id_is_rated() {
    completed("T-1", "ada");
    for (int i = 0; i < 9_998; i++) {
      insight.completed(done("X-" + i, "cyd"));
    }
    insight.completed(done("T-1", "bob"));

    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 3))).isTrue();
    assertThat(figures("bob").ratings()).isEqualTo(1);
    assertThat(figures("ada").ratings()).isZero();
  }

  @Test
  void new_work_under_an_old_id_may_be_rated_anew() {
    completed("T-1", "ada");
    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 3))).isTrue();
    completed("T-1", "ada");

    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 3))).isTrue();
  }

  @Test
  void the_next_process_knows_the_figures_and_who_has_rated() {
    completed("T-1", "ada");
    failed("T-2", "bob");
    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 3))).isTrue();

    Insight next = restored();

    assertThat(next.report().agents()).isEqualTo(insight.report().agents());
    next.completed(done("T-1", "ada"));
    assertThatThrownBy(() -> next.rate(new Rating("acme", "T-1", "eve", 3)))
        .hasMessageContaining("has rated");
    assertThat(next.durableName()).isEqualTo("arbiter.insight");
  }

  @Test
  void a_snapshot_that_is_cut_anywhere_is_refused_in_words() {
    completed("T-1", "ada");
    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 3))).isTrue();
    byte[] whole = insight.snapshot();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> new Insight(() -> now, sure -> false).restore(cut))
          .as("%s bytes", length)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the snapshot of an insight is damaged");
    }
  }

  /** 3,000 snapshots with one wrong byte: refused, or read, and then there is a report. */
  @Test
  void a_snapshot_that_lies_is_refused_in_words_or_read() {
    completed("T-1", "ada");
    failed("T-2", "bob", FailureCause.DENIED, Optional.of(denied("scope")));
    failed("T-2", "ada");
    assertThat(insight.rate(new Rating("acme", "T-1", "eve", 3))).isTrue();
    byte[] whole = insight.snapshot();
    SplittableRandom random = new SplittableRandom(47);
    int read = 0;
    for (int i = 0; i < 3_000; i++) {
      byte[] wrong = whole.clone();
      wrong[random.nextInt(wrong.length)] = (byte) random.nextInt();
      Insight next = new Insight(() -> now, sure -> false);
      try {
        next.restore(wrong);
      } catch (IllegalArgumentException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
        continue;
      }
      assertThat(next.report().at()).isEqualTo(now);
      read++;
    }

    assertThat(read).as("some are read").isBetween(1, 2_999);
  }

  @Test
  void a_snapshot_of_another_version_is_refused_by_its_number() {
    assertThatThrownBy(() -> insight.restore(new byte[] {2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an insight of version 2 is not known");
  }

  @Test
  void values_keep_nothing_their_maker_can_change() {
    List<String> evidence = new ArrayList<>(List.of("seen"));
    Recommendation one = new Recommendation(Kind.AGENT, "ada", "look", evidence, .9);
    List<Recommendation> all = new ArrayList<>(List.of(one));
    InsightReport report = new InsightReport(List.of(), all, all, now);

    evidence.clear();
    all.clear();

    assertThat(one.evidence()).containsExactly("seen");
    assertThat(report.recommendations()).containsExactly(one);
    assertThat(report.applied()).containsExactly(one);
    assertThat(report.of("ada")).isEmpty();
  }

  @Test
  void a_rating_has_one_to_five_stars_of_somebody_for_something() {
    assertThat(new Rating("acme", "T-1", "eve", 1).stars()).isEqualTo(1);
    assertThat(new Rating("acme", "T-1", "eve", 5).stars()).isEqualTo(5);
    assertThatThrownBy(() -> new Rating("acme", "T-1", "eve", 0)).hasMessageContaining("got 0");
    assertThatThrownBy(() -> new Rating("acme", "T-1", "eve", 6)).hasMessageContaining("got 6");
    assertThatThrownBy(() -> new Rating("acme", "T-1", " eve", 1))
        .hasMessageContaining("rating.rater");
    assertThatThrownBy(() -> new Rating("", "T-1", "eve", 1)).hasMessageContaining("rating.tenant");
    assertThatThrownBy(() -> new Rating("acme", "", "eve", 1)).hasMessageContaining("rating.task");
  }
}
