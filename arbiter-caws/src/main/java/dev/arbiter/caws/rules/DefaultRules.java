/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import static dev.arbiter.caws.rules.Condition.ifPresent;
import static dev.arbiter.caws.rules.Condition.matchesNowhere;
import static dev.arbiter.caws.rules.Condition.required;

import dev.arbiter.caws.rules.Condition.Operator;
import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRule.Principle;
import dev.arbiter.caws.rules.ConstitutionalRule.Remedy;
import dev.arbiter.caws.rules.ConstitutionalRule.RuleSeverity;
import java.util.List;

/** The twelve rules of {@link ConstitutionalRules#defaults()}. */
final class DefaultRules {
  private static final String NUMBER_OF_A_PERSON = "\\b[0-9]{3}-[0-9]{2}-[0-9]{4}\\b";
  private static final List<String> PROTECTED =
      List.of("race", "religion", "gender", "ethnicity", "disability", "sexual_orientation");

  private DefaultRules() {}

  static List<ConstitutionalRule> all() {
    return List.of(
        rule(
            "transparency-operation-audit",
            Principle.TRANSPARENCY,
            RuleSeverity.MEDIUM,
            Remedy.BLOCK,
            Phase.BEFORE,
            "say what kind of work it is",
            required("task.type", Operator.EXISTS, "")),
        rule(
            "transparency-output-explained",
            Principle.TRANSPARENCY,
            RuleSeverity.LOW,
            Remedy.LOG,
            Phase.AFTER,
            "let the agent say what it did",
            required("report.output", Operator.NOT_EQUALS, "")),
        rule(
            "accountability-spec-bound",
            Principle.ACCOUNTABILITY,
            RuleSeverity.HIGH,
            Remedy.BLOCK,
            Phase.BEFORE,
            "bind the task to a working spec",
            required("spec.id", Operator.NOT_EQUALS, "")),
        rule(
            "accountability-agent-identified",
            Principle.ACCOUNTABILITY,
            RuleSeverity.HIGH,
            Remedy.BLOCK,
            Phase.AFTER,
            "name the agent that did the work",
            required("agent", Operator.NOT_EQUALS, "")),
        rule(
            "safety-no-dangerous-operations",
            Principle.SAFETY,
            RuleSeverity.CRITICAL,
            Remedy.BLOCK,
            Phase.BEFORE,
            "have a person do this",
            required("task.type", Operator.NOT_IN, List.of("system_delete", "system_restart")),
            ifPresent("operation", Operator.NOT_IN, List.of("system_delete", "system_restart"))),
        rule(
            "safety-resource-limits",
            Principle.SAFETY,
            RuleSeverity.HIGH,
            Remedy.BLOCK,
            Phase.BEFORE,
            "ask for less than 1 GB of memory",
            ifPresent("resources.memory_bytes", Operator.LESS_THAN, 1_000_000_000L)),
        rule(
            "fairness-no-discrimination",
            Principle.FAIRNESS,
            RuleSeverity.CRITICAL,
            Remedy.ESCALATE,
            Phase.BEFORE,
            "decide by nothing that is protected by law",
            ifPresent("decision.criteria", Operator.NOT_CONTAINS, PROTECTED)),
        rule(
            "fairness-priority-in-range",
            Principle.FAIRNESS,
            RuleSeverity.LOW,
            Remedy.ALERT,
            Phase.BEFORE,
            "keep priority 10 for emergencies",
            required("task.priority", Operator.LESS_THAN, 10)),
        rule(
            "privacy-no-pii-logging",
            Principle.PRIVACY,
            RuleSeverity.CRITICAL,
            Remedy.BLOCK,
            Phase.AFTER,
            "leave social security numbers out",
            matchesNowhere("report.output", NUMBER_OF_A_PERSON)),
        rule(
            "privacy-data-retention",
            Principle.PRIVACY,
            RuleSeverity.HIGH,
            Remedy.MODIFY,
            Phase.BEFORE,
            "keep data at most 2555 days",
            ifPresent("data.retention_days", Operator.LESS_THAN_OR_EQUAL, 2555)),
        rule(
            "reliability-timeout",
            Principle.RELIABILITY,
            RuleSeverity.MEDIUM,
            Remedy.ALERT,
            Phase.AFTER,
            "give an agent less than 300000 ms",
            ifPresent("timeout_ms", Operator.LESS_THAN, 300_000)),
        rule(
            "reliability-attempts",
            Principle.RELIABILITY,
            RuleSeverity.LOW,
            Remedy.LOG,
            Phase.AFTER,
            "split a task that takes more than 5 attempts",
            required("attempt", Operator.LESS_THAN_OR_EQUAL, 5)));
  }

  private static ConstitutionalRule rule(
      String id,
      Principle principle,
      RuleSeverity severity,
      Remedy remedy,
      Phase phase,
      String advice,
      Condition... conditions) {
    return new ConstitutionalRule(
        id, principle, severity, remedy, phase, List.of(conditions), advice);
  }
}
