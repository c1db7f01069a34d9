/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.internal.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growing Merkle tree over SHA-256 (RFC 6962, section 2.1); not thread-safe.
 *
 * <p>Keeps 32 bytes for each leaf and each complete subtree, in chunks: 64 bytes a leaf. Appending
 * hashes once per leaf on average. A root or a proof hashes at most {@code log2(n)} squared times:
 * 0.1 ms at a million leaves.
 */
final class MerkleTree {
  static final int HASH = 32;
  private static final int CHUNK = 1 << 12;

  /* levels.get(k) holds the roots of all complete subtrees of 2^k leaves, from left to right. */
  private final List<Level> levels = new ArrayList<>();
  private final MessageDigest digest = Digests.sha256();
  private final byte[] parent = new byte[HASH];
  private long size;

  /** The hashes of one level, in chunks, so that growing never copies. */
  private static final class Level {
    private final List<byte[]> chunks = new ArrayList<>();
    private long count;

    void add(byte[] hash) {
      int offset = (int) (count % CHUNK) * HASH;
      if (offset == 0) {
        chunks.add(new byte[CHUNK * HASH]);
      }
      System.arraycopy(hash, 0, chunks.get(chunks.size() - 1), offset, HASH);
      count++;
    }

    byte[] get(long index) {
      byte[] chunk = chunks.get((int) (index / CHUNK));
      int offset = (int) (index % CHUNK) * HASH;
      return Arrays.copyOfRange(chunk, offset, offset + HASH);
    }

    void feed(long index, MessageDigest digest) {
      digest.update(chunks.get((int) (index / CHUNK)), (int) (index % CHUNK) * HASH, HASH);
    }

    boolean is(long index, byte[] hash) {
      byte[] chunk = chunks.get((int) (index / CHUNK));
      int offset = (int) (index % CHUNK) * HASH;
      return Arrays.equals(chunk, offset, offset + HASH, hash, 0, HASH);
    }
  }

  long size() {
    return size;
  }

  void append(byte[] leafHash) {
    byte[] hash = leafHash;
    for (int level = 0; ; level++) {
      if (level == levels.size()) {
        levels.add(new Level());
      }
      Level at = levels.get(level);
      at.add(hash);
      if (at.count % 2 != 0) {
        break;
      }
      digest.update((byte) 1);
      at.feed(at.count - 2, digest);
      digest.update(hash);
      Digests.finish(digest, parent);
      hash = parent;
    }
    size++;
  }

  byte[] leaf(long index) {
    return levels.get(0).get(index);
  }

  boolean isLeaf(long index, byte[] leafHash) {
    return levels.get(0).is(index, leafHash);
  }

  /** The first leaf that differs from another tree's or is missing in one; -1 for equal trees. */
  long firstDifference(MerkleTree other) {
    long both = Math.min(size, other.size);
    for (long i = 0; i < both; i++) {
      if (!levels.get(0).is(i, other.levels.get(0).get(i))) {
        return i;
      }
    }
    return size == other.size ? -1 : both;
  }

  byte[] root(long treeSize) {
    return treeSize == 0 ? digest.digest() : subtree(0, treeSize);
  }

