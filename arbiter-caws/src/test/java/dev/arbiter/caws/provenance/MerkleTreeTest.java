/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.internal.Digests;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String[] ENTRIES = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f"
  };
  private static final String[] ROOTS = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
  };

  private final MessageDigest digest = Digests.sha256();

  private byte[] leaf(int i) {
    byte[] entry = {(byte) i, (byte) (i >> 8)};
    return MerkleTree.leaf(digest, entry, 2);
  }

  private MerkleTree tree(int size) {
    MerkleTree tree = new MerkleTree();
    for (int i = 0; i < size; i++) {
      tree.append(leaf(i));
    }
    return tree;
  }

  /** The definition of RFC 6962, section 2.1, without any memory. */
  private byte[] naiveRoot(int from, int to) {
    int count = to - from;
    if (count == 0) {
      return digest.digest();
    }
    if (count == 1) {
      return leaf(from);
    }
    int left = Integer.highestOneBit(count - 1);
    return MerkleTree.node(digest, naiveRoot(from, from + left), naiveRoot(from + left, to));
  }

  /** The roots that certificate transparency's own tests use, for sizes 0 to 8. */
  @Test
  void roots_are_those_everybody_gets() {
    MerkleTree tree = new MerkleTree();
    assertThat(HEX.formatHex(tree.root(0))).isEqualTo(ROOTS[0]);

    for (int i = 0; i < ENTRIES.length; i++) {
      byte[] entry = HEX.parseHex(ENTRIES[i]);
      tree.append(MerkleTree.leaf(digest, entry, entry.length));
      assertThat(HEX.formatHex(tree.root(i + 1))).isEqualTo(ROOTS[i + 1]);
    }
  }

  @Test
  void every_root_and_every_inclusion_proof_up_to_64_leaves_holds() {
    MerkleTree tree = tree(64);
    for (int size = 1; size <= 64; size++) {
      byte[] root = naiveRoot(0, size);
      assertThat(tree.root(size)).isEqualTo(root);
      for (int index = 0; index < size; index++) {
        List<byte[]> path = tree.inclusion(index, size);

        assertThat(MerkleTree.verifyInclusion(leaf(index), index, size, path, root)).isTrue();
        assertThat(MerkleTree.verifyInclusion(leaf(index + 1), index, size, path, root)).isFalse();
        for (int other = 0; other < size; other++) {
          assertThat(MerkleTree.verifyInclusion(leaf(index), other, size, path, root))
              .isEqualTo(other == index);
        }
      }
    }
  }

  @Test
  void a_path_with_a_hash_changed_dropped_or_added_is_refused() {
    MerkleTree tree = tree(37);
    byte[] root = tree.root(37);
    for (int index = 0; index < 37; index++) {
      List<byte[]> path = tree.inclusion(index, 37);
      for (int i = 0; i < path.size(); i++) {
        List<byte[]> changed = new ArrayList<>(path);
        changed.set(i, path.get(i).clone());
        changed.get(i)[7] ^= 1;
        List<byte[]> dropped = new ArrayList<>(path);
        dropped.remove(i);
        List<byte[]> added = new ArrayList<>(path);
        added.add(i, path.get(i));

        assertThat(MerkleTree.verifyInclusion(leaf(index), index, 37, changed, root)).isFalse();
        assertThat(MerkleTree.verifyInclusion(leaf(index), index, 37, dropped, root)).isFalse();
        assertThat(MerkleTree.verifyInclusion(leaf(index), index, 37, added, root)).isFalse();
      }
    }
    assertThat(MerkleTree.verifyInclusion(leaf(0), -1, 37, tree.inclusion(0, 37), root)).isFalse();
    assertThat(MerkleTree.verifyInclusion(leaf(0), 37, 37, tree.inclusion(0, 37), root)).isFalse();
  }

  @Test
  void every_consistency_proof_up_to_64_leaves_holds_and_no_other_does() {
    MerkleTree tree = tree(64);
    for (int second = 1; second <= 64; second++) {
      byte[] newer = tree.root(second);
      for (int first = 0; first <= second; first++) {
        byte[] older = tree.root(first);
        List<byte[]> path = tree.consistency(first, second);

        assertThat(MerkleTree.verifyConsistency(first, older, second, newer, path)).isTrue();
        if (first > 0 && first < second) {
          byte[] wrong = older.clone();
          wrong[0] ^= 1;
          assertThat(MerkleTree.verifyConsistency(first, wrong, second, newer, path)).isFalse();
          assertThat(MerkleTree.verifyConsistency(first, older, second, wrong, path)).isFalse();
          assertThat(MerkleTree.verifyConsistency(first, older, second, newer, List.of()))
              .isFalse();
        }
      }
    }
  }

  @Test
  void leaves_are_found_across_chunks() {
    MerkleTree tree = tree(10_000);
    LeafIndex index = new LeafIndex(tree);

    assertThat(index.find(leaf(0))).isZero();
    assertThat(index.find(leaf(4096))).isEqualTo(4096);
    assertThat(index.find(leaf(9999))).isEqualTo(9999);
    assertThat(index.find(leaf(10_000))).isEqualTo(-1);
    assertThat(tree.root(10_000)).isEqualTo(naiveRoot(0, 10_000));
    assertThat(tree.root(8191)).isEqualTo(naiveRoot(0, 8191));
  }

  @Test
  void leaves_that_came_after_a_question_are_found_and_the_newest_of_equals_wins() {
    MerkleTree tree = new MerkleTree();
    LeafIndex index = new LeafIndex(tree);

    assertThat(index.find(leaf(0))).isEqualTo(-1);
    for (int i = 0; i < 3_000; i++) {
      tree.append(leaf(i % 1_000));
      assertThat(index.find(leaf(i % 1_000))).isEqualTo(i);
    }
    assertThat(index.find(leaf(999))).isEqualTo(2_999);
    assertThat(index.find(leaf(0))).isEqualTo(2_000);
    assertThat(index.find(leaf(1_000))).isEqualTo(-1);
  }
}
