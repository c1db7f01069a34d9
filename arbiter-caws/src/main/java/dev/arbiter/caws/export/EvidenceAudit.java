/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.LogVerification.Damaged;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.provenance.Withdrawal;
import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies the files of an evidence folder against each other and a key. */
final class EvidenceAudit {
  /*
   * The first pass looks for verdicts that later entries withdraw. Then come the cheap checks, for
   * every file: its layout, and that it agrees with the others. Checkpoint, proofs and signatures
   * follow. Each pass reads the files again and trusts no earlier pass; the last compares what was
   * withdrawn. So only one entry is in memory at a time, and a file that changes between passes
   * gains nothing. Files are read as ISO 8859-1, one character a byte, so that
   * invalid UTF-8 is preserved and matches nothing.
   */
  static final int LONGEST_FILE = 64 << 20;

  private static final List<String> PARTS = Listing.PARTS;

  private static final SigningKey NEVER_SIGNS = SigningKey.fromSeed(new byte[32]);

  private final Source source;
  private final PublicKey key;
  private final Set<String> withdrawn = new HashSet<>();

  /** Reads the bytes of a file. */
  interface Source {
    String read(String name) throws IOException;
  }

  private record Entry(
      int index, Envelope envelope, @Nullable Envelope summary, InclusionProof proof) {}

  /** A check of one entry; null when the entry passes. */
  private interface EntryCheck {
    @Nullable Damaged damage(Entry entry);
  }

  EvidenceAudit(Source source, PublicKey key) {
    this.source = source;
    this.key = key;
  }

  LogVerification verdict(Iterable<String> names, List<String> held) throws IOException {
    Listing listing = Listing.of(names);
    Damaged known = listing.damage();
    if (known != null) {
      return known;
    }
    if (!source.read(EvidenceFolder.KEY).equals(SigningKey.publicPem(key))) {
      return new Damaged(EvidenceFolder.KEY, -1, "is not the trusted key " + SigningKey.idOf(key));
    }
    String note = utf8(source.read(EvidenceFolder.CHECKPOINT));
    String origin = note.substring(0, Math.max(0, note.indexOf('\n')));
    for (int index = 0; index < listing.count(); index++) {
      Envelope envelope = envelope(index + PARTS.get(0));
      withdrawal(envelope).ifPresent(withdrawn::add);
    }
    Damaged damaged = each(listing, origin, entry -> null);
    if (damaged != null) {
      return damaged;
    }
    Checkpoint checkpoint = oneSignature(note) ? Checkpoint.open(note, key).orElse(null) : null;
    if (checkpoint == null) {
      return new Damaged(EvidenceFolder.CHECKPOINT, -1, "is not signed by the trusted key alone");
    }
    return signed(listing, checkpoint, held);
  }

  private LogVerification signed(Listing listing, Checkpoint checkpoint, List<String> held)
      throws IOException {
    int count = listing.count();
    if (checkpoint.size() != count) {
      return new Damaged(
          EvidenceFolder.CHECKPOINT,
          Math.min(checkpoint.size(), count),
          "covers " + checkpoint.size() + " entries, " + count + " are here");
    }
    Damaged damaged = each(listing, checkpoint.origin(), entry -> proof(entry, checkpoint));
    if (damaged != null) {
      return damaged;
    }
    ProvenanceLog again = ProvenanceLog.create(checkpoint.origin(), NEVER_SIGNS);
    Set<String> signedWithdrawals = new HashSet<>();
    damaged =
        each(
            listing,
            checkpoint.origin(),
            entry -> {
              if (!held.isEmpty()) {
                again.append(entry.envelope().payload());
              }
              withdrawal(entry.envelope()).ifPresent(signedWithdrawals::add);
              Damaged unproven = proof(entry, checkpoint);
              return unproven == null ? signatures(entry) : unproven;
            });
    if (damaged == null && !signedWithdrawals.equals(withdrawn)) {
      return new Damaged(EvidenceFolder.CHECKPOINT, -1, "the files changed while they were read");
    }
    return damaged != null ? damaged : covered(checkpoint, again, held);
  }

  /** The digest of the verdict that an entry withdraws. */
  private static Optional<String> withdrawal(@Nullable Envelope envelope) {
    return envelope == null
        ? Optional.empty()
        : Withdrawal.read(envelope.payload()).map(Withdrawal::verdict);
  }

