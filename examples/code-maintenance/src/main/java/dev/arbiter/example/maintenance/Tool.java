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
   * Does a chore the way this tool does it.
   *
   * @param type what is asked for
   * @param path the file, for messages
   * @param source its content
   * @return the content after the work
   * @throws Exception whatever the tool throws, and {@link NoRuleException} for what it cannot do
   */
  String apply(ChoreType type, String path, String source) throws Exception;

  /** The tool has nothing for this type of chore. */
  final class NoRuleException extends Exception {
    private static final long serialVersionUID = 1L;

    NoRuleException(String tool, ChoreType type) {
      super(tool + " has no rule for " + type.id());
    }
  }
}
