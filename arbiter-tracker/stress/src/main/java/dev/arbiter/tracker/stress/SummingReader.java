/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.stress;

import dev.arbiter.tracker.internal.ring.EventRing;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.internal.ring.Spill;
import org.openjdk.jcstress.infra.results.III_Result;

/** Counts events, and events that are torn. */
final class SummingReader implements SlotLayout.Reader {
  int count;
  int torn;

  /** Publishes an event whose fields all hold the same figure. */
  static void publish(EventRing ring, long sequence, int figure) {
    ring.publish(sequence, figure, figure, figure, figure, figure, figure, figure);
  }

  static boolean offer(Spill spill, int figure) {
    return spill.offer(figure, figure, figure, figure, figure, figure, figure);
  }

  /** Shows the counts, and one more figure. */
  void show(III_Result result, long figure) {
    result.r1 = count;
    result.r2 = torn;
    result.r3 = (int) figure;
  }

  @Override
  public void begin() {}

  @Override
  public void read(long[] words, int slot) {
    count++;
    long figure = SlotLayout.at(words, slot);
    boolean whole =
        figure != 0
            && SlotLayout.tag(words, slot) == figure
            && SlotLayout.nanos(words, slot) == figure
            && SlotLayout.quality(words, slot) == figure
            && SlotLayout.cost(words, slot) == figure
            && SlotLayout.key(words, slot) == figure;
    torn += whole ? 0 : 1;
  }
}
