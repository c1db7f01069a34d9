/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.Checkpoint;
import dev.arbiter.caws.InclusionProof;
import dev.arbiter.caws.Integrity;
import dev.arbiter.caws.Integrity.Damaged;
import dev.arbiter.caws.ProvenanceLog;
import dev.arbiter.caws.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the files of an evidence folder against each other and a key. */
final class EvidenceAudit {
  /*
   * First what costs nothing, for every file: its layout, and that it says what the others say. Only
   * then checkpoint, proofs and signatures. Files come as ISO 8859-1, one character a byte, so that
   * bytes that are no UTF-8 stay what they are and fit nothing.
   */
  static final int LONGEST_FILE = 64 << 20;

  private static final List<String> PARTS =
      List.of(".dsse.json", ".bundle.json", ".proof.json", ".summary.json");

  private static final SigningKey NEVER_SIGNS = SigningKey.fromSeed(new byte[32]);

  private final Source source;
  private final PublicKey key;
  private final List<Entry> entries = new ArrayList<>();

  /** Where the bytes of a file come from. */
  interface Source {
    String read(String name) throws IOException;
  }

  private record Entry(Envelope envelope, @Nullable Envelope summary, InclusionProof proof) {}

  EvidenceAudit(Source source, PublicKey key) {
    this.source = source;
    this.key = key;
  }

  Integrity verdict(Set<String> names, List<String> held) throws IOException {
    Integrity known = files(names);
    if (known != null) {
      return known;
    }
    if (!source.read(EvidenceFolder.KEY).equals(pem())) {
      return new Damaged(EvidenceFolder.KEY, -1, "is not the trusted key " + SigningKey.idOf(key));
    }
    String note = utf8(source.read(EvidenceFolder.CHECKPOINT));
    String origin = note.substring(0, Math.max(0, note.indexOf('\n')));
    for (int index = 0; index < entryCount(names); index++) {
      Damaged damaged = readEntry(index, origin, names);
      if (damaged != null) {
        return damaged;
      }
    }
    Checkpoint checkpoint = oneSignature(note) ? Checkpoint.open(note, key).orElse(null) : null;
    if (checkpoint == null) {
      return new Damaged(EvidenceFolder.CHECKPOINT, -1, "is not signed by the trusted key alone");
    }
    Damaged damaged = signatures(checkpoint);
    return damaged != null ? damaged : covered(checkpoint, held);
  }

  /** The first file that is missing or should not be there, null when all is as it should be. */
  private static @Nullable Damaged files(Set<String> names) {
    for (String name : List.of(EvidenceFolder.KEY, EvidenceFolder.CHECKPOINT)) {
      if (!names.contains(name)) {
        return new Damaged(name, -1, "is missing");
      }
    }
    long count = entryCount(names);
    for (String name : names) {
      long index = index(name);
      boolean expected = index >= 0 && index < count && PARTS.contains(rest(name, index));
      if (name.endsWith(".json") && !expected) {
        return new Damaged(name, index, "belongs to no entry, or files before it are missing");
      }
    }
    return null;
  }

  /** How many entries there are in a row from 0, by their envelopes. */
  private static int entryCount(Set<String> names) {
    int count = 0;
    while (names.contains(count + PARTS.get(0))) {
      count++;
    }
    return count;
  }

  private static String rest(String name, long index) {
    return name.substring(Long.toString(index).length());
  }

  /** The number a file begins with, written as numbers are; else -1. */
  private static long index(String name) {
    int end = 0;
    while (end < name.length() && end < 10 && Character.digit(name.charAt(end), 10) >= 0) {
      end++;
    }
    long index = end == 0 ? -1 : Long.parseLong(name.substring(0, end));
    return end > 0 && name.startsWith(index + ".") ? index : -1;
  }

  private @Nullable Damaged readEntry(int index, String origin, Set<String> names)
      throws IOException {
    for (String part : PARTS.subList(0, 3)) {
      if (!names.contains(index + part)) {
        return new Damaged(index + part, index, "is missing");
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
    InclusionProof proof = line.endsWith("\n") ? Proofs.read(withoutEnd(line)) : null;
    if (proof == null || proof.index() != index) {
      return new Damaged(index + PARTS.get(2), index, "is not the proof of entry " + index);
    }
    return readSummary(index, envelope, proof, origin, names);
  }

  private @Nullable Damaged readSummary(
      int index, Envelope envelope, InclusionProof proof, String origin, Set<String> names)
      throws IOException {
    String name = index + PARTS.get(3);
    Optional<String> expected = VerificationSummary.of(envelope.payload(), origin);
    Envelope summary = names.contains(name) ? envelope(name) : null;
    if (expected.isPresent() != names.contains(name)
        || (expected.isPresent()
            && (summary == null || !summary.payload().equals(expected.get())))) {
      return new Damaged(name, index, "is not the summary of the verdict beside it");
    }
    entries.add(new Entry(envelope, summary, proof));
    return null;
  }

  private @Nullable Envelope envelope(String name) throws IOException {
    String line = source.read(name);
    return line.endsWith("\n") ? Envelope.read(withoutEnd(line)).orElse(null) : null;
  }

  private static String withoutEnd(String line) {
    return line.substring(0, line.length() - 1);
  }

  private @Nullable Damaged signatures(Checkpoint checkpoint) {
    if (checkpoint.size() != entries.size()) {
      return new Damaged(
          EvidenceFolder.CHECKPOINT,
          Math.min(checkpoint.size(), entries.size()),
          "covers " + checkpoint.size() + " entries, " + entries.size() + " are here");
    }
    for (int index = 0; index < entries.size(); index++) {
      Entry entry = entries.get(index);
      if (!ProvenanceLog.verify(entry.envelope().payload(), entry.proof(), checkpoint)) {
        return new Damaged(
            index + PARTS.get(2), index, "does not lead from the document to the checkpoint");
      }
    }
    for (int index = 0; index < entries.size(); index++) {
      Entry entry = entries.get(index);
      if (!entry.envelope().verify(key)) {
        return new Damaged(index + PARTS.get(0), index, "is not signed by the trusted key");
      }
      if (entry.summary() != null && !entry.summary().verify(key)) {
        return new Damaged(index + PARTS.get(3), index, "is not signed by the trusted key");
      }
    }
    return null;
  }

  private Integrity covered(Checkpoint checkpoint, List<String> held) {
    if (held.isEmpty()) {
      return new Integrity.Intact(checkpoint.size());
    }
    ProvenanceLog again = ProvenanceLog.create(checkpoint.origin(), NEVER_SIGNS);
    entries.forEach(entry -> again.append(entry.envelope().payload()));
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
        ? new Integrity.Intact(anchored)
        : new Integrity.Unanchored(anchored, checkpoint.size());
  }

  /** Notes of another log, or from before the key's turn, say nothing here. */
  private List<Checkpoint> opened(List<String> held, String origin) {
    List<Checkpoint> opened = new ArrayList<>();
    for (String note : held) {
      Checkpoint.open(note, key).filter(c -> c.origin().equals(origin)).ifPresent(opened::add);
    }
    opened.sort(Comparator.comparingLong(Checkpoint::size));
    return opened;
  }

  private String pem() {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** A note may carry other signatures, which nobody here checks; evidence carries none. */
  private static boolean oneSignature(String note) {
    int blank = note.indexOf("\n\n");
    return blank >= 0 && note.indexOf('\n', blank + 2) == note.length() - 1;
  }
}
