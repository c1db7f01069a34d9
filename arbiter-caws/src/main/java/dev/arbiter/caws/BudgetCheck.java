/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.Judgement.Budget;
import dev.arbiter.caws.internal.project.ChangedPaths;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.Policy;
import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides scope and budget of one set of changes under one effective spec. A judgement and {@link
 * SpecValidator} ask the same object, so that they cannot differ.
 */
final class BudgetCheck {
  private static final int[] NEARLY = {95, 90, 80};

  private final EffectiveSpec effective;
  private final Findings scope = new Findings();
  private final Findings integrity = new Findings();
  private Budget budget;

  /**
   * Looks at changes.
   *
   * @param movedFrom old paths of renamed files, which only have to be in scope
   */
  BudgetCheck(EffectiveSpec effective, List<FileChange> changes, List<String> movedFrom) {
    this.effective = effective;
    ChangedPaths changed = ChangedPaths.look(changes, movedFrom, effective, scope, integrity);
    Policy.Tier limit = effective.limit();
    this.budget = new Budget(limit.files(), limit.lines(), changed.files(), changed.lines());
  }

  /** Paths that no waiver lifts. */
  Findings integrity() {
    return integrity;
  }

  boolean isInScope() {
    return !scope.hasErrors();
  }

  /** The limit, with the waivers that were counted, and the use. */
  Budget budget() {
    return budget;
  }

  /** Reports paths out of scope. */
  void scope(GateRule gate, EvidenceGates.Failures failures) {
    if (scope.hasErrors() && gate.mode() != Mode.SKIP) {
      failures.addAll(gate, scope.all());
    }
  }

  /** Reports a limit that is exceeded, or else one that is nearly reached. */
  void budget(GateRule gate, EvidenceGates.Failures failures, Findings notes) {
    if (gate.mode() == Mode.SKIP) {
      return;
    }
    over(gate, "files", budget.files(), budget.fileLimit(), failures);
    over(gate, "lines", budget.lines(), budget.lineLimit(), failures);
    if (budget.isKept()) {
      nearly("files", budget.files(), budget.fileLimit(), notes);
      nearly("lines", budget.lines(), budget.lineLimit(), notes);
    }
  }

  private void over(
      GateRule gate, String unit, long used, long limit, EvidenceGates.Failures failures) {
    if (used > limit) {
      int tier = effective.spec().tier();
      failures.add(
          gate,
          "policy.budget." + unit + "_exceeded",
          "/risk_tiers/" + tier,
          used
              + " "
              + unit
              + " changed, tier "
              + tier
              + " allows "
              + limit
              + "; split the task, or have a waiver approved");
    }
  }

  private void nearly(String unit, long used, long limit, Findings notes) {
    for (int percent : NEARLY) {
      if (limit > 0 && used * 100 >= limit * percent) {
        notes.warning(
            "policy.budget." + unit + "_nearly_spent",
            "/risk_tiers/" + effective.spec().tier(),
            used + " of " + limit + " " + unit + " are used, over " + percent + " %");
        return;
      }
    }
  }

  /** The counted waivers that lift a gate; for the budget those that raise the limit. */
  static List<Waiver> covering(String gate, WaiverResolver.Ruling ruling) {
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

  /** Raises the tier's limit by waivers. Returns whether the raised limit is kept. */
  boolean raise(List<Waiver> waivers) {
    long files = effective.limit().files();
    long lines = effective.limit().lines();
    for (Waiver waiver : waivers) {
      files += waiver.files();
      lines += waiver.lines();
    }
    budget = new Budget(files, lines, budget.files(), budget.lines());
    return budget.isKept();
  }
}
