/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.internal.Sanitizer;
import java.util.List;
import java.util.Map;

/** One value of a parsed document, with the line it began on (1 is the first). */
sealed interface Node {
  int line();

  /** What a reader would call it, for messages. */
  String kind();

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

  record Text(String value, int line) implements Node {
    @Override
    public String kind() {
      return "text '" + Sanitizer.text(value, 60) + "'";
    }
  }

  record Whole(long value, int line) implements Node {
    @Override
    public String kind() {
      return "number " + value;
    }
  }

  record Decimal(double value, int line) implements Node {
    @Override
    public String kind() {
      return "number " + value;
    }
  }

  record Flag(boolean value, int line) implements Node {
    @Override
    public String kind() {
      return Boolean.toString(value);
    }
  }

  record Nothing(int line) implements Node {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  record Items(List<Node> values, int line) implements Node {
    @Override
    public String kind() {
      return "a list of " + values.size();
    }
  }

  record Fields(Map<String, Node> values, int line) implements Node {
    @Override
    public String kind() {
      return "an object";
    }
  }
}
