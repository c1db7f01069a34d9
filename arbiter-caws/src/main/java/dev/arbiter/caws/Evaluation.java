/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Judgement.Outcome;
import dev.arbiter.caws.Judgement.Ruled;
import dev.arbiter.caws.WaiverResolver.Ruling;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.GateOutcome;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.GateState;
import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.project.PolicySnapshot;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment.Violation;
import dev.arbiter.task.Finding;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Judges one report: looks at everything once, then resolves waivers if a gate blocks. */
final class Evaluation {
  private final EffectiveSpec effective;
  private final Assignment assignment;
  private final WorkReport report;
  private final Instant time;
  private final BudgetCheck check;
  private final Findings notes = new Findings();
  private final Findings people = new Findings();
  private final EvidenceGates.Failures failures = new EvidenceGates.Failures(notes);
  private final List<GateOutcome> gates;
  private List<Waiver> applied = List.of();
  private List<WaiverResolver.Skipped> skipped = List.of();

  /* Of each gate that blocks, why the waivers for it do not count; the end of a sentence. */
  private final Map<String, String> whySkipped = new HashMap<>();
  private Ruled ruled = Ruled.NONE;

  Evaluation(EffectiveSpec effective, Assignment assignment, WorkReport report, Instant time) {
    this.effective = effective;
    this.assignment = assignment;
    this.report = report;
    this.time = time;
    this.check = new BudgetCheck(effective, report.changes(), ChangeSet.movedFrom(report));
    this.gates = new ArrayList<>(effective.policy().gates().size());
  }

  /**
   * What decides about waivers, as it is when the gates have run: they may have taken long, and a
   * waiver may have been revoked or have expired meanwhile.
   *
   * @param since from when on a use in the ledger is that of a process which judged this attempt
   */
  record Lifting(
      WaiverResolver waivers, Instant since, Supplier<PolicySnapshot> policy, InstantSource clock) {

    /** What a waiver is asked for. */
    WaiverResolver.Case asked(EffectiveSpec effective, Assignment assignment, Instant at) {
      return new WaiverResolver.Case(
          effective,
          policy.get(),
          assignment.agent(),
          assignment.task().tenant(),
          at,
          WaiverResolver.Use.of(assignment, since));
    }
  }

  Judgement decide(
      HostGates hostGates, @Nullable RuleGates ruleGates, Referral referral, Lifting lifting) {
    look(hostGates);
    hear(ruleGates, referral, lifting);
    if (!failures.blocked().isEmpty() && !lift(lifting)) {
      lift(lifting); // another judgement took the last use of a waiver in between: rule again
    }
    return conclude();
  }

  /** The rules, and what people decided about them and about the risk. No waiver lifts a denial. */
  private void hear(@Nullable RuleGates ruleGates, Referral referral, Lifting lifting) {
    if (ruleGates == null) {
      referral.hear(assignment, report, effective.spec(), List.of()).decide(people, notes);
      return;
    }
    Assessment found = ruleGates.assess(effective, assignment, report, time);
    List<Violation> escalated =
        ruleGates.mayEscalate() && !found.violations().isEmpty()
            ? RuleGates.escalated(
                found, lifting.waivers, lifting.asked(effective, assignment, time))
            : List.of();
    Referral.Hearing hearing = referral.hear(assignment, report, effective.spec(), escalated);
    ruled = RuleGates.judge(found, hearing, gates, failures, notes);
    hearing.decide(people, notes);
  }

  private void look(HostGates hostGates) {
    EvidenceGates others = new EvidenceGates(hostGates, assignment, report);
    List<GateRule> rules = effective.policy().gates();
    for (int i = 0; i < rules.size(); i++) {
      GateRule gate = rules.get(i);
      switch (gate.name()) {
        case GateRule.SPEC -> kernel(gate, true);
        case GateRule.SCOPE -> {
          kernel(gate, check.isInScope());
          check.scope(gate, failures);
        }
        case GateRule.BUDGET -> {
          kernel(gate, check.budget().isKept());
          check.budget(gate, failures, notes);
        }
        default -> others.evaluate(gate, gates, failures);
      }
    }
    for (int i = 0; i < hostGates.gates().size(); i++) {
      GateRule gate = hostGates.gates().get(i);
      if (!effective.policy().names(gate.name())) {
        others.evaluate(gate, gates, failures);
      }
    }
    notes.addAll(effective.warnings());
  }

