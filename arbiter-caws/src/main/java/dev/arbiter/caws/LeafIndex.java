/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds a leaf's place in a tree by its hash; not thread-safe. */
final class LeafIndex {
  /*
   * Open addressing: a slot holds a place plus one, the hash itself stays in the tree. A hash of
   * SHA-256 is its own hash code, so its first bytes choose the slot. Leaves are taken in when
   * somebody asks, not when they are appended: most logs are never asked. At most half of the slots
   * are taken, so that a place costs 8 to 16 bytes and a question two or three looks.
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
    takeIn();
    return slots.length == 0 ? -1 : slots[slot(leafHash)] - 1L;
  }

  private void takeIn() {
    int size = Math.toIntExact(tree.size());
    if (size > slots.length / 2) {
      slots = new int[Math.max(FEWEST, Integer.highestOneBit(size) * 4)];
      taken = 0;
    }
    for (; taken < size; taken++) {
      slots[slot(tree.leaf(taken))] = taken + 1;
    }
  }

  /** Where the hash is, or the free slot where it belongs. */
  private int slot(byte[] leafHash) {
    int mask = slots.length - 1;
    int at = (int) INT.get(leafHash, 0) & mask;
    while (slots[at] != 0 && !tree.isLeaf(slots[at] - 1, leafHash)) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
