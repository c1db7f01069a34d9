/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.bench.Program;
import dev.arbiter.bench.routing.Scenario.Case;
import dev.arbiter.routing.BanditPolicy;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Runs every policy through the standard scenarios and prints a table for each: mean and standard
 * error over runs with pinned seeds, in brackets the figures of the reference simulation, and last
 * the bars of the default.
 *
 * <p>Options: {@code --runs-scale F} for more or fewer runs, {@code --only} and {@code --policies}
 * with names between commas, {@code --outcomes FILE} to replay recorded outcomes too, {@code
 * --threads N}, {@code --markdown}. Equal options print the same with any number of threads.
 */
public final class RoutingLab {
  private final LabOptions options;
  private final ExecutorService threads;
  private final PrintStream out;

  private RoutingLab(LabOptions options, ExecutorService threads, PrintStream out) {
    this.options = options;
    this.threads = threads;
    this.out = out;
  }

  /**
   * Prints the tables.
   *
   * @param arguments options
   * @throws Exception if a run fails
   */
  public static void main(String[] arguments) throws Exception {
    Program.main(RoutingLab::read, arguments);
  }

  static void run(PrintStream out, String... arguments) throws Exception {
    boolean unused = read(arguments).run(out);
  }

  static Program.Work read(String... arguments) {
    LabOptions options = LabOptions.parse(arguments);
    List<Scenario> scenarios = chosen(options);
    return out -> {
      ExecutorService threads = Executors.newFixedThreadPool(options.threads());
      try {
        RoutingLab lab = new RoutingLab(options, threads, out);
        for (Scenario scenario : scenarios) {
          lab.print(scenario, lab.measure(scenario));
        }
      } finally {
        threads.shutdownNow();
      }
      return true;
    };
  }

  private static List<Scenario> chosen(LabOptions options) {
    List<Scenario> all = new ArrayList<>(new Scenarios(options.scale()).all());
    if (options.outcomes() != null) {
      all.add(RecordedScenario.read(options.outcomes()).scenario());
    }
    List<String> names = all.stream().map(Scenario::name).toList();
    for (String name : options.only()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "no scenario is named '%s'; take one of %s, with --outcomes FILE also recorded",
                name,
                names));
      }
    }
    all.removeIf(each -> !options.only().isEmpty() && !options.only().contains(each.name()));
    return all;
  }

  /** One cell of a table. */
  private record Cell(Case column, BanditPolicy policy) {}

  private Map<Cell, Measured> measure(Scenario scenario)
      throws ExecutionException, InterruptedException {
    Map<Cell, List<Future<Double>>> underway = new LinkedHashMap<>();
    for (Case column : scenario.cases()) {
      for (BanditPolicy policy : options.policies()) {
        underway.put(new Cell(column, policy), submit(column, policy));
      }
    }
    Map<Cell, Measured> measured = new LinkedHashMap<>();
    for (Map.Entry<Cell, List<Future<Double>>> cell : underway.entrySet()) {
      double[] values = new double[cell.getValue().size()];
      for (int run = 0; run < values.length; run++) {
        values[run] = cell.getValue().get(run).get();
      }
      measured.put(cell.getKey(), Measured.of(values));
    }
    return measured;
  }

  private List<Future<Double>> submit(Case column, BanditPolicy policy) {
    List<Future<Double>> runs = new ArrayList<>();
    for (int run = 0; run < column.runs(options.scale()); run++) {
      long seed = run;
      runs.add(threads.submit(() -> column.trial().run(policy, seed)));
    }
    return runs;
  }

  private void print(Scenario scenario, Map<Cell, Measured> measured) {
    TextTable table = new TextTable();
    table.row(row("policy", scenario, column -> column.name()));
    table.row(row("runs", scenario, column -> Integer.toString(column.runs(options.scale()))));
    for (BanditPolicy policy : options.policies()) {
      table.row(
          row(
              policy.name(),
              scenario,
              column ->
                  measured.get(new Cell(column, policy))
                      + reference(column.figures().get(policy.name()))));
    }
    if (!scenario.cases().stream().allMatch(column -> column.bar().isEmpty())) {
      table.row(row("bar of the default", scenario, Case::bar));
    }
    out.println((options.markdown() ? "### " : "") + scenario.name());
    out.println(scenario.about());
    out.println();
    if (options.markdown()) {
      table.printMarkdown(out);
    } else {
      table.printPlain(out);
    }
    out.println();
  }

  private static String reference(@Nullable String figure) {
    return figure == null ? "" : " (" + figure + ")";
  }

  /** What a column shows in one row. */
  @FunctionalInterface
  private interface Shown {
    String of(Case column);
  }

  private static List<String> row(String first, Scenario scenario, Shown shown) {
    List<String> cells = new ArrayList<>();
    cells.add(first);
    scenario.cases().forEach(column -> cells.add(shown.of(column)));
    return List.copyOf(cells);
  }
}
