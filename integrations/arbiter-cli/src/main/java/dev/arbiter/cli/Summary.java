/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What a verdict's document says, in one line. */
final class Summary {
  private static final JsonFactory JSON = new JsonFactory();

  private Summary() {}

  static String of(String document) {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = JSON.createParser(document)) {
      read(parser, texts);
    } catch (IOException e) {
      return "unreadable";
    }
    return ArbiterCli.printable(
        texts.getOrDefault("time", "?")
            + " "
            + texts.getOrDefault("verdict", "?")
            + " spec="
            + texts.getOrDefault("specId", "?")
            + " task="
            + texts.getOrDefault("id", "?")
            + " agent="
            + texts.getOrDefault("agent", "?"));
  }

  /** Texts of the document itself, and the id inside its task. */
  private static void read(JsonParser parser, Map<String, String> texts) throws IOException {
    int depth = 0;
    String outer = "";
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.FIELD_NAME && depth == 1) {
        outer = parser.currentName();
      } else if (token == JsonToken.VALUE_STRING) {
        boolean taskId = depth == 2 && outer.equals("task") && "id".equals(parser.currentName());
        if (depth == 1 || taskId) {
          texts.put(parser.currentName(), parser.getText());
        }
      }
    }
  }
}
