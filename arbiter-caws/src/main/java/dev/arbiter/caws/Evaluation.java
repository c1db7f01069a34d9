/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Judgement.Budget;
import dev.arbiter.caws.Judgement.Outcome;
import dev.arbiter.caws.Judgement.Ruled;
import dev.arbiter.caws.Policy.Mode;
import dev.arbiter.caws.WaiverResolver.Ruling;
import dev.arbiter.task.Finding;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One report before its charter: looks at everything once, then asks for waivers if need be. */
final class Evaluation {
  private static final int[] NEARLY = {95, 90, 80};

  private final EffectiveSpec charter;
  private final Assignment assignment;
  private final WorkReport report;
  private final Instant time;
  private final Findings integrity = new Findings();
  private final Findings notes = new Findings();
  private final EvidenceGates.Failures failures = new EvidenceGates.Failures(notes);
  private final List<GateOutcome> gates;
  private final List<Waiver> applied = new ArrayList<>(0);
  private List<WaiverResolver.Skipped> skipped = List.of();
  private Budget budget = Budget.NONE;
  private Ruled ruled = Ruled.NONE;

  Evaluation(EffectiveSpec charter, Assignment assignment, WorkReport report, Instant time) {
    this.charter = charter;
    this.assignment = assignment;
    this.report = report;
    this.time = time;
    this.gates = new ArrayList<>(charter.policy().gates().size());
  }

  Judgement decide(
      HostGates checkers, @Nullable RuleGates bylaws, WaiverResolver board, PolicySnapshot now) {
    look(checkers);
    if (bylaws != null) {
      ruled = bylaws.judge(charter, assignment, report, time, gates, failures, notes);
    }
    if (!failures.blocked().isEmpty() && !lift(board, now)) {
      lift(board, now); // another judgement took the last use of a waiver in between: rule again
    }
    return conclude();
  }

  private void look(HostGates checkers) {
    Findings scope = new Findings();
    ChangedPaths changes = ChangedPaths.look(report.changes(), charter, scope, integrity);
    Policy.Tier limit = charter.limit();
    budget = new Budget(limit.files(), limit.lines(), changes.files(), changes.lines());
    EvidenceGates others = new EvidenceGates(checkers, assignment, report);
    List<GateRule> rules = charter.policy().gates();
    for (int i = 0; i < rules.size(); i++) {
      GateRule gate = rules.get(i);
      switch (gate.name()) {
        case GateRule.SPEC -> kernel(gate, true);
        case GateRule.SCOPE -> {
          kernel(gate, !scope.hasErrors());
          enforce(gate, scope);
        }
        case GateRule.BUDGET -> {
          kernel(gate, budget.isKept());
          budgetFindings(gate);
        }
        default -> others.evaluate(gate, gates, failures);
      }
    }
    for (int i = 0; i < checkers.gates().size(); i++) {
      GateRule gate = checkers.gates().get(i);
      if (!charter.policy().names(gate.name())) {
        others.evaluate(gate, gates, failures);
      }
    }
    notes.addAll(charter.warnings());
  }

  private void kernel(GateRule gate, boolean kept) {
    GateState state =
        gate.mode() == Mode.SKIP ? GateState.SKIPPED : kept ? GateState.PASSED : GateState.FAILED;
    gates.add(gate.as(state));
  }

  private void enforce(GateRule gate, Findings found) {
    if (found.hasErrors() && gate.mode() != Mode.SKIP) {
      failures.addAll(gate, found.all());
    }
  }

  private void budgetFindings(GateRule gate) {
    if (gate.mode() == Mode.SKIP) {
      return;
    }
    if (budget.files() > budget.fileLimit()) {
      over(gate, "files", budget.files(), budget.fileLimit());
    }
    if (budget.lines() > budget.lineLimit()) {
      over(gate, "lines", budget.lines(), budget.lineLimit());
    }
    if (budget.isKept()) {
      nearly("files", budget.files(), budget.fileLimit());
      nearly("lines", budget.lines(), budget.lineLimit());
    }
  }

