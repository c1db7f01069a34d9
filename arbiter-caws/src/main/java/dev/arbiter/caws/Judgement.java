/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.project.GateOutcome;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.task.Finding;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.List;

/** The content of a verdict before it is sealed. Immutable. */
record Judgement(
    Assignment assignment,
    WorkReport report,
    Instant time,
    String specId,
    String policyDigest,
    Outcome outcome,
    List<Finding> findings,
    List<GateOutcome> gates,
    Budget budget,
    GateCounts tally,
    List<Waiver> applied,
    List<WaiverResolver.Skipped> skipped) {
  /** The rule of work whose spec is not the one that was admitted any more. */
  static final String NOT_ADMITTED = "spec.reference.not_admitted";

  /** Whether the work was denied for no fault of its agent: its spec is not known any more. */
  boolean isExcused() {
    return isExcused(findings);
  }

  static boolean isExcused(List<Finding> findings) {
    return findings.size() == 1 && findings.get(0).ruleId().equals(NOT_ADMITTED);
  }

  /** Denies work that could not be judged. */
  static Judgement unheard(Assignment assignment, WorkReport report, Instant time, Finding why) {
    return new Judgement(
        assignment,
        report,
        time,
        "",
        "",
        Outcome.DENIED,
        List.of(why),
        List.of(),
        Budget.NONE,
        GateCounts.of(List.of(), Budget.NONE, List.of(why), Ruled.NONE),
        List.of(),
        List.of());
  }

  enum Outcome {
    APPROVED("approved"),
    WAIVED("waived"),
    DENIED("denied");

    final String word;

    Outcome(String word) {
      this.word = word;
    }
  }

  /** Limit, with waivers, and use. */
  record Budget(long fileLimit, long lineLimit, long files, long lines) {
    static final Budget NONE = new Budget(0, 0, 0, 0);

    boolean isKept() {
      return files <= fileLimit && lines <= lineLimit;
    }
  }

  /** How many constitutional rules were evaluated, and how many were broken. */
  record Ruled(int evaluated, int violated) {
    static final Ruled NONE = new Ruled(0, 0);
  }

  /** The share of evaluated gates that passed. */
  double quality() {
    return quality(tally.passed(), tally.evaluated());
  }

  static double quality(int passed, int evaluated) {
    return evaluated == 0 ? 1 : (double) passed / evaluated;
  }
}
