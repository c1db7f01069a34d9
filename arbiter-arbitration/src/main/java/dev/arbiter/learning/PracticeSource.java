/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.learning.Practice.Source;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where the texts of practices come from: the host, an agent ({@link Reflection}), or rules over
 * events ({@link #rules}).
 *
 * <p>Threads: called on the thread that drives the task, for many tasks at once, after each attempt
 * that says something about its agent, accepted or failed. Cost: it must be quick; whatever takes
 * time completes the stage later. Errors: an exception, thrown or in the stage, is counted and
 * changes nothing.
 */
@FunctionalInterface
public interface PracticeSource {

  /**
   * Says what an attempt teaches.
   *
   * @param ended the end of the attempt
   * @return texts for tasks of this type and tenant, mostly none; one that is longer than a
   *     practice may be is left out, and one that says what another says is not added
   */
  CompletionStage<List<String>> practices(EndedAttempt ended);

  /**
   * {@return the source that is written beside each of its practices; the host, unless overridden}
   *
   * @param ended the end of the attempt
   */
  default Source source(EndedAttempt ended) {
    return Source.host();
  }

  /**
   * {@return a source without an agent} It says what denied work of one type twice, by the same
   * rule at the same place, and what kind of error ended two attempts. Its texts are the words of
   * findings and errors.
   */
  static PracticeSource rules() {
    return new EventRules();
  }
}
