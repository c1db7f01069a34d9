/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.tracker.internal.ChainedLine;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Works out what a deletion leaves, then leaves that. */
final class Deletion {
  /*
   * First the receipt goes into the chain and is forced, then the files change; in between, a crash
   * leaves records that have a receipt already, which verify allows and the next opening finishes.
   *
   * Segments at the beginning of which nothing would be left are removed; further on, one line
   * stands in place of each run of deleted records, with the hashes at its two ends. Receipts stay,
   * except in segments that are removed: what those prove lies before them, so it is removed with
   * them, and the new receipt's first gap reaches from the very first record over all of it.
   */
  private static final int MOST_GAPS = 10_000;

  private final Segments segments;
  private final Instant before;
  private final long through;
  private final Map<Integer, List<HistoryEntry>> rewritten = new TreeMap<>();
  private final List<DeletedRange> gaps = new ArrayList<>();
  private int removed;
  private long deleted;

  /** What happened before a time goes, and all up to a place. */
  Deletion(Segments segments, Instant before, long through) {
    this.segments = segments;
    this.before = before;
    this.through = through;
  }

  /** Reads the segments it may concern; the newest must be closed. */
  void plan() throws IOException {
    boolean leading = true;
    for (int index = 0; index < segments.all().size(); index++) {
      Segment segment = segments.all().get(index);
      if (before.equals(Instant.MIN) && segment.first() > through) {
        break;
      }
      List<HistoryEntry> entries = segment.entries();
      leading &= entries.stream().allMatch(entry -> entry.isGap() || goes(entry));
      if (leading) {
        remove(entries);
      } else {
        thin(index, entries);
      }
    }
    if (gaps.size() > MOST_GAPS) {
      throw new IOException(
          "what happened before "
              + before
              + " lies in "
              + gaps.size()
              + " places, more than "
              + MOST_GAPS
              + "; delete in smaller steps");
    }
  }

  private boolean goes(HistoryEntry entry) {
    return entry.at().isBefore(before) || entry.gap().to() <= through;
  }

  private void remove(List<HistoryEntry> entries) {
    deleted += entries.stream().filter(entry -> !entry.isGap()).count();
    removed++;
    if (!entries.isEmpty()) {
      DeletedRange last = entries.get(entries.size() - 1).gap();
      gaps.clear();
      gaps.add(new DeletedRange(1, last.to(), ChainedLine.NOTHING, last.last()));
    }
  }

  private void thin(int index, List<HistoryEntry> entries) {
    List<HistoryEntry> left = new ArrayList<>();
    boolean changed = false;
    for (HistoryEntry entry : entries) {
      boolean fresh = !entry.isGap() && goes(entry) && !entry.type().equals(HistoryEntry.DELETION);
      deleted += fresh ? 1 : 0;
      changed |= fresh;
      HistoryEntry next = fresh ? HistoryEntry.of(entry.gap()) : entry;
      int end = left.size() - 1;
      if (next.isGap() && end >= 0 && left.get(end).isGap()) {
        DeletedRange first = left.get(end).gap();
        DeletedRange more = next.gap();
        left.set(
            end,
            HistoryEntry.of(new DeletedRange(first.from(), more.to(), first.prev(), more.last())));
      } else {
        left.add(next);
      }
    }
    if (changed) {
      rewritten.put(index, left);
      left.stream().filter(HistoryEntry::isGap).forEach(entry -> gaps.add(entry.gap()));
    }
  }

  long deleted() {
    return deleted;
  }

  List<DeletedRange> gaps() {
    return gaps;
  }

  /** What the history says of it. */
  Map<String, Object> receipt() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("before", before.toString());
    data.put("deleted", deleted);
    data.put("gaps", gaps.stream().map(HistoryEntry::fields).toList());
    return data;
  }

  /** Changes the files; the receipt must be on the disk. */
  void carryOut() throws IOException {
    for (Map.Entry<Integer, List<HistoryEntry>> segment : rewritten.entrySet()) {
      segments.replace(segment.getKey(), segment.getValue());
    }
    for (; removed > 0; removed--) {
      segments.removeOldest();
    }
  }
}