  private @Nullable Damaged each(Listing listing, String origin, EntryCheck check)
      throws IOException {
    for (int index = 0; index < listing.count(); index++) {
      Damaged damaged = read(index, origin, listing, check);
      if (damaged != null) {
        return damaged;
      }
    }
    return null;
  }

  private @Nullable Damaged read(int index, String origin, Listing listing, EntryCheck check)
      throws IOException {
    for (int part = 0; part < PARTS.size() - 1; part++) {
      if (!listing.has(index, part)) {
        return new Damaged(index + PARTS.get(part), index, "is missing");
      }
    }
    Envelope envelope = envelope(index + PARTS.get(0));
    if (envelope == null) {
      return new Damaged(index + PARTS.get(0), index, "is not an envelope as it was written");
    }
    if (!source.read(index + PARTS.get(1)).equals(envelope.bundle() + "\n")) {
      return new Damaged(index + PARTS.get(1), index, "does not hold the envelope beside it");
    }
    String line = source.read(index + PARTS.get(2));
    InclusionProof proof = line.endsWith("\n") ? ProofJson.read(withoutEnd(line)) : null;
    if (proof == null || proof.index() != index) {
      return new Damaged(index + PARTS.get(2), index, "is not the proof of entry " + index);
    }
    String name = index + PARTS.get(3);
    boolean there = listing.has(index, 3);
    Envelope summary = there ? envelope(name) : null;
    boolean gone = withdrawn.contains(Digests.named(envelope.payload()));
    String expected = VerificationSummary.of(envelope.payload(), origin, gone).orElse(null);
    boolean fits = summary == null ? !there : summary.payload().equals(expected);
    return fits && there == (expected != null)
        ? check.damage(new Entry(index, envelope, summary, proof))
        : new Damaged(name, index, "is not the summary of the verdict beside it");
  }

  private @Nullable Envelope envelope(String name) throws IOException {
    String line = source.read(name);
    return line.endsWith("\n") ? Envelope.read(withoutEnd(line)).orElse(null) : null;
  }

  private static String withoutEnd(String line) {
    return line.substring(0, line.length() - 1);
  }

  private static @Nullable Damaged proof(Entry entry, Checkpoint checkpoint) {
    return ProvenanceLog.verify(entry.envelope().payload(), entry.proof(), checkpoint)
        ? null
        : new Damaged(
            entry.index() + PARTS.get(2),
            entry.index(),
            "does not lead from the document to the checkpoint");
  }

  private @Nullable Damaged signatures(Entry entry) {
    if (!entry.envelope().verify(key)) {
      return unsigned(entry, PARTS.get(0));
    }
    Envelope summary = entry.summary();
    return summary == null || summary.verify(key) ? null : unsigned(entry, PARTS.get(3));
  }

  private static Damaged unsigned(Entry entry, String part) {
    return new Damaged(entry.index() + part, entry.index(), "is not signed by the trusted key");
  }

  private LogVerification covered(Checkpoint checkpoint, ProvenanceLog again, List<String> held) {
    if (held.isEmpty()) {
      return new LogVerification.Intact(checkpoint.size());
    }
    long anchored = 0;
    for (Checkpoint root : opened(held, checkpoint.origin())) { // the shortest first
      if (root.size() > checkpoint.size()) {
        return new Damaged("held", checkpoint.size(), "more entries were signed: " + root.size());
      }
      List<String> path = again.consistency(root.size(), checkpoint.size());
      if (!ProvenanceLog.verify(root, checkpoint, path)) {
        return new Damaged(
            "held",
            anchored,
            "not all of the first " + root.size() + " entries are those that were signed");
      }
      anchored = root.size();
    }
    return anchored == checkpoint.size()
        ? new LogVerification.Intact(anchored)
        : new LogVerification.Unanchored(anchored, checkpoint.size());
  }

  /** Opens the held notes, shortest first; skips those of another log or an earlier key. */
  private List<Checkpoint> opened(List<String> held, String origin) {
    List<Checkpoint> opened = new ArrayList<>();
    for (String note : held) {
      Checkpoint.open(note, key).filter(c -> c.origin().equals(origin)).ifPresent(opened::add);
    }
    opened.sort(Comparator.comparingLong(Checkpoint::size));
    return opened;
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** A note may have signatures of other keys, which are not checked; evidence must have none. */
  private static boolean oneSignature(String note) {
    int blank = note.indexOf("\n\n");
    return blank >= 0 && note.indexOf('\n', blank + 2) == note.length() - 1;
  }
}
