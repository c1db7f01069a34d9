/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds a tree of entries against the roots that were signed for it. */
record Audit(String origin, MerkleTree tree, KeyRing ring, PublicKey trusted) {

  /**
   * Says how far the entries are covered.
   *
   * @param note the log's own last checkpoint
   * @param held what anchors hold, null when there are none to ask
   */
  Integrity verdict(Optional<String> note, @Nullable List<String> held) {
    long signed = 0;
    if (note.isPresent()) {
      Integrity own = check("checkpoint.txt", note.get());
      if (own.isDamaged()) {
        return own;
      }
      signed = own.anchored();
    }
    if (held == null) {
      return Integrity.covered(signed, tree.size());
    }
    long anchored = 0;
    for (String root : held) {
      Integrity by = check("anchor", root);
      if (by.isDamaged()) {
        return by;
      }
      anchored = Math.max(anchored, by.anchored());
    }
    return Integrity.covered(anchored, tree.size());
  }

  private Integrity check(String where, String note) {
    Checkpoint root = ring.open(note, trusted).orElse(null);
    if (root == null) {
      return new Integrity.Damaged(
          where, -1, "not signed for log " + origin + " by the key in charge");
    }
    if (root.size() > tree.size()) {
      return new Integrity.Damaged(
          where,
          tree.size(),
          "covers " + root.size() + " entries, only " + tree.size() + " are there");
    }
    return MessageDigest.isEqual(tree.root(root.size()), root.rootHash())
        ? Integrity.covered(root.size(), tree.size())
        : new Integrity.Damaged(
            where, -1, "the first " + root.size() + " entries are not those that were signed");
  }
}
