/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.caws.internal.text.StrictBase64;
import dev.arbiter.task.Seal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log of sealed verdicts: a Merkle tree whose root is signed from time to time. One
 * signature covers many verdicts, and none can be changed, removed or inserted afterwards.
 *
 * <p>RFC 6962 over SHA-256; an entry is the verdict's document as UTF-8 bytes. Thread-safe.
 * Appending costs about 2 microseconds and 64 bytes of memory, a proof under 1 ms at a million
 * entries, a checkpoint one signature.
 *
 * <p>A log in a folder keeps the documents in {@code verdicts.jsonl}, one a line, beside {@code
 * checkpoint.txt} and {@code public-key.pem}. Entries are forced to disk before a checkpoint that
 * covers them is signed; a crash may lose later entries.
 *
 * <p>A log is its key and its origin. {@code verdicts.mac} has a code for each entry that only the
 * holder of the key can make, so entries behind the last checkpoint are known again after a crash.
 * An entry that another hand added, and a folder of entries without {@code checkpoint.txt}, are
 * refused: they are never signed. Entries cut off the end, back to an earlier checkpoint, look like
 * a crash; only an {@link Anchor} sees that.
 */
public final class ProvenanceLog implements AutoCloseable {
  private final LogEntries entries;
  private final CheckpointSigner signer;
  private final @Nullable VerdictFile file;

  private ProvenanceLog(String origin, Signer key, @Nullable VerdictFile file) {
    Checkpoint.requireOrigin(origin);
    this.file = file;
    this.entries = new LogEntries(origin, file);
    this.signer = new CheckpointSigner(origin, key, entries, file);
  }

  /**
   * Starts a log in memory.
   *
   * @param origin names the log in its checkpoints, such as {@code example.com/arbiter}; without
   *     spaces or plus signs
   * @param key signs the checkpoints
   * @return an empty log
   * @throws IllegalArgumentException if a signed note cannot contain the origin
   */
  public static ProvenanceLog create(String origin, Signer key) {
    return new ProvenanceLog(origin, key, null);
  }

  /**
   * Opens the log in a folder, or starts one there.
   *
   * @param folder has the files; is created if it does not exist
   * @param origin names the log in its checkpoints
   * @param key signs the checkpoints
   * @return the log, with the entries of the folder
   * @throws UncheckedIOException if the files cannot be read or written, or another log has them
   *     open
   * @throws IllegalStateException if the entries contradict the last checkpoint, or another key
   *     signed it, or there is none, or an entry behind it was not written by the key: then the
   *     files were changed; also if the key gives two signatures for one text
   */
  public static ProvenanceLog open(Path folder, String origin, Signer key) {
    return open(folder, origin, key, List.of());
  }