  private void kernel(GateRule gate, boolean kept) {
    GateState state =
        gate.mode() == Mode.SKIP ? GateState.SKIPPED : kept ? GateState.PASSED : GateState.FAILED;
    gates.add(gate.as(state));
  }

  /** False when another judgement took a use that this one counted on; then nothing is lifted. */
  private boolean lift(Lifting lifting) {
    Set<String> wanted = failures.blocked().keySet();
    Instant clock = lifting.clock.instant();
    Instant at = clock.isAfter(time) ? clock : time; // a clock set back revives no waiver
    WaiverResolver waivers = lifting.waivers;
    WaiverResolver.Case asked = lifting.asked(effective, assignment, at);
    Ruling ruling = waivers.rule(asked, wanted);
    List<Waiver> needed = new ArrayList<>();
    List<String> lifted = new ArrayList<>();
    for (String gate : wanted) {
      List<Waiver> covering = BudgetCheck.covering(gate, ruling);
      if (!covering.isEmpty() && (!gate.equals(GateRule.BUDGET) || check.raise(covering))) {
        lifted.add(gate);
      }
      covering.stream().filter(w -> !needed.contains(w)).forEach(needed::add);
    }
    skipped = ruling.skipped;
    whySkipped.clear();
    wanted.stream()
        .filter(gate -> !lifted.contains(gate))
        .forEach(gate -> whySkipped.put(gate, ruling.told(gate)));
    boolean passes = lifted.size() == wanted.size() && !isDeniedAnyway();
    if (passes && !waivers.take(needed, asked.use())) {
      return false;
    }
    applied = needed;
    lifted.forEach(this::markWaived);
    return true;
  }

  private void markWaived(String gate) {
    for (int i = 0; i < gates.size(); i++) {
      GateOutcome outcome = gates.get(i);
      if (outcome.gate().equals(gate)) {
        gates.set(i, outcome.waived());
      }
    }
  }

  private Judgement conclude() {
    boolean denied = isDeniedAnyway();
    Findings all = notes;
    if (denied || !failures.blocked().isEmpty()) {
      all = new Findings();
      all.addAll(people.all());
      all.addAll(check.integrity().all());
      for (Map.Entry<String, Findings> blocked : failures.blocked().entrySet()) {
        String why = whySkipped.getOrDefault(blocked.getKey(), "");
        all.addAll(explained(blocked.getValue().all(), why));
      }
      all.addAll(notes.all());
      denied |= !allLifted();
    }
    Outcome outcome =
        denied ? Outcome.DENIED : applied.isEmpty() ? Outcome.APPROVED : Outcome.WAIVED;
    List<Finding> findings = all.all();
    return new Judgement(
        assignment,
        report,
        time,
        effective.spec().id(),
        effective.policy().digest(),
        outcome,
        findings,
        gates,
        check.budget(),
        GateCounts.of(gates, check.budget(), findings, ruled),
        applied,
        skipped);
  }

  /** The findings of a gate; the first says why the waivers that were meant for it do not count. */
  private static List<Finding> explained(List<Finding> found, String why) {
    if (why.isEmpty() || found.isEmpty()) {
      return found;
    }
    List<Finding> explained = new ArrayList<>(found);
    Finding first = found.get(0);
    explained.set(
        0,
        new Finding(
            first.ruleId(), first.severity(), first.place(), first.line(), first.message() + why));
    return explained;
  }

  /** Whether something denies that no waiver lifts. */
  private boolean isDeniedAnyway() {
    return people.hasErrors() || check.integrity().hasErrors();
  }

  private boolean allLifted() {
    for (GateOutcome outcome : gates) {
      boolean passes = outcome.state() != GateState.FAILED && outcome.state() != GateState.MISSING;
      if (outcome.mode() == Mode.BLOCK && !passes) {
        return false;
      }
    }
    return true;
  }
}
