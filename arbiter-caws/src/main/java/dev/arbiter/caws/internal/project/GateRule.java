/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.internal.Sanitizer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One gate: its name in normal form (lower case with underscores), its effect when it is not
 * passed, and its clause. The JSON of each state is written once, not at every judgement.
 */
public final class GateRule {
  public static final String BUDGET = "budget_limit";
  public static final String SCOPE = "scope_boundary";
  public static final String SPEC = "spec_completeness";
  public static final List<String> KERNEL = List.of(BUDGET, SCOPE, SPEC);

  private final String name;
  private final Mode mode;
  private final Map<GateState, GateOutcome> outcomes = new EnumMap<>(GateState.class);

  private GateRule(String name, Mode mode, String clause, String evidence) {
    this.name = name;
    this.mode = mode;
    for (GateState state : GateState.values()) {
      outcomes.put(state, new GateOutcome(this, state, clause, evidence));
    }
  }

  /** A gate of the policy, or one of the kernel's own, which a policy need not name. */
  static GateRule of(String name, Mode mode) {
    String evidence =
        switch (name) {
          case BUDGET -> "policy#/risk_tiers";
          case SPEC -> "spec#";
          case SCOPE -> "spec#/scope";
          default -> "policy#/gates/" + FieldReader.escape(Sanitizer.text(name, 80));
        };
    return new GateRule(name, mode, Clauses.ofGate(name), evidence);
  }

  /** A gate that only the host names. */
  public static GateRule ofHost(String name) {
    return new GateRule(name, Mode.BLOCK, Clauses.HOST, "host#/gates/" + FieldReader.escape(name));
  }

  /** A constitutional rule, or all of them. */
  public static GateRule ofConstitution(String name, Mode mode, String id) {
    return new GateRule(name, mode, Clauses.CONSTITUTION, "constitution#" + id);
  }

  /** The name in its normal form. */
  public String name() {
    return name;
  }

  /** The effect of the gate when it is not passed. */
  public Mode mode() {
    return mode;
  }

  /** The outcome with a state; made once. */
  public GateOutcome as(GateState state) {
    return Objects.requireNonNull(outcomes.get(state));
  }
}
