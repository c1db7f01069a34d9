/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.time.Duration;

/** What came of one agent's work at one recorded task. */
record RecordedTrial(boolean success, double cost, Duration time) {
  double reward() {
    return success ? 1 : 0;
  }
}
