/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.UsageMeter;
import dev.arbiter.caws.rules.Condition;
import dev.arbiter.caws.rules.Condition.Operator;
import dev.arbiter.caws.rules.ConstitutionalRule;
import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRule.Principle;
import dev.arbiter.caws.rules.ConstitutionalRule.Remedy;
import dev.arbiter.caws.rules.ConstitutionalRule.RuleSeverity;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** People decide about tasks of a risk tier, and about rules that escalate. */
class PeopleTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String DENIED = "arbiter.approval.denied";
  private static final String MISSING = "caws.approval.missing";
  private static final String BROKEN = "constitution.ask-first";

  private final List<Assignment> calls = new ArrayList<>();

  private static ConstitutionalRule rule(String id, Remedy remedy, Phase phase, Condition holds) {
    return new ConstitutionalRule(
        id, Principle.SAFETY, RuleSeverity.HIGH, remedy, phase, List.of(holds), "ask a person");
  }

  private static ConstitutionalRule before() {
    Condition holds = Condition.required("task.type", Operator.NOT_EQUALS, "deploy");
    return rule("ask-first", Remedy.ESCALATE, Phase.BEFORE, holds);
  }

  private static ConstitutionalRule after() {
    Condition holds = Condition.required("report.output", Operator.NOT_CONTAINS, "prod");
    return rule("ask-after", Remedy.ESCALATE, Phase.AFTER, holds);
  }

  private static Caws.Builder caws(ConstitutionalRule... rules) {
    return Fixtures.caws().rules(ConstitutionalRules.of(List.of(rules)));
  }

  private static Task.Builder task(String type) {
    return Task.builder(type).id("T-1").payload("do it").spec(SpecRef.text(SPEC));
  }

  private WorkReport done(Assignment assignment) {
    calls.add(assignment);
    WorkReport good = goodReport();
    return new WorkReport("done in prod", good.changes(), good.evidence(), good.usage());
  }

  private Arbiter arbiter(Caws caws, int fallbacks) {
    return Arbiter.builder()
        .constitution(caws)
        .executor(Runnable::run)
        .closeLimit(Duration.ZERO)
        .fallbacks(fallbacks)
        .agent(AgentProfile.of("ada"), this::done)
        .agent(AgentProfile.of("bob"), this::done)
        .build();
  }

  private static ApprovalRequest only(Arbiter arbiter) {
    assertThat(arbiter.approvals().open()).hasSize(1);
    return arbiter.approvals().open().get(0);
  }

  private static void decide(Arbiter arbiter, Answer answer) {
    arbiter.approvals().decide(only(arbiter), answer).toCompletableFuture().join();
  }

  private static TaskResult.Completed completed(TaskHandle handle) throws Exception {
    TaskResult result = handle.await(SOON);
    assertThat(result.summary()).contains("completed");
    return (TaskResult.Completed) result;
  }

  private static Finding finding(Verdict verdict, String rule) {
    return verdict.findings().stream().filter(f -> f.ruleId().equals(rule)).findAny().orElseThrow();
  }

  @Test
  void a_rule_that_escalates_asks_before_the_work_and_once() throws Exception {
    Caws caws = caws(before()).approvalBy(Duration.ofHours(2), "release desk", "on call").build();
    try (Arbiter arbiter = arbiter(caws, 0)) {
      TaskHandle handle = arbiter.submit(task("deploy").build());
      ApprovalRequest request = only(arbiter);
      assertThat(request.point()).isEqualTo(Point.START);
      assertThat(request.question().text()).contains("deploy", "ask-first", "ask a person");
      assertThat(request.question().shown()).isEqualTo("do it");
      assertThat(request.audience()).isEqualTo("release desk");
      assertThat(request.question().time()).isEqualTo(Duration.ofHours(2));
      assertThat(calls).isEmpty();

      decide(arbiter, Answer.approve("eve"));

      Verdict verdict = completed(handle).verdict();
      assertThat(verdict).isInstanceOf(Verdict.Approved.class);
      assertThat(finding(verdict, BROKEN).severity()).isEqualTo(Severity.WARNING);
      assertThat(finding(verdict, BROKEN).message()).endsWith("approved by 'eve'");
      assertThat(verdict.seal().document()).contains("\"approvals\":[{\"by\":\"eve\"");
    }
  }

  @Test
  void a_denial_before_the_work_rejects_the_task() throws Exception {
    try (Arbiter arbiter = arbiter(caws(before()).build(), 0)) {
      TaskHandle handle = arbiter.submit(task("deploy").build());
      decide(arbiter, Answer.deny("eve", "not today"));

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.REJECTED);
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void a_rule_of_the_work_asks_before_the_verdict() throws Exception {
    try (Arbiter arbiter = arbiter(caws(after()).build(), 0)) {
      TaskHandle handle = arbiter.submit(task("fix").build());
      ApprovalRequest request = only(arbiter);
      assertThat(request.point()).isEqualTo(Point.RESULT);
      assertThat(request.question().text()).contains("ask-after", calls.get(0).agent());
      assertThat(request.question().shown()).contains("done in prod", "src/Main.java");

      decide(arbiter, Answer.approve("eve"));

      Verdict verdict = completed(handle).verdict();
      Finding finding = finding(verdict, "constitution.ask-after");
      assertThat(finding.severity()).isEqualTo(Severity.WARNING);
      assertThat(finding.message()).endsWith("approved by 'eve'");
      assertThat(verdict.seal().document())
          .contains("\"decision\":\"APPROVED\"", "\"point\":\"RESULT\"", request.id());
    }
  }

  @Test
  void what_a_person_denied_is_a_sealed_denial() throws Exception {
    Caws caws = Caws.builder().policy(Fixtures.POLICY).approvalAfter(3).build();
    try (Arbiter arbiter = arbiter(caws, 0)) {
      TaskHandle handle = arbiter.submit(task("fix").build());
      decide(arbiter, Answer.deny("eve", "wrong\nplace"));

      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.DENIED);
      Verdict verdict = failed.verdict().orElseThrow();
      assertThat(rules(verdict.findings())).startsWith(DENIED);
      assertThat(verdict.findings().get(0).message()).contains("eve").doesNotContain("\n");
      assertThat(verdict.seal().document()).contains("\"decision\":\"DENIED\"", DENIED);
      assertThat(verdict.seal().signature()).isNotEmpty();
    }
  }

  @Test
  void another_attempt_is_other_work() throws Exception {
    try (Arbiter arbiter = arbiter(caws(after()).build(), 1)) {
      TaskHandle handle = arbiter.submit(task("fix").build());
      String first = only(arbiter).id();
      decide(arbiter, Answer.deny("eve", "no"));

      assertThat(only(arbiter).id()).isNotEqualTo(first);
      decide(arbiter, Answer.approve("kim"));

      Verdict verdict = completed(handle).verdict();
      assertThat(finding(verdict, "constitution.ask-after").message()).endsWith("'kim'");
      assertThat(rules(verdict.findings())).doesNotContain(DENIED);
    }
  }

  @Test
  void risk_tiers_ask_before_and_after_as_declared() throws Exception {
    Caws caws = Fixtures.caws().approvalBefore(2).approvalAfter(2).build();
    try (Arbiter arbiter = arbiter(caws, 0)) {
      TaskHandle handle = arbiter.submit(task("fix").build());
      assertThat(only(arbiter).point()).isEqualTo(Point.START);
      assertThat(only(arbiter).question().text()).contains("FEAT-001", "risk tier 2");
      decide(arbiter, Answer.approve("eve"));
      assertThat(only(arbiter).point()).isEqualTo(Point.RESULT);
      decide(arbiter, Answer.approve("kim"));

      Verdict verdict = completed(handle).verdict();
      assertThat(finding(verdict, "caws.approval.given").message()).contains("kim");
      assertThat(finding(verdict, "caws.approval.given").severity()).isEqualTo(Severity.INFO);
    }
  }

  /** The words of the constitution's question are known; who answers it is not the submitter's. */
  @Test
  void a_submitter_cannot_choose_who_answers_the_constitution() throws Exception {
    Caws caws = Fixtures.caws().approvalBefore(2).approvalBy(Duration.ofHours(1), "lead").build();
    try (Arbiter arbiter = arbiter(caws, 0)) {
      TaskHandle first = arbiter.submit(task("fix").id("T-1").build());
      Question asked = only(arbiter).question();
      assertThat(first.cancel("its words are known now")).isTrue();

      TaskHandle again = arbiter.submit(task("fix").id("T-1").approval(asked.to("me")).build());
      assertThat(only(arbiter).audience()).isEqualTo("me");
      decide(arbiter, Answer.approve("me"));
      assertThat(only(arbiter).audience()).isEqualTo("lead");
      assertThat(calls).isEmpty();
      decide(arbiter, Answer.approve("lead"));
      assertThat(completed(again).agent()).isNotEmpty();
    }
  }

  @Test
  void a_less_risky_tier_asks_nobody() throws Exception {
    Caws caws = Fixtures.caws().approvalBefore(1).approvalAfter(1).build();
    try (Arbiter arbiter = arbiter(caws, 0)) {
      assertThat(completed(arbiter.submit(task("fix").build())).verdict().findings()).isEmpty();
    }
  }

  @Test
  void a_tier_is_one_to_three_and_an_audience_has_time() {
    Caws.Builder builder = Caws.builder();
    for (int tier : new int[] {-1, 0, 4}) {
      assertThatThrownBy(() -> builder.approvalBefore(tier)).hasMessageContaining("got " + tier);
      assertThatThrownBy(() -> builder.approvalAfter(tier)).hasMessageContaining("got " + tier);
    }
    assertThatThrownBy(() -> builder.approvalBy(Duration.ZERO, "desk"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.approvalBy(SOON, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_waiver_decides_in_place_of_a_person() throws Exception {
    String waiver = WAIVER.replace("gates: [budget_limit]", "gates: [ask-first, ask-after]");
    Caws caws = caws(before(), after()).waiver(waiver).build();
    try (Arbiter arbiter = arbiter(caws, 0)) {
      Verdict verdict = completed(arbiter.submit(task("deploy").build())).verdict();

      assertThat(verdict).isInstanceOf(Verdict.Waived.class);
    }
  }

  @Test
  void an_edited_task_is_asked_for_again_with_its_work() throws Exception {
    try (Arbiter arbiter = arbiter(caws(before()).build(), 0)) {
      TaskHandle handle = arbiter.submit(task("deploy").build());
      decide(arbiter, Answer.edit("eve", "do it slowly"));

      assertThat(calls.get(0).task().payload()).isEqualTo("do it slowly");
      assertThat(only(arbiter).point()).isEqualTo(Point.RESULT);
      decide(arbiter, Answer.approve("kim"));
      assertThat(finding(completed(handle).verdict(), BROKEN).message()).endsWith("'kim'");
    }
  }

  @Test
  void the_rules_of_one_task_are_one_question() {
    try (Arbiter arbiter = arbiter(caws(before(), after()).approvalAfter(2).build(), 0)) {
      TaskHandle unused = arbiter.submit(task("deploy").build());
      decide(arbiter, Answer.approve("eve"));

      assertThat(only(arbiter).question().text())
          .contains("ask-after", "risk tier 2")
          .doesNotContain("ask-first");
    }
  }

  /* Judged without an engine. */

  private static final Task FIX = task("fix").build();

  private static Assignment assigned(Caws caws, int attempt, Approval... approvals) {
    Admission.Admitted admitted = (Admission.Admitted) caws.admit(FIX);
    return new Assignment(
        FIX,
        "ada",
        attempt,
        admitted.specDigest(),
        SOON,
        new UsageMeter(),
        List.of(approvals),
        "",
        AgentLink.none(),
        Optional.empty());
  }

  private static WorkReport saying(String output) {
    WorkReport good = goodReport();
    return new WorkReport(output, good.changes(), good.evidence(), good.usage());
  }

  /** A decision about a piece of work, as an engine would keep it. */
  private static Approval about(Caws caws, int attempt, WorkReport report, Answer answer) {
    Assignment work = assigned(caws, attempt);
    Question question = caws.asks(work, report).orElseThrow();
    ApprovalRequest asked =
        ApprovalRequest.result(FIX, attempt, "ada", work.specDigest(), question, report, NOW);
    return new Approval(asked.id(), Point.RESULT, asked.digest(), answer, NOW);
  }

  @Test
  void only_a_decision_about_this_very_work_counts() {
    Caws caws = caws(after()).build();
    WorkReport work = saying("prod");
    Answer yes = Answer.approve("eve");
    Approval right = about(caws, 1, work, yes);
    assertThat(caws.judge(assigned(caws, 1, right), work).passed()).isTrue();

    Approval otherWork = about(caws, 1, saying("prod 2"), yes);
    Approval otherAttempt = about(caws, 2, work, yes);
    Approval otherRules = about(caws(after()).approvalAfter(2).build(), 1, work, yes);
    Approval forged = new Approval(right.request(), Point.RESULT, "sha256:0", yes, NOW);
    Approval none = new Approval("r-0", Point.START, right.digest(), yes, NOW);
    for (Approval wrong : List.of(otherWork, otherAttempt, otherRules, forged, none)) {
      Verdict verdict = caws.judge(assigned(caws, 1, wrong), work);
      assertThat(verdict.passed()).as("%s", wrong).isFalse();
      assertThat(rules(verdict.findings())).contains("constitution.ask-after");
    }
    assertThat(caws.judge(assigned(caws, 1), work).passed()).isFalse();
  }

  @Test
  void a_signed_verdict_says_who_decided_and_a_changed_one_is_refused() {
    Caws caws =
        Caws.builder()
            .policy(Fixtures.POLICY)
            .sources(Fixtures.sources())
            .key(Fixtures.key())
            .approvalAfter(3)
            .build();
    Approval approval = about(caws, 1, goodReport(), Answer.approve("eve"));
    Verdict verdict = caws.judge(assigned(caws, 1, approval), goodReport());
    VerdictVerifier verifier = VerdictVerifier.of(Fixtures.key().publicKey());
    assertThat(verdict.passed()).isTrue();
    assertThat(verifier.verify(verdict).isGenuine()).isTrue();
    Seal seal = verdict.seal();

    for (String[] change :
        new String[][] {
          {"\"by\":\"eve\"", "\"by\":\"bob\""},
          {"\"decision\":\"APPROVED\"", "\"decision\":\"EDITED\""},
          {"\"digest\":\"" + approval.digest(), "\"digest\":\"sha256:0"},
          {"\"request\":\"" + approval.request(), "\"request\":\"r-0"},
          {"\"point\":\"RESULT\"", "\"point\":\"START\""}
        }) {
      String changed = seal.document().replace(change[0], change[1]);
      assertThat(changed).isNotEqualTo(seal.document());
      Seal forged = new Seal(changed, Digests.named(changed), seal.keyId(), seal.signature());
      assertThat(verifier.verify(forged).isGenuine()).as(change[1]).isFalse();
    }
  }

  @Test
  void a_denial_of_this_work_stands_beside_any_waiver() {
    Caws caws =
        Fixtures.caws()
            .approvalAfter(2)
            .waiver(WAIVER)
            .rules(ConstitutionalRules.defaults())
            .build();
    WorkReport large = Fixtures.reportOf(12, 10);
    Answer no = Answer.deny("eve", "no");
    assertThat(caws.judge(assigned(caws, 1, about(caws, 1, large, Answer.approve("eve"))), large))
        .isInstanceOf(Verdict.Waived.class);

    Verdict verdict = caws.judge(assigned(caws, 1, about(caws, 1, large, no)), large);

    assertThat(verdict.passed()).isFalse();
    assertThat(rules(verdict.findings())).startsWith(DENIED);
  }

  @Test
  void who_judges_without_asking_gets_a_denial() {
    Caws after = Fixtures.caws().approvalAfter(2).build();
    assertThat(rules(after.judge(assigned(after, 1), goodReport()).findings())).contains(MISSING);
    Caws before = Fixtures.caws().approvalBefore(2).build();
    assertThat(rules(before.judge(assigned(before, 1), goodReport()).findings())).contains(MISSING);
  }

  @Test
  void an_approval_lifts_no_rule_that_blocks() {
    Condition holds = Condition.required("report.output", Operator.NOT_CONTAINS, "prod");
    Caws caws = caws(after(), rule("never", Remedy.BLOCK, Phase.AFTER, holds)).build();
    WorkReport work = saying("prod");

    Verdict verdict =
        caws.judge(assigned(caws, 1, about(caws, 1, work, Answer.approve("eve"))), work);

    assertThat(verdict.passed()).isFalse();
    assertThat(finding(verdict, "constitution.never").severity()).isEqualTo(Severity.ERROR);
  }

  @Test
  void an_agents_own_waiver_leaves_the_question_open() {
    String waiver = WAIVER.replace("gates: [budget_limit]", "gates: [ask-after]");
    Caws caws = caws(after()).waiver(waiver.replace("grace", "ada")).build();

    assertThat(caws.asks(assigned(caws, 1), saying("prod"))).isPresent();
  }

  @Test
  void asking_is_no_assessment_for_the_listener() {
    List<Assessment> told = new ArrayList<>();
    Caws caws =
        Fixtures.caws().rules(ConstitutionalRules.of(List.of(after())).listener(told::add)).build();
    Assignment work = assigned(caws, 1);
    int before = told.size();

    assertThat(caws.asks(work, saying("prod"))).isPresent();
    assertThat(caws.asks(work, saying("fine"))).isEmpty();

    assertThat(told).hasSize(before);
  }

  @Test
  void facts_that_change_after_the_question_deny() {
    AtomicReference<Map<String, ?>> facts = new AtomicReference<>(Map.of("n", 1));
    Condition holds = Condition.required("n", Operator.EQUALS, 0);
    ConstitutionalRules rules =
        ConstitutionalRules.of(List.of(after(), rule("count", Remedy.ESCALATE, Phase.AFTER, holds)))
            .facts(task -> facts.get());
    Caws caws = Fixtures.caws().rules(rules).build();
    WorkReport work = saying("prod");
    facts.set(Map.of("n", 0));
    Approval ofOne = about(caws, 1, work, Answer.approve("eve"));
    assertThat(caws.judge(assigned(caws, 1, ofOne), work).passed()).isTrue();

    facts.set(Map.of("n", 1));

    assertThat(caws.judge(assigned(caws, 1, ofOne), work).passed()).isFalse();
  }

  @Test
  void a_question_that_cannot_be_made_denies() {
    AtomicBoolean broken = new AtomicBoolean();
    ConstitutionalRules rules =
        ConstitutionalRules.of(List.of(after()))
            .facts(
                task -> {
                  if (broken.get()) {
                    throw new IllegalStateException("no facts");
                  }
                  return Map.of();
                });
    Caws caws = Fixtures.caws().rules(rules).build();
    Assignment work = assigned(caws, 1);
    broken.set(true);

    assertThat(caws.asks(work, saying("prod"))).isEmpty();
    assertThat(rules(caws.judge(work, saying("prod")).findings())).contains("caws.internal");
  }

  @Test
  void many_broken_rules_are_one_question_that_differs_with_each() {
    List<ConstitutionalRule> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Condition holds = Condition.required("fact-" + i, Operator.EXISTS, "");
      many.add(rule("rule-" + i, Remedy.ESCALATE, Phase.AFTER, holds));
    }
    AtomicReference<Map<String, ?>> facts = new AtomicReference<>(Map.of());
    Caws caws =
        Fixtures.caws().rules(ConstitutionalRules.of(many).facts(task -> facts.get())).build();
    String all = caws.asks(assigned(caws, 1), saying("x")).orElseThrow().text();

    facts.set(Map.of("fact-199", 1));

    assertThat(all).hasSizeLessThan(4_000);
    assertThat(caws.asks(assigned(caws, 1), saying("x")).orElseThrow().text()).isNotEqualTo(all);
  }
}