  private void over(GateRule gate, String what, long used, long limit) {
    failures.add(
        gate,
        "policy.budget." + what + "_exceeded",
        "/risk_tiers/" + charter.spec().tier(),
        overMessage(what, used, charter.spec().tier(), limit));
  }

  static String overMessage(String what, long used, int tier, long limit) {
    return used
        + " "
        + what
        + " changed, tier "
        + tier
        + " allows "
        + limit
        + "; split the task, or have a waiver approved";
  }

  /** The step that is reached, in percent; 0 when none is. */
  static int nearly(long used, long limit) {
    for (int percent : NEARLY) {
      if (limit > 0 && used * 100 >= limit * percent) {
        return percent;
      }
    }
    return 0;
  }

  private void nearly(String what, long used, long limit) {
    int percent = nearly(used, limit);
    if (percent > 0) {
      notes.warning(
          "policy.budget." + what + "_nearly_spent",
          "/risk_tiers/" + charter.spec().tier(),
          used + " of " + limit + " " + what + " are used, over " + percent + " %");
    }
  }

  /** False when a use that was counted on was taken meanwhile; then nothing is lifted. */
  private boolean lift(WaiverResolver board, PolicySnapshot now) {
    Set<String> wanted = failures.blocked().keySet();
    var c =
        new WaiverResolver.Case(charter, now, assignment.agent(), assignment.task().tenant(), time);
    Ruling ruling = board.rule(c, wanted);
    List<Waiver> needed = new ArrayList<>();
    List<String> lifted = new ArrayList<>();
    for (String gate : wanted) {
      List<Waiver> covering = covering(gate, ruling);
      if (!covering.isEmpty() && (!gate.equals(GateRule.BUDGET) || raise(covering))) {
        lifted.add(gate);
      }
      covering.stream().filter(w -> !needed.contains(w)).forEach(needed::add);
    }
    skipped = ruling.skipped;
    boolean stands = lifted.size() == wanted.size() && !integrity.hasErrors();
    if (stands && !board.take(needed, assignment.agent(), assignment.task().id())) {
      return false;
    }
    applied.addAll(needed);
    lifted.forEach(this::markWaived);
    return true;
  }

  private static List<Waiver> covering(String gate, Ruling ruling) {
    List<Waiver> covering = new ArrayList<>();
    for (Waiver waiver : ruling.counted) {
      boolean covers = waiver.covers(gate);
      if (covers && gate.equals(GateRule.BUDGET) && !waiver.raisesBudget()) {
        ruling.skip(waiver, "no_delta");
      } else if (covers) {
        covering.add(waiver);
      }
    }
    return covering;
  }

  private boolean raise(List<Waiver> waivers) {
    long files = charter.limit().files();
    long lines = charter.limit().lines();
    for (Waiver waiver : waivers) {
      files += waiver.files();
      lines += waiver.lines();
    }
    budget = new Budget(files, lines, budget.files(), budget.lines());
    return budget.isKept();
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
    boolean denied = integrity.hasErrors();
    Findings all = notes;
    if (denied || !failures.blocked().isEmpty()) {
      all = new Findings();
      all.addAll(integrity.all());
      for (Findings found : failures.blocked().values()) {
        all.addAll(found.all());
      }
      all.addAll(notes.all());
      denied |= !allLifted();
    }
    Outcome outcome =
        denied ? Outcome.DENIED : applied.isEmpty() ? Outcome.APPROVED : Outcome.WAIVED;
    List<Finding> findings = all.all();
    return new Judgement(
        assignment,
        report.changes(),
        time,
        charter.spec().id(),
        charter.policy().digest(),
        outcome,
        findings,
        gates,
        budget,
        GateCounts.of(gates, budget, findings, ruled),
        applied,
        skipped);
  }

  private boolean allLifted() {
    for (GateOutcome outcome : gates) {
      boolean stands = outcome.state() != GateState.FAILED && outcome.state() != GateState.MISSING;
      if (outcome.mode() == Mode.BLOCK && !stands) {
        return false;
      }
    }
    return true;
  }
}
