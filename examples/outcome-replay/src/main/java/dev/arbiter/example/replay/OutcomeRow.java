/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.arbiter.example.report.RunOptions.UnusableInput;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * One outcome of a file, as text by column.
 *
 * @param file its name, for messages
 * @param line where it ends, from 1
 * @param number of the row, from 1
 * @param cells by column; a column without a name is left out
 */
record OutcomeRow(String file, long line, long number, Map<String, String> cells) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /**
   * Gives each row of a text.
   *
   * <p>The text is CSV with a header, its cells separated by commas, semicolons or tabs; or a JSON
   * list of objects; or one JSON object a line. Blank lines are skipped, and lines end as they
   * like.
   *
   * @throws UnusableInput if it is neither; the message names file and line
   */
  static void each(String file, String text, Consumer<OutcomeRow> rows) {
    try {
      String start = text.stripLeading();
      if (start.startsWith("[") || start.startsWith("{")) {
        eachJson(file, text, rows);
      } else {
        eachCsv(file, text, rows);
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new UnusableInput(
          file
              + ", line "
              + (at == null ? 1 : at.getLineNr())
              + ", is no JSON: "
              + e.getOriginalMessage().lines().findFirst().orElse("")
              + "; give a list of objects, or one object a line");
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      throw new UnusableInput(
          file + " cannot be read as CSV: " + e.getMessage() + "; mend the quotes of that line");
    }
  }

  private static void eachJson(String file, String text, Consumer<OutcomeRow> rows)
      throws IOException {
    try (MappingIterator<JsonNode> nodes = JSON.readerFor(JsonNode.class).readValues(text)) {
      for (long number = 1; nodes.hasNextValue(); number++) {
        JsonNode node = nodes.nextValue();
        long line = nodes.getParser().currentLocation().getLineNr();
        if (!node.isObject()) {
          throw new UnusableInput(
              file + ", line " + line + ", has no JSON object; give one for each outcome");
        }
        Map<String, String> cells = new LinkedHashMap<>();
        node.properties()
            .forEach(
                field ->
                    cells.put(
                        field.getKey().strip(),
                        field.getValue().isNull() ? "" : field.getValue().asText()));
        rows.accept(new OutcomeRow(file, line, number, cells));
      }
    }
  }

  private static void eachCsv(String file, String text, Consumer<OutcomeRow> rows)
      throws IOException {
    CSVFormat format = CSVFormat.RFC4180.builder().setDelimiter(delimiter(text)).get();
    try (CSVParser parser = format.parse(new StringReader(text))) {
      List<String> header = null;
      long number = 0;
      for (CSVRecord record : parser) {
        if (record.size() == 1 && record.get(0).isBlank()) {
          continue;
        }
        if (header == null) {
          header = names(file, record);
        } else {
          rows.accept(row(file, header, record, parser.getCurrentLineNumber(), ++number));
        }
      }
      if (number == 0) {
        String columns = header == null ? "" : ", only the header " + header;
        throw new UnusableInput(file + " holds no outcome" + columns + "; give a line for each");
      }
    }
  }

  private static char delimiter(String text) {
    String first = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    for (char delimiter : new char[] {',', ';', '\t'}) {
      if (first.indexOf(delimiter) >= 0) {
        return delimiter;
      }
    }
    return ',';
  }

  private static List<String> names(String file, CSVRecord record) {
    List<String> names = new ArrayList<>();
    for (String cell : record) {
      String name = cell.strip();
      if (!name.isEmpty() && names.contains(name)) {
        throw new UnusableInput(
            file + " has the column '" + name + "' twice in its header; rename one");
      }
      names.add(name);
    }
    return names;
  }

  private static OutcomeRow row(
      String file, List<String> header, CSVRecord record, long line, long number) {
    OutcomeRow row = new OutcomeRow(file, line, number, new LinkedHashMap<>());
    if (record.size() != header.size()) {
      throw row.unusable(
          "has " + record.size() + " cells, the header has " + header.size() + "; mend the line");
    }
    for (int i = 0; i < header.size(); i++) {
      if (!header.get(i).isEmpty()) {
        row.cells.put(header.get(i), record.get(i));
      }
    }
    return row;
  }

  /** The text in a column, empty if the row has none. */
  String text(String column) {
    return cells.getOrDefault(column, "").strip();
  }

  /** Refuses a row without a column. */
  void require(List<String> columns) {
    for (String column : columns) {
      if (!cells.containsKey(column)) {
        throw new UnusableInput(
            file
                + " has no column '"
                + column
                + "'; it has "
                + cells.keySet()
                + (line > 2 ? " in line " + line : "")
                + "; rename one, or add it");
      }
    }
  }

  /** The error of a row; it names file, line and number. */
  UnusableInput unusable(String what) {
    return new UnusableInput(file + ", line " + line + ", record " + number + ", " + what);
  }
}
