/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.tracker.internal.ChainedLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Follows the chain through all segments, once. */
final class ChainVerifier {
  private final ChainHead anchor;
  private final List<DeletedRange> gaps = new ArrayList<>();
  private final List<DeletedRange> receipts = new ArrayList<>();
  private ChainHead upTo = new ChainHead(0, ChainedLine.NOTHING);
  private boolean begun;
  private long records;

  ChainVerifier(ChainHead anchor) {
    this.anchor = anchor;
  }

  History.Check check(List<Segment> segments) {
    for (Segment segment : segments) {
      try {
        segment.read(this::follow);
      } catch (IOException e) {
        String place = segment.file().getFileName() + " after record " + upTo.seq();
        return broken(place + ": " + e.getMessage());
      }
    }
    for (DeletedRange gap : gaps) {
      if (receipts.stream().noneMatch(receipt -> receipt.covers(gap))) {
        return broken("no receipt says that records " + range(gap) + " were deleted");
      }
    }
    if (anchor.seq() > upTo.seq()) {
      return broken("records " + (upTo.seq() + 1) + " to " + anchor.seq() + " are missing");
    }
    return new History.Check(true, upTo, records, deleted(), "");
  }

  private History.Check broken(String problem) {
    return new History.Check(false, upTo, records, deleted(), problem);
  }

  private long deleted() {
    return gaps.stream().mapToLong(gap -> gap.to() - gap.from() + 1).sum();
  }

  private static String range(DeletedRange gap) {
    return gap.from() + " to " + gap.to();
  }

  private void follow(HistoryEntry entry) throws IOException {
    DeletedRange place = entry.gap();
    if (!begun && place.from() > 1) {
      pass(new DeletedRange(1, place.from() - 1, ChainedLine.NOTHING, place.prev()));
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
    upTo = new ChainHead(place.to(), place.last());
    if (entry.type().equals(HistoryEntry.DELETION)) {
      receipts.addAll(entry.proves());
    }
  }

  private void pass(DeletedRange gap) throws IOException {
    anchor(gap);
    begun = true;
    gaps.add(gap);
    upTo = new ChainHead(gap.to(), gap.last());
  }

  /* Within a gap nothing is left of the noted record: a history made anew could have any. */
  private void anchor(DeletedRange place) throws IOException {
    if (place.from() <= anchor.seq() && anchor.seq() < place.to()) {
      throw new IOException(
          "the noted record "
              + anchor.seq()
              + " was deleted, with those to "
              + place.to()
              + "; note the head of the deletion's receipt, or a later one");
    }
    if (place.to() == anchor.seq() && !place.last().equals(anchor.hash())) {
      throw new IOException("record " + place.to() + " is not the one that was noted");
    }
  }
}
