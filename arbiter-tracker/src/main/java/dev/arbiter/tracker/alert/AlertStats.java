/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.List;

/**
 * How the watching is doing; every count is since the alerts were built.
 *
 * @param watched agents with a watch of their own
 * @param learning of those, how many have too few attempts to compare with
 * @param inOthers attempts and judgements of agents that count together, for want of room
 * @param began anomalies that were told
 * @param ended anomalies whose end was told
 * @param gaugeFailures readings of gauges that threw or were no figure
 * @param channels one state for each channel, in the order in which they were added
 */
public record AlertStats(
    int watched,
    int learning,
    long inOthers,
    long began,
    long ended,
    long gaugeFailures,
    List<ChannelState> channels) {
  /** Copies. */
  public AlertStats {
    channels = List.copyOf(channels);
  }
}
