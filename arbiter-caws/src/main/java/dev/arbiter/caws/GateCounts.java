/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.Judgement.Budget;
import dev.arbiter.caws.Judgement.Ruled;
import dev.arbiter.caws.SealedVerdict.GovernanceMetrics;
import dev.arbiter.caws.internal.project.GateOutcome;
import dev.arbiter.caws.internal.project.GateState;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.util.List;

/** The figures of one judgement: gates, budget, findings and rules, counted once. */
record GateCounts(int evaluated, int passed, GovernanceMetrics metrics) {
  private static final int ALL = 100;
  private static final int MOST_USED = 1_000;
  private static final int ERROR = 20;
  private static final int WARNING = 10;

  static GateCounts of(
      List<GateOutcome> gates, Budget budget, List<Finding> findings, Ruled ruled) {
    int evaluated = 0;
    int passed = 0;
    int waived = 0;
    int wanted = 0;
    int missing = 0;
    for (int i = 0; i < gates.size(); i++) {
      GateOutcome gate = gates.get(i);
      evaluated += gate.isEvaluated() ? 1 : 0;
      passed += gate.state() == GateState.PASSED ? 1 : 0;
      waived += gate.state() == GateState.WAIVED ? 1 : 0;
      wanted += gate.state() == GateState.SKIPPED ? 0 : 1;
      missing += gate.state() == GateState.MISSING ? 1 : 0;
    }
    GovernanceMetrics metrics =
        new GovernanceMetrics(
            evaluated == 0 ? 0 : ALL * waived / evaluated,
            evaluated == 0 ? ALL : ALL * passed / evaluated,
            Math.min(
                covered(budget.files(), budget.fileLimit()),
                covered(budget.lines(), budget.lineLimit())),
            wanted == 0 ? ALL : ALL * (wanted - missing) / wanted,
            score(findings),
            Math.max(
                used(budget.files(), budget.fileLimit()), used(budget.lines(), budget.lineLimit())),
            ruled.evaluated(),
            ruled.violated());
    return new GateCounts(evaluated, passed, metrics);
  }

  private static int covered(long used, long limit) {
    return used <= limit ? ALL : (int) (limit * (double) ALL / used);
  }

  private static int used(long used, long limit) {
    if (used == 0) {
      return 0;
    }
    return limit == 0 ? MOST_USED : (int) Math.min(MOST_USED, used * (double) ALL / limit);
  }

  private static int score(List<Finding> findings) {
    int score = ALL;
    for (int i = 0; i < findings.size(); i++) {
      Severity severity = findings.get(i).severity();
      score -= severity == Severity.ERROR ? ERROR : severity == Severity.WARNING ? WARNING : 0;
    }
    return Math.max(0, score);
  }
}
