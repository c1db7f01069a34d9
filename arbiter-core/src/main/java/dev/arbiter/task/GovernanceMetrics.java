/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/**
 * How a piece of work stands to its rules, in figures.
 *
 * <p>Shares are whole per cent from 0 to 100, rounded down, so that 100 means all.
 *
 * @param waiverRate the share of evaluated gates that stand only because a waiver lifted them
 * @param gateIntegrity the share of evaluated gates that passed
 * @param budgetCompliance how much of the used budget the limit covers, of files or lines whichever
 *     is less
 * @param evidenceCompleteness the share of gates that are not skipped for which there was evidence
 *     or a check
 * @param complianceScore 100 less 20 for each error and 10 for each warning, at least 0
 * @param budgetUsed how much of the limit is used, of files or lines whichever is more; at most
 *     1,000
 * @param rulesEvaluated how many constitutional rules were looked at
 * @param rulesViolated how many of them were broken, waived or not
 */
public record GovernanceMetrics(
    int waiverRate,
    int gateIntegrity,
    int budgetCompliance,
    int evidenceCompleteness,
    int complianceScore,
    int budgetUsed,
    int rulesEvaluated,
    int rulesViolated) {

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a share is not within 0 to 100, or a count is negative
   */
  public GovernanceMetrics {
    boolean fits =
        isShare(waiverRate)
            && isShare(gateIntegrity)
            && isShare(budgetCompliance)
            && isShare(evidenceCompleteness)
            && isShare(complianceScore)
            && budgetUsed >= 0
            && rulesEvaluated >= 0
            && rulesViolated >= 0;
    if (!fits) {
      throw new IllegalArgumentException(
          "governance metrics are per cent from 0 to 100 and counts, got "
              + waiverRate
              + ", "
              + gateIntegrity
              + ", "
              + budgetCompliance
              + ", "
              + evidenceCompleteness
              + ", "
              + complianceScore
              + ", "
              + budgetUsed
              + ", "
              + rulesEvaluated
              + ", "
              + rulesViolated);
    }
  }

  private static boolean isShare(int perCent) {
    return perCent >= 0 && perCent <= 100;
  }
}
