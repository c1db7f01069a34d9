/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/** The file of a waiver ledger's steps, one a line, each forced. The ledger's lock guards it. */
final class StepFile {
  static final String NAME = "ledger.jsonl";

  private final Path file;
  private final LineFile lines;
  private final @Nullable Signer key;
  private String head = "";

  private StepFile(Path file, LineFile lines, @Nullable Signer key) {
    this.file = file;
    this.lines = lines;
    this.key = key;
  }

  /** Opens the steps of a folder; {@code key} signs each, null for steps without signatures. */
  static StepFile open(Path folder, @Nullable Signer key) throws IOException {
    Path file = folder.resolve(NAME);
    String taken = "another process has " + file + " open; try again";
    return new StepFile(file, LineFile.open(file, taken), key);
  }

  /** Reads the steps, and cuts off an incomplete last line of a crash. */
  void replay(WaiverLedger ledger) throws IOException {
    Replay replay = new Replay(file, ledger, key == null ? null : key.publicKey());
    lines.replay(replay);
    head = replay.head;
  }

  /** Reads the steps of a folder without changing it. */
  static void read(Path folder, WaiverLedger ledger, @Nullable PublicKey key) throws IOException {
    Path file = folder.resolve(NAME);
    LineFile.read(file, new Replay(file, ledger, key));
  }

  /**
   * Takes each step again; its line has the digest of the line before. A file of any size is read:
   * each use of a waiver is a step, a line is bounded, and no line is kept.
   */
  private static final class Replay implements LineFile.Reader {
    private final Path file;
    private final WaiverLedger ledger;
    private final @Nullable PublicKey key;
    private long number;
    private String head = "";

    Replay(Path file, WaiverLedger ledger, @Nullable PublicKey key) {
      this.file = file;
      this.ledger = ledger;
      this.key = key;
    }

    @Override
    public void line(byte[] bytes, int length) {
      String line = new String(bytes, 0, length, StandardCharsets.UTF_8);
      StepLine read = StepLine.read(line, head);
      number++;
      if (read == null) {
        throw damaged(file, "line " + number + " is not the step that was written there");
      }
      if (key == null && !read.signature().isEmpty()) {
        throw new IllegalStateException(
            file + " has signed steps; open it with the key that signed them");
      }
      if (key != null && !read.isSignedBy(key, head)) {
        throw damaged(file, "line " + number + " is not signed by " + SigningKey.idOf(key));
      }
      String refusal = ledger.replay(read);
      if (!refusal.isEmpty()) {
        throw damaged(file, "line " + number + " is a step that the ledger refuses: " + refusal);
      }
      head = Digests.named(line);
    }
  }

  static IllegalStateException damaged(Path file, String how) {
    return new IllegalStateException(
        file + " is damaged: " + how + "; keep it as evidence and restore it from a copy");
  }

  String head() {
    return head;
  }

  void append(StepLine step) throws IOException {
    String line = (key == null ? step : step.signed(key, head)).write(head);
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    lines.append(bytes, bytes.length);
    lines.flush();
    lines.force();
    head = Digests.named(line);
  }

  void close() {
    lines.close();
  }
}
