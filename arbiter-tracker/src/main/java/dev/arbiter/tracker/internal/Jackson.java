/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The only classes of this module that touch Jackson are this one and those it gives factories. */
public final class Jackson {
  /*
   * Half of a surrogate pair is no character: UTF-8 has no bytes for it, and Jackson writes none or
   * throws. So everything from the surrogates on is written as an escape, which every reader
   * understands and which reads back equal.
   */
  private static final int LAST_BEFORE_SURROGATES = 0xD7FF;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              factory(StreamReadConstraints.builder().maxNestingDepth(Json.LEVELS).build()))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final ObjectWriter ASCII = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);
  private static final ObjectWriter PAGE = MAPPER.writerWithDefaultPrettyPrinter();

  private Jackson() {}

  /** A factory that refuses duplicate names, and whose texts survive UTF-8. */
  public static JsonFactory factory(StreamReadConstraints limits) {
    return new JsonFactoryBuilder()
        .highestNonEscapedChar(LAST_BEFORE_SURROGATES)
        .streamReadConstraints(limits)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  /* What foreign objects throw while they are written is theirs, and says that they are no data. */
  private static String written(ObjectWriter writer, Map<String, ?> object) {
    try {
      String json = writer.writeValueAsString(object);
      MAPPER.readValue(json, Object.class);
      return json;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be JSON: " + e.getOriginalMessage(), e);
    } catch (RuntimeException | StackOverflowError e) {
      throw new IllegalArgumentException("cannot be JSON: " + e, e);
    }
  }

  static String line(Map<String, ?> object) {
    return written(MAPPER.writer(), object);
  }

  static String ascii(Map<String, ?> object) {
    return written(ASCII, object);
  }

  static String page(Map<String, ?> object) {
    return written(PAGE, object) + "\n";
  }

  static Object read(String text) throws IOException {
    return MAPPER.readValue(text, Object.class);
  }

  /** The texts and whole numbers before a field. */
  static Map<String, Object> readUntil(String text, String end) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    try (JsonParser parser = MAPPER.createParser(text)) {
      parser.nextToken();
      for (String name = parser.nextFieldName();
          name != null && !name.equals(end);
          name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING) {
          fields.put(name, parser.getText());
        } else if (value == JsonToken.VALUE_NUMBER_INT) {
          fields.put(name, parser.getNumberValue());
        }
        parser.skipChildren();
      }
    }
    return fields;
  }
}
