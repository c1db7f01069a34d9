/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Tells what a policy would come to before it is trusted: {@link
 * dev.arbiter.routing.evaluation.ReplayEvaluator} from outcomes recorded for every agent, {@link
 * dev.arbiter.routing.evaluation.OffPolicyEvaluator} from a log of another router's decisions.
 */
@NullMarked
package dev.arbiter.routing.evaluation;

import org.jspecify.annotations.NullMarked;
