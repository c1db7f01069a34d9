/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps a log's last checkpoint where the log's owner cannot change it: another disk, another team,
 * a time stamp service. Without an anchor, the owner of log and key can rewrite both.
 *
 * <p>Threads: called by the thread that signs, one at a time for each log. Errors: an exception
 * leaves the checkpoint unanchored and is counted ({@link ProvenanceLog#anchorFailures()}); the log
 * continues.
 */
public interface Anchor {

  /**
   * Keeps a checkpoint; it replaces the one before.
   *
   * @param checkpoint was just signed
   * @throws IOException if it cannot be kept
   */
  void hold(Checkpoint checkpoint) throws IOException;

  /**
   * Returns the note of the last kept checkpoint.
   *
   * @return empty before the first
   * @throws IOException if it cannot be read
   */
  Optional<String> held() throws IOException;

  /**
   * An anchor in a file. The file should be on another disk than the log.
   *
   * @param file is created if it does not exist; replaced as a whole and forced to disk
   * @return the anchor
   */
  static Anchor file(Path file) {
    return new Anchor() {
      @Override
      public void hold(Checkpoint checkpoint) throws IOException {
        SmallFile.replace(file, checkpoint.note());
      }

      @Override
      public Optional<String> held() throws IOException {
        return Files.exists(file)
            ? Optional.of(SmallFile.read(file, VerdictFile.LONGEST_NOTE))
            : Optional.empty();
      }
    };
  }

  /**
   * An anchor in other code.
   *
   * @param hold keeps a note; if it throws, the note counts as not kept
   * @param held returns the last note, empty when there is none
   * @return the anchor
   */
  static Anchor callback(Consumer<String> hold, Supplier<Optional<String>> held) {
    return new Anchor() {
      @Override
      public void hold(Checkpoint checkpoint) {
        hold.accept(checkpoint.note());
      }

      @Override
      public Optional<String> held() {
        return held.get();
      }
    };
  }
}
