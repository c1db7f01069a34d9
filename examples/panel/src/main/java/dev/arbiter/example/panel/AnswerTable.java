/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.panel;

import dev.arbiter.example.report.InputText;
import dev.arbiter.example.report.RunOptions.UnusableInput;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Who answered what to which question.
 *
 * @param source the file's name
 * @param closed whether every answer is 1 or 2
 * @param models ids, in the order of the file
 * @param questions in the order of the file
 */
record AnswerTable(String source, boolean closed, List<String> models, List<Asked> questions) {
  private static final Set<String> NONE = Set.of("", "none", "null", "nan", "na", "n/a");
  private static final String ONE_ORDER = "|ab";
  private static final String OTHER_ORDER = "|ba";
  private static final int LONGEST_SHOWN = 60;

  /**
   * One question.
   *
   * @param category its type
   * @param right the right answer
   * @param answers of each model; empty for an abstention
   */
  record Asked(String category, String right, List<String> answers) {}

  /** Reads answers: question_id, category, answer, one column a model. */
  static AnswerTable answers(Path file, List<String> wanted) {
    Sheet sheet = new Sheet(file, "--answers");
    sheet.require("question_id", "category", "answer");
    List<String> models =
        sheet.header.stream()
            .filter(name -> !Set.of("question_id", "category", "answer", "").contains(name))
            .toList();
    if (models.isEmpty()) {
      throw new UnusableInput(file + ", line 1, names no model; add a column for each model");
    }
    List<String> chosen = chosen(file, models, wanted);
    List<Asked> questions = new ArrayList<>();
    for (Sheet.Line line : sheet.lines) {
      String right = line.filled("answer");
      questions.add(
          new Asked(line.filled("category"), right, chosen.stream().map(line::of).toList()));
    }
    return new AnswerTable(name(file), false, chosen, sheet.some(questions));
  }

  /**
   * Reads judges' verdicts: subset, index, label, then for each judge and form one column an order.
   * A judge that contradicts itself abstains.
   */
  static AnswerTable verdicts(Path file, List<String> wanted) {
    Sheet sheet = new Sheet(file, "--verdicts");
    sheet.require("subset", "index", "label");
    List<String> models = new ArrayList<>();
    for (String column : sheet.header) {
      if (column.endsWith(ONE_ORDER)) {
        String judge = column.substring(0, column.length() - ONE_ORDER.length());
        if (!sheet.header.contains(judge + OTHER_ORDER)) {
          throw new UnusableInput(
              file
                  + ", line 1, has "
                  + column
                  + " without "
                  + judge
                  + OTHER_ORDER
                  + "; add the verdicts in the other order");
        }
        models.add(judge);
      }
    }
    if (models.isEmpty()) {
      throw new UnusableInput(
          file + ", line 1, names no judge; columns are named judge|form|ab and judge|form|ba");
    }
    List<String> chosen = chosen(file, models, wanted);
    boolean byPlace = isByPlace(sheet, models);
    List<Asked> questions = new ArrayList<>();
    for (Sheet.Line line : sheet.lines) {
      String label = line.verdict("label");
      if (label.isEmpty()) {
        throw line.unusable("has no label; it must be 1 or 2");
      }
      List<String> votes = new ArrayList<>();
      for (String judge : chosen) {
        String one = line.verdict(judge + ONE_ORDER);
        String other = line.verdict(judge + OTHER_ORDER);
        votes.add(one.equals(byPlace ? turned(other) : other) ? one : "");
      }
      questions.add(new Asked(line.filled("subset"), label, votes));
    }
    return new AnswerTable(name(file), true, chosen, sheet.some(questions));
  }

  /*
   * A verdict in the other order may name the answer, or the place where it was shown. A judge that
   * knows something of the truth says 1 more often where the label is 1, in both orders; of the
   * wrong reading it would know the opposite in one of them. Whether it goes by place does not
   * matter then, as it does to a count of contradictions. Where all labels are one, that count is
   * all there is.
   */
  private static boolean isByPlace(Sheet sheet, List<String> judges) {
    double known = 0;
    double agreed = 0;
    for (String judge : judges) {
      double[] lines = new double[2];
      double[] one = new double[2];
      double[] other = new double[2];
      for (Sheet.Line line : sheet.lines) {
        String first = line.verdict(judge + ONE_ORDER);
        String second = line.verdict(judge + OTHER_ORDER);
        if (!first.isEmpty() && !second.isEmpty()) {
          int label = line.verdict("label").equals("1") ? 1 : 0;
          lines[label]++;
          one[label] += first.equals("1") ? 1 : 0;
          other[label] += second.equals("1") ? 1 : 0;
          agreed += first.equals(second) ? 1 : -1;
        }
      }
      if (lines[0] > 0 && lines[1] > 0) {
        double knows = one[1] / lines[1] - one[0] / lines[0];
        double knowsTurned = other[1] / lines[1] - other[0] / lines[0];
        known += (lines[0] + lines[1]) * knows * knowsTurned;
      }
    }
    return known == 0 ? agreed < 0 : known < 0;
  }

