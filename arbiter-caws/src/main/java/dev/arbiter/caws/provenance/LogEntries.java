/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.caws.internal.text.StrictBase64;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Spares;
import dev.arbiter.task.Seal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The entries of one log: their tree, their file, and the keys that they name. */
final class LogEntries {
  private final ReentrantLock lock = new ReentrantLock();
  private final MerkleTree tree = new MerkleTree();
  private final LeafIndex index = new LeafIndex(tree);
  private final KeyRing ring;
  private final Withdrawal.Register withdrawn = new Withdrawal.Register();
  private final String origin;
  private final @Nullable VerdictFile file;
  private final Spares<LeafHasher> hashers = new Spares<>(LeafHasher::new);
  private @Nullable EntryCodes codes;
  private @Nullable EarlierEntries earlier;

  /** Size and root at one moment. */
  static final class Head {
    final long size;
    final byte[] root;

    private Head(long size, byte[] root) {
      this.size = size;
      this.root = root;
    }
  }

  /** Hashes entries outside the lock; one thread at a time has it. */
  private static final class LeafHasher {
    private final MessageDigest digest = Digests.sha256();
    private final byte[] hash = new byte[MerkleTree.HASH];

    /** The hash of an entry as a leaf; valid until the next one. */
    byte[] leaf(byte[] entry, int length) {
      MerkleTree.leaf(digest, entry, length, hash);
      return hash;
    }
  }

  LogEntries(String origin, @Nullable VerdictFile file) {
    this.origin = origin;
    this.ring = new KeyRing(origin);
    this.file = file;
  }

  /**
   * Reads the file's entries; before the log is used.
   *
   * @param codes of the key that will sign
   * @return the places of the entries that this key did not write, as far as codes tell; an entry
   *     that hands the log to the key proves itself
   */
  BitSet readBack(VerdictFile kept, EntryCodes codes, PublicKey key) throws IOException {
    MessageDigest digest = Digests.sha256();
    BitSet unproved = new BitSet();
    kept.replay(
        (bytes, length, code) -> {
          int place = Math.toIntExact(tree.size());
          withdrawn.see(bytes, length);
          byte[] leaf = MerkleTree.leaf(digest, bytes, length);
          tree.append(leaf);
          if (key.equals(ring.see(place, bytes, length))) {
            codes.start(tree.size(), tree.root(tree.size()));
          } else if (!MessageDigest.isEqual(codes.next(leaf), code)) {
            unproved.set(place);
          }
        });
    this.codes = codes;
    Path path = VerdictFile.entries(kept.folder());
    this.earlier = new EarlierEntries(path, Files.size(path));
    return unproved;
  }

  KeyRing ring() {
    return ring;
  }

  /** Whether the first entries are those of a checkpoint. */
  boolean beginAs(Checkpoint signed) {
    lock.lock();
    try {
      return signed.size() <= tree.size()
          && MessageDigest.isEqual(tree.root(signed.size()), signed.rootHash());
    } finally {
      lock.unlock();
    }
  }

  long append(byte[] document, int length) throws IOException {
    LeafHasher hasher = hashers.take();
    byte[] leaf = hasher.leaf(document, length);
    lock.lock();
    try {
      if (file != null && codes != null) {
        file.check(length); // before the code: each code is of an entry that is there
        file.append(document, length, codes.next(leaf));
      }
      withdrawn.see(document, length);
      tree.append(leaf);
      return tree.size() - 1;
    } finally {
      lock.unlock();
      hashers.give(hasher);
    }
  }

  /** Keeps other threads from appending until {@link #release}; both by one thread. */
  void hold() {
    lock.lock();
  }

  void release() {
    lock.unlock();
  }

