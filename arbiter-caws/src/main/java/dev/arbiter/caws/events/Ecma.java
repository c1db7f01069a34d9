/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as ECMAScript's {@code JSON.stringify} does (ECMA-262, sections 25.5.2 and
 * 6.1.6.1.20): no white space, numbers in their shortest form, an unpaired surrogate as an escape.
 */
final class Ecma {
  private static final int MOST_DIGITS = 17;
  private static final int PLAIN_DIGITS = 21;
  private static final double EXACT = 1L << 53;

  private Ecma() {}

  /**
   * Writes a value; maps in their own order.
   *
   * @param keys the only keys that are written, at every depth and in this order, as a replacer
   *     list has it; null for all
   */
  static void write(@Nullable Object value, @Nullable Collection<String> keys, StringBuilder to) {
    if (value instanceof Map<?, ?> fields) {
      to.append('{');
      boolean first = true;
      for (Object key : keys == null ? fields.keySet() : keys) {
        if (fields.containsKey(key)) {
          to.append(first ? "" : ",");
          string((String) key, to);
          to.append(':');
          write(fields.get(key), keys, to);
          first = false;
        }
      }
      to.append('}');
    } else if (value instanceof List<?> items) {
      to.append('[');
      for (int i = 0; i < items.size(); i++) {
        to.append(i == 0 ? "" : ",");
        write(items.get(i), keys, to);
      }
      to.append(']');
    } else if (value instanceof String text) {
      string(text, to);
    } else if (value instanceof Number number) {
      to.append(number(number.doubleValue()));
    } else if (value == null || value instanceof Boolean) {
      to.append(value);
    } else {
      throw new IllegalArgumentException(
          "a value must be a map, list, text, number, boolean or null, is " + value.getClass());
    }
  }

  static void string(String text, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int letter = "\b\t\n\f\r\"\\".indexOf(c);
      if (letter >= 0) {
        to.append('\\').append("btnfr\"\\".charAt(letter));
      } else if (c < 0x20 || isUnpaired(text, i)) {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          to.append(Character.forDigit((c >> shift) & 15, 16));
        }
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }

  private static boolean isUnpaired(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  /** The shortest digits that read back as the same number, laid out as ECMAScript does. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    if (value == Math.rint(value) && Math.abs(value) <= EXACT) {
      return Long.toString((long) value);
    }
    BigDecimal exact = new BigDecimal(Math.abs(value));
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= MOST_DIGITS; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == Math.abs(value)) {
        break;
      }
    }
    BigDecimal plain = shortest.stripTrailingZeros();
    String digits = plain.unscaledValue().toString();
    int point = digits.length() - plain.scale();
    return (value < 0 ? "-" : "") + layOut(digits, point);
  }

  private static String layOut(String digits, int point) {
    int count = digits.length();
    if (point >= count && point <= PLAIN_DIGITS) {
      return digits + "0".repeat(point - count);
    }
    if (point > 0 && point <= PLAIN_DIGITS) {
      return digits.substring(0, point) + "." + digits.substring(point);
    }
    if (point > -6 && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    String exponent = (point > 0 ? "e+" : "e-") + Math.abs(point - 1);
    return count == 1 ? digits + exponent : digits.charAt(0) + "." + digits.substring(1) + exponent;
  }
}
