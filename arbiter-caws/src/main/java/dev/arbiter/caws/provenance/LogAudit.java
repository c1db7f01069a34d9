/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares a tree of entries with its signed roots. */
record LogAudit(String origin, MerkleTree tree, KeyRing ring, PublicKey trusted) {

  /**
   * Returns how many entries are covered.
   *
   * @param note the log's own last checkpoint
   * @param held the notes that anchors hold; null without anchors
   */
  LogVerification verdict(Optional<String> note, @Nullable List<String> held) {
    Map<Checkpoint, String> roots = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>(note.stream().toList());
    notes.addAll(held == null ? List.of() : held);
    for (int i = 0; i < notes.size(); i++) {
      String where = i == 0 && note.isPresent() ? "checkpoint.txt" : "anchor";
      Checkpoint root = ring.open(notes.get(i), trusted).orElse(null);
      if (root == null) {
        return new LogVerification.Damaged(
            where, -1, "not signed for log " + origin + " by the key in charge");
      }
      roots.put(root, where);
    }
    long signed = 0;
    long anchored = 0;
    for (Map.Entry<Checkpoint, String> root : roots.entrySet()) {
      String where = root.getValue();
      if (!fits(root.getKey())) {
        return damage(root.getKey(), where, roots.keySet());
      }
      signed = Math.max(signed, root.getKey().size());
      anchored = Math.max(anchored, where.equals("anchor") ? root.getKey().size() : 0);
    }
    return LogVerification.covered(held == null ? signed : anchored, tree.size());
  }

  private boolean fits(Checkpoint root) {
    return root.size() <= tree.size()
        && MessageDigest.isEqual(tree.root(root.size()), root.rootHash());
  }

  /** Reports a bad root. The largest smaller root that fits proves the entries before it. */
  private LogVerification damage(Checkpoint bad, String where, Set<Checkpoint> roots) {
    if (bad.size() > tree.size()) {
      return new LogVerification.Damaged(
          where,
          tree.size(),
          "covers " + bad.size() + " entries, only " + tree.size() + " are there");
    }
    long good = 0;
    for (Checkpoint root : roots) {
      good = root.size() < bad.size() && fits(root) ? Math.max(good, root.size()) : good;
    }
    return new LogVerification.Damaged(
        where, good, "the first " + bad.size() + " entries are not those that were signed");
  }
}
