/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Seal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log of sealed verdicts: a Merkle tree whose root is signed now and then, so that
 * one signature covers many verdicts and none can be changed, removed or slipped in afterwards.
 *
 * <p>RFC 6962 over SHA-256; an entry is the verdict's document as UTF-8 bytes. Thread-safe.
 * Appending costs about 2 microseconds and 64 bytes of memory; a proof under 1 ms at a million
 * entries; a checkpoint one signature. With a folder the documents are kept in {@code
 * verdicts.jsonl}, one a line, beside {@code checkpoint.txt} and {@code public-key.pem}: what a
 * checkpoint covers was forced to disk before it was signed, what came after it a crash may lose.
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
   * @throws IllegalArgumentException if the origin cannot stand in a signed note
   */
  public static ProvenanceLog create(String origin, Signer key) {
    return new ProvenanceLog(origin, key, null);
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
    Checkpoint.requireOrigin(origin);
    try {
      VerdictFile file = VerdictFile.open(folder);
      boolean fit = false;
      try {
        ProvenanceLog log = new ProvenanceLog(origin, key, file);
        log.entries.readBack(file);
        log.signer.resume(file, folder);
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
   * @throws IllegalArgumentException if it has a line end, or is too long for a file
   * @throws UncheckedIOException if it cannot be written; the log then takes no more
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
   * @throws IllegalArgumentException if it has a line end, or is too long for a file
   * @throws UncheckedIOException if entry or checkpoint cannot be written; the log then takes no
   *     more
   */
  public long append(byte[] document, int length) {
    for (int i = 0; i < length; i++) {
      if (document[i] == '\n') {
        throw new IllegalArgumentException("an entry is one line; take the line ends out");
      }
    }
    try {
      signer.refuseAfterFailure();
      long index = entries.append(document, length);
      signer.appended(index + 1);
      return index;
    } catch (IOException e) {
      throw unwritable(e);
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
    return entries.size();
  }

  /**
   * The root over all entries.
   *
   * @return 32 bytes
   */
  public byte[] root() {
    return entries.head().root;
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
    try {
      return signer.rotate(next, at);
    } catch (IOException e) {
      throw unwritable(e);
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
    signer.anchors().add(anchor);
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
   * @return this
   */
  public ProvenanceLog checkpointEvery(int entries, Executor executor) {
    signer.every(entries, executor);
    return this;
  }

  /**
   * How often an anchor could not keep a checkpoint, or could not be read back.
   *
   * @return at least 0
   */
  public long anchorFailures() {
    return signer.anchors().failures();
  }

  /**
   * Compares the entries with the roots that were signed and, where there are anchors, with those
   * that are held elsewhere. With a folder the entries are read again from disk.
   *
   * @return how many entries are covered: by the furthest root an anchor holds, or without anchors
   *     by the last checkpoint; or what is damaged
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
   * Signs for all entries there are now; appending goes on meanwhile.
   *
   * @return the signed checkpoint; the last one again when nothing was appended since
   * @throws UncheckedIOException if entries or checkpoint cannot be written
   */
  public Checkpoint checkpoint() {
    try {
      return signer.checkpoint();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * The last checkpoint.
   *
   * @return empty before the first
   */
  public Optional<Checkpoint> latest() {
    return Optional.ofNullable(signer.latest());
  }

  /**
   * Proves where a verdict stands below the last checkpoint.
   *
   * <p>By an index of 8 to 16 bytes an entry, made at the first question and kept up after it.
   *
   * @param seal the verdict's seal
   * @return the proof, or empty when it is not in the log or no checkpoint covers it yet
   */
  public Optional<InclusionProof> prove(Seal seal) {
    Checkpoint covered = signer.latest();
    long index = covered == null ? -1 : entries.find(seal.document());
    return covered == null || index < 0 || index >= covered.size()
        ? Optional.empty()
        : Optional.of(entries.proof(index, covered.size()));
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
   * Checks that an entry is covered by a checkpoint.
   *
   * @param document the entry
   * @param proof where it stands
   * @param checkpoint an opened checkpoint of the same size
   * @return whether the entry, unchanged, stands at that place
   */
  public static boolean verify(String document, InclusionProof proof, Checkpoint checkpoint) {
    List<byte[]> path = StrictBase64.decode(proof.hashes());
    return path != null
        && proof.size() == checkpoint.size()
        && MerkleTree.verifyInclusion(
            MerkleTree.leaf(document), proof.index(), proof.size(), path, checkpoint.rootHash());
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
    List<byte[]> hashes = StrictBase64.decode(path);
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
