/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.text.JsonBytes;
import java.util.Arrays;

/** The state of one gate, and its JSON in a verdict's document. */
public final class GateOutcome {
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

  /** The gate's name in its normal form. */
  public String gate() {
    return rule.name();
  }

  /** The effect of the gate when it is not passed. */
  public Mode mode() {
    return rule.mode();
  }

  /** The state of the gate. */
  public GateState state() {
    return state;
  }

  /** The same gate, lifted by a waiver. */
  public GateOutcome waived() {
    return rule.as(GateState.WAIVED);
  }

  /** Whether the gate counts in the share of gates that passed. */
  public boolean isEvaluated() {
    return state != GateState.SKIPPED && !(state == GateState.MISSING && rule.mode() == Mode.WARN);
  }

  /** Writes the gate as a verdict's document has it. */
  public void write(JsonBytes to) {
    to.raw(json);
  }
}
