/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import java.time.Instant;
import java.util.List;

/**
 * What came of looking at all rules once: the audit entry.
 *
 * @param subject what was looked at: tenant and task
 * @param phase before or after the work
 * @param at when
 * @param rules how many rules were looked at
 * @param violations those that were broken
 * @param score 100 less 5, 15, 30 or 50 for each violation by its gravity, at least 0
 */
public record Assessment(
    String subject, Phase phase, Instant at, int rules, List<Violation> violations, int score) {

  /** Copies. */
  public Assessment {
    violations = List.copyOf(violations);
  }

  /**
   * A broken rule.
   *
   * @param rule which
   * @param reason the condition that does not hold; never the fact's value, which may be private
   */
  public record Violation(ConstitutionalRule rule, String reason) {}
}
