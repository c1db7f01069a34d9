/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.Jvm;
import dev.arbiter.bench.routing.TextTable;
import java.io.IOException;
import java.io.PrintStream;
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
 * waiting tasks (10 to 10^5), fits a power law to each curve, and draws all on one page.
 *
 * <p>{@code java -Xmx2g -cp benchmarks.jar dev.arbiter.bench.bars.Growth growth.html}, five
 * minutes. The page needs no network. Ends with 1 if an exponent is higher than promised.
 */
public final class Growth {
  private static final Pace PACE =
      new Pace(
          "growth", 1, 4, TimeValue.milliseconds(700), 4, TimeValue.milliseconds(300), Map.of());

  private Growth() {}

  /**
   * Measures, prints and draws.
   *
   * @param arguments the file for the page
   * @throws IOException if it cannot be written
   * @throws RunnerException if a benchmark fails
   */
  public static void main(String[] arguments) throws IOException, RunnerException {
    if (arguments.length != 1) {
      System.err.println("give the HTML file that the curves are drawn into");
      System.exit(2);
    }
    System.exit(run(Curve.ALL, PACE, Path.of(arguments[0]), System.out) ? 0 : 1);
  }

  /** Measures curves. Returns whether each grows no faster than promised. */
  static boolean run(List<Curve> curves, Pace pace, Path page, PrintStream out)
      throws IOException, RunnerException {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    about.put("machine", Jvm.about());
    Figures figures = new Figures(about);
    new Rounds(pace, out).run(curves.stream().flatMap(Curve::specs).distinct().toList(), figures);
    print(curves, figures, out);
    GrowthPage.write(curves, figures, page);
    out.println();
    out.println("Drawn in " + page);
    return curves.stream().allMatch(curve -> isHeld(curve, figures));
  }

  private static boolean isHeld(Curve curve, Figures figures) {
    return curve.law(figures).exponent() <= curve.most();
  }

  private static void print(List<Curve> curves, Figures figures, PrintStream out) {
    TextTable table = new TextTable();
    table.row(
        List.of("cost of", "grows with", "CPU at each size", "exponent", "at most", "answer"));
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
              String.valueOf(curve.most()),
              isHeld(curve, figures) ? "held" : "missed"));
    }
    out.println(String.join("; ", figures.about().values()) + ".");
    out.println();
    table.printMarkdown(out);
  }
}
