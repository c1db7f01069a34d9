/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.Ledger.Entry;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How long something took, task by task.
 *
 * @param millis in milliseconds, least first, at least one
 */
record Times(List<Double> millis) {

  static Times of(List<Entry> entries, ToLongFunction<Entry> nanos) {
    return new Times(
        entries.stream().map(entry -> nanos.applyAsLong(entry) / 1e6).sorted().toList());
  }

  double p50() {
    return millis.get(millis.size() / 2);
  }

  double p99() {
    return millis.get((int) Math.ceil(millis.size() * 0.99) - 1);
  }
}
