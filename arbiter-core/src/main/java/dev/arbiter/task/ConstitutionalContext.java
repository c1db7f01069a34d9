/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.util.List;
import java.util.Optional;

/**
 * What a verdict rests on: the clauses, and how the work stands to them in figures.
 *
 * @param clauseCitations one for each gate, then one for each finding, in the verdict's order
 * @param governanceMetrics empty when nothing was judged
 */
public record ConstitutionalContext(
    List<ClauseCitation> clauseCitations, Optional<GovernanceMetrics> governanceMetrics) {
  private static final ConstitutionalContext NONE =
      new ConstitutionalContext(List.of(), Optional.empty());

  /** Copies. */
  public ConstitutionalContext {
    clauseCitations = List.copyOf(clauseCitations);
  }

  /**
   * The context of a verdict that names no clauses.
   *
   * @return the empty context
   */
  public static ConstitutionalContext none() {
    return NONE;
  }
}
