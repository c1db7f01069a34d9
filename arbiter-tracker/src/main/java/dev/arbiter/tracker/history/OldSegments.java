/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Which segments are too old, or too much. */
final class OldSegments {
  private OldSegments() {}

  /**
   * Up to which record whole segments go from the beginning, never the newest; 0 for none. Reads
   * the first that stays, and those that go for their age.
   */
  static long through(Segments segments, History.Retention retention, Instant now)
      throws IOException {
    Instant oldest = now.minus(retention.age());
    long tooMuch = segments.bytes() - retention.bytes();
    long through = 0;
    List<Segment> all = segments.all();
    for (int index = 0; index + 1 < all.size(); index++) {
      if (tooMuch <= 0 && !newest(all.get(index)).isBefore(oldest)) {
        return through;
      }
      tooMuch -= all.get(index).bytes();
      through = all.get(index + 1).first() - 1;
    }
    return through;
  }

  private static Instant newest(Segment segment) throws IOException {
    Instant newest = Instant.MIN;
    for (HistoryEntry entry : segment.entries()) {
      newest = entry.at().isAfter(newest) ? entry.at() : newest;
    }
    return newest;
  }
}
