/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.caws.internal.text.SmallFile;
import dev.arbiter.internal.DurableFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The files of a provenance log. The entries are forced before a checkpoint is signed, so no
 * checkpoint covers a line that a crash can lose. The line of {@code verdicts.mac} with an entry's
 * number has the entry's code; the system has it before it has the entry, so the crash of a process
 * leaves no entry without one.
 */
final class VerdictFile {
  static final int LONGEST_NOTE = 64 * 1024;

  private static final int CODE_LINE = EntryCodes.WIDTH + 1;
  private static final byte[] NO_CODE = new byte[EntryCodes.WIDTH];

  static {
    Arrays.fill(NO_CODE, (byte) '-');
  }

  private final Path folder;
  private final LineFile entries;
  private final LineFile codes;

  private VerdictFile(Path folder, LineFile entries, LineFile codes) {
    this.folder = folder;
    this.entries = entries;
    this.codes = codes;
  }

  static VerdictFile open(Path folder) throws IOException {
    String taken = "another log has " + folder + " open; close it or take another folder";
    LineFile entries = LineFile.open(entries(folder), taken);
    try {
      return new VerdictFile(folder, entries, LineFile.openClaimed(codes(folder)));
    } catch (IOException | RuntimeException e) {
      entries.close();
      throw e;
    }
  }

  Path folder() {
    return folder;
  }

  static Path entries(Path folder) {
    return folder.resolve("verdicts.jsonl");
  }

  private static Path codes(Path folder) {
    return folder.resolve("verdicts.mac");
  }

  /** Receives an entry that is read, and its code; the arrays are valid until it returns. */
  interface Reader {
    void entry(byte[] bytes, int length, byte[] code) throws IOException;
  }

  /** Reads the entries and continues after them. An entry without a code gets an invalid one. */
  void replay(Reader reader) throws IOException {
    long[] count = {0};
    byte[] code = new byte[CODE_LINE];
    try (InputStream in = new BufferedInputStream(DurableFile.read(codes(folder)))) {
      entries.replay(
          (bytes, length) -> {
            boolean there = in.readNBytes(code, 0, CODE_LINE) == CODE_LINE;
            reader.entry(bytes, length, there ? Arrays.copyOf(code, EntryCodes.WIDTH) : NO_CODE);
            count[0]++;
          });
    }
    long there = Math.min(count[0], Files.size(codes(folder)) / CODE_LINE);
    codes.cut(there * CODE_LINE);
    for (; there < count[0]; there++) {
      codes.append(NO_CODE, NO_CODE.length);
    }
  }

  /** Refuses an entry that cannot be appended. */
  void check(int length) throws IOException {
    entries.check(length);
  }

  /** Adds an entry and its code to the buffers. */
  void append(byte[] bytes, int length, byte[] code) throws IOException {
    codes.append(code, code.length);
    if (!entries.hasRoom(length)) {
      flush();
    }
    entries.append(bytes, length);
  }

  /** Writes the buffers to the operating system, the codes first. */
  void flush() throws IOException {
    codes.flush();
    entries.flush();
  }

  void force() throws IOException {
    entries.force();
  }

  boolean isClosed() {
    return entries.isClosed();
  }

  void close() {
    codes.close();
    entries.close();
  }

  Optional<String> readCheckpoint() throws IOException {
    return readCheckpoint(folder);
  }

  static Optional<String> readCheckpoint(Path folder) throws IOException {
    Path file = folder.resolve("checkpoint.txt");
    return Files.exists(file) ? Optional.of(SmallFile.read(file, LONGEST_NOTE)) : Optional.empty();
  }

  void writeCheckpoint(String note) throws IOException {
    SmallFile.replace(folder.resolve("checkpoint.txt"), note);
  }

  void writePublicKey(String pem) throws IOException {
    SmallFile.replace(folder.resolve("public-key.pem"), pem);
  }
}
