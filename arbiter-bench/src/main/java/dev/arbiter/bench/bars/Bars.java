/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.Arguments;
import dev.arbiter.bench.Jvm;
import dev.arbiter.bench.Program;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
 * <p>Ends with 1 if a promise was missed by more than 1.5 times or has no figure because its
 * benchmark failed, with 2 if an option or a file cannot be used.
 */
public final class Bars {
  private static final String USAGE =
      "give --quick, --full or --read FILE; and maybe --only P1,P2 --json FILE --compare FILE"
          + " --results FILE";

  private final List<Bar> bars;
  private final Pace pace;
  private final @Nullable Figures read;
  private final @Nullable Figures other;
  private final @Nullable Path json;
  private final @Nullable ResultsFile results;

  private Bars(String... arguments) {
    Arguments options =
        new Arguments(
            USAGE,
            List.of("--quick", "--full"),
            List.of("--read", "--only", "--json", "--compare", "--results"),
            arguments);
    options.requireNoOthers();
    long sources = Stream.of("--quick", "--full", "--read").filter(options::has).count();
    options.require(sources == 1, "one of --quick, --full and --read is needed");
    read = figures(options.file("--read"));
    other = figures(options.file("--compare"));
    pace = read != null ? pace(read) : options.has("--quick") ? Pace.QUICK : Pace.FULL;
    options.require(
        other == null || pace.equals(pace(other)),
        "figures of a quick and a full run cannot be compared");
    String only = options.value("--only");
    List<String> ids = only == null ? List.of() : List.of(only.split(",", -1));
    List<String> known = PromisedBars.ALL.stream().map(Bar::id).distinct().toList();
    options.require(known.containsAll(ids), "--only knows " + known + ", got " + only);
    bars =
        PromisedBars.ALL.stream()
            .filter(bar -> only == null || ids.contains(bar.id()))
            .filter(bar -> bar.isQuick() || !pace.equals(Pace.QUICK))
            .toList();
    json = options.file("--json");
    if (json != null) {
      Program.requireWritable(json);
    }
    results = ResultsFile.of(options, "bars");
  }

  private static @Nullable Figures figures(@Nullable Path file) {
    return file == null ? null : Figures.read(file);
  }

  private static Pace pace(Figures figures) {
    return Pace.named(figures.about().getOrDefault("pace", ""));
  }

  /**
   * Runs the bars.
   *
   * @param arguments see the class
   * @throws Exception if a file cannot be written
   */
  public static void main(String[] arguments) throws Exception {
    Program.main(Bars::read, arguments);
  }

  static Program.Work read(String... arguments) {
    return new Bars(arguments)::run;
  }

  /** Runs the bars. Returns whether none was missed by more than the margin. */
  static boolean run(PrintStream out, String... arguments) throws IOException {
    return new Bars(arguments).run(out);
  }

  private boolean run(PrintStream out) throws IOException {
    Figures figures = read != null ? read : measure(bars, pace, out);
    String text = text(bars, figures, other);
    out.print(text); // first: a run is half an hour, and a disk may be full by now
    if (json != null) {
      figures.write(json, answers(bars, figures));
    }
    if (results != null) {
      results.write(text);
    }
    return bars.stream()
        .map(bar -> bar.answer(figures))
        .noneMatch(answer -> answer == Answer.MISSED_FAR || answer == Answer.NOT_RUN);
  }

  private static Figures measure(List<Bar> bars, Pace pace, PrintStream out) {
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
