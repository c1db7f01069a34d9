/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

/**
 * One contributor's addition to a figure.
 *
 * @param contributor the protected unit: a person, an agent, or another choice of the host;
 *     contributions of one name are hidden together
 * @param partition the figure it adds to, such as an agent or a task type
 * @param value the averaged value, clamped to the question's range; counts ignore it, and NaN adds
 *     nothing
 */
public record Contribution(String contributor, String partition, double value) {}
