/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.provenance.LogVerification.Damaged;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of an evidence folder, in half a byte an entry. */
final class Listing {
  static final List<String> PARTS =
      List.of(".dsse.json", ".bundle.json", ".proof.json", ".summary.json");

  /** The largest number of entries; a larger number in a file name is no entry. */
  private static final int MOST = 1 << 24;

  private final List<BitSet> parts = new ArrayList<>();
  private boolean hasKey;
  private boolean hasCheckpoint;
  private @Nullable String stray;

  private Listing() {
    PARTS.forEach(part -> parts.add(new BitSet()));
  }

  static Listing of(Iterable<String> names) {
    Listing listing = new Listing();
    names.forEach(listing::add);
    return listing;
  }

  private void add(String name) {
    hasKey |= name.equals(EvidenceFolder.KEY);
    hasCheckpoint |= name.equals(EvidenceFolder.CHECKPOINT);
    int index = index(name);
    int part = index < 0 ? -1 : PARTS.indexOf(name.substring(Integer.toString(index).length()));
    if (part >= 0) {
      parts.get(part).set(index);
    } else if (name.endsWith(".json")) {
      stray = name;
    }
  }

  /** The canonical number that a file name begins with; -1 when there is none. */
  private static int index(String name) {
    int end = 0;
    while (end < name.length() && end < 8 && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
      end++;
    }
    int index = end == 0 ? -1 : Integer.parseInt(name.substring(0, end));
    return index < MOST && name.startsWith(index + ".") ? index : -1;
  }

  /** The number of entries without a gap from 0, counted by their envelopes. */
  int count() {
    return parts.get(0).nextClearBit(0);
  }

  boolean has(int index, int part) {
    return parts.get(part).get(index);
  }

  /** A file that is missing or unexpected; null when there is none. */
  @Nullable Damaged damage() {
    if (!hasKey || !hasCheckpoint) {
      return new Damaged(hasKey ? EvidenceFolder.CHECKPOINT : EvidenceFolder.KEY, -1, "is missing");
    }
    String unknown = stray;
    int index = -1;
    for (int part = 0; part < PARTS.size(); part++) {
      int beyond = parts.get(part).nextSetBit(count());
      if (beyond >= 0) {
        unknown = beyond + PARTS.get(part);
        index = beyond;
      }
    }
    return unknown == null
        ? null
        : new Damaged(unknown, index, "belongs to no entry, or files before it are missing");
  }
}
