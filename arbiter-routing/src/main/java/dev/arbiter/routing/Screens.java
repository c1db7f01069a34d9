/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import org.jspecify.annotations.Nullable;

/** Keeps the screens of slates that recur, by type of task. */
final class Screens {
  /*
   * A screen is worth what it took to make only if it is used again. So while all that are kept
   * were used lately, a new one is not made, rather than each pushing out the one needed next.
   */
  static final int KEPT = 32;
  private static final int LATELY = 1_024;

  private final @Nullable Screen[] kept = new Screen[KEPT];
  private final Offsets offsets;
  private long uses;

  Screens(Offsets offsets) {
    this.offsets = offsets;
  }

  /** A screen that is up to date, or null if there are too many in use. */
  @Nullable Screen of(Slate slate, int category) {
    uses++;
    int oldest = 0;
    long oldestUse = Long.MAX_VALUE;
    for (int i = 0; i < KEPT; i++) {
      Screen screen = kept[i];
      if (screen != null && screen.isOf(slate, category)) {
        return refresh(screen);
      }
      long use = screen == null ? -LATELY : screen.lastUse;
      if (use < oldestUse) {
        oldestUse = use;
        oldest = i;
      }
    }
    return uses - oldestUse < LATELY ? null : make(slate, category, oldest);
  }

  private Screen make(Slate slate, int category, int place) {
    Board.Source records = (row, to, at) -> offsets.read(category, row, to, at);
    Board board = new Board(slate, Prior.NUMBERS, records, offsets.changes);
    Screen screen = new Screen(slate, category, board);
    kept[place] = screen;
    return refresh(screen);
  }

  private Screen refresh(Screen screen) {
    screen.lastUse = uses;
    screen.refresh();
    return screen;
  }
}
