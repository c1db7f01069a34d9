/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds a leaf's place in a tree by its hash; not thread-safe. */
final class LeafIndex {
  /*
   * Open addressing: a slot holds a place plus one; the hash itself is in the tree. A SHA-256 hash is
   * its own hash code, so its first bytes choose the slot. Leaves are indexed by the first search,
   * not by an append, because most logs are never searched. At most half of the slots are used, so
   * that a leaf costs 8 to 16 bytes and a search reads two or three slots.
   */
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final int FEWEST = 1 << 10;

  private final MerkleTree tree;
  private int[] slots = new int[0];
  private int taken;

  LeafIndex(MerkleTree tree) {
    this.tree = tree;
  }

  /** The newest place of a leaf, or -1. */
  long find(byte[] leafHash) {
    index();
    return slots.length == 0 ? -1 : slots[slot(leafHash)] - 1L;
  }

  private void index() {
    int size = Math.toIntExact(tree.size());
    if (size > slots.length / 2) {
      slots = new int[Math.max(FEWEST, Integer.highestOneBit(size) * 4)];
      taken = 0;
    }
    for (; taken < size; taken++) {
      slots[slot(tree.leaf(taken))] = taken + 1;
    }
  }

  /** The slot of a hash, or the free slot for it. */
  private int slot(byte[] leafHash) {
    int mask = slots.length - 1;
    int at = (int) INT.get(leafHash, 0) & mask;
    while (slots[at] != 0 && !tree.isLeaf(slots[at] - 1, leafHash)) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
