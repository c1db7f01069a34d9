/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.LogVerification.Damaged;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which files an evidence folder has, half a byte an entry. */
final class Listing {
  static final List<String> PARTS =
      List.of(".dsse.json", ".bundle.json", ".proof.json", ".summary.json");

  /** No folder has more entries: a larger number in a name belongs to none. */
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

  /** The number a file begins with, written as numbers are; else -1. */
  private static int index(String name) {
    int end = 0;
    while (end < name.length() && end < 8 && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
      end++;
    }
    int index = end == 0 ? -1 : Integer.parseInt(name.substring(0, end));
    return index < MOST && name.startsWith(index + ".") ? index : -1;
  }

  /** How many entries there are in a row from 0, by their envelopes. */
  int count() {
    return parts.get(0).nextClearBit(0);
  }

  boolean has(int index, int part) {
    return parts.get(part).get(index);
  }

  /** The first file that is missing or should not be there, null when all is as it should be. */
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
