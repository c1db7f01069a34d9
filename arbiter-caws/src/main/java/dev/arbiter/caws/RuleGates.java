/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Judgement.Ruled;
import dev.arbiter.caws.WaiverResolver.Case;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.GateOutcome;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.GateState;
import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRule.Remedy;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment.Violation;
import dev.arbiter.caws.rules.Facts;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Approval;
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
final class RuleGates {
  private static final GateRule ALL_KEPT =
      GateRule.ofConstitution("constitutional_rules", Mode.BLOCK, "");

  private final ConstitutionalRules rules;

  /* The rules that escalate, without the listener: it has its assessment from the judgement. */
  private final ConstitutionalRules escalating;

  RuleGates(ConstitutionalRules rules) {
    this.rules = rules;
    this.escalating = rules.only(Remedy.ESCALATE);
  }

  /**
   * The broken rules of a task before the work.
   *
   * @param findings an error for each that blocks, is not waived, and no person may approve
   * @param escalated those that a person must approve
   */
  record Broken(List<Finding> findings, List<Violation> escalated) {}

  /** Evaluates the rules before the work. */
  Broken admit(Task task, EffectiveSpec effective, WaiverResolver waivers, Case asked) {
    Assessment found =
        rules.assess(Phase.BEFORE, task, Facts.of(known(task, effective)), asked.at());
    List<Finding> findings = new ArrayList<>(found.violations().size());
    List<Violation> escalated = escalated(found, waivers, asked);
    for (Violation violation : found.violations()) {
      boolean passes =
          violation.rule().remedy().blocks()
              && (escalated.contains(violation) || isWaived(violation, waivers, asked));
      findings.add(finding(violation, passes ? Severity.WARNING : severity(violation), ""));
    }
    return new Broken(findings, escalated);
  }

  /** The broken rules that a person must approve, because no waiver lifts them. */
  static List<Violation> escalated(Assessment found, WaiverResolver waivers, Case asked) {
    List<Violation> escalated = new ArrayList<>(0);
    for (Violation violation : found.violations()) {
      if (violation.rule().remedy() == Remedy.ESCALATE && !isWaived(violation, waivers, asked)) {
        escalated.add(violation);
      }
    }
    return escalated;
  }

  private static boolean isWaived(Violation violation, WaiverResolver waivers, Case asked) {
    String gate = gate(violation);
    return waivers.rule(asked, Set.of(gate)).counted.stream().anyMatch(w -> w.covers(gate));
  }

  /** Evaluates all rules, since the agent is known now. */
  Assessment assess(EffectiveSpec effective, Assignment assignment, WorkReport report, Instant at) {
    return rules.assess(Phase.AFTER, assignment.task(), known(effective, assignment, report), at);
  }

  /** Whether some rule may want a person. */
  boolean mayEscalate() {
    return !escalating.rules().isEmpty();
  }

  /** Evaluates the rules that escalate, as a judgement will. */
  Assessment assessEscalating(
      EffectiveSpec effective, Assignment assignment, WorkReport report, Instant at) {
    return escalating.assess(
        Phase.AFTER, assignment.task(), known(effective, assignment, report), at);
  }

  private static Facts known(EffectiveSpec effective, Assignment assignment, WorkReport report) {
    Map<String, Object> facts = known(assignment.task(), effective);
    facts.put("agent", assignment.agent());
    facts.put("attempt", assignment.attempt());
    facts.put("timeout_ms", assignment.timeLimit().toMillis());
    facts.put("report.output", report.output());
    facts.put("report.files", report.changes().size());
    facts.put("report.lines", report.changes().stream().mapToLong(FileChange::lines).sum());
    List<String> paths = new ArrayList<>();
    report.changes().forEach(change -> paths.add(change.path()));
    paths.addAll(ChangeSet.movedFrom(report));
    facts.put("report.paths", paths);
    facts.put("usage.cost", report.usage().cost());
    facts.put("usage.tokens", report.usage().inputTokens() + report.usage().outputTokens());
    return Facts.of(facts);
  }

  /** Adds the rules that the report breaks. One that a person approved is a warning. */
  static Ruled judge(
      Assessment found,
      Referral.Hearing hearing,
      List<GateOutcome> gates,
      EvidenceGates.Failures failures,
      Findings notes) {
    if (found.violations().isEmpty()) {
      gates.add(ALL_KEPT.as(GateState.PASSED));
    }
    for (Violation violation : found.violations()) {
      Remedy remedy = violation.rule().remedy();
      Approval approved = remedy == Remedy.ESCALATE ? hearing.approvalOf(violation) : null;
      boolean blocks = remedy.blocks() && approved == null;
      GateRule gate =
          GateRule.ofConstitution(
              gate(violation), blocks ? Mode.BLOCK : Mode.WARN, violation.rule().id());
      gates.add(gate.as(GateState.FAILED));
      if (blocks) {
        failures.addAll(gate, List.of(finding(violation, Severity.ERROR, "")));
      } else if (approved != null) {
        String by = "; approved by '" + approved.answer().by() + "'";
        notes.add(finding(violation, Severity.WARNING, by));
      } else {
        notes.add(finding(violation, severity(violation), ""));
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

  private static Finding finding(Violation violation, Severity severity, String note) {
    String message = Sanitizer.text(violation.reason() + "; " + violation.rule().advice(), 300);
    return new Finding("constitution." + violation.rule().id(), severity, "", message + note);
  }
}