  private static String turned(String verdict) {
    return verdict.equals("1") ? "2" : verdict.equals("2") ? "1" : "";
  }

  /* A judge without its form means all its forms. */
  private static List<String> chosen(Path file, List<String> models, List<String> wanted) {
    if (wanted.isEmpty()) {
      return models;
    }
    Set<String> chosen = new LinkedHashSet<>();
    for (String name : wanted) {
      List<String> found =
          models.contains(name)
              ? List.of(name)
              : models.stream().filter(model -> model.startsWith(name + "|")).toList();
      if (found.isEmpty()) {
        throw new UnusableInput(
            file
                + " has no model '"
                + shown(name)
                + "'; --models may name: "
                + String.join(", ", models));
      }
      chosen.addAll(found);
    }
    return List.copyOf(chosen);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String shown(String text) {
    String plain = text.replaceAll("[^\\p{Print}]", "?");
    return plain.length() <= LONGEST_SHOWN ? plain : plain.substring(0, LONGEST_SHOWN) + "...";
  }

  /** The cells of a file. */
  private static final class Sheet {
    private final Path file;
    private final List<String> header = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();

    Sheet(Path file, String option) {
      this.file = file;
      String text = InputText.of(file, option);
      CSVFormat format =
          CSVFormat.DEFAULT.builder().setDelimiter(delimiter(text)).setIgnoreEmptyLines(true).get();
      try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
        for (CSVRecord record : parser) {
          add(record, parser.getCurrentLineNumber());
        }
      } catch (UncheckedIOException | IOException | IllegalStateException e) {
        Throwable cause = e.getCause() instanceof CSVException ? e.getCause() : e;
        throw new UnusableInput(
            file + " is no CSV: " + cause.getMessage() + "; close its quotes, or export it anew");
      }
      if (header.isEmpty()) {
        throw new UnusableInput(file + " is empty; " + option + " needs a header and lines");
      }
    }

    private static char delimiter(String text) {
      String first = text.lines().findFirst().orElse("");
      long commas = first.chars().filter(c -> c == ',').count();
      long semicolons = first.chars().filter(c -> c == ';').count();
      long tabs = first.chars().filter(c -> c == '\t').count();
      return tabs > commas && tabs > semicolons ? '\t' : semicolons > commas ? ';' : ',';
    }

    private void add(CSVRecord record, long line) {
      if (header.isEmpty()) {
        record.forEach(cell -> header.add(cell.strip()));
        Set<String> names = new HashSet<>();
        for (String name : header) {
          if (!name.isEmpty() && !names.add(name)) {
            throw new UnusableInput(
                file + ", line 1, has the column '" + shown(name) + "' twice; rename one");
          }
        }
        return;
      }
      if (record.size() != header.size()) {
        throw new UnusableInput(
            file
                + ", line "
                + line
                + ", has "
                + record.size()
                + " cells and the header "
                + header.size()
                + "; fill or remove the line");
      }
      lines.add(new Line(record.stream().map(String::strip).toList(), line));
    }

    void require(String... columns) {
      for (String column : columns) {
        if (!header.contains(column)) {
          throw new UnusableInput(
              file
                  + ", line 1, has no column "
                  + column
                  + "; it has: "
                  + shown(String.join(", ", header)));
        }
      }
    }

    List<Asked> some(List<Asked> questions) {
      if (questions.size() < 2) {
        throw new UnusableInput(
            file + " has " + questions.size() + " lines under its header; give 2 at least");
      }
      return questions;
    }

    /** One line. */
    private final class Line {
      private final List<String> cells;
      private final long number;

      Line(List<String> cells, long number) {
        this.cells = cells;
        this.number = number;
      }

      String of(String column) {
        return cells.get(header.indexOf(column));
      }

      String filled(String column) {
        if (of(column).isEmpty()) {
          throw unusable("has no " + column + "; fill it or remove the line");
        }
        return of(column);
      }

      String verdict(String column) {
        String cell = of(column);
        return switch (cell) {
          case "1", "1.0" -> "1";
          case "2", "2.0" -> "2";
          default -> {
            if (!NONE.contains(cell.toLowerCase(Locale.ROOT))) {
              throw unusable(
                  "has '" + shown(cell) + "' in " + column + "; it must be 1, 2, or None");
            }
            yield "";
          }
        };
      }

      UnusableInput unusable(String why) {
        return new UnusableInput(file + ", line " + number + ", " + why);
      }
    }
  }
}
