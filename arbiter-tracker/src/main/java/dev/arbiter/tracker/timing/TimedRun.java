/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import java.time.Duration;
import java.time.Instant;

/** One invocation that ended: an entry of the file. */
record TimedRun(Pair pair, Duration duration, Instant at, boolean success) {

  /** Agent and command line; a record, so that no separator in a name can merge two pairs. */
  record Pair(String agent, String cli) {}
}
