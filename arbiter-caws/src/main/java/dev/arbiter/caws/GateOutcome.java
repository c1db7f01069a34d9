/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.Policy.Mode;
import java.util.Arrays;

/** The state of one gate, and its JSON in a verdict's document. */
final class GateOutcome {
  private final GateRule rule;
  private final GateState state;
  private final byte[] json;

  GateOutcome(GateRule rule, GateState state, String clause, String evidence) {
    this.rule = rule;
    this.state = state;
    JsonBytes to = new JsonBytes();
    to.raw("{\"clauseId\":").string(clause);
    to.raw(",\"evidence\":").string(evidence);
    to.raw(",\"gate\":").string(rule.name());
    to.raw(",\"mode\":\"").raw(rule.mode().word);
    to.raw("\",\"state\":\"").raw(state.word).raw("\"}");
    this.json = Arrays.copyOf(to.bytes(), to.length());
  }

  String gate() {
    return rule.name();
  }

  Mode mode() {
    return rule.mode();
  }

  GateState state() {
    return state;
  }

  GateOutcome waived() {
    return rule.as(GateState.WAIVED);
  }

  boolean isEvaluated() {
    return state != GateState.SKIPPED && !(state == GateState.MISSING && rule.mode() == Mode.WARN);
  }

  void write(JsonBytes to) {
    to.raw(json);
  }
}
