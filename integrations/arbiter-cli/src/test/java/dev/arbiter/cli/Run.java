/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** One run of the program, and what it printed. */
record Run(int code, String out, String err) {
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  static Run of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int code =
        ArbiterCli.run(() -> NOW, new PrintWriter(out), () -> false, new PrintWriter(err), texts);
    return new Run(code, out.toString(), err.toString());
  }

  /** Every line of the output as JSON; nothing else may be there. */
  List<JsonNode> json() {
    ObjectMapper mapper = new ObjectMapper();
    return out.lines()
        .map(
            line -> {
              try {
                return mapper.readTree(line);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }
}
