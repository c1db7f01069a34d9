/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Chooses an agent for a task, and gets better at it from outcomes.
 *
 * <p>Start at {@link dev.arbiter.routing.BanditRouter}. A {@link dev.arbiter.routing.BanditPolicy}
 * sees rewards between 0 and 1, and never an agent's output. The default, {@code
 * adaptive-thompson}, also uses the type of the task, declared levels, waiting time and prices. The
 * path of one decision, and of its outcome:
 *
 * <pre>
 * BanditRouter (lock) -> RouterState
 *   route:  CandidateSet.Cache -> HealthFilter -> Spending -> Learner.choose -> BanditDecision
 *             (rows by AgentIndex)                   |
 *                      ThompsonLearner, AdaptiveThompson    IndexLearner, RecordIndex
 *                        Sampler fills Draws;                 a score of each; among many
 *                        among many PrunedArgmax              KineticTournament (UCB)
 *                        -> ThompsonDecision                  -> ScoredDecision
 *   learn:  PendingDecisions -> Prices, Audits -> Learner.learn -> Specialties
 *                                                   SuccessCounts, TypeRecords, ChangeDetector
 *   state, delta, merge:  Replica -> StateCodec (arrays) -> LearnedState (bytes)
 * </pre>
 */
@NullMarked
package dev.arbiter.routing;

import org.jspecify.annotations.NullMarked;
