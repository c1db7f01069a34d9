/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.tracker.internal.ring.Collector;
import dev.arbiter.tracker.internal.ring.Loss;
import dev.arbiter.tracker.internal.ring.SlotLayout;

/** A collector whose reader only adds up two fields. */
public final class CollectorProbe {
  private static final int SLOTS = 1024;
  private static final long SPILL_BYTES = 16L << 20;

  private final Collector collector;
  private long sum;

  /** Makes a collector. */
  public CollectorProbe() {
    SlotLayout.Reader reader =
        new SlotLayout.Reader() {
          @Override
          public void begin() {}

          @Override
          public void read(long[] words, int slot) {
            sum += SlotLayout.at(words, slot) + SlotLayout.key(words, slot);
          }
        };
    collector =
        new Collector(reader, SLOTS, SPILL_BYTES, null, System::nanoTime, new Loss(Loss.NEVER));
  }

  /**
   * Hands one event over: claims, fills and publishes a slot, and drains when a batch is full.
   *
   * @param value differs from event to event
   */
  public void handOff(long value) {
    collector.record(1, value, 2, 3, 4, 5, 6);
  }

  /** {@return the numbers of claimed, delivered, spilled and dropped events, as text} */
  public String close() {
    collector.close();
    return String.format(
        "hand-offs: claimed=%d delivered=%d spilled=%d dropped=%d sum=%d",
        collector.claimed(),
        collector.delivered(),
        collector.spilled(),
        collector.loss().all(),
        sum);
  }
}
