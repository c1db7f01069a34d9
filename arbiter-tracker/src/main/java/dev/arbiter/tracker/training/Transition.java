/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import java.time.Instant;

/**
 * One step of an episode: a task is the episode, each attempt at it a step.
 *
 * @param tenant whose task
 * @param task which
 * @param at when the choice was made, in event time
 * @param state what was known
 * @param action the agent that was chosen
 * @param policy the rule that chose it
 * @param propensity how likely that choice was just before it, above 0 up to 1; what off-policy
 *     evaluation divides by
 * @param reward what came of it
 * @param next what was known at the next choice for the same task, or at its end
 * @param done whether the task ended with this step
 */
public record Transition(
    String tenant,
    String task,
    Instant at,
    EpisodeState state,
    String action,
    String policy,
    double propensity,
    Reward reward,
    EpisodeState next,
    boolean done) {}
