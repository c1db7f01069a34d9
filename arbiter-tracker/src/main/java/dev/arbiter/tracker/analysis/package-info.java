/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Figures over days: the normal values of a metric, regressions, leaks and capacity. All have
 * intervals, or state "insufficient data" where they would be guesses.
 *
 * <p>No class here has threads or reads a clock. Classes that collect values are thread-safe unless
 * they state otherwise.
 *
 * <pre>{@code
 * values by time ----> Baseline ----------> Expectation    normal by hour of the week
 *                         | relative()
 * values by metric --> RegressionWatch ---> Diagnosis      ShiftEvidence, e-BH
 * before and after --> RollbackCheck -----> Diagnosis      two one-sided tests
 * heap, HeapFeed ----> LeakDetector ------> Diagnosis      Mann-Kendall, Theil-Sen
 * attempts ----------> FlowCheck ---------> LittlesLaw     a check of the measurements
 * loads -------------> Scalability (UslFit)                throughput by load
 * readings ----------> ScalingRules ------> Trigger
 * }</pre>
 */
@NullMarked
package dev.arbiter.tracker.analysis;

import org.jspecify.annotations.NullMarked;
