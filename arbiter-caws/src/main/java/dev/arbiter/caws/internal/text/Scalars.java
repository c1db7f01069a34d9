/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

/** Decides the type of a plain scalar: number, boolean or null where JSON agrees, else text. */
final class Scalars {
  private static final int LONGEST_LONG = 18;
  private static final int LONGEST_NUMBER = 64;

  private Scalars() {}

  static Node resolve(String text, int line) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> new Node.Nothing(line);
      case "true", "True", "TRUE" -> new Node.Flag(true, line);
      case "false", "False", "FALSE" -> new Node.Flag(false, line);
      default -> number(text, line);
    };
  }

  private static Node number(String text, int line) {
    int digits = text.startsWith("-") ? 1 : 0;
    int end = wholePart(text, digits);
    if (end < 0 || text.length() > LONGEST_NUMBER) {
      return new Node.Text(text, line);
    }
    if (end == text.length() && end - digits <= LONGEST_LONG) {
      return new Node.Whole(Long.parseLong(text), line);
    }
    int rest = exponent(text, fraction(text, end));
    double value = rest == text.length() ? Double.parseDouble(text) : Double.NaN;
    return Double.isFinite(value) ? new Node.Decimal(value, line) : new Node.Text(text, line);
  }

  /** The place after an integer without leading zero, or -1. */
  private static int wholePart(String text, int start) {
    int end = digits(text, start);
    boolean leadingZero = end > start + 1 && text.charAt(start) == '0';
    return end == start || leadingZero ? -1 : end;
  }

  private static int fraction(String text, int start) {
    if (start < text.length() && text.charAt(start) == '.') {
      int end = digits(text, start + 1);
      return end > start + 1 ? end : start;
    }
    return start;
  }

  private static int exponent(String text, int start) {
    if (start < text.length() && (text.charAt(start) | 0x20) == 'e') {
      int sign = start + 1;
      if (sign < text.length() && (text.charAt(sign) == '+' || text.charAt(sign) == '-')) {
        sign++;
      }
      int end = digits(text, sign);
      return end > sign ? end : start;
    }
    return start;
  }

  private static int digits(String text, int start) {
    int i = start;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }
}
