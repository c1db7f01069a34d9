/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.example.replay.Outcomes.RecordedTask;
import dev.arbiter.example.replay.Outcomes.Trial;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads outcomes from CSV with a header: task_id, category, agent, success, cost, duration. */
final class OutcomeFile {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

  private final Path file;

  private OutcomeFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws UnusableFile if it cannot be used, saying where and why
   */
  static Outcomes read(Path file) {
    return new OutcomeFile(file).read();
  }

  /** A file that cannot be used. */
  static final class UnusableFile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableFile(String message) {
      super(message);
    }
  }

  private Outcomes read() {
    if (!Files.isRegularFile(file)) {
      throw new UnusableFile("there is no file " + file + "; name one with --outcomes");
    }
    Map<String, RecordedTask> tasks = new LinkedHashMap<>();
    try (Reader text = Files.newBufferedReader(file);
        CSVParser parser = FORMAT.parse(text)) {
      for (String column : List.of("task_id", "category", "agent", "success")) {
        if (!parser.getHeaderNames().contains(column)) {
          throw new UnusableFile(
              file + " has no column '" + column + "'; it has " + parser.getHeaderNames());
        }
      }
      for (CSVRecord row : parser) {
        add(tasks, row);
      }
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      throw new UnusableFile(file + " cannot be read as CSV: " + e.getMessage());
    }
    if (tasks.isEmpty()) {
      throw new UnusableFile(file + " holds no outcome, only a header");
    }
    return new Outcomes(new ArrayList<>(tasks.values()));
  }

  private void add(Map<String, RecordedTask> tasks, CSVRecord row) {
    if (!row.isConsistent()) {
      throw unusable(row, "has " + row.size() + " cells, the header has more or fewer");
    }
    String id = text(row, "task_id");
    String category = text(row, "category");
    RecordedTask task =
        tasks.computeIfAbsent(id, i -> new RecordedTask(i, category, new LinkedHashMap<>()));
    if (!task.category().equals(category)) {
      throw unusable(row, "puts task " + id + " in two categories");
    }
    Trial trial = new Trial(success(row), optional(row, "cost"), optional(row, "duration"));
    task.trials().computeIfAbsent(text(row, "agent"), a -> new ArrayList<>()).add(trial);
  }

  private String text(CSVRecord row, String column) {
    String text = row.get(column).strip();
    if (text.isEmpty()) {
      throw unusable(row, "has an empty " + column);
    }
    return text;
  }

  private boolean success(CSVRecord row) {
    String text = text(row, "success");
    return switch (text) {
      case "1", "true" -> true;
      case "0", "false" -> false;
      default -> throw unusable(row, "has success '" + text + "'; it must be 0 or 1");
    };
  }

  private double optional(CSVRecord row, String column) {
    if (!row.isMapped(column) || row.get(column).isBlank()) {
      return 0;
    }
    try {
      double value = Double.parseDouble(row.get(column));
      if (value >= 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below, like any other figure that is none
    }
    throw unusable(row, "has " + column + " '" + row.get(column) + "'; it must be a number >= 0");
  }

  private UnusableFile unusable(CSVRecord row, String what) {
    return new UnusableFile(file + ", record " + row.getRecordNumber() + ", " + what);
  }
}
