/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.Jvm;
import dev.arbiter.bench.ResultsFile;
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
import java.util.stream.IntStream;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures how cost grows with threads (1 to 64), agents (10 to 10,000), events (10^3 to 10^7) and
 * waiting tasks (10 to 10^5), fits a power law to each curve, and draws all on one page. The last
 * step is the exponent between the two largest sizes, where what is constant weighs least.
 *
 * <p>{@code java -Xmx2g -cp benchmarks.jar dev.arbiter.bench.bars.Growth growth.html}, six minutes.
 * The page needs no network. Ends with 1 if an exponent is higher than promised.
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
   * @throws IOException if it cannot be written
   * @throws RunnerException if a benchmark fails
   */
  public static void main(String[] arguments) throws IOException, RunnerException {
    if (arguments.length == 0) {
      System.err.println("give the HTML file that the curves are drawn into");
      System.exit(2);
    }
    ResultsFile results = ResultsFile.of(List.of(arguments), "growth");
    Figures figures = measure(Curve.ALL, System.out);
    Path page = Path.of(arguments[0]);
    GrowthPage.write(Curve.ALL, figures, page);
    String text = text(Curve.ALL, figures);
    System.out.print(text);
    System.out.println("Drawn in " + page);
    if (results != null) {
      results.write(text);
    }
    System.exit(Curve.ALL.stream().allMatch(curve -> isHeld(curve, figures)) ? 0 : 1);
  }

  private static Figures measure(List<Curve> curves, PrintStream progress) throws RunnerException {
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
              String.format(Locale.ROOT, "%.2f ± %.2f", law.exponent(), law.error()),
              String.format(Locale.ROOT, "%.2f", curve.lastStep(figures)),
              String.valueOf(curve.most()),
              isHeld(curve, figures) ? "held" : "missed"));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    out.println(String.join("; ", figures.about().values()) + ".");
    out.println();
    table.printMarkdown(out);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