  /**
   * Opens the log in a folder, or starts one there, and compares it with the checkpoints that
   * anchors hold. So a log that was taken back to an earlier moment, or thrown away, is seen before
   * it signs anything.
   *
   * @param folder has the files; is created if it does not exist
   * @param origin names the log in its checkpoints
   * @param key signs the checkpoints
   * @param anchors keep every later checkpoint; one that cannot be read is counted and not compared
   * @return the log, with the entries of the folder
   * @throws UncheckedIOException if the files cannot be read or written, or another log has them
   *     open
   * @throws IllegalStateException as above, or if the entries are not those that an anchor
   *     remembers
   */
  public static ProvenanceLog open(Path folder, String origin, Signer key, List<Anchor> anchors) {
    Checkpoint.requireOrigin(origin);
    try {
      VerdictFile file = VerdictFile.open(folder);
      boolean fit = false;
      try {
        ProvenanceLog log = new ProvenanceLog(origin, key, file);
        EntryCodes codes = EntryCodes.of(origin, key);
        anchors.forEach(log::anchor);
        log.signer.resume(file, folder, log.entries.readBack(file, codes, key.publicKey()));
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

  /**
   * Appends an entry.
   *
   * @param document a verdict's document, one line
   * @return its place, from 0
   * @throws IllegalArgumentException if it is empty, has a line end, begins with a byte order mark,
   *     or is too long for a file
   * @throws UncheckedIOException if it cannot be written; the log then refuses entries
   */
  public long append(String document) {
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    return append(bytes, bytes.length);
  }

  /**
   * Appends an entry, and signs a checkpoint when that is due: see {@link #checkpointEvery}.
   *
   * @param document begins with a verdict's document as UTF-8, one line; the log keeps no reference
   * @param length how many bytes the document has
   * @return its place, from 0
   * @throws IllegalArgumentException if it is empty, has a line end, begins with a byte order mark,
   *     or is too long for a file
   * @throws UncheckedIOException if entry or checkpoint cannot be written; the log then takes no
   *     more
   */
  public long append(byte[] document, int length) {
    requireLine(document, length);
    try {
      signer.refuseAfterFailure();
      long index = entries.append(document, length);
      signer.appended(index + 1);
      return index;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Refuses what is not read back as it was written: see {@link LineFile}. */
  private static void requireLine(byte[] document, int length) {
    if (length == 0) {
      throw new IllegalArgumentException("an entry is one line, and this one is empty");
    }
    if (LineFile.isMarked(document, length)) {
      throw new IllegalArgumentException("an entry begins with a byte order mark; take it out");
    }
    for (int i = 0; i < length; i++) {
      if (document[i] == '\n' || document[i] == '\r') {
        throw new IllegalArgumentException("an entry is one line; take the line ends out");
      }
    }
  }

  /**
   * Takes back a verdict of this log: appends an entry that says so, and signs a checkpoint that
   * covers it. Costs a signature, and with a folder two forced writes. A log that refuses entries
   * after a failed checkpoint takes a withdrawal all the same.
   *
   * @param withdrawal names the verdict
   * @throws UncheckedIOException if entry or checkpoint cannot be written
   */
  public void withdraw(Withdrawal withdrawal) {
    byte[] entry = withdrawal.document().getBytes(StandardCharsets.UTF_8);
    try {
      entries.append(entry, entry.length);
      signer.checkpoint();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Finds the withdrawal of a verdict.
   *
   * @param seal the verdict's seal
   * @return empty when the log has none: the verdict stands, if the log has it
   */
  public Optional<Withdrawal> withdrawal(Seal seal) {
    return Optional.ofNullable(entries.withdrawal(seal));
  }

  /**
   * Finds an entry that this log had when it was opened, by its subject. So a process that goes on
   * after a crash knows what the one before has recorded.
   *
   * <p>The first call reads the file once; each reads one entry. Entries that were changed on disk
   * since are not found.
   *
   * @param subject the end of an in-toto statement as it is in the log, from {@code "subject":[} on
   * @return the newest such entry in the last 16 MB of them; empty for a log in memory
   * @throws UncheckedIOException if the file cannot be read
   */
  public Optional<String> findEarlier(String subject) {
    try {
      return Optional.ofNullable(entries.findEarlier(subject));
    } catch (IOException e) {
      throw new UncheckedIOException("the verdict log cannot be read: " + e.getMessage(), e);
    }
  }

  private static UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException("the verdict log cannot be written: " + e.getMessage(), e);
  }

  /** {@return the number of entries; at least 0} */
  public long size() {
    return entries.size();
  }

  /** {@return the root over all entries; 32 bytes} */
  public byte[] root() {
    return entries.head().root;
  }

  /**
   * Replaces the log's key. Both keys sign an entry that says so, and the new key signs a
   * checkpoint that covers it. A verifier that trusts one of the keys can derive the other from the
   * log.
   *
   * <p>Keep the new key before the call, and the old one until it returns. If it fails after the
   * entry, {@link #key()} is the new key already; the same call again signs the missing checkpoint.
   *
   * @param next signs from now on; must not have signed for this log before
   * @param at the time in the entry, for a reader
   * @return the first checkpoint by the new key
   * @throws IllegalArgumentException if the key has signed for this log before
   * @throws UncheckedIOException if entry or checkpoint cannot be written
   */
  public Checkpoint rotate(Signer next, Instant at) {
    try {
      return signer.rotate(next, at);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** {@return the key that signs now; the one the log was opened with, or the last rotated to} */
  public PublicKey key() {
    return signer.key();
  }

  /**
   * Adds an anchor, which keeps every later checkpoint.
   *
   * <p>An anchor that fails does not stop the log: {@link #anchorFailures()} counts it, and {@link
   * #verify()} returns how many entries the anchors cover.
   *
   * @param anchor keeps checkpoints where this log's owner cannot change them
   */
  public ProvenanceLog anchor(Anchor anchor) {
    signer.anchor(anchor);
    return this;
  }

  /**
   * Signs a checkpoint whenever the log has grown by so many entries; by default only {@link
   * #checkpoint()} signs.
   *
   * <p>A checkpoint that fails refuses all later entries, and with {@code Runnable::run} also the
   * entry that filled the batch. If the executor rejects a checkpoint, the appending thread signs.
   *
   * @param entries at least 1
   * @param executor runs the signing; the caller shuts it down, after {@link #close}
   */
  public ProvenanceLog checkpointEvery(int entries, Executor executor) {
    signer.every(entries, executor);
    return this;
  }

  /**
   * {@return the number of times that an anchor could not keep a checkpoint or could not be read;
   * at least 0}
   */
  public long anchorFailures() {
    return signer.anchorFailures();
  }

  /**
   * Compares the entries with the signed roots and with the roots that anchors hold. The entries of
   * a folder are read again from disk.
   *
   * @return how many entries are covered, by the largest root of an anchor or, without anchors, by
   *     the last checkpoint; or the damage
   * @throws UncheckedIOException if the files cannot be read
   */
  public LogVerification verify() {
    try {
      return signer.verify();
    } catch (IOException e) {
      throw new UncheckedIOException("the verdict log cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Signs a checkpoint of all entries; other threads can append meanwhile.
   *
   * @return the checkpoint; the last one if no entry was appended since
   * @throws UncheckedIOException if entries or checkpoint cannot be written
   */
  public Checkpoint checkpoint() {
    try {
      return signer.checkpoint();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** {@return the last checkpoint; empty before the first} */
  public Optional<Checkpoint> latest() {
    return Optional.ofNullable(signer.latest());
  }

  /**
   * Proves the place of a verdict in the last checkpoint.
   *
   * <p>The first call builds an index of 8 to 16 bytes an entry; later calls extend it.
   *
   * @param seal the verdict's seal
   * @return the proof, or empty if the log does not have the verdict, no checkpoint covers it yet,
   *     or it was withdrawn
   */
  public Optional<InclusionProof> prove(Seal seal) {
    Checkpoint covered = signer.latest();
    long index = covered == null ? -1 : entries.find(seal.document());
    return covered == null
            || index < 0
            || index >= covered.size()
            || entries.withdrawal(seal) != null
        ? Optional.empty()
        : Optional.of(entries.proof(index, covered.size()));
  }

  /**
   * Proves the place of an entry.
   *
   * @param index the entry's place
   * @param size the number of entries that the proof covers, such as a checkpoint's size
   * @return the proof
   * @throws IllegalArgumentException if there is no such place or size
   */
  public InclusionProof proof(long index, long size) {
    return entries.proof(index, size);
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
    return entries.consistency(first, second);
  }

  /**
   * Verifies that a checkpoint covers an entry.
   *
   * @param document the entry
   * @param proof its place
   * @param checkpoint an opened checkpoint of the same size
   * @return true if the unchanged entry is at that place
   */
  public static boolean verify(String document, InclusionProof proof, Checkpoint checkpoint) {
    List<byte[]> path = StrictBase64.decode(proof.hashes());
    return path != null
        && proof.size() == checkpoint.size()
        && MerkleTree.verifyInclusion(
            MerkleTree.leaf(document), proof.index(), proof.size(), path, checkpoint.rootHash());
  }

  /**
   * Verifies that no entry was rewritten between two checkpoints.
   *
   * @param older the earlier one
   * @param newer the later one, of the same log
   * @param path the result of {@link #consistency} for their sizes
   * @return true if the older log is the start of the newer one
   */
  public static boolean verify(Checkpoint older, Checkpoint newer, List<String> path) {
    List<byte[]> hashes = StrictBase64.decode(path);
    return hashes != null
        && older.origin().equals(newer.origin())
        && MerkleTree.verifyConsistency(
            older.size(), older.rootHash(), newer.size(), newer.rootHash(), hashes);
  }

  /**
   * Signs a last checkpoint if there are new entries, and closes the files. A log with files then
   * refuses entries. A second call has no effect.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  public void close() {
    try {
      if (file == null || !file.isClosed()) {
        checkpoint();
      }
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }

  /**
   * A proof that a verdict is at one place of a provenance log (RFC 6962, section 2.1.1).
   *
   * @param index the verdict's place, from 0
   * @param size how many verdicts the log had
   * @param hashes the audit path from the leaf up, each 32 bytes in Base64
   */
  public record InclusionProof(long index, long size, List<String> hashes) {
    /** Copies. */
    public InclusionProof {
      hashes = List.copyOf(hashes);
    }
  }
}
