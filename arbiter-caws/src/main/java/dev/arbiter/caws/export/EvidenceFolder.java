/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.Withdrawal;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Seal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * A folder of verdicts that programs in any language can check.
 *
 * <p>For the entry at log index N: {@code N.dsse.json}, its document (an in-toto statement) in a
 * DSSE envelope; {@code N.bundle.json}, the same as a Sigstore bundle v0.3; {@code N.proof.json},
 * the place of the document in the log ({@code logIndex}, {@code treeSize}, {@code hashes} in
 * Base64; the leaf is the envelope's decoded payload, RFC 6962); {@code N.summary.json}, a SLSA
 * verification summary in an envelope, for verdicts. Beside them {@code checkpoint.txt} and {@code
 * public-key.pem}. Each JSON file is one line, in its only valid spelling.
 */
public final class EvidenceFolder {
  static final String CHECKPOINT = "checkpoint.txt";
  static final String KEY = "public-key.pem";

  private EvidenceFolder() {}

  /**
   * Exports the entries that the log's checkpoint covers. The summary of a verdict that a later
   * entry withdraws says that it failed. Costs four signature operations an entry, about 5 ms.
   *
   * @param log the log
   * @param signer signs the envelopes; has the key that signs the log now
   * @param folder is created if it does not exist; otherwise it must be empty
   * @return how many entries were written
   * @throws IOException if the folder is not empty, or a file cannot be read or written
   * @throws IllegalStateException if the log is damaged or has no checkpoint, or takes back a
   *     covered verdict behind it
   * @throws IllegalArgumentException if the signer has another key than the log
   */
  public static long write(LogFolder log, Signer signer, Path folder) throws IOException {
    LogVerification state = log.verify(List.of());
    Checkpoint checkpoint = log.checkpoint().orElse(null);
    if (state instanceof LogVerification.Damaged || checkpoint == null) {
      throw new IllegalStateException(
          "the log cannot be exported: "
              + (checkpoint == null ? "it has no checkpoint that its key signed" : state));
    }
    if (Checkpoint.open(checkpoint.note(), signer.publicKey()).isEmpty()) {
      throw new IllegalArgumentException(
          "key "
              + signer.id()
              + " did not sign the log's checkpoint; export with the key that did");
    }
    refuseLateWithdrawal(log, checkpoint.size());
    Files.createDirectories(folder);
    refuseOccupied(folder);
    for (long index = 0; index < checkpoint.size(); index++) {
      writeEntry(log, index, checkpoint, signer, folder);
    }
    put(folder, KEY, signer.publicPem());
    put(folder, CHECKPOINT, checkpoint.note());
    return checkpoint.size();
  }

  /** Its entry would not be exported, so nothing in the folder could say why the verdict failed. */
  private static void refuseLateWithdrawal(LogFolder log, long covered) throws IOException {
    Set<String> late = new HashSet<>();
    for (long index = covered; index < log.size(); index++) {
      Withdrawal.read(log.document(index)).ifPresent(read -> late.add(read.verdict()));
    }
    for (long index = 0; index < covered && !late.isEmpty(); index++) {
      if (late.contains(Digests.named(log.document(index)))) {
        throw new IllegalStateException(
            "the log cannot be exported: entry "
                + index
                + " was withdrawn behind the checkpoint; open the log, sign a checkpoint, and"
                + " export again");
      }
    }
  }

  private static void refuseOccupied(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      if (files.iterator().hasNext()) {
        throw new FileAlreadyExistsException(
            folder + " is not empty; export to a fresh folder, so that nothing old is left in it");
      }
    }
  }

  private static void writeEntry(
      LogFolder log, long index, Checkpoint checkpoint, Signer signer, Path folder)
      throws IOException {
    String document = log.document(index);
    Envelope envelope = Envelope.sign(document, signer);
    put(folder, index + ".dsse.json", envelope.json() + "\n");
    put(folder, index + ".bundle.json", envelope.bundle() + "\n");
    InclusionProof proof = log.proof(index, checkpoint.size());
    put(folder, index + ".proof.json", ProofJson.write(proof) + "\n");
    boolean withdrawn = log.withdrawal(new Seal(document, "", "", "")).isPresent();
    Optional<String> summary = VerificationSummary.of(document, checkpoint.origin(), withdrawn);
    if (summary.isPresent()) {
      put(folder, index + ".summary.json", Envelope.sign(summary.get(), signer).json() + "\n");
    }
  }

  private static void put(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  /**
   * Verifies an exported folder: every byte of every expected file, and that there is no other
   * evidence. No content of a file makes it throw. Costs 3 ms an entry. Holds one entry in memory,
   * half a byte for each entry, and with held checkpoints 64 bytes for each entry.
   *
   * @param folder was filled by {@link #write}
   * @param trusted the key that signed, from a trusted source, not from the folder
   * @param held notes of checkpoints of this log that were kept elsewhere; may be empty; notes that
   *     an earlier key signed are ignored
   * @return intact up to the folder's checkpoint, unanchored if the held checkpoints do not cover
   *     the last entries, or the first damaged file
   * @throws IOException if the folder cannot be listed or a file cannot be read
   */
  public static LogVerification verify(Path folder, PublicKey trusted, List<String> held)
      throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      Iterable<String> names =
          () ->
              StreamSupport.stream(files.spliterator(), false)
                  .map(file -> String.valueOf(file.getFileName()))
                  .iterator();
      return new EvidenceAudit(name -> read(folder, name), trusted).verdict(names, held);
    }
  }

  private static String read(Path folder, String name) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      bytes = in.readNBytes(EvidenceAudit.LONGEST_FILE + 1);
    }
    return bytes.length > EvidenceAudit.LONGEST_FILE
        ? ""
        : new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
