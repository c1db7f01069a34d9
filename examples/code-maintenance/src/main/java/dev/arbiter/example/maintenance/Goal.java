/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.List;

/**
 * The goal of a chore. It is checked by reading the file, never by the tool that changed it.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
interface Goal {

  /**
   * Finds the places that miss the goal.
   *
   * @param file a file that parses
   * @return one line for each place, empty when the goal is met
   */
  List<String> misses(JavaFile file);
}
