/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.time.Duration;

/**
 * How one channel is doing; every count is since the alerts were built.
 *
 * @param name the channel's name
 * @param queued alerts that wait for it
 * @param sent alerts that arrived
 * @param failures tries that threw
 * @param givenUp alerts that were tried as often as they may be and did not arrive
 * @param dropped alerts that came while its queue was full
 * @param refused times the executor would not take it on; tried again at the next alert or check
 * @param busy for how long it has been at one alert, zero when at none
 * @param lastFailure what the last failure was, without anything a channel's error may hold of
 *     secrets; empty if there was none
 */
public record ChannelState(
    String name,
    int queued,
    long sent,
    long failures,
    long givenUp,
    long dropped,
    long refused,
    Duration busy,
    String lastFailure) {}
