/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.ProvenanceLog.InclusionProof;
import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A provenance log as it lies in its folder, for whoever checks or exports it without its private
 * key. Reads once, takes no lock, and does not see what is appended later.
 *
 * <p>Holds 72 bytes an entry; documents stay on disk. Not thread-safe.
 */
public final class LogFolder implements AutoCloseable {
  private final MerkleTree tree = new MerkleTree();
  private final FileChannel documents;
  private final KeyRing ring;
  private final PublicKey trusted;
  private final String origin;
  private final Optional<String> note;
  private long[] ends = new long[64];

  private LogFolder(
      FileChannel documents, String origin, PublicKey trusted, Optional<String> note) {
    this.documents = documents;
    this.origin = origin;
    this.ring = new KeyRing(origin);
    this.trusted = trusted;
    this.note = note;
  }

  /**
   * Reads a log's folder.
   *
   * @param folder what {@link ProvenanceLog#open} was given
   * @param trusted a key of the log, got from somebody who is trusted; after a rotation any of them
   * @return the log as it is now, whether or not anything fits: see {@link #verify}
   * @throws IOException if it cannot be read
   */
  public static LogFolder read(Path folder, PublicKey trusted) throws IOException {
    Optional<String> note = VerdictFile.readCheckpoint(folder);
    String origin = note.map(text -> text.substring(0, Math.max(0, text.indexOf('\n')))).orElse("");
    FileChannel channel =
        FileChannel.open(folder.resolve("verdicts.jsonl"), StandardOpenOption.READ);
    LogFolder log = new LogFolder(channel, origin, trusted, note);
    MessageDigest digest = Digests.sha256();
    VerdictFile.lines(
        folder,
        (bytes, length) -> {
          log.ring.see(log.tree.size(), bytes, length);
          log.add(length);
          log.tree.append(MerkleTree.leaf(digest, bytes, length));
        });
    return log;
  }

  private void add(int length) {
    int index = Math.toIntExact(tree.size());
    ends = index == ends.length ? Arrays.copyOf(ends, index * 2) : ends;
    ends[index] = start(index) + length;
  }

  private long start(int index) {
    return index == 0 ? 0 : ends[index - 1] + 1;
  }

  /**
   * Compares the entries with the checkpoint in the folder and those held elsewhere.
   *
   * @param held notes of checkpoints that were kept elsewhere; with none the folder's own counts
   * @return how far the entries are covered, or what is damaged
   */
  public LogVerification verify(List<String> held) {
    LogAudit audit = new LogAudit(origin, tree, ring, trusted);
    return audit.verdict(note, held.isEmpty() ? null : held);
  }

  /**
   * The checkpoint in the folder.
   *
   * @return empty when there is none, or no key of the log signed it
   */
  public Optional<Checkpoint> checkpoint() {
    return note.flatMap(text -> ring.open(text, trusted));
  }

  /**
   * The key that signs now.
   *
   * @return the trusted key, or what the log's rotations lead to from there
   */
  public PublicKey key() {
    return ring.newest(trusted);
  }

  /**
   * How many entries there are.
   *
   * @return at least 0
   */
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
    ByteBuffer bytes = ByteBuffer.allocate((int) (ends[at] - start(at)));
    while (bytes.hasRemaining()) {
      if (documents.read(bytes, start(at) + bytes.position()) < 0) {
        throw new IOException("the log was cut off at entry " + index + " while it was read");
      }
    }
    return new String(bytes.array(), StandardCharsets.UTF_8);
  }

  /**
   * Proves where an entry stands.
   *
   * @param index the entry's place
   * @param size how many entries are looked at
   * @return the proof
   * @throws IllegalArgumentException if there is no such place or size
   */
  public InclusionProof proof(long index, long size) {
    checkPlace(index, size);
    checkPlace(size - 1, tree.size());
    return new InclusionProof(index, size, StrictBase64.encode(tree.inclusion(index, size)));
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
