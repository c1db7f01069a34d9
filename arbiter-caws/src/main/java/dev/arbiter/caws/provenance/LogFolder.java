/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.caws.internal.text.StrictBase64;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Seal;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a provenance log's folder without its private key, for verification and export. Reads once,
 * takes no lock, and does not see later entries.
 *
 * <p>Holds 72 bytes an entry; documents stay on disk. Not thread-safe.
 */
public final class LogFolder implements AutoCloseable {
  private final MerkleTree tree = new MerkleTree();
  private final RandomAccessFile documents;
  private final LeafIndex index = new LeafIndex(tree);
  private final Withdrawal.Register withdrawn = new Withdrawal.Register();
  private final KeyRing ring;
  private final PublicKey trusted;
  private final String origin;
  private final Optional<String> note;
  private long[] starts = new long[64];
  private int[] lengths = new int[64];

  private LogFolder(
      RandomAccessFile documents, String origin, PublicKey trusted, Optional<String> note) {
    this.documents = documents;
    this.origin = origin;
    this.ring = new KeyRing(origin);
    this.trusted = trusted;
    this.note = note;
  }

  /**
   * Reads a log's folder.
   *
   * @param folder the folder of {@link ProvenanceLog#open}
   * @param trusted a key of the log, from a trusted source; after a rotation any of its keys
   * @return the log as it is now, verified or not: see {@link #verify}
   * @throws IOException if it cannot be read
   */
  public static LogFolder read(Path folder, PublicKey trusted) throws IOException {
    Optional<String> note = VerdictFile.readCheckpoint(folder);
    String origin = note.map(text -> text.substring(0, Math.max(0, text.indexOf('\n')))).orElse("");
    RandomAccessFile channel = new RandomAccessFile(VerdictFile.entries(folder).toFile(), "r");
    LogFolder log = new LogFolder(channel, origin, trusted, note);
    MessageDigest digest = Digests.sha256();
    LineFile.read(
        VerdictFile.entries(folder),
        (bytes, length, start) -> {
          PublicKey unused = log.ring.see(log.tree.size(), bytes, length);
          log.withdrawn.see(bytes, length);
          log.add(start, length);
          log.tree.append(MerkleTree.leaf(digest, bytes, length));
        });
    return log;
  }

  private void add(long start, int length) {
    int at = Math.toIntExact(tree.size());
    if (at == starts.length) {
      starts = Arrays.copyOf(starts, at * 2);
      lengths = Arrays.copyOf(lengths, at * 2);
    }
    starts[at] = start;
    lengths[at] = length;
  }

  /**
   * Compares the entries with the checkpoint in the folder and with held checkpoints.
   *
   * @param held notes of checkpoints that were kept elsewhere; if empty, the folder's own counts
   * @return how many entries are covered, or the damage
   */
  public LogVerification verify(List<String> held) {
    LogAudit audit = new LogAudit(origin, tree, ring, trusted);
    return audit.verdict(note, held.isEmpty() ? null : held);
  }

  /**
   * {@return the checkpoint in the folder; empty if there is none, or no key of the log signed it}
   */
  public Optional<Checkpoint> checkpoint() {
    return note.flatMap(text -> ring.open(text, trusted));
  }

  /**
   * {@return the key that signs now; the trusted key, or the key that the log's rotations replaced
   * it by}
   */
  public PublicKey key() {
    return ring.newest(trusted);
  }

  /** {@return the number of entries; at least 0} */
  public long size() {
    return tree.size();
  }

  /**
   * Reads one entry.
   *
   * @param index its place, from 0
   * @return the document
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if there is no such place
   */
  public String document(long index) throws IOException {
    checkPlace(index, tree.size());
    int at = (int) index;
    byte[] bytes = new byte[lengths[at]];
    try {
      documents.seek(starts[at]);
      documents.readFully(bytes);
    } catch (EOFException e) {
      throw new IOException("the log was cut off at entry " + index + " while it was read", e);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Proves the place of an entry.
   *
   * @param index the entry's place
   * @param size the number of entries that the proof covers
   * @return the proof
   * @throws IllegalArgumentException if there is no such place or size
   */
  public InclusionProof proof(long index, long size) {
    checkPlace(index, size);
    checkPlace(size - 1, tree.size());
    return new InclusionProof(index, size, StrictBase64.encode(tree.inclusion(index, size)));
  }

  /**
   * Proves the place of a verdict in the folder's checkpoint.
   *
   * @param seal the verdict's seal
   * @return the proof, or empty if the log does not have the verdict, its checkpoint does not cover
   *     it, or it was withdrawn
   */
  public Optional<InclusionProof> prove(Seal seal) {
    long size = Math.min(tree.size(), checkpoint().map(Checkpoint::size).orElse(0L));
    long place = index.find(MerkleTree.leaf(seal.document()));
    return place < 0 || place >= size || withdrawn.of(seal) != null
        ? Optional.empty()
        : Optional.of(proof(place, size));
  }

  /**
   * Finds the withdrawal of a verdict. One behind the checkpoint counts too: a crash may have come
   * between the two.
   *
   * @param seal the verdict's seal
   * @return empty when the log has none
   */
  public Optional<Withdrawal> withdrawal(Seal seal) {
    return Optional.ofNullable(withdrawn.of(seal));
  }

  private void checkPlace(long index, long size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "no entry " + index + " below " + size + ", the log has " + tree.size());
    }
  }

  @Override
  public void close() throws IOException {
    documents.close();
  }
}
