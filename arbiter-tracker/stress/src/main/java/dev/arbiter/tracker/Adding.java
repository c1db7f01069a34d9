/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/** Counts what it reads, and what does not hold together. */
final class Adding implements Slots.Reader {
  int count;
  int torn;

  /** Events whose fields all hold the same figure. */
  static void publish(EventRing ring, long sequence, int figure) {
    ring.publish(sequence, figure, figure, figure, figure, figure, figure, figure);
  }

  static boolean offer(Spill spill, int figure) {
    return spill.offer(figure, figure, figure, figure, figure, figure, figure);
  }

  @Override
  public void begin() {}

  @Override
  public void read(long[] words, int slot) {
    count++;
    long figure = Slots.at(words, slot);
    boolean whole =
        figure != 0
            && Slots.tag(words, slot) == figure
            && Slots.nanos(words, slot) == figure
            && Slots.quality(words, slot) == figure
            && Slots.cost(words, slot) == figure
            && Slots.key(words, slot) == figure;
    torn += whole ? 0 : 1;
  }
}
