/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.Checkpoint;
import dev.arbiter.caws.ProvenanceLog;
import dev.arbiter.caws.SigningKey;
import dev.arbiter.task.Finding;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a provenance log, read without touching it: entries are put into a log in memory
 * whose root is held against the checkpoints.
 */
final class VerdictFolder {
  private static final int LONGEST_ENTRY = 16 << 20;
  private static final int LONGEST_NOTE = 64 * 1024;

  private final Path folder;
  private final ProvenanceLog log = ProvenanceLog.create("arbiter/reading", SigningKey.generate());
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<Checkpoint> checkpoints = new ArrayList<>();

  private VerdictFolder(Path folder) {
    this.folder = folder;
  }

  static VerdictFolder read(Path folder, @Nullable Path key) throws IOException {
    return read(folder, key, null);
  }

  static VerdictFolder read(Path folder, @Nullable Path key, @Nullable Path kept)
      throws IOException {
    if (!Files.isRegularFile(folder.resolve("verdicts.jsonl"))) {
      throw new Refusal(folder + " holds no verdicts.jsonl");
    }
    VerdictFolder read = new VerdictFolder(folder);
    PublicKey trusted = read.key(key);
    read.checkpoint(folder.resolve("checkpoint.txt"), trusted, "log.checkpoint_missing");
    if (kept != null) {
      read.checkpoint(kept, trusted, "log.kept_checkpoint_missing");
      read.sameLog();
    }
    read.entries();
    return read;
  }

  private PublicKey key(@Nullable Path file) {
    Path from = file == null ? folder.resolve("public-key.pem") : file;
    if (file == null) {
      notes.add("the key is the folder's own; give --key to know who signed");
    }
    return SigningKey.publicKey(Inputs.text(from, LONGEST_NOTE));
  }

  private void checkpoint(Path file, PublicKey key, String missing) {
    if (!Files.exists(file)) {
      damaged(missing, file.getFileName() + " is missing: nothing says what the log held");
      return;
    }
    Checkpoint opened = Checkpoint.open(Inputs.text(file, LONGEST_NOTE), key).orElse(null);
    if (opened == null) {
      damaged("log.checkpoint_forged", file.getFileName() + " is not signed by the key");
    } else {
      checkpoints.add(opened);
    }
  }

  private void sameLog() {
    if (checkpoints.size() == 2
        && !checkpoints.get(0).origin().equals(checkpoints.get(1).origin())) {
      damaged("log.other_origin", "the kept checkpoint belongs to another log");
    }
  }

  private void damaged(String rule, String message) {
    findings.add(Finding.error("evidence." + rule, "", message));
  }

  private void entries() throws IOException {
    compare(0);
    each(
        (index, document) -> {
          log.append(document);
          compare(log.size());
        });
    for (Checkpoint checkpoint : checkpoints) {
      if (checkpoint.size() > log.size()) {
        damaged(
            "log.entries_missing",
            "a checkpoint covers " + checkpoint.size() + " entries, there are " + log.size());
      }
    }
  }

  private void compare(long size) {
    for (Checkpoint checkpoint : checkpoints) {
      if (checkpoint.size() == size) {
        String root = java.util.Base64.getEncoder().encodeToString(log.root());
        if (!root.equals(checkpoint.root())) {
          damaged("log.root_mismatch", "the first " + size + " entries are not those signed");
        }
      }
    }
  }

  /** Told each entry. */
  private interface Entry {
    void take(long index, String document) throws IOException;
  }

  private void each(Entry entry) throws IOException {
    Path file = folder.resolve("verdicts.jsonl");
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    long index = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          entry.take(index++, text(line, index));
          line.reset();
        } else if (line.size() == LONGEST_ENTRY) {
          throw new Refusal("entry " + index + " of " + file + " is too long");
        } else {
          line.write(b);
        }
      }
    }
    if (line.size() > 0 && !notes.contains(TORN)) {
      notes.add(TORN);
    }
  }

  private static final String TORN = "the last line is torn, from a crash; it was never signed for";

  private String text(ByteArrayOutputStream line, long number) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      damaged("log.not_utf8", "entry " + (number - 1) + " is no UTF-8 text");
      return "";
    }
  }

  Evidence evidence() {
    long covered = checkpoints.isEmpty() ? 0 : checkpoints.get(0).size();
    String root = java.util.Base64.getEncoder().encodeToString(log.root());
    return new Evidence(
        folder,
        "arbiter.log",
        log.size(),
        findings.isEmpty() ? covered : 0,
        root,
        List.copyOf(findings),
        List.copyOf(notes));
  }

  ProvenanceLog log() {
    return log;
  }

  /** The log's own checkpoint, once the evidence is whole. */
  Checkpoint checkpoint() {
    return checkpoints.get(0);
  }

  String document(long wanted) throws IOException {
    String[] found = new String[1];
    each(
        (index, document) -> {
          if (index == wanted) {
            found[0] = document;
          }
        });
    return java.util.Objects.requireNonNull(found[0]);
  }

  void summaries(Consumer<String> lines) throws IOException {
    each((index, document) -> lines.accept(index + " " + Summary.of(document)));
  }
}
