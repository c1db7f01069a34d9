/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, texts, numbers, booleans and null as JSON on one line, in ASCII. */
final class JsonText {
  private JsonText() {}

  static String of(@Nullable Object value) {
    StringBuilder json = new StringBuilder();
    write(value, json);
    return json.toString();
  }

  private static void write(@Nullable Object value, StringBuilder to) {
    if (value instanceof Map<?, ?> fields) {
      to.append('{');
      Iterator<? extends Map.Entry<?, ?>> entries = fields.entrySet().iterator();
      while (entries.hasNext()) {
        Map.Entry<?, ?> entry = entries.next();
        string(String.valueOf(entry.getKey()), to);
        to.append(':');
        write(entry.getValue(), to);
        to.append(entries.hasNext() ? "," : "");
      }
      to.append('}');
    } else if (value instanceof List<?> items) {
      to.append('[');
      for (int i = 0; i < items.size(); i++) {
        to.append(i == 0 ? "" : ",");
        write(items.get(i), to);
      }
      to.append(']');
    } else if (value == null || value instanceof Number || value instanceof Boolean) {
      to.append(value);
    } else {
      string(value.toString(), to);
    }
  }

  private static void string(String text, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7f) {
        to.append(c);
      } else {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          to.append(Character.forDigit((c >> shift) & 15, 16));
        }
      }
    }
    to.append('"');
  }
}