  /** Root of the leaves from start on; start is a multiple of the largest power of two below. */
  private byte[] subtree(long start, long count) {
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return levels.get(level).get(start >> level);
    }
    long left = Long.highestOneBit(count);
    return node(digest, subtree(start, left), subtree(start + left, count - left));
  }

  /** The audit path of a leaf, from the leaf up (RFC 6962, section 2.1.1). */
  List<byte[]> inclusion(long index, long treeSize) {
    List<byte[]> path = new ArrayList<>();
    inclusion(index, 0, treeSize, path);
    return path;
  }

  private void inclusion(long index, long start, long count, List<byte[]> path) {
    if (count == 1) {
      return;
    }
    long left = leftOf(count);
    if (index < left) {
      inclusion(index, start, left, path);
      path.add(subtree(start + left, count - left));
    } else {
      inclusion(index - left, start + left, count - left, path);
      path.add(subtree(start, left));
    }
  }

  /** The proof that a tree of {@code first} leaves is the start of one of {@code second}. */
  List<byte[]> consistency(long first, long second) {
    List<byte[]> path = new ArrayList<>();
    if (first > 0 && first < second) {
      consistency(first, 0, second, true, path);
    }
    return path;
  }

  private void consistency(long first, long start, long count, boolean whole, List<byte[]> path) {
    if (first == count) {
      if (!whole) {
        path.add(subtree(start, count));
      }
      return;
    }
    long left = leftOf(count);
    if (first <= left) {
      consistency(first, start, left, whole, path);
      path.add(subtree(start + left, count - left));
    } else {
      consistency(first - left, start + left, count - left, false, path);
      path.add(subtree(start, left));
    }
  }

  /** The largest power of two below count, for count above 1. */
  private static long leftOf(long count) {
    return Long.highestOneBit(count - 1);
  }

  static byte[] leaf(String document) {
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    return leaf(Digests.sha256(), bytes, bytes.length);
  }

  static byte[] leaf(MessageDigest digest, byte[] entry, int length) {
    byte[] hash = new byte[HASH];
    leaf(digest, entry, length, hash);
    return hash;
  }

  static void leaf(MessageDigest digest, byte[] entry, int length, byte[] to) {
    digest.update((byte) 0);
    digest.update(entry, 0, length);
    Digests.finish(digest, to);
  }

  static byte[] node(MessageDigest digest, byte[] left, byte[] right) {
    digest.update((byte) 1);
    digest.update(left);
    digest.update(right);
    return digest.digest();
  }

  /** Recomputes the root from a leaf and its path (RFC 9162, section 2.1.3.2). */
  static boolean verifyInclusion(
      byte[] leafHash, long index, long treeSize, List<byte[]> path, byte[] root) {
    if (index < 0 || index >= treeSize) {
      return false;
    }
    MessageDigest digest = Digests.sha256();
    long node = index;
    long last = treeSize - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : path) {
      if (last == 0 || sibling.length != HASH) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = node(digest, sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = node(digest, hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && MessageDigest.isEqual(hash, root);
  }

  /** Recomputes both roots from the path between them (RFC 9162, section 2.1.4.2). */
  static boolean verifyConsistency(
      long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> path) {
    if (first < 0 || first > second) {
      return false;
    }
    if (first == second || first == 0) {
      boolean emptyIsRight =
          first != 0 || MessageDigest.isEqual(firstRoot, Digests.sha256().digest());
      boolean sameRoot = first != second || MessageDigest.isEqual(firstRoot, secondRoot);
      return path.isEmpty() && emptyIsRight && sameRoot;
    }
    List<byte[]> hashes = new ArrayList<>(path);
    if (Long.bitCount(first) == 1) {
      hashes.add(0, firstRoot);
    }
    return !hashes.isEmpty() && consistent(first - 1, second - 1, hashes, firstRoot, secondRoot);
  }

  private static boolean consistent(
      long firstLast, long secondLast, List<byte[]> hashes, byte[] firstRoot, byte[] secondRoot) {
    MessageDigest digest = Digests.sha256();
    int shift = Long.numberOfTrailingZeros(~firstLast);
    long node = firstLast >> shift;
    long last = secondLast >> shift;
    byte[] first = hashes.get(0);
    byte[] second = first;
    for (byte[] hash : hashes.subList(1, hashes.size())) {
      if (last == 0 || hash.length != HASH) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        first = node(digest, hash, first);
        second = node(digest, hash, second);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        second = node(digest, second, hash);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0
        && MessageDigest.isEqual(first, firstRoot)
        && MessageDigest.isEqual(second, secondRoot);
  }
}