  /**
   * Appends the entry that replaces the key.
   *
   * @param next the codes of entries after it; null for a log without a file
   */
  void rotate(Signer from, Signer to, Instant at, @Nullable EntryCodes next) throws IOException {
    lock.lock();
    try {
      if (!ring.isNew(to.publicKey()) || to.id().equals(from.id())) {
        throw new IllegalArgumentException(
            "key " + to.id() + " has signed for this log before; rotate to a fresh one");
      }
      String entry = KeyRotation.document(origin, tree.size(), from, to, at);
      byte[] bytes = entry.getBytes(StandardCharsets.UTF_8);
      long place = append(bytes, bytes.length);
      ring.see(place, bytes, bytes.length);
      if (next != null) {
        next.start(tree.size(), tree.root(tree.size()));
        codes = next;
      }
    } finally {
      lock.unlock();
    }
  }

  long size() {
    lock.lock();
    try {
      return tree.size();
    } finally {
      lock.unlock();
    }
  }

  /** Writes buffered entries to the operating system, and returns the head. */
  Head flushed() throws IOException {
    lock.lock();
    try {
      if (file != null) {
        file.flush();
      }
      return head();
    } finally {
      lock.unlock();
    }
  }

  Head head() {
    lock.lock();
    try {
      return new Head(tree.size(), tree.root(tree.size()));
    } finally {
      lock.unlock();
    }
  }

  /** The newest place of a document, or -1. */
  long find(String document) {
    byte[] leaf = MerkleTree.leaf(document);
    lock.lock();
    try {
      return index.find(leaf);
    } finally {
      lock.unlock();
    }
  }

  /** The newest entry of before the log was opened with this subject; null if there is none. */
  @Nullable String findEarlier(String subject) throws IOException {
    EarlierEntries known = earlier;
    if (known == null) {
      return null;
    }
    String entry;
    synchronized (known) {
      entry = known.find(subject);
    }
    // The file may have been changed since; the tree has what was proved.
    return entry != null && find(entry) >= 0 ? entry : null;
  }

  /** The withdrawal of a verdict; null when it stands. */
  @Nullable Withdrawal withdrawal(Seal seal) {
    lock.lock();
    try {
      return withdrawn.of(seal);
    } finally {
      lock.unlock();
    }
  }

  InclusionProof proof(long place, long size) {
    lock.lock();
    try {
      if (place < 0 || place >= size || size > tree.size()) {
        throw new IllegalArgumentException(
            "no entry " + place + " below size " + size + ", the log has " + tree.size());
      }
      return new InclusionProof(place, size, StrictBase64.encode(tree.inclusion(place, size)));
    } finally {
      lock.unlock();
    }
  }

  List<String> consistency(long first, long second) {
    lock.lock();
    try {
      if (first < 0 || first > second || second > tree.size()) {
        throw new IllegalArgumentException(
            "no sizes " + first + " and " + second + ", the log has " + tree.size());
      }
      return StrictBase64.encode(tree.consistency(first, second));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Compares the entries with the signed roots; appends wait.
   *
   * @param note the last checkpoint of a log without a file
   * @param held the notes that anchors hold; null without anchors
   */
  LogVerification verify(PublicKey trusted, Optional<String> note, @Nullable List<String> held)
      throws IOException {
    lock.lock();
    try {
      return file == null
          ? new LogAudit(origin, tree, ring, trusted).verdict(note, held)
          : reread(file, trusted, held);
    } finally {
      lock.unlock();
    }
  }

  private LogVerification reread(VerdictFile kept, PublicKey trusted, @Nullable List<String> held)
      throws IOException {
    if (!kept.isClosed()) {
      kept.flush();
    }
    MerkleTree again = new MerkleTree();
    MessageDigest digest = Digests.sha256();
    LineFile.read(
        VerdictFile.entries(kept.folder()),
        (bytes, length) -> again.append(MerkleTree.leaf(digest, bytes, length)));
    long differs = tree.firstDifference(again);
    return differs >= 0
        ? new LogVerification.Damaged(
            "verdicts.jsonl", differs, "entries were changed, removed or added")
        : new LogAudit(origin, again, ring, trusted).verdict(kept.readCheckpoint(), held);
  }
}
