/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static java.util.Objects.requireNonNull;

import dev.arbiter.example.report.InputText;
import dev.arbiter.example.report.RunOptions.UnusableInput;
import dev.arbiter.routing.evaluation.OutcomeMatrix;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads outcomes: task_id, category, agent, success, cost, duration, as {@link OutcomeRow} tells.
 * Other columns are left alone.
 */
final class OutcomeFile {
  /** Name of the file with the simulated outcomes that this example ships. */
  static final String SAMPLE = "simulated-outcomes.csv";

  /** How other programs write that there is no number. */
  private static final Set<String> MISSING = Set.of("", "nan", "na", "n/a", "null", "none");

  private final @Nullable Path file;
  private final String name;
  private final boolean needsCosts;
  private final String dateColumn;
  private final OutcomeMatrix.Builder matrix = OutcomeMatrix.builder();
  private final Map<String, Trials> agents = new LinkedHashMap<>();
  private final Map<String, LocalDate> dates = new HashMap<>();

  /** The sums over one agent's trials. */
  private static final class Trials {
    private final Set<String> tasks = new LinkedHashSet<>();
    private double cost;
    private int solved;
    private int count;

    RecordedTrials.Profile profile() {
      return new RecordedTrials.Profile(tasks, cost / count, (double) solved / count);
    }
  }

  /**
   * Names the file.
   *
   * @param file null for the simulated sample
   * @param needsCosts true if a file without a cost column cannot be used
   * @param dateColumn holds the date each agent appeared; empty if dates are not needed
   */
  OutcomeFile(@Nullable Path file, boolean needsCosts, String dateColumn) {
    this.file = file;
    this.name = file == null ? SAMPLE : file.toString();
    this.needsCosts = needsCosts;
    this.dateColumn = dateColumn;
  }

  /**
   * Reads the file.
   *
   * @param declarePrices true if agents declare their mean cost as price
   * @throws UnusableInput if the file cannot be used; the message says where and why
   */
  RecordedTrials read(boolean declarePrices) {
    OutcomeRow.each(name, file == null ? sample() : InputText.of(file, "--outcomes"), this::add);
    if (agents.isEmpty()) {
      throw new UnusableInput(name + " holds no outcome, only a header");
    }
    if (needsCosts && agents.values().stream().allMatch(of -> of.cost == 0)) {
      throw new UnusableInput(name + " holds no cost above 0, so money cannot be weighed");
    }
    Map<String, RecordedTrials.Profile> profiles = new LinkedHashMap<>();
    agents.forEach((id, of) -> profiles.put(id, of.profile()));
    if (declarePrices) {
      profiles.forEach((id, profile) -> matrix.declaredPrice(id, profile.meanCost()));
    }
    try {
      return new RecordedTrials(matrix.build(), profiles, declarePrices, arrivals());
    } catch (IllegalArgumentException e) {
      throw new UnusableInput(name + " cannot be used: " + e.getMessage());
    }
  }

  private static String sample() {
    try (InputStream in = requireNonNull(OutcomeFile.class.getResourceAsStream(SAMPLE), SAMPLE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(OutcomeRow row) {
    List<String> columns = new ArrayList<>(List.of("task_id", "category", "agent", "success"));
    if (needsCosts) {
      columns.add("cost");
    }
    if (!dateColumn.isEmpty()) {
      columns.add(dateColumn);
    }
    row.require(columns);
    String task = text(row, "task_id");
    String agent = text(row, "agent");
    boolean success = success(row);
    double cost = optional(row, "cost");
    if (!dateColumn.isEmpty()) {
      date(row, agent);
    }
    try {
      matrix.trial(task, text(row, "category"), agent, success, cost, optional(row, "duration"));
    } catch (IllegalArgumentException e) {
      throw row.unusable("cannot be used: " + e.getMessage());
    }
    Trials of = agents.computeIfAbsent(agent, id -> new Trials());
    of.tasks.add(task);
    of.cost += cost;
    of.solved += success ? 1 : 0;
    of.count++;
  }

  private void date(OutcomeRow row, String agent) {
    String text = text(row, dateColumn);
    try {
      LocalDate date = LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
      LocalDate before = dates.putIfAbsent(agent, date);
      if (before != null && !before.equals(date)) {
        throw row.unusable("gives " + agent + " a second date, " + date + " after " + before);
      }
    } catch (DateTimeParseException e) {
      throw row.unusable("has " + dateColumn + " '" + text + "'; it must be a date as 2026-01-31");
    }
  }

  private Map<String, Double> arrivals() {
    Map<String, Double> arrivals = new HashMap<>();
    if (!dates.isEmpty()) {
      long first = Collections.min(dates.values()).toEpochDay();
      double span = Math.max(1, Collections.max(dates.values()).toEpochDay() - first);
      dates.forEach((agent, date) -> arrivals.put(agent, (date.toEpochDay() - first) / span));
    }
    return arrivals;
  }

  private static String text(OutcomeRow row, String column) {
    String text = row.text(column);
    if (text.isEmpty()) {
      throw row.unusable("has an empty " + column + "; fill it in");
    }
    return text;
  }

  private static boolean success(OutcomeRow row) {
    String text = text(row, "success");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "1", "1.0", "true" -> true;
      case "0", "0.0", "false" -> false;
      default ->
          throw row.unusable(
              "has success '" + text + "'; it must be 0 or 1, or true or false in any capitals");
    };
  }

  private static double optional(OutcomeRow row, String column) {
    String text = row.text(column);
    if (MISSING.contains(text.toLowerCase(Locale.ROOT))) {
      return 0;
    }
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, like a number out of range
    }
    throw row.unusable("has " + column + " '" + text + "'; it must be a number >= 0, or empty");
  }
}
