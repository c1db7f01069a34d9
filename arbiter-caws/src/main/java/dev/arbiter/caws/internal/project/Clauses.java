/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.task.Finding;
import java.util.Locale;

/** The clause of a gate or a finding. CAWS defines the groups, Arbiter the numbers in a group. */
public final class Clauses {
  static final String LIMIT = "CAWS:4.1";
  static final String NEARLY = "CAWS:4.2";
  static final String WAIVER = "CAWS:5.1";
  static final String GATE = "CAWS:6.1";
  static final String SPEC = "CAWS:6.2";
  static final String SCOPE = "CAWS:6.3";
  static final String EVIDENCE = "CAWS:6.4";
  static final String HOST = "CAWS:6.5";
  static final String RECORD = "CAWS:7.1";
  static final String RULES = "CAWS:8.1";
  static final String CONSTITUTION = "CAWS:8.2";
  static final String GOVERNED = "CAWS:8.3";

  private Clauses() {}

  static String ofGate(String gate) {
    return switch (gate) {
      case GateRule.BUDGET -> LIMIT;
      case GateRule.SPEC -> SPEC;
      case GateRule.SCOPE -> SCOPE;
      default -> GATE;
    };
  }

  /** Chosen by the beginning of the rule id. */
  public static String ofRule(String rule) {
    if (rule.startsWith("policy.budget.")) {
      return rule.endsWith("_nearly_spent") ? NEARLY : LIMIT;
    }
    if (rule.startsWith("policy.gate.")) {
      return rule.endsWith(".missing_evidence") ? EVIDENCE : GATE;
    }
    if (rule.startsWith("scope.")) {
      return rule.startsWith("scope.integrity.") ? GOVERNED : SCOPE;
    }
    if (rule.startsWith("spec.")) {
      return rule.startsWith("spec.reference.") ? RULES : SPEC;
    }
    if (rule.startsWith("constitution.")) {
      return CONSTITUTION;
    }
    if (rule.startsWith("waiver.")) {
      return WAIVER;
    }
    return rule.startsWith("provenance.") ? RECORD : RULES;
  }

  /** The severity of a finding in lower case. */
  public static String word(Finding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT);
  }
}
