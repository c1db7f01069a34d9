/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.internal.Sanitizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads named fields of one object, and adds an error for each field of the wrong kind.
 *
 * <p>A getter returns null, or an empty list, when the field is absent or has the wrong kind. A
 * wrong kind is an error already, so the caller only checks that a field is present.
 */
public final class FieldReader {
  private final Map<String, Node> fields;
  private final String pointer;
  private final String rules;
  private final Findings notes;
  private final int line;
  private final boolean lenient;

  /**
   * Reads an object.
   *
   * @param rules the beginning of its rule ids, such as {@code spec}
   */
  public FieldReader(Node.Fields fields, String pointer, String rules, Findings notes) {
    this(fields, pointer, rules, notes, false);
  }

  private FieldReader(
      Node.Fields fields, String pointer, String rules, Findings notes, boolean lenient) {
    this.lenient = lenient;
    this.fields = fields.values();
    this.line = fields.line();
    this.pointer = pointer;
    this.rules = rules;
    this.notes = notes;
  }

  /** Escapes a key for a JSON pointer (RFC 6901). */
  public static String escape(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  String at(String name) {
    return pointer + "/" + escape(Sanitizer.text(name, 80));
  }

  /** Whether the field is there and not null: a null is a field that was left empty. */
  public boolean has(String name) {
    Node node = fields.get(name);
    return node != null && !(node instanceof Node.Nothing);
  }

  /** Whether the field is there, even if it is null. */
  public boolean mentions(String name) {
    return fields.containsKey(name);
  }

  /** The names of all fields. */
  public Set<String> names() {
    return fields.keySet();
  }

  /** The text in a field; empty when it has none. Adds no finding. */
  public String given(String name) {
    return fields.get(name) instanceof Node.Text text ? text.value() : "";
  }

  /** The value of a field; null when it is absent or null. */
  public @Nullable Node node(String name) {
    return has(name) ? fields.get(name) : null;
  }

  /** Adds an error about a field, or about the object when the name is empty. */
  public void error(String rule, String name, String message) {
    int at = lineOf(name);
    String place = name.isEmpty() ? pointer : at(name);
    notes.error(rules + "." + rule, place, at, message);
  }

  /** Adds a warning about a field, or about the object when the name is empty. */
  public void warning(String rule, String name, String message) {
    String place = name.isEmpty() ? pointer : at(name);
    notes.warning(rules + "." + rule, place, lineOf(name), message);
  }

  private int lineOf(String name) {
    Node node = fields.get(name);
    return node == null ? line : node.line();
  }

  /** Adds a breach of the schema: an error, or a warning when reading leniently. */
  public void violation(String name, String message) {
    if (lenient) {
      warning("schema.violation", name, message);
    } else {
      error("schema.violation", name, message);
    }
  }

  /** The same object, but a wrong kind or an unknown field is only a warning. */
  public FieldReader leniently() {
    return new FieldReader(new Node.Fields(fields, line), pointer, rules, notes, true);
  }

  private void wrongKind(String name, String wanted, Node got) {
    violation(name, "'" + Sanitizer.text(name, 80) + "' must be " + wanted + ", is " + got.kind());
  }

  /** Adds a violation for each field that is absent or null. */
  public void require(String... names) {
    for (String name : names) {
      if (!has(name)) {
        violation(name, "required field '" + name + "' is missing; add it");
      }
    }
  }

  /** A text that is not blank. */
  public @Nullable String text(String name) {
    Node node = node(name);
    if (node instanceof Node.Text text && !text.value().isBlank()) {
      return text.value();
    }
    if (node != null) {
      wrongKind(name, "text that is not blank", node);
    }
    return null;
  }

  /** True or false. */
  public @Nullable Boolean flag(String name) {
    Node node = node(name);
    if (node instanceof Node.Flag flag) {
      return flag.value();
    }
    if (node != null) {
      wrongKind(name, "true or false", node);
    }
    return null;
  }

  /** A whole number; 1.0 is one, as JSON Schema has it, and "1" is not. */
  public static @Nullable Long whole(@Nullable Node node) {
    if (node instanceof Node.Whole whole) {
      return whole.value();
    }
    if (node instanceof Node.Decimal decimal
        && Math.rint(decimal.value()) == decimal.value()
        && Math.abs(decimal.value()) < 1L << 53) {
      return (long) decimal.value();
    }
    return null;
  }

  /** A whole number within bounds. */
  public @Nullable Long whole(String name, long least, long most) {
    Node node = node(name);
    Long value = whole(node);
    if (value != null && value >= least && value <= most) {
      return value;
    }
    if (node != null) {
      wrongKind(name, "a whole number from " + least + " to " + most, node);
    }
    return null;
  }

  /** An object. */
  public @Nullable FieldReader object(String name) {
    Node node = node(name);
    if (node instanceof Node.Fields object) {
      return new FieldReader(object, at(name), rules, notes, lenient);
    }
    if (node != null) {
      wrongKind(name, "an object", node);
    }
    return null;
  }

  /** Each field's value that is an object; another value is an error. */
  public Map<String, FieldReader> objects() {
    Map<String, FieldReader> objects = new LinkedHashMap<>();
    for (String name : fields.keySet()) {
      FieldReader object = object(name);
      if (object != null) {
        objects.put(name, object);
      } else if (!has(name)) {
        violation(name, "'" + Sanitizer.text(name, 80) + "' is empty; fill it in or remove it");
      }
    }
    return objects;
  }

  /** The objects of a list. */
  public List<FieldReader> objects(String name) {
    List<FieldReader> objects = new ArrayList<>();
    for (Node node : items(name)) {
      if (node instanceof Node.Fields object) {
        objects.add(
            new FieldReader(object, at(name) + "/" + objects.size(), rules, notes, lenient));
      } else {
        wrongKind(name, "a list of objects", node);
      }
    }
    return objects;
  }

  /** The texts of a list, none of them blank. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Node node : items(name)) {
      if (node instanceof Node.Text text && !text.value().isBlank()) {
        texts.add(text.value());
      } else {
        wrongKind(name, "a list of texts that are not blank", node);
      }
    }
    return texts;
  }

  /** The items of a list. */
  public List<Node> items(String name) {
    Node node = node(name);
    if (node instanceof Node.Items items) {
      return items.values();
    }
    if (node != null) {
      wrongKind(name, "a list", node);
    }
    return List.of();
  }
}
