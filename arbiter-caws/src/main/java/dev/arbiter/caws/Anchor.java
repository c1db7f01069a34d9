/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps a log's last checkpoint where the log's owner cannot change it: another disk, another team,
 * a time stamp service. Without one, whoever holds log and key can rewrite both.
 *
 * <p>Threads: called by the thread that signs, one at a time for a log. Errors: an exception leaves
 * the checkpoint unanchored and is counted ({@link ProvenanceLog#anchorFailures()}); the log goes
 * on.
 */
public interface Anchor {

  /**
   * Keeps a checkpoint, in place of the one before.
   *
   * @param checkpoint just signed
   * @throws IOException if it cannot be kept
   */
  void hold(Checkpoint checkpoint) throws IOException;

  /**
   * The note of the last checkpoint that was kept.
   *
   * @return empty when there is none yet
   * @throws IOException if it cannot be read
   */
  Optional<String> held() throws IOException;

  /**
   * Keeps checkpoints in a file, to be put on another disk than the log.
   *
   * @param file made if it is not there; replaced as a whole, forced to disk
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
   * Hands checkpoints to other code.
   *
   * @param hold takes a note; anything it throws counts as not kept
   * @param held gives the last note back, empty when there is none
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
