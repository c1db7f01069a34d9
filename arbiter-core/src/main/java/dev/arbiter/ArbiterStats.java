/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

/**
 * What an {@link Arbiter} is busy with. A snapshot.
 *
 * @param waiting tasks in the queue
 * @param inFlight tasks begun and not ended, those that wait for a slot of an agent among them
 * @param abandoned agent calls that outlived their attempt and hold a slot until they return
 * @param listenerErrors exceptions thrown by listeners so far
 * @param learningErrors exceptions thrown by the router while it was told an outcome so far
 */
public record ArbiterStats(
    int waiting, int inFlight, int abandoned, long listenerErrors, long learningErrors) {}
