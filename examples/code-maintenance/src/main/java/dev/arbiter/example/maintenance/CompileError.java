/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

/**
 * One error of the compiler.
 *
 * @param offset where in the text, from 0; -1 if unknown
 * @param code the compiler's name for it
 * @param message for a reader
 */
record CompileError(long offset, String code, String message) {
  /** The message's first line, without the place, to tell old errors from new ones. */
  String what() {
    return message.lines().findFirst().orElse(code);
  }
}
