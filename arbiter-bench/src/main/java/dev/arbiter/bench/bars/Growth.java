/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.Arguments;
import dev.arbiter.bench.Jvm;
import dev.arbiter.bench.Program;
import dev.arbiter.bench.ResultsFile;
import dev.arbiter.bench.routing.TextTable;
import java.io.ByteArrayOutputStream;
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
import java.util.stream.IntStream;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures how cost grows with threads (1 to 64), agents (10 to 10,000), events (10^3 to 10^7) and
 * waiting tasks (10 to 10^5), fits a power law to each curve, and draws all on one page. The last
 * step is the exponent between the two largest sizes, where what is constant weighs least.
 *
 * <p>{@code java -Xmx2g -cp benchmarks.jar dev.arbiter.bench.bars.Growth growth.html}, six minutes.
 * The page needs no network. Ends with 1 if an exponent is higher than promised, or a size was not
 * measured because its benchmark failed; with 2 if an argument cannot be used.
 */
public final class Growth {
  private static final Pace PACE =
      new Pace(
          "growth", 1, 8, TimeValue.milliseconds(700), 4, TimeValue.milliseconds(300), Map.of());

  private Growth() {}

  /**
   * Measures, prints and draws.
   *
   * @param arguments the file for the page; and maybe {@code --results} and a Markdown file, whose
   *     part {@code growth} is written
   * @throws Exception if a file cannot be written
   */
  public static void main(String[] arguments) throws Exception {
    Program.main(Growth::read, arguments);
  }

  static Program.Work read(String... arguments) {
    Arguments given =
        new Arguments(
            "give the HTML file that the curves are drawn into, and maybe --results FILE",
            List.of(),
            List.of("--results"),
            arguments);
    Path page = Path.of(given.others(1, 1).get(0));
    Program.requireWritable(page);
    ResultsFile results = ResultsFile.of(given, "growth");
    return out -> {
      Figures figures = measure(Curve.ALL, out);
      String text = text(Curve.ALL, figures);
      out.print(text);
      GrowthPage.write(Curve.ALL, figures, page);
      out.println("Drawn in " + page);
      if (results != null) {
        results.write(text);
      }
      return Curve.ALL.stream().allMatch(curve -> isHeld(curve, figures));
    };
  }

  private static Figures measure(List<Curve> curves, PrintStream progress) {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    about.put("machine", Jvm.about());
    Figures figures = new Figures(about);
    new Repeats(PACE, progress)
        .run(curves.stream().flatMap(Curve::specs).distinct().toList(), figures);
    return figures;
  }

  private static boolean isHeld(Curve curve, Figures figures) {
    return curve.law(figures).exponent() <= curve.most();
  }

  private static String answer(Curve curve, Figures figures) {
    if (!curve.isMeasured(figures)) {
      return "not run";
    }
    return isHeld(curve, figures) ? "held" : "missed";
  }

  static String text(List<Curve> curves, Figures figures) {
    TextTable table = new TextTable();
    table.row(
        List.of(
            "cost of",
            "grows with",
            "CPU at each size",
            "exponent",
            "last step",
            "at most",
            "answer"));
    for (Curve curve : curves) {
      PowerLaw law = curve.law(figures);
      double[] best = curve.best(figures);
      boolean measured = curve.isMeasured(figures);
      List<String> points = new ArrayList<>();
      IntStream.range(0, best.length)
          .forEach(
              i ->
                  points.add(
                      String.format(
                          Locale.ROOT, "%,d: %s", curve.sizes().get(i), Measure.CPU.say(best[i]))));
      table.row(
          List.of(
              curve.title(),
              curve.axis(),
              String.join("; ", points),
              measured
                  ? String.format(Locale.ROOT, "%.2f ± %.2f", law.exponent(), law.error())
                  : "",
              measured ? String.format(Locale.ROOT, "%.2f", curve.lastStep(figures)) : "",
              String.valueOf(curve.most()),
              answer(curve, figures)));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    out.println(String.join("; ", figures.about().values()) + ".");
    out.println();
    table.printMarkdown(out);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
