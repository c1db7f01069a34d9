/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.project.GateOutcome;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.GateState;
import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates, for one report, the gates that are not the kernel's own. */
final class EvidenceGates {
  private static final int FEW = 16;
  private static final int LONGEST_DETAIL = 200;

  private final HostGates checkers;
  private final Assignment assignment;
  private final WorkReport report;
  private final @Nullable Map<String, Evidence> byGate;

  EvidenceGates(HostGates checkers, Assignment assignment, WorkReport report) {
    this.checkers = checkers;
    this.assignment = assignment;
    this.report = report;
    this.byGate = report.evidence().size() > FEW ? index(report.evidence()) : null;
  }

  private static Map<String, Evidence> index(List<Evidence> evidence) {
    Map<String, Evidence> byGate = new HashMap<>();
    for (Evidence piece : evidence) {
      byGate.merge(Ids.gate(piece.gate()), piece, (a, b) -> a.passed() ? b : a);
    }
    return byGate;
  }

  /** Adds the outcome of one gate, and a finding unless it passed. */
  void evaluate(GateRule gate, List<GateOutcome> outcomes, Failures failures) {
    if (gate.mode() == Mode.SKIP) {
      outcomes.add(gate.as(GateState.SKIPPED));
      return;
    }
    Evidence evidence = evidence(gate.name());
    QualityGate checker = checkers.of(gate.name());
    String rule = "";
    String detail = "";
    if (evidence != null && !evidence.passed()) {
      rule = "policy.gate.failed";
      detail = evidence.detail();
    } else if (checker != null) {
      QualityGate.Result result = check(checker);
      rule = result.passed() ? "" : "policy.gate.failed";
      detail = result.detail();
    } else if (evidence == null) {
      rule = "policy.gate.missing_evidence";
      detail = "the report has no evidence for it and no checker is registered; give one of them";
    }
    GateState state =
        rule.isEmpty()
            ? GateState.PASSED
            : evidence == null && checker == null ? GateState.MISSING : GateState.FAILED;
    outcomes.add(gate.as(state));
    if (state != GateState.PASSED) {
      failures.add(
          gate,
          rule,
          "/gates/" + FieldReader.escape(Sanitizer.text(gate.name(), 80)),
          gate.name() + ": " + Sanitizer.text(detail, LONGEST_DETAIL));
    }
  }

  /** The piece of that name; one that failed wins over those that passed. */
  private @Nullable Evidence evidence(String gate) {
    if (byGate != null) {
      return byGate.get(gate);
    }
    Evidence found = null;
    List<Evidence> all = report.evidence();
    for (int i = 0; i < all.size(); i++) {
      Evidence piece = all.get(i);
      if (Ids.gate(piece.gate()).equals(gate) && (found == null || found.passed())) {
        found = piece;
      }
    }
    return found;
  }

  @SuppressWarnings("CatchingUnchecked") // a gate is foreign code: any throwable fails it
  private QualityGate.Result check(QualityGate checker) {
    try {
      QualityGate.Result result = checker.check(assignment, report);
      return result != null ? result : QualityGate.Result.fail("the checker returned nothing");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return QualityGate.Result.fail("the checker was interrupted");
    } catch (Exception | Error e) {
      return QualityGate.Result.fail("the checker threw " + e);
    }
  }

  /** Collects the findings of gates: blocking ones by gate, and warnings. */
  static final class Failures {
    private final Findings warnings;
    private Map<String, Findings> blocked = Map.of();

    Failures(Findings warnings) {
      this.warnings = warnings;
    }

    void add(GateRule gate, String rule, String place, String message) {
      if (gate.mode() == Mode.BLOCK) {
        blocked(gate.name()).error(rule, place, message);
      } else {
        warnings.warning(rule, place, message);
      }
    }

    void addAll(GateRule gate, List<Finding> findings) {
      for (Finding finding : findings) {
        add(gate, finding.ruleId(), finding.place(), finding.message());
      }
    }

    private Findings blocked(String gate) {
      if (blocked.isEmpty()) {
        blocked = new LinkedHashMap<>();
      }
      return blocked.computeIfAbsent(gate, name -> new Findings());
    }

    Map<String, Findings> blocked() {
      return blocked;
    }
  }
}
