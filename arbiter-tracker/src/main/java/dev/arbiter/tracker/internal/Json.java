/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import dev.arbiter.internal.Library;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON text to and from plain maps, lists, strings, numbers and booleans. Thread-safe.
 *
 * <p>Reading refuses text after the end, duplicate names and more than {@value #LEVELS} levels.
 * Writing refuses what reading would refuse: each text is read before it is returned, so no file
 * gets a line that its reader does not take. Numbers that JSON lacks, such as NaN, are written as
 * strings.
 */
public final class Json {
  /** Levels of objects and lists, with the outermost. */
  static final int LEVELS = 32;

  private Json() {}

  /** Makes sure that Jackson is there and new enough. */
  public static void require() {
    Library.JACKSON_CORE.require(Json.class);
    Library.JACKSON_DATABIND.require(Json.class);
  }

  /**
   * Writes an object as JSON without line breaks, in the map's order; throws {@link
   * IllegalArgumentException} if it cannot be read back.
   */
  public static String write(Map<String, ?> object) {
    require();
    return Jackson.line(object);
  }

  /** As {@link #write}, in ASCII only. */
  public static String writeAscii(Map<String, ?> object) {
    require();
    return Jackson.ascii(object);
  }

  /** As {@link #write}, indented for people. */
  public static String writePage(Map<String, ?> object) {
    require();
    return Jackson.page(object);
  }

  /** Reads the fields of a text that is one JSON object; throws if it is not. */
  public static Fields read(String text) throws IOException {
    require();
    return Fields.of(Jackson.read(text), "the text");
  }

  /** Reads the texts and whole numbers of an object before a field, and looks at nothing else. */
  static Fields readUntil(String text, String end) throws IOException {
    require();
    return new Fields(Jackson.readUntil(text, end));
  }

  /** The fields of an object, each read with the type it must have. */
  public static final class Fields {
    private final Map<String, Object> fields;

    private Fields(Map<String, Object> fields) {
      this.fields = fields;
    }

    private static Fields of(Object value, String what) throws IOException {
      if (!(value instanceof Map<?, ?> map)) {
        throw new IOException(what + " is no JSON object");
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      map.forEach((name, field) -> fields.put((String) name, field));
      return new Fields(fields);
    }

    /** Wraps names and values. */
    public static Fields of(Map<String, ?> fields) {
      return new Fields(new LinkedHashMap<>(fields));
    }

    /** {@return all names and values, in order} */
    public Map<String, Object> all() {
      return fields;
    }

    /** Returns whether a field exists and is not null. */
    public boolean has(String name) {
      return fields.get(name) != null;
    }

    /** Reads a text; throws if the field is missing or has another type. */
    public String text(String name) throws IOException {
      return typed(name, String.class);
    }

    /** Reads a whole number; throws if the field is missing or has another type. */
    public long whole(String name) throws IOException {
      Number number = typed(name, Number.class);
      if (number instanceof Integer || number instanceof Long) {
        return number.longValue();
      }
      throw new IOException(name + " is no whole number: " + number);
    }

    /** Reads a number; throws if the field is missing or has another type. */
    public double number(String name) throws IOException {
      return typed(name, Number.class).doubleValue();
    }

    /** Reads a boolean; throws if the field is missing or has another type. */
    public boolean truth(String name) throws IOException {
      return typed(name, Boolean.class);
    }

    /** Reads an object; throws if the field is missing or has another type. */
    public Fields object(String name) throws IOException {
      return of(typed(name, Map.class), name);
    }

    /** Reads a list; throws if the field is missing or has another type. */
    public List<?> list(String name) throws IOException {
      return typed(name, List.class);
    }

    /** Reads a list of objects; throws if the field is missing or has another type. */
    public List<Fields> objects(String name) throws IOException {
      List<Fields> all = new ArrayList<>();
      for (Object value : list(name)) {
        all.add(of(value, name));
      }
      return all;
    }

    /** Reads a list of texts; throws if the field is missing or has another type. */
    public List<String> texts(String name) throws IOException {
      List<String> all = new ArrayList<>();
      for (Object value : list(name)) {
        if (!(value instanceof String text)) {
          throw new IOException(name + " holds something that is no text");
        }
        all.add(text);
      }
      return all;
    }

    private <T> T typed(String name, Class<T> type) throws IOException {
      Object value = fields.get(name);
      if (!type.isInstance(value)) {
        throw new IOException(
            value == null ? "no field '" + name + "'" : "field '" + name + "' has another type");
      }
      return type.cast(value);
    }
  }
}
