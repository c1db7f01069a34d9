/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.rules.Condition;
import dev.arbiter.caws.rules.Condition.Operator;
import dev.arbiter.caws.rules.ConstitutionalRule;
import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRule.Principle;
import dev.arbiter.caws.rules.ConstitutionalRule.Remedy;
import dev.arbiter.caws.rules.ConstitutionalRule.RuleSeverity;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment;
import dev.arbiter.task.Admission;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleGatesTest {
  private static final String PII = "the number is 123-45-6789";
  private static final String PII_WAIVER =
      WAIVER.replace("gates: [budget_limit]", "gates: [privacy-no-pii-logging]");

  private final List<Assessment> told = new ArrayList<>();

  private Caws.Builder caws() {
    return Fixtures.caws().rules(ConstitutionalRules.defaults().listener(told::add));
  }

  private static Task of(String type) {
    return Task.builder(type).id("T-1").spec(SpecRef.text(SPEC)).build();
  }

  private static WorkReport saying(String output) {
    WorkReport good = goodReport();
    return new WorkReport(output, good.changes(), good.evidence(), good.usage());
  }

  private static ConstitutionalRules one(Remedy remedy, Phase phase) {
    return ConstitutionalRules.of(
        List.of(
            new ConstitutionalRule(
                "my-rule",
                Principle.SAFETY,
                RuleSeverity.HIGH,
                remedy,
                phase,
                List.of(Condition.ifPresent("task.type", Operator.EQUALS, "good")),
                "do it well")));
  }

  @Test
  void there_are_twelve_defaults_for_all_six_principles() {
    List<ConstitutionalRule> defaults = ConstitutionalRules.defaults().rules();
    Set<Principle> principles = new HashSet<>();
    defaults.forEach(rule -> principles.add(rule.principle()));

    assertThat(defaults).hasSize(12);
    assertThat(principles).containsExactlyInAnyOrder(Principle.values());
  }

  @Test
  void good_work_passes_and_the_verdict_says_the_rules_were_looked_at() {
    Verdict verdict = judge(caws().build(), goodReport());

    assertThat(verdict).isInstanceOf(Verdict.Approved.class);
    assertThat(verdict.seal().document())
        .contains("\"gate\":\"constitutional_rules\",\"mode\":\"block\",\"state\":\"passed\"}");
    assertThat(told).extracting(Assessment::score).containsOnly(100);
  }

  @Test
  void a_rule_about_paths_sees_the_old_path_of_a_renamed_file() {
    List<String> shut = List.of("src/old");
    ConstitutionalRules rules =
        ConstitutionalRules.of(
            List.of(
                new ConstitutionalRule(
                    "my-rule",
                    Principle.SAFETY,
                    RuleSeverity.HIGH,
                    Remedy.BLOCK,
                    Phase.AFTER,
                    List.of(Condition.ifPresent("report.paths", Operator.NOT_CONTAINS, shut)),
                    "leave it")));
    WorkReport moved = ChangeSet.parse("0\t0\t\0src/old\0src/new\0").in(goodReport());

    assertThat(judge(Fixtures.caws().rules(rules).build(), goodReport()).passed()).isTrue();
    assertThat(judge(Fixtures.caws().rules(rules).build(), moved).passed()).isFalse();
  }

  @Test
  void a_dangerous_operation_is_refused_before_the_work() {
    Admission admission = caws().build().admit(of("system_delete"));

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).containsExactly("constitution.safety-no-dangerous-operations");
    assertThat(told.get(0).score()).isEqualTo(50);
    assertThat(told.get(0).phase()).isEqualTo(Phase.BEFORE);
  }

  @Test
  void a_hosts_facts_count_and_cannot_replace_what_was_measured() {
    for (Map<String, ?> facts :
        List.of(
            Map.of("resources.memory_bytes", 2_000_000_000L),
            Map.of("data.retention_days", 3000),
            Map.of("operation", "system_restart"))) {
      Caws caws =
          Fixtures.caws().rules(ConstitutionalRules.defaults().facts(task -> facts)).build();
      assertThat(caws.admit(task(SPEC))).as("%s", facts).isInstanceOf(Admission.Refused.class);
    }
    Map<String, ?> escalates = Map.of("decision.criteria", List.of("price", "religion"));
    Caws asking =
        Fixtures.caws().rules(ConstitutionalRules.defaults().facts(task -> escalates)).build();
    assertThat(((Admission.Admitted) asking.admit(task(SPEC))).question()).isPresent();
    Caws lied =
        Fixtures.caws()
            .rules(ConstitutionalRules.defaults().facts(t -> Map.of("task.type", "fine")))
            .build();
    assertThat(lied.admit(of("system_delete"))).isInstanceOf(Admission.Refused.class);
  }

  @Test
  void a_hosts_function_that_throws_refuses() {
    Caws caws =
        Fixtures.caws()
            .rules(
                ConstitutionalRules.defaults()
                    .facts(
                        t -> {
                          throw new IllegalStateException("no facts");
                        }))
            .build();

    assertThat(rules(caws.admit(task(SPEC)))).containsExactly("caws.internal");
  }

  @Test
  void personal_data_in_the_output_is_denied_and_not_repeated() {
    Verdict verdict = judge(caws().build(), saying(PII));

    assertThat(verdict).isInstanceOf(Verdict.Denied.class);
    assertThat(rules(verdict.findings())).contains("constitution.privacy-no-pii-logging");
    assertThat(verdict.seal().document()).doesNotContain("6789");
  }

  @Test
  void a_waiver_lifts_the_rule_it_names_and_nothing_else() {
    ConstitutionalRules two =
        ConstitutionalRules.defaults()
            .with(
                new ConstitutionalRule(
                    "safety-second",
                    Principle.SAFETY,
                    RuleSeverity.LOW,
                    Remedy.BLOCK,
                    Phase.AFTER,
                    List.of(Condition.required("report.output", Operator.EQUALS, "done")),
                    "say done"));

    assertThat(judge(caws().waiver(PII_WAIVER).build(), saying(PII)))
        .isInstanceOf(Verdict.Waived.class);
    assertThat(judge(Fixtures.caws().rules(two).waiver(PII_WAIVER).build(), saying(PII)))
        .isInstanceOf(Verdict.Denied.class);
    for (String other :
        List.of("constitutional_rules", "privacy", "'*'", "privacy-no", "budget_limit")) {
      String waiver = PII_WAIVER.replace("privacy-no-pii-logging", other);
      assertThat(judge(caws().waiver(waiver).build(), saying(PII)))
          .as(other)
          .isInstanceOf(Verdict.Denied.class);
    }
  }

  @Test
  void an_agent_cannot_waive_for_itself_even_what_was_admitted() {
    String waiver =
        WAIVER.replace("gates: [budget_limit]", "gates: [safety-no-dangerous-operations]");
    Caws caws = caws().waiver(waiver).build();
    Task delete = of("system_delete");
    assertThat(caws.admit(delete)).isInstanceOf(Admission.Admitted.class);

    Verdict byOther = caws.judge(assignment(caws, delete, "ada"), goodReport());
    Verdict byApprover = caws.judge(assignment(caws, delete, "grace"), goodReport());

    assertThat(byOther).isInstanceOf(Verdict.Waived.class);
    assertThat(byApprover).isInstanceOf(Verdict.Denied.class);
    assertThat(byApprover.seal().document()).contains("approved_by_the_agent");
  }

  @Test
  void remedies_that_block_refuse_and_the_others_only_say_so() {
    for (Remedy remedy : Remedy.values()) {
      Caws before = Fixtures.caws().rules(one(remedy, Phase.BEFORE)).build();
      Admission admission = before.admit(of("bad"));
      boolean asks = admission instanceof Admission.Admitted a && a.question().isPresent();
      assertThat(asks).as(remedy.name()).isEqualTo(remedy == Remedy.ESCALATE);
      assertThat(asks || admission instanceof Admission.Refused)
          .as(remedy.name())
          .isEqualTo(remedy.blocks());
      assertThat(rules(before.admit(of("bad")))).contains("constitution.my-rule");

      Caws after = Fixtures.caws().rules(one(remedy, Phase.AFTER)).build();
      Verdict verdict = after.judge(assignment(after, of("bad"), "ada"), goodReport());
      assertThat(verdict.passed()).as(remedy.name()).isEqualTo(!remedy.blocks());
      assertThat(rules(verdict.findings())).contains("constitution.my-rule");
    }
  }

  @Test
  void the_score_falls_by_gravity_and_never_below_zero() {
    Caws caws = caws().build();
    judge(caws, saying(PII));
    assertThat(told.get(told.size() - 1).score()).isEqualTo(50);

    List<ConstitutionalRule> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(
          new ConstitutionalRule(
              "rule-" + i,
              Principle.SAFETY,
              RuleSeverity.CRITICAL,
              Remedy.LOG,
              Phase.BEFORE,
              List.of(Condition.required("absent", Operator.EXISTS, "")),
              ""));
    }
    ConstitutionalRules rules = ConstitutionalRules.of(three).listener(told::add);
    Fixtures.caws().rules(rules).build().admit(of("x"));
    assertThat(told.get(told.size() - 1).score()).isZero();
    assertThat(told.get(told.size() - 1).violations().get(0).reason()).contains("missing");
  }

  @Test
  void a_listener_that_throws_changes_no_decision() {
    ConstitutionalRules rules =
        ConstitutionalRules.defaults()
            .listener(
                a -> {
                  throw new IllegalStateException("full");
                });
    Caws caws = Fixtures.caws().rules(rules).build();

    assertThat(judge(caws, goodReport())).isInstanceOf(Verdict.Approved.class);
    assertThat(rules.listenerFailures()).isEqualTo(2);
  }

  @Test
  void an_id_is_there_once() {
    ConstitutionalRules rules = ConstitutionalRules.defaults();

    assertThatThrownBy(() -> rules.with(rules.rules().get(0))).hasMessageContaining("once");
  }
}
