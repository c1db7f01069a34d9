/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

/**
 * A tool within this process: text in, text out.
 *
 * <p>The same text gives the same text, on any thread.
 */
@FunctionalInterface
interface Tool {

  /**
   * Does a chore.
   *
   * @param type of the chore
   * @param path the file, for messages
   * @param source its content
   * @return the content after the work
   * @throws Exception if the tool fails; {@link NoRuleException} if it has no rule for the type
   */
  String apply(ChoreType type, String path, String source) throws Exception;

  /** The tool has no rule for a type of chore. */
  final class NoRuleException extends Exception {
    private static final long serialVersionUID = 1L;

    NoRuleException(String tool, ChoreType type) {
      super(tool + " has no rule for " + type.id());
    }
  }
}
