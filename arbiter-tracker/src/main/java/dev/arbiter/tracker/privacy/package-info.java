/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Makes records safe to leave the host. There are three levels: {@link
 * dev.arbiter.tracker.privacy.Anonymizer.Level}.
 *
 * <pre>{@code
 * a record --> Anonymizer: listed fields, keyed hashes
 *                 '-- Scrubber: SensitiveRules, CardNumbers, OpaqueTokens
 *
 * many contributions + PrivateQuestion
 *    --> PrivateStatistics.ask
 *           1. PartitionSums      bounded counts and sums
 *           2. NoiseMechanism     GeometricNoise, threshold
 *           3. BudgetLedger       charges the PrivacyBudget, in BudgetLedgerFile
 *    --> PrivateAnswer: Released or Withheld
 * }</pre>
 */
@NullMarked
package dev.arbiter.tracker.privacy;

import org.jspecify.annotations.NullMarked;
