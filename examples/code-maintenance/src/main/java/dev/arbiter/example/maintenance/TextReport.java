/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.RunLog.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Writes the figures of a run as tables of text. */
final class TextReport {
  private static final int QUARTERS = 4;

  private final RunLog log;
  private final RunFigures all;
  private final ToolSample sample;
  private final List<String> names;
  private final StringBuilder text = new StringBuilder();

  TextReport(RunLog log, ToolSample sample, List<String> names) {
    this.log = log;
    this.all = new RunFigures(log.entries());
    this.sample = sample;
    this.names = names;
  }

  /** All tables. */
  String text() {
    success();
    shares();
    verdicts();
    times();
    return text.toString();
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void success() {
    String best = sample.bestFixed();
    line("Success by task type (best fixed agent: %s, found on a sample)", best);
    line(
        "%-18s %6s %13s %15s %9s %11s",
        "", "tasks", "first choice", "after fallback", "uniform", "best fixed");
    for (ChoreType type : ChoreType.values()) {
      RunFigures some = all.where(entry -> entry.type() == type);
      if (some.size() > 0) {
        row(type.id(), some, sample.uniform(type), sample.of(type, best));
      }
    }
    row("all", all, sample.uniform(), sample.of(best));
    if (!sample.names().containsAll(names)) {
      line("Uniform and best fixed are of the tools; a command of yours runs for the tasks only.");
    }
    line("");
  }

  private void row(String name, RunFigures some, double uniform, double fixed) {
    line(
        "%-18s %6d %11.1f %% %13.1f %% %7.1f %% %9.1f %%",
        name,
        some.size(),
        100 * some.share(Entry::atFirstChoice),
        100 * some.share(Entry::completed),
        100 * uniform,
        100 * fixed);
  }

  private void shares() {
    line("Share of first choices, by quarter of the run");
    line("%-22s %7s %7s %7s %7s", "", "1st", "2nd", "3rd", "4th");
    for (String name : names) {
      List<Object> cells = new ArrayList<>(List.of(name));
      for (int quarter = 0; quarter < QUARTERS; quarter++) {
        int from = quarter * all.size() / QUARTERS;
        int to = (quarter + 1) * all.size() / QUARTERS;
        cells.add(100 * all.part(from, to).share(entry -> entry.chose(name)));
      }
      line("%-22s %5.0f %% %5.0f %% %5.0f %% %5.0f %%", cells.toArray());
    }
    line("");
  }

  private void verdicts() {
    line(
        "Tasks: %d approved, %d waived, %d failed",
        all.where(Entry::approved).size(),
        all.where(entry -> entry.completed() && entry.waived()).size(),
        all.where(entry -> !entry.completed()).size());
    line("Denials by rule (an attempt may break several)");
    for (Map.Entry<String, Integer> rule : log.denials().entrySet()) {
      line("  %-40s %5d", rule.getKey(), rule.getValue());
    }
    line("");
  }

  private void times() {
    line("Arbiter's own time per task, agents and gates apart, after %d empty tasks", WarmUp.TASKS);
    percentiles("CPU", Entry::ownCpu);
    percentiles("wall clock", Entry::own);
  }

  private void percentiles(String clock, ToLongFunction<Entry> of) {
    List<Double> millis = all.millis(of);
    line(
        "  %-12s p50 %.3f ms, p99 %.3f ms",
        clock, RunFigures.median(millis), RunFigures.p99(millis));
  }
}
