/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON text and plain maps, lists, strings, numbers and booleans; thread-safe.
 *
 * <p>Reading refuses text after the end, names that come twice and more than 32 levels. Numbers
 * that are no JSON, such as NaN, become strings when written.
 */
public final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(32).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  /**
   * Writes one line.
   *
   * @param object names and values, in the map's order
   * @return JSON without line breaks
   */
  public static String write(Map<String, ?> object) {
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Writes a page for people.
   *
   * @param object names and values, in the map's order
   * @return JSON with indentation
   */
  public static String writePage(Map<String, ?> object) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(object) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Reads one object.
   *
   * @param text JSON
   * @return its fields
   * @throws IOException if it is no JSON object
   */
  public static Fields read(String text) throws IOException {
    return Fields.of(MAPPER.readValue(text, Object.class), "the text");
  }

  /** The fields of an object that was read, each asked for with the type it must have. */
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

    /**
     * Fields that are at hand already.
     *
     * @param fields names and values
     * @return the same, typed
     */
    public static Fields of(Map<String, ?> fields) {
      return new Fields(new LinkedHashMap<>(fields));
    }

    /**
     * All of them.
     *
     * @return names and values, in order
     */
    public Map<String, Object> all() {
      return fields;
    }

    /**
     * Tells whether a field is there.
     *
     * @param name the field
     * @return whether it is
     */
    public boolean has(String name) {
      return fields.get(name) != null;
    }

    /**
     * A text.
     *
     * @param name the field
     * @return its value
     * @throws IOException if it is no text
     */
    public String text(String name) throws IOException {
      return typed(name, String.class);
    }

    /**
     * A whole number.
     *
     * @param name the field
     * @return its value
     * @throws IOException if it is none
     */
    public long whole(String name) throws IOException {
      Number number = typed(name, Number.class);
      if (number instanceof Integer || number instanceof Long) {
        return number.longValue();
      }
      throw new IOException(name + " is no whole number: " + number);
    }

    /**
     * A number.
     *
     * @param name the field
     * @return its value
     * @throws IOException if it is none
     */
    public double number(String name) throws IOException {
      return typed(name, Number.class).doubleValue();
    }

    /**
     * A truth value.
     *
     * @param name the field
     * @return its value
     * @throws IOException if it is none
     */
    public boolean truth(String name) throws IOException {
      return typed(name, Boolean.class);
    }

    /**
     * An object.
     *
     * @param name the field
     * @return its fields
     * @throws IOException if it is none
     */
    public Fields object(String name) throws IOException {
      return of(typed(name, Map.class), name);
    }

    /**
     * A list.
     *
     * @param name the field
     * @return its values
     * @throws IOException if it is none
     */
    public List<?> list(String name) throws IOException {
      return typed(name, List.class);
    }

    /**
     * A list of objects.
     *
     * @param name the field
     * @return the fields of each
     * @throws IOException if it is none
     */
    public List<Fields> objects(String name) throws IOException {
      List<Fields> all = new ArrayList<>();
      for (Object value : list(name)) {
        all.add(of(value, name));
      }
      return all;
    }

    /**
     * A list of texts.
     *
     * @param name the field
     * @return the texts
     * @throws IOException if it is none
     */
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
