/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Judgement.Ruled;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.GateOutcome;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.GateState;
import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.project.PolicySnapshot;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRule.Remedy;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment.Violation;
import dev.arbiter.caws.rules.Facts;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Applies constitutional rules when tasks are admitted and judged. A broken blocking rule is a
 * failed gate with the rule's id, so a waiver lifts it like any other gate.
 */
record RuleGates(ConstitutionalRules rules) {
  private static final GateRule ALL_KEPT =
      GateRule.ofConstitution("constitutional_rules", Mode.BLOCK, "");

  /** Findings of broken rules; an error for each blocking rule that is not waived. */
  List<Finding> admit(
      Task task, EffectiveSpec effective, WaiverResolver waivers, PolicySnapshot now, Instant at) {
    Assessment found = rules.assess(Phase.BEFORE, task, Facts.of(known(task, effective)), at);
    List<Finding> findings = new ArrayList<>(found.violations().size());
    for (Violation violation : found.violations()) {
      boolean waived =
          violation.rule().remedy().blocks()
              && isWaived(gate(violation), task, effective, waivers, now, at);
      findings.add(finding(violation, waived ? Severity.WARNING : severity(violation)));
    }
    return findings;
  }

  /** Whether a waiver counts. The agent and the uses are checked at the judgement. */
  private static boolean isWaived(
      String gate,
      Task task,
      EffectiveSpec effective,
      WaiverResolver waivers,
      PolicySnapshot now,
      Instant at) {
    var asked =
        new WaiverResolver.Case(effective, now, "", task.tenant(), at, WaiverResolver.Use.none());
    return waivers.rule(asked, Set.of(gate)).counted.stream().anyMatch(w -> w.covers(gate));
  }

  /** Adds the rules that the report breaks. All rules are checked, since the agent is known now. */
  Ruled judge(
      EffectiveSpec effective,
      Assignment assignment,
      WorkReport report,
      Instant at,
      List<GateOutcome> gates,
      EvidenceGates.Failures failures,
      Findings notes) {
    Map<String, Object> facts = known(assignment.task(), effective);
    facts.put("agent", assignment.agent());
    facts.put("attempt", assignment.attempt());
    facts.put("timeout_ms", assignment.timeLimit().toMillis());
    facts.put("report.output", report.output());
    facts.put("report.files", report.changes().size());
    facts.put("report.lines", report.changes().stream().mapToLong(FileChange::lines).sum());
    facts.put("report.paths", report.changes().stream().map(FileChange::path).toList());
    facts.put("usage.cost", report.usage().cost());
    facts.put("usage.tokens", report.usage().inputTokens() + report.usage().outputTokens());
    Assessment found = rules.assess(Phase.AFTER, assignment.task(), Facts.of(facts), at);
    if (found.violations().isEmpty()) {
      gates.add(ALL_KEPT.as(GateState.PASSED));
    }
    for (Violation violation : found.violations()) {
      Remedy remedy = violation.rule().remedy();
      GateRule gate =
          GateRule.ofConstitution(
              gate(violation), remedy.blocks() ? Mode.BLOCK : Mode.WARN, violation.rule().id());
      gates.add(gate.as(GateState.FAILED));
      if (remedy.blocks()) {
        failures.addAll(gate, List.of(finding(violation, Severity.ERROR)));
      } else {
        notes.add(finding(violation, severity(violation)));
      }
    }
    return new Ruled(found.rules(), found.violations().size());
  }

  private static Map<String, Object> known(Task task, EffectiveSpec effective) {
    Map<String, Object> facts = new HashMap<>();
    facts.put("task.type", task.type());
    facts.put("task.tenant", task.tenant());
    facts.put("task.priority", task.priority());
    facts.put("task.payload", task.payload());
    facts.put("spec.id", effective.spec().id());
    facts.put("spec.tier", effective.spec().tier());
    facts.put("spec.mode", effective.spec().mode());
    task.deadline().ifPresent(deadline -> facts.put("task.deadline_ms", deadline.toMillis()));
    return facts;
  }

  private static String gate(Violation violation) {
    return Ids.gate(violation.rule().id());
  }

  private static Severity severity(Violation violation) {
    return switch (violation.rule().remedy()) {
      case LOG -> Severity.INFO;
      case ALERT -> Severity.WARNING;
      default -> Severity.ERROR;
    };
  }

  private static Finding finding(Violation violation, Severity severity) {
    String message = Sanitizer.text(violation.reason() + "; " + violation.rule().advice(), 300);
    return new Finding("constitution." + violation.rule().id(), severity, "", message);
  }
}
