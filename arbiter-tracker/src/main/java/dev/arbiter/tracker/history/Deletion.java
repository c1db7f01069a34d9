/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.tracker.internal.ChainedLine;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Plans a deletion, then carries it out. */
final class Deletion {
  /*
   * The receipt is appended and forced first, then the files change. A crash in between leaves
   * records that already have a receipt; verify allows this, and the next opening finishes the
   * deletion.
   *
   * Leading segments that would be empty are removed. In later segments one line replaces each run
   * of deleted records, with the hashes at its two ends. Receipts stay, except in removed segments:
   * what those prove lies before them and is removed too, and the first gap of the new receipt
   * covers all of it.
   *
   * A segment that cannot be read is removed only if all its numbers go, and the receipt names it.
   * The record after it has the hash of its last one. Its times are unknown, so a deletion by time
   * does not pass it.
   */
  private static final int MOST_GAPS = 10_000;

  private final Segments segments;
  private final Instant before;
  private final long through;
  private final Map<Integer, List<HistoryEntry>> rewritten = new TreeMap<>();
  private final List<DeletedRange> gaps = new ArrayList<>();
  private final List<String> damaged = new ArrayList<>();
  private boolean endsDamaged;
  private int removed;
  private long deleted;

  /** Deletes records from before a time, and records up to a number. */
  Deletion(Segments segments, Instant before, long through) {
    this.segments = segments;
    this.before = before;
    this.through = through;
  }

  /** Reads the segments concerned; the newest must be closed. */
  void plan() throws IOException {
    boolean leading = true;
    for (int index = 0; index < segments.all().size(); index++) {
      Segment segment = segments.all().get(index);
      if (before.equals(Instant.MIN) && segment.first() > through) {
        break;
      }
      List<HistoryEntry> entries;
      try {
        entries = segment.entries();
      } catch (IOException e) {
        if (!leading || lastOf(index) > through) {
          throw e;
        }
        removeDamaged(index, e);
        continue;
      }
      leading &= entries.stream().allMatch(entry -> entry.isGap() || goes(entry));
      if (leading) {
        remove(entries);
      } else {
        thin(index, entries);
      }
    }
    if (endsDamaged) {
      bridge(segments.all().get(removed).entries().get(0).gap());
    }
    if (gaps.size() > MOST_GAPS) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "what happened before %s lies in %s places, more than %s; delete in smaller steps",
              before,
              gaps.size(),
              MOST_GAPS));
    }
  }

  /** The last number of a segment; that of the newest is not known from its name. */
  private long lastOf(int index) {
    return index + 1 < segments.all().size()
        ? segments.all().get(index + 1).first() - 1
        : Long.MAX_VALUE;
  }

  private void removeDamaged(int index, IOException why) {
    Segment segment = segments.all().get(index);
    deleted += lastOf(index) + 1 - segment.first();
    damaged.add(segment.file().getFileName() + ": " + why.getMessage());
    endsDamaged = true;
    removed++;
  }

  private void bridge(DeletedRange next) {
    gaps.clear();
    gaps.add(new DeletedRange(1, next.from() - 1, ChainedLine.NOTHING, next.prev()));
  }

  private boolean goes(HistoryEntry entry) {
    return entry.at().isBefore(before) || entry.gap().to() <= through;
  }

  private void remove(List<HistoryEntry> entries) {
    deleted += entries.stream().filter(entry -> !entry.isGap()).count();
    removed++;
    endsDamaged = false;
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

  /** The removed files that could not be read, each with the reason. */
  List<String> damaged() {
    return damaged;
  }

  List<DeletedRange> gaps() {
    return gaps;
  }

  /** The content of the receipt. */
  Map<String, Object> receipt() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("before", before.toString());
    data.put("deleted", deleted);
    data.put("gaps", gaps.stream().map(HistoryEntry::fields).toList());
    if (!damaged.isEmpty()) {
      data.put("damaged", damaged);
    }
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
