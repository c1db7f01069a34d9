/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

/**
 * What one contributor adds to a figure.
 *
 * @param contributor whose privacy is protected: a person, an agent, or whatever the host decides;
 *     all contributions under one name are hidden together
 * @param partition which of the figures it adds to, such as an agent or a type of task
 * @param value what is averaged, clamped to the question's range; ignored by counts, and a NaN adds
 *     nothing
 */
public record Contribution(String contributor, String partition, double value) {}
