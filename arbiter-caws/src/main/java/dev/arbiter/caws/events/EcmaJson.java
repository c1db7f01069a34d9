/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.arbiter.internal.Library;
import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON as ECMAScript does.
 *
 * <p>Reading: every number is a double. A value is a map sorted by UTF-16 unit, a list, a text, a
 * Double, a Boolean or null. A repeated key and a second value are refused, because two readers
 * could understand them differently.
 *
 * <p>Writing, as {@code JSON.stringify} does (ECMA-262, sections 25.5.2 and 6.1.6.1.20): no white
 * space, numbers in their shortest form, an unpaired surrogate as an escape.
 */
final class EcmaJson {
  static final int DEEPEST = 64;

  /** Made after the version of Jackson was looked at. */
  private static final class Factory {
    static final JsonFactory STRICT =
        new JsonFactoryBuilder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(1000)
                    .maxStringLength(EventChain.LONGEST_LINE)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
            .build();
  }

  private static final int MOST_DIGITS = 17;
  private static final int PLAIN_DIGITS = 21;
  private static final double EXACT = 1L << 53;

  private EcmaJson() {}

  /**
   * Reads one value.
   *
   * @throws IOException if it is no JSON, or more than one value; the message says why and where
   */
  static @Nullable Object read(String text) throws IOException {
    Library.JACKSON_CORE.require(EcmaJson.class);
    try (JsonParser parser = Factory.STRICT.createParser(text)) {
      parser.nextToken();
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new IOException("more than one value");
      }
      return value;
    }
  }

  static JsonParser parser(Reader reader) throws IOException {
    Library.JACKSON_CORE.require(EcmaJson.class);
    return Factory.STRICT.createParser(reader);
  }

  /** Reads the value that begins at the parser's token; the parser is then at its last token. */
  static @Nullable Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("no value");
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> list(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Double.valueOf(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IOException("no value");
    };
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> fields = new TreeMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return fields;
  }

  private static List<@Nullable Object> list(JsonParser parser) throws IOException {
    List<@Nullable Object> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser));
    }
    return items;
  }

  /**
   * Writes a value; a map is written in its own order.
   *
   * @param keys the only keys that are written, at every depth and in this order, like a replacer
   *     list; null for all
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
