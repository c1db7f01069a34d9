/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.caws.internal.text.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a provenance log. The entries are forced before a checkpoint is signed, so no
 * checkpoint covers a line that a crash can lose.
 */
record VerdictFile(Path folder, LineFile entries) {
  static final int LONGEST_NOTE = 64 * 1024;

  static VerdictFile open(Path folder) throws IOException {
    String taken = "another log has " + folder + " open; close it or take another folder";
    return new VerdictFile(folder, LineFile.open(entries(folder), taken));
  }

  static Path entries(Path folder) {
    return folder.resolve("verdicts.jsonl");
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
