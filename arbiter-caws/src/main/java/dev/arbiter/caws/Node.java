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
