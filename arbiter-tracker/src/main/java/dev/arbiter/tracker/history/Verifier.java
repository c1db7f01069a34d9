/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.tracker.internal.ChainedLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Follows the chain through all segments, once. */
final class Verifier {
  private final Head anchor;
  private final List<Gap> gaps = new ArrayList<>();
  private final List<Gap> receipts = new ArrayList<>();
  private Head upTo = new Head(0, ChainedLine.NOTHING);
  private boolean begun;
  private long records;

  Verifier(Head anchor) {
    this.anchor = anchor;
  }

  HistoryCheck check(List<Segment> segments) {
    for (Segment segment : segments) {
      try {
        segment.read(this::follow);
      } catch (IOException e) {
        String place = segment.file().getFileName() + " after record " + upTo.seq();
        return broken(place + ": " + e.getMessage());
      }
    }
    for (Gap gap : gaps) {
      if (receipts.stream().noneMatch(receipt -> receipt.covers(gap))) {
        return broken("no receipt says that records " + range(gap) + " were deleted");
      }
    }
    if (anchor.seq() > upTo.seq()) {
      return broken("records " + (upTo.seq() + 1) + " to " + anchor.seq() + " are missing");
    }
    return new HistoryCheck(true, upTo, records, deleted(), "");
  }

  private HistoryCheck broken(String problem) {
    return new HistoryCheck(false, upTo, records, deleted(), problem);
  }

  private long deleted() {
    return gaps.stream().mapToLong(gap -> gap.to() - gap.from() + 1).sum();
  }

  private static String range(Gap gap) {
    return gap.from() + " to " + gap.to();
  }

  private void follow(Entry entry) throws IOException {
    Gap place = entry.gap();
    if (!begun && place.from() > 1) {
      pass(new Gap(1, place.from() - 1, ChainedLine.NOTHING, place.prev()));
    }
    if (place.from() != upTo.seq() + 1) {
      throw new IOException(
          "record " + place.from() + " follows where " + (upTo.seq() + 1) + " must");
    }
    if (!place.prev().equals(upTo.hash())) {
      throw new IOException("record " + place.from() + " names another before it");
    }
    if (entry.isGap()) {
      pass(place);
      return;
    }
    anchor(place);
    begun = true;
    records++;
    upTo = new Head(place.to(), place.last());
    if (entry.type().equals(Entry.DELETION)) {
      receipts.addAll(entry.proves());
    }
  }

  private void pass(Gap gap) throws IOException {
    anchor(gap);
    begun = true;
    gaps.add(gap);
    upTo = new Head(gap.to(), gap.last());
  }

  private void anchor(Gap place) throws IOException {
    if (place.to() == anchor.seq() && !place.last().equals(anchor.hash())) {
      throw new IOException("record " + place.to() + " is not the one that was noted");
    }
  }
}
