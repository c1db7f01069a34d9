/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

/** Copies ASCII text into bytes. */
final class Ascii {
  private Ascii() {}

  /**
   * Copies characters from one place to before another. The method is deprecated because it is
   * wrong for any other text. A loop in its place costs a verdict 7 % more.
   */
  @SuppressWarnings("deprecation")
  static void copy(String ascii, int from, int end, byte[] to, int at) {
    ascii.getBytes(from, end, to, at);
  }
}
