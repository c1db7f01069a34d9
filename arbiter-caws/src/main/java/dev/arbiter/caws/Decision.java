/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Policy.Mode;
import dev.arbiter.task.Finding;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.List;

/** All that a verdict says, before it is sealed. */
record Decision(
    Assignment assignment,
    WorkReport report,
    Instant time,
    String specId,
    String policyDigest,
    Outcome outcome,
    List<Finding> findings,
    List<GateOutcome> gates,
    Budget budget,
    List<Waiver> applied,
    List<WaiverBoard.Skipped> skipped) {

  /** Work that could not be judged is denied. */
  static Decision unheard(Assignment assignment, WorkReport report, Instant time, Finding why) {
    return new Decision(
        assignment,
        report,
        time,
        "",
        "",
        Outcome.DENIED,
        List.of(why),
        List.of(),
        Budget.NONE,
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

  enum State {
    PASSED("passed"),
    FAILED("failed"),
    WAIVED("waived"),
    MISSING("missing"),
    SKIPPED("skipped");

    final String word;

    State(String word) {
      this.word = word;
    }
  }

  /** How one gate stands. */
  record GateOutcome(String gate, Mode mode, State state) {
    boolean isEvaluated() {
      return state != State.SKIPPED && !(state == State.MISSING && mode == Mode.WARN);
    }
  }

  /** Limit, waivers included, and use. */
  record Budget(long fileLimit, long lineLimit, long files, long lines) {
    static final Budget NONE = new Budget(0, 0, 0, 0);

    boolean isKept() {
      return files <= fileLimit && lines <= lineLimit;
    }
  }

  int evaluated() {
    int count = 0;
    for (int i = 0; i < gates.size(); i++) {
      count += gates.get(i).isEvaluated() ? 1 : 0;
    }
    return count;
  }

  int passed() {
    int count = 0;
    for (int i = 0; i < gates.size(); i++) {
      count += gates.get(i).state() == State.PASSED ? 1 : 0;
    }
    return count;
  }

  /** The share of evaluated gates that passed. */
  static double quality(int passed, int evaluated) {
    return evaluated == 0 ? 1 : (double) passed / evaluated;
  }
}
