/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.Jvm;
import dev.arbiter.bench.ResultsFile;
import dev.arbiter.bench.bars.Bar.Answer;
import dev.arbiter.bench.routing.TextTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs each promise beside its peer in one run, and says whether it was held.
 *
 * <p>{@code java -cp benchmarks.jar dev.arbiter.bench.bars.Bars --quick} takes less than three
 * minutes, {@code --full} about half an hour. Other options: {@code --only P1,P8}; {@code --json
 * FILE} writes all figures; {@code --read FILE} takes figures from such a file in place of running;
 * {@code --compare FILE} prints what changed since that file, with intervals; {@code --results
 * FILE} writes the table into that Markdown file, between the comments {@code <!-- bars: begin -->}
 * and {@code <!-- bars: end -->}.
 *
 * <p>Ends with 1 if a promise was missed by more than 1.5 times or has no figure, with 2 if an
 * option is wrong.
 */
public final class Bars {
  private static final String USAGE =
      "give --quick, --full or --read FILE; and maybe --only P1,P2 --json FILE --compare FILE"
          + " --results FILE";

  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<Bar> chosen;

  private Bars(String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick", "--full" -> options.put(arguments[i], "");
        case "--read", "--only", "--json", "--compare", "--results" -> {
          require(i + 1 < arguments.length, arguments[i] + " has no value");
          options.put(arguments[i], arguments[++i]);
        }
        default -> throw new IllegalArgumentException(arguments[i] + " is no option; " + USAGE);
      }
    }
    long sources =
        List.of("--quick", "--full", "--read").stream().filter(options::containsKey).count();
    require(sources == 1, "one of --quick, --full and --read is needed");
    String only = options.get("--only");
    List<String> ids = only == null ? List.of() : List.of(only.split(",", -1));
    List<String> known = PromisedBars.ALL.stream().map(Bar::id).distinct().toList();
    require(known.containsAll(ids), "--only knows " + known + ", got " + only);
    chosen =
        PromisedBars.ALL.stream().filter(bar -> only == null || ids.contains(bar.id())).toList();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message + "; " + USAGE);
    }
  }

  /**
   * Runs the bars.
   *
   * @param arguments see the class
   * @throws IOException if a file cannot be read or written
   * @throws RunnerException if a benchmark fails
   */
  public static void main(String[] arguments) throws IOException, RunnerException {
    try {
      System.exit(run(System.out, arguments) ? 0 : 1);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
    }
  }

  /** Runs the bars. Returns whether none was missed by more than the margin. */
  static boolean run(PrintStream out, String... arguments) throws IOException, RunnerException {
    return new Bars(arguments).run(out);
  }

  private boolean run(PrintStream out) throws IOException, RunnerException {
    Figures other = options.containsKey("--compare") ? Figures.read(file("--compare")) : null;
    Figures read = options.containsKey("--read") ? Figures.read(file("--read")) : null;
    Pace pace = pace(read);
    require(
        other == null || pace.equals(pace(other)),
        "figures of a quick and a full run cannot be compared");
    ResultsFile results =
        options.containsKey("--results") ? new ResultsFile(file("--results"), "bars") : null;
    List<Bar> bars =
        chosen.stream().filter(bar -> bar.isQuick() || !pace.equals(Pace.QUICK)).toList();
    Figures figures = read != null ? read : measure(bars, pace, out);
    if (options.containsKey("--json")) {
      figures.write(file("--json"), answers(bars, figures));
    }
    String text = text(bars, figures, other);
    out.print(text);
    if (results != null) {
      results.write(text);
    }
    return bars.stream()
        .map(bar -> bar.answer(figures))
        .noneMatch(answer -> answer == Answer.MISSED_FAR || answer == Answer.NOT_RUN);
  }

  private Pace pace(@Nullable Figures figures) {
    if (figures != null) {
      return Pace.named(figures.about().getOrDefault("pace", ""));
    }
    return options.containsKey("--quick") ? Pace.QUICK : Pace.FULL;
  }

  private Path file(String option) {
    return Path.of(Objects.requireNonNull(options.get(option), option));
  }

  private static Figures measure(List<Bar> bars, Pace pace, PrintStream out)
      throws RunnerException {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    about.put("machine", Jvm.about());
    about.put("pace", pace.name());
    Figures figures = new Figures(about);
    new Repeats(pace, out).run(bars.stream().flatMap(Bar::specs).distinct().toList(), figures);
    return figures;
  }

  private String text(List<Bar> bars, Figures figures, @Nullable Figures other) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      out.println(String.join("; ", figures.about().values()) + ".");
      out.println();
      table(bars, figures).printMarkdown(out);
      out.println();
      out.println(
          Stream.of(Answer.values())
              .map(answer -> Map.entry(answer, count(bars, figures, answer)))
              .filter(count -> count.getValue() > 0)
              .map(count -> count.getKey().words + ": " + count.getValue() + ".")
              .collect(Collectors.joining(" ")));
      if (other != null) {
        out.println();
        out.println("Since " + String.join("; ", other.about().values()) + ":");
        out.println();
        new BarComparison(other, figures).table(bars).printMarkdown(out);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static long count(List<Bar> bars, Figures figures, Answer answer) {
    return bars.stream().filter(bar -> bar.answer(figures) == answer).count();
  }

  private TextTable table(List<Bar> bars, Figures figures) {
    TextTable table = new TextTable();
    table.row(
        List.of(
            "",
            "promise",
            "goal",
            "best",
            "median",
            "wall",
            "peer",
            "ratio",
            "by medians",
            "answer"));
    for (Bar bar : bars) {
      Measure measure = bar.measure();
      boolean timed = measure == Measure.CPU;
      BenchmarkSpec peer = bar.peer();
      table.row(
          List.of(
              bar.id(),
              bar.promise(),
              bar.goalInWords(),
              measure.say(bar.measured(figures)),
              measure.say(bar.median(figures)),
              timed ? Measure.WALL.say(figures.median(bar.spec(), Measure.WALL)) : "",
              peer == null ? "" : measure.say(figures.best(peer, measure)),
              ratio(bar, bar.figure(figures)),
              ratio(bar, bar.middle(figures)),
              bar.answer(figures).words));
    }
    return table;
  }

  /** The ratio to the peer, or to the goal if there is none. */
  private static String ratio(Bar bar, double figure) {
    double ratio = bar.peer() == null ? figure / bar.goal() : figure;
    return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.3g", ratio);
  }

  private List<Map<String, Object>> answers(List<Bar> bars, Figures figures) {
    List<Map<String, Object>> answers = new ArrayList<>();
    for (Bar bar : bars) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("id", bar.id());
      answer.put("promise", bar.promise());
      answer.put("goal", bar.goalInWords());
      answer.put("figure", bar.figure(figures));
      answer.put("byMedians", bar.middle(figures));
      answer.put("answer", bar.answer(figures).words);
      answers.add(answer);
    }
    return answers;
  }
}
