/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** What came of an export. */
public sealed interface ExportResult {

  /**
   * It is on the disk, whole.
   *
   * @param manifest the manifest's file, for {@link TrainingSet#read}
   * @param contents what it says
   * @param verdicts how each batch measured up, also those left out
   */
  record Written(Path manifest, Manifest contents, List<QualityVerdict> verdicts)
      implements ExportResult {
    /** Copies. */
    public Written {
      verdicts = List.copyOf(verdicts);
    }
  }

  /**
   * No batch was good enough; nothing was written.
   *
   * @param verdicts how each measured up
   */
  record Refused(List<QualityVerdict> verdicts) implements ExportResult {
    /** Copies. */
    public Refused {
      verdicts = List.copyOf(verdicts);
    }

    /**
     * Why, for the first batch.
     *
     * @return a sentence
     */
    public String why() {
      return verdicts.isEmpty() ? "no steps" : verdicts.get(0).why();
    }
  }

  /**
   * It could not be written; nothing of it is left.
   *
   * @param message why, such as a full disk
   */
  record Failed(String message) implements ExportResult {}

  /**
   * Calls the function of the case this is.
   *
   * @param written for {@link Written}
   * @param refused for {@link Refused}
   * @param failed for {@link Failed}
   * @param <R> the result
   * @return what that function gave
   */
  default <R> R match(
      Function<Written, R> written, Function<Refused, R> refused, Function<Failed, R> failed) {
    if (this instanceof Written w) {
      return written.apply(w);
    }
    if (this instanceof Refused r) {
      return refused.apply(r);
    }
    return failed.apply((Failed) this);
  }
}
