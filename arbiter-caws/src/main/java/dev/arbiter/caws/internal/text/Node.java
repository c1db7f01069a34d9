/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.internal.Sanitizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One value of a parsed document, with the line it began on (1 is the first). */
public sealed interface Node {
  /** The line it began on. */
  int line();

  /** The value in the words of a reader, for messages. */
  String kind();

  /** The value without its lines, as a text that no other value has. */
  default String exact() {
    if (this instanceof Fields fields) {
      StringBuilder text = new StringBuilder("{");
      new TreeMap<>(fields.values())
          .forEach((name, value) -> text.append(exact(name)).append(value.exact()));
      return text.append('}').toString();
    }
    if (this instanceof Items items) {
      return items.values().stream().map(Node::exact).collect(Collectors.joining("", "[", "]"));
    }
    if (this instanceof Text text) {
      return exact(text.value());
    }
    if (this instanceof Decimal decimal) {
      return "." + Double.doubleToLongBits(decimal.value()) + ";";
    }
    return this instanceof Whole whole ? whole.value() + ";" : kind() + ";";
  }

  private static String exact(String text) {
    return "\"" + text.length() + "\"" + text;
  }

  /** The field of this name; {@link Nothing} when this is no object or has no such field. */
  default Node field(String name) {
    Node found = this instanceof Fields fields ? fields.values().get(name) : null;
    return found == null ? new Nothing(0) : found;
  }

  /** The text in the field of this name; empty when there is none. */
  default String text(String name) {
    return field(name) instanceof Text text ? text.value() : "";
  }

  /** The items of a list; none when this is of another kind. */
  default List<Node> items() {
    return this instanceof Items items ? items.values() : List.of();
  }

  /** A text. */
  record Text(String value, int line) implements Node {
    @Override
    public String kind() {
      return "text '" + Sanitizer.text(value, 60) + "'";
    }
  }

  /** A whole number of at most 18 digits. */
  record Whole(long value, int line) implements Node {
    @Override
    public String kind() {
      return "number " + value;
    }
  }

  /** Any other number. */
  record Decimal(double value, int line) implements Node {
    @Override
    public String kind() {
      return "number " + value;
    }
  }

  /** True or false. */
  record Flag(boolean value, int line) implements Node {
    @Override
    public String kind() {
      return Boolean.toString(value);
    }
  }

  /** Null. */
  record Nothing(int line) implements Node {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  /** A list. */
  record Items(List<Node> values, int line) implements Node {
    @Override
    public String kind() {
      return "a list of " + values.size();
    }
  }

  /** An object. */
  record Fields(Map<String, Node> values, int line) implements Node {
    @Override
    public String kind() {
      return "an object";
    }
  }
}
