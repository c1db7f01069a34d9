/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import org.jspecify.annotations.Nullable;

/** Keeps the screens of candidate sets that recur, by type of task. */
final class PrunedArgmaxCache {
  /*
   * A screen is worth what it took to make only if it is used again. So while all that are kept
   * were used lately, a new one is not made, rather than each pushing out the one needed next.
   */
  static final int KEPT = 32;
  private static final int LATELY = 1_024;

  private final @Nullable PrunedArgmax[] kept = new PrunedArgmax[KEPT];
  private final TypeOffsets offsets;
  private long uses;

  PrunedArgmaxCache(TypeOffsets offsets) {
    this.offsets = offsets;
  }

  /** A screen that is up to date, or null if there are too many in use. */
  @Nullable PrunedArgmax of(CandidateSet candidates, int category) {
    uses++;
    int oldest = 0;
    long oldestUse = Long.MAX_VALUE;
    for (int i = 0; i < KEPT; i++) {
      PrunedArgmax argmax = kept[i];
      if (argmax != null && argmax.isOf(candidates, category)) {
        return refresh(argmax);
      }
      long use = argmax == null ? -LATELY : argmax.lastUse;
      if (use < oldestUse) {
        oldestUse = use;
        oldest = i;
      }
    }
    return uses - oldestUse < LATELY ? null : make(candidates, category, oldest);
  }

  private PrunedArgmax make(CandidateSet candidates, int category, int place) {
    ScoreView.Source records = (row, to, at) -> offsets.read(category, row, to, at);
    ScoreView view = new ScoreView(candidates, Prior.NUMBERS, records, offsets.changes);
    PrunedArgmax argmax = new PrunedArgmax(candidates, category, view);
    kept[place] = argmax;
    return refresh(argmax);
  }

  private PrunedArgmax refresh(PrunedArgmax argmax) {
    argmax.lastUse = uses;
    argmax.refresh();
    return argmax;
  }
}
