/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Seal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log of sealed verdicts: a Merkle tree whose root is signed now and then, so that
 * one signature covers many verdicts and none can be changed, removed or slipped in afterwards.
 *
 * <p>RFC 6962 over SHA-256; an entry is the verdict's document as UTF-8 bytes. Thread-safe.
 * Appending costs about 2 microseconds and 64 bytes of memory; a proof under 1 ms at a million
 * entries; a checkpoint one signature. With a folder the documents are kept in {@code
 * verdicts.jsonl}, one a line, beside {@code checkpoint.txt} and {@code public-key.pem}: what a
 * checkpoint covers was forced to disk before it was signed, what came after it may be lost in a
 * crash.
 */
public final class ProvenanceLog implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock signing = new ReentrantLock();
  private final MerkleTree tree = new MerkleTree();
  private final String origin;
  private final @Nullable VerdictFile file;
  private final KeyRing ring;
  private final Anchors anchors = new Anchors();
  private volatile Signer key;
  private volatile @Nullable Checkpoint latest;
  private volatile @Nullable Exception failure;

  private ProvenanceLog(String origin, Signer key, @Nullable VerdictFile file) {
    this.origin = origin;
    this.key = key;
    this.file = file;
    this.ring = new KeyRing(origin);
  }

  /**
   * Starts a log in memory.
   *
   * @param origin names the log in its checkpoints, such as {@code example.com/arbiter}; without
   *     spaces or plus signs
   * @param key signs the checkpoints
   * @return an empty log
   * @throws IllegalArgumentException if the origin cannot stand in a signed note
   */
  public static ProvenanceLog create(String origin, Signer key) {
    return new ProvenanceLog(checked(origin), key, null);
  }

  /**
   * Opens the log in a folder, or starts one there.
   *
   * @param folder where its files are; made if it is not there
   * @param origin names the log in its checkpoints
   * @param key signs the checkpoints
   * @return the log, with all entries that were read back
   * @throws UncheckedIOException if the files cannot be read or written, or another log has them
   *     open
   * @throws IllegalStateException if the entries do not agree with the last checkpoint, or it was
   *     signed by another key: then somebody changed the files
   */
  public static ProvenanceLog open(Path folder, String origin, Signer key) {
    String name = checked(origin);
    try {
      VerdictFile file = VerdictFile.open(folder);
      boolean fit = false;
      try {
        ProvenanceLog log = new ProvenanceLog(name, key, file);
        log.readBack(file, folder);
        fit = true;
        return log;
      } finally {
        if (!fit) {
          file.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the verdict log in " + folder, e);
    }
  }

  private void readBack(VerdictFile file, Path folder) throws IOException {
    MessageDigest digest = Digests.sha256();
    file.replay(
        (bytes, length) -> {
          ring.see(tree.size(), bytes, length);
          tree.append(MerkleTree.leaf(digest, bytes, length));
        });
    PublicKey newest = ring.newest(key.publicKey());
    if (!newest.equals(key.publicKey())) {
      throw damaged(folder, "it was handed on to " + SigningKey.idOf(newest));
    }
    Optional<String> note = file.readCheckpoint();
    if (note.isPresent()) {
      Checkpoint last =
          ring.open(note.get(), key.publicKey())
              .orElseThrow(() -> damaged(folder, "its checkpoint is not signed by " + key.id()));
      boolean same =
          last.size() <= tree.size()
              && MessageDigest.isEqual(tree.root(last.size()), last.rootHash());
      if (!same) {
        throw damaged(folder, "its first " + last.size() + " entries are not those signed");
      }
      latest = last;
    }
    file.writePublicKey(key.publicPem());
  }

  private static IllegalStateException damaged(Path folder, String how) {
    return new IllegalStateException(
        "the verdict log in "
            + folder
            + " was changed or belongs to another key: "
            + how
            + "; keep it as evidence and log to another folder");
  }

  private static String checked(String origin) {
    boolean fit = !origin.isEmpty() && origin.length() <= 200;
    for (int i = 0; i < origin.length(); i++) {
      char c = origin.charAt(i);
      fit &= c > ' ' && c < 0x7f && c != '+';
    }
    if (!fit) {
      throw new IllegalArgumentException(
          "origin must be 1 to 200 printable characters without spaces or '+', got '"
              + Clean.text(origin, 60)
              + "'");
    }
    return origin;
  }

  /**
   * Appends an entry.
   *
   * @param document a verdict's document, one line
   * @return its place, from 0
   * @throws IllegalArgumentException if it has a line end, or is too long for a file
   * @throws UncheckedIOException if it cannot be written; the log then takes no more
   */
  public long append(String document) {
    if (document.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("an entry is one line; take the line ends out");
    }
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    return append(bytes, bytes.length, MerkleTree.leaf(Digests.sha256(), bytes, bytes.length));
  }

  long append(byte[] document, int length, byte[] leafHash) {
    lock.lock();
    try {
      refuseAfterFailure();
      if (file != null) {
        file.append(document, length);
      }
      tree.append(leafHash);
      return tree.size() - 1;
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      lock.unlock();
    }
  }

  private static UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException("the verdict log cannot be written: " + e.getMessage(), e);
  }

  /**
   * How many entries there are.
   *
   * @return at least 0
   */
  public long size() {
    lock.lock();
    try {
      return tree.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The root over all entries.
   *
   * @return 32 bytes
   */
  public byte[] root() {
    lock.lock();
    try {
      return tree.root(tree.size());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands the log on to another key: an entry signed by both keys says so, and a checkpoint by the
   * new one covers it. Whoever trusts one of the keys can follow the log to the other.
   *
   * @param next signs from now on; has not signed for this log before
   * @param at when, for the reader
   * @return the first checkpoint by the new key
   * @throws IllegalArgumentException if the key had its turn already
   * @throws UncheckedIOException if entry or checkpoint cannot be written
   */
  public Checkpoint rotate(Signer next, Instant at) {
    signing.lock();
    try {
      lock.lock();
      try {
        if (!ring.isNew(next.publicKey()) || next.id().equals(key.id())) {
          throw new IllegalArgumentException(
              "key " + next.id() + " has signed for this log before; rotate to a fresh one");
        }
        String entry = KeyRotation.document(origin, tree.size(), key, next, at);
        byte[] bytes = entry.getBytes(StandardCharsets.UTF_8);
        append(bytes, bytes.length, MerkleTree.leaf(Digests.sha256(), bytes, bytes.length));
        ring.see(tree.size() - 1, bytes, bytes.length);
        key = next;
      } finally {
        lock.unlock();
      }
      Checkpoint first = signNow();
      if (file != null) {
        file.writePublicKey(next.publicPem());
      }
      return first;
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      signing.unlock();
    }
  }

  /**
   * Shows every checkpoint from now on to somebody who keeps it.
   *
   * <p>An anchor that fails does not stop the log: {@link #verify()} then says how far the anchors
   * reach, and {@link #anchorFailures()} counts.
   *
   * @param anchor keeps checkpoints where this log's owner cannot change them
   * @return this
   */
  public ProvenanceLog anchor(Anchor anchor) {
    anchors.add(anchor);
    return this;
  }

  /**
   * How often an anchor could not keep a checkpoint, or could not be read back.
   *
   * @return at least 0
   */
  public long anchorFailures() {
    return anchors.failures();
  }

  /**
   * Compares the entries with the roots that were signed and, where there are anchors, with those
   * that are held elsewhere. With a folder the entries are read again from disk.
   *
   * @return how many entries are covered: by the furthest root an anchor holds, or without anchors
   *     by the last checkpoint; or what is damaged
   * @throws UncheckedIOException if the files cannot be read
   */
  public Integrity verify() {
    signing.lock();
    lock.lock();
    try {
      if (file == null) {
        return new Audit(origin, tree, ring, key.publicKey()).verdict(latestNote(), anchors.held());
      }
      if (!file.isClosed()) {
        file.flush();
      }
      MerkleTree again = new MerkleTree();
      MessageDigest digest = Digests.sha256();
      file.reread((bytes, length) -> again.append(MerkleTree.leaf(digest, bytes, length)));
      long differs = tree.firstDifference(again);
      return differs >= 0
          ? new Integrity.Damaged(
              "verdicts.jsonl", differs, "entries were changed, removed or added")
          : new Audit(origin, again, ring, key.publicKey())
              .verdict(file.readCheckpoint(), anchors.held());
    } catch (IOException e) {
      throw new UncheckedIOException("the verdict log cannot be read: " + e.getMessage(), e);
    } finally {
      lock.unlock();
      signing.unlock();
    }
  }

  private Optional<String> latestNote() {
    Checkpoint last = latest;
    return last == null ? Optional.empty() : Optional.of(last.note());
  }

  /**
   * Signs for all entries there are now; appending goes on meanwhile.
   *
   * @return the signed checkpoint; the last one again when nothing was appended since
   * @throws UncheckedIOException if entries or checkpoint cannot be written
   */
  public Checkpoint checkpoint() {
    signing.lock();
    try {
      return signNow();
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      signing.unlock();
    }
  }

  /**
   * Signs unless another thread is at it, which then covers these entries with its next. A failure
   * is kept: the log takes no more.
   */
  void checkpointUnlessBusy() {
    if (signing.tryLock()) {
      try {
        signNow();
      } catch (IOException | RuntimeException e) {
        failure = e;
      } finally {
        signing.unlock();
      }
    }
  }

  void refuseAfterFailure() throws IOException {
    Exception before = failure;
    if (before != null) {
      throw new IOException("a checkpoint failed (" + before + "); open another folder", before);
    }
  }

  private Checkpoint signNow() throws IOException {
    long size;
    byte[] root;
    Signer signer;
    lock.lock();
    try {
      signer = key;
      size = tree.size();
      root = tree.root(size);
      if (file != null) {
        file.flush();
      }
    } finally {
      lock.unlock();
    }
    Checkpoint before = latest;
    if (before != null && before.size() == size) {
      return before;
    }
    if (file != null) {
      file.force();
    }
    Checkpoint signed = Checkpoint.sign(origin, size, root, signer);
    if (file != null) {
      file.writeCheckpoint(signed.note());
    }
    latest = signed;
    anchors.hold(signed);
    return signed;
  }

  /**
   * The last checkpoint.
   *
   * @return empty before the first
   */
  public Optional<Checkpoint> latest() {
    return Optional.ofNullable(latest);
  }

  /**
   * Proves where a verdict stands below the last checkpoint.
   *
   * <p>Looks for the verdict from the newest to the oldest: about 10 ms for a million entries.
   *
   * @param seal the verdict's seal
   * @return the proof, or empty when it is not in the log or no checkpoint covers it yet
   */
  public Optional<InclusionProof> prove(Seal seal) {
    Checkpoint covered = latest;
    byte[] bytes = seal.document().getBytes(StandardCharsets.UTF_8);
    byte[] leaf = MerkleTree.leaf(Digests.sha256(), bytes, bytes.length);
    lock.lock();
    try {
      long index = tree.indexOf(leaf);
      return covered == null || index < 0 || index >= covered.size()
          ? Optional.empty()
          : Optional.of(proof(index, covered.size()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Proves where an entry stands.
   *
   * @param index the entry's place
   * @param size how many entries of the log are looked at, as a checkpoint has it
   * @return the proof
   * @throws IllegalArgumentException if there is no such place or size
   */
  public InclusionProof proof(long index, long size) {
    lock.lock();
    try {
      if (index < 0 || index >= size || size > tree.size()) {
        throw new IllegalArgumentException(
            "no entry " + index + " below size " + size + ", the log has " + tree.size());
      }
      return new InclusionProof(index, size, Base64s.encode(tree.inclusion(index, size)));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Proves that a shorter log is the start of a longer one (RFC 6962, section 2.1.2).
   *
   * @param first the size of the shorter
   * @param second the size of the longer
   * @return the path, each hash 32 bytes in Base64
   * @throws IllegalArgumentException if the sizes are not 0 up to {@link #size()} in that order
   */
  public List<String> consistency(long first, long second) {
    lock.lock();
    try {
      if (first < 0 || first > second || second > tree.size()) {
        throw new IllegalArgumentException(
            "no sizes " + first + " and " + second + ", the log has " + tree.size());
      }
      return Base64s.encode(tree.consistency(first, second));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Checks that an entry is covered by a checkpoint.
   *
   * @param document the entry
   * @param proof where it stands
   * @param checkpoint an opened checkpoint of the same size
   * @return whether the entry, unchanged, stands at that place
   */
  public static boolean verify(String document, InclusionProof proof, Checkpoint checkpoint) {
    List<byte[]> path = Base64s.decode(proof.hashes());
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    byte[] leaf = MerkleTree.leaf(Digests.sha256(), bytes, bytes.length);
    return path != null
        && proof.size() == checkpoint.size()
        && MerkleTree.verifyInclusion(
            leaf, proof.index(), proof.size(), path, checkpoint.rootHash());
  }

  /**
   * Checks that nothing was rewritten between two checkpoints.
   *
   * @param older the earlier
   * @param newer the later, of the same log
   * @param path what {@link #consistency} gave for their sizes
   * @return whether the older log is the start of the newer
   */
  public static boolean verify(Checkpoint older, Checkpoint newer, List<String> path) {
    List<byte[]> hashes = Base64s.decode(path);
    return hashes != null
        && older.origin().equals(newer.origin())
        && MerkleTree.verifyConsistency(
            older.size(), older.rootHash(), newer.size(), newer.rootHash(), hashes);
  }

  /**
   * Signs a last checkpoint if entries came since, and closes the files; closing again does
   * nothing. A log with files takes no entries afterwards.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  public void close() {
    if (file != null && file.isClosed()) {
      return;
    }
    try {
      checkpoint();
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }
}
