/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/**
 * What a {@link BanditRouter} has done so far. A snapshot.
 *
 * @param decisions decisions made
 * @param learned outcomes learned from
 * @param ignored outcomes that came twice, or for a decision of another router
 * @param alarms times an agent was found to have changed
 */
public record RouterStats(long decisions, long learned, long ignored, long alarms) {}
