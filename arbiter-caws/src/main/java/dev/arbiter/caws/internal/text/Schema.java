/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.internal.Sanitizer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The schema of a value in a strict document. Reports as JSON Schema (draft 2020-12) does when all
 * errors are wanted: one breach for each keyword. The keyword is kept, so that rule ids can be
 * those of tools that use a schema.
 */
public sealed interface Schema {
  /** Reports everything about the value that does not fit. */
  void check(Node value, String pointer, Breaches breaches);

  /** Receives each breach. */
  interface Breaches {
    /**
     * Receives one breach.
     *
     * @param keyword of JSON Schema, such as {@code required}
     * @param pointer the value, or for a missing or unknown field its object
     * @param field the missing or unknown field, else empty
     * @param line of the value
     * @param message the breach and how to correct it
     */
    void add(String keyword, String pointer, String field, int line, String message);
  }

  private static boolean isType(
      boolean fits, Node value, String wanted, String pointer, Breaches breaches) {
    if (!fits) {
      breaches.add("type", pointer, "", value.line(), "must be " + wanted + ", is " + value.kind());
    }
    return fits;
  }

  /** A text of some length, in some form. */
  record Text(int least, int most, String keyword, Predicate<String> fits, String wanted)
      implements Schema {
    @Override
    public void check(Node value, String pointer, Breaches breaches) {
      if (!isType(value instanceof Node.Text, value, "text", pointer, breaches)) {
        if (keyword.equals("not")) { // what is no text breaks no pattern, and so breaks its denial
          breaches.add(keyword, pointer, "", value.line(), "must be " + wanted);
        }
        return;
      }
      String text = ((Node.Text) value).value();
      int length = text.codePointCount(0, text.length());
      if (length < least || length > most) {
        String keyword = length < least ? "minLength" : "maxLength";
        String message = "must have " + least + " to " + most + " characters, has " + length;
        breaches.add(keyword, pointer, "", value.line(), message);
      }
      if (!fits.test(text)) {
        String message = "must be " + wanted + ", is " + value.kind();
        breaches.add(keyword, pointer, "", value.line(), message);
      }
    }
  }

  /** One of some words. */
  record Word(List<String> words) implements Schema {
    @Override
    public void check(Node value, String pointer, Breaches breaches) {
      isType(value instanceof Node.Text, value, "text", pointer, breaches);
      if (!(value instanceof Node.Text text && words.contains(text.value()))) {
        String message = "must be one of " + String.join(", ", words) + "; is " + value.kind();
        breaches.add("enum", pointer, "", value.line(), message);
      }
    }
  }

  /** A whole number; outside the range it breaks the keyword given. */
  record Whole(long least, long most, String keyword) implements Schema {
    @Override
    public void check(Node value, String pointer, Breaches breaches) {
      Long number = FieldReader.whole(value);
      isType(number != null, value, "a whole number", pointer, breaches);
      boolean counts = number != null || keyword.equals("enum");
      if (counts && (number == null || number < least || number > most)) {
        String range = least + " to " + most;
        String message = "must be a whole number from " + range + ", is " + value.kind();
        breaches.add(keyword, pointer, "", value.line(), message);
      }
    }
  }

  /** True or false. */
  record Flag() implements Schema {
    @Override
    public void check(Node value, String pointer, Breaches breaches) {
      isType(value instanceof Node.Flag, value, "true or false", pointer, breaches);
    }
  }

  /** A list whose items all have one form. */
  record Items(Schema item, int least) implements Schema {
    @Override
    public void check(Node value, String pointer, Breaches breaches) {
      if (!isType(value instanceof Node.Items, value, "a list", pointer, breaches)) {
        return;
      }
      List<Node> items = ((Node.Items) value).values();
      if (items.size() < least) {
        String message = "must have at least " + least + " entry; add it";
        breaches.add("minItems", pointer, "", value.line(), message);
      }
      for (int i = 0; i < items.size(); i++) {
        item.check(items.get(i), pointer + "/" + i, breaches);
      }
    }
  }

  /** An object with some fields, some of them required, and no others unless it is open. */
  record Fields(Map<String, Schema> known, Set<String> required, boolean open) implements Schema {
    @Override
    public void check(Node value, String pointer, Breaches breaches) {
      if (!isType(value instanceof Node.Fields, value, "an object", pointer, breaches)) {
        return;
      }
      Map<String, Node> fields = ((Node.Fields) value).values();
      for (String name : required) {
        if (!fields.containsKey(name)) {
          String message = "required field '" + name + "' is missing; add it";
          breaches.add("required", pointer, name, value.line(), message);
        }
      }
      fields.forEach((name, field) -> field(name, field, pointer, breaches));
    }

    private void field(String name, Node field, String pointer, Breaches breaches) {
      Schema form = known.get(name);
      if (form != null) {
        form.check(field, pointer + "/" + FieldReader.escape(name), breaches);
      } else if (!open) {
        String message = "unknown field '" + Sanitizer.text(name, 80) + "'; remove it";
        breaches.add("additionalProperties", pointer, name, field.line(), message);
      }
    }
  }

  /** Any text. */
  static Schema text() {
    return text(0, Integer.MAX_VALUE);
  }

  /** A text of some length. */
  static Schema text(int least, int most) {
    return new Text(least, most, "pattern", text -> true, "text");
  }

  /** A text that passes a test. */
  static Schema pattern(Predicate<String> fits, String wanted) {
    return new Text(0, Integer.MAX_VALUE, "pattern", fits, wanted);
  }

  /** A moment with its zone, as RFC 3339 writes it. */
  static Schema moment() {
    String wanted = "a time with its zone, such as 2026-01-31T12:00:00Z";
    return new Text(0, Integer.MAX_VALUE, "format", Moments::isMoment, wanted);
  }

  /** Texts that are not empty, or any texts. */
  static Schema texts(int leastItems, int leastCharacters) {
    return new Items(text(leastCharacters, Integer.MAX_VALUE), leastItems);
  }
}
