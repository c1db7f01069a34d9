/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.List;

/**
 * What a chore is there for, checked by reading the file, never by the tool that changed it.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
interface Goal {

  /**
   * Looks for what is still wrong.
   *
   * @param file a file that parses
   * @return one line for each place, empty when the goal is met
   */
  List<String> misses(JavaFile file);
}
