/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/**
 * How a {@link BanditRouter} stands to its spending limit, at one moment.
 *
 * @param limit US dollars for the period; infinity without a limit
 * @param tasks how many tasks the period has
 * @param decided tasks of the period that were given to somebody
 * @param spent what outcomes of the period cost so far
 * @param reserved what decisions without an outcome are expected to cost
 * @param price what a dollar costs beyond itself, in successes; rises while spending runs ahead
 * @param refused tasks and fallbacks that could not be afforded, since the router was built
 */
public record SpendingReport(
    double limit,
    long tasks,
    long decided,
    double spent,
    double reserved,
    double price,
    long refused) {}
