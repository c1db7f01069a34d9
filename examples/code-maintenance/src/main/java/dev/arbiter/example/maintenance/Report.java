/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.Ledger.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Puts what happened into tables. */
final class Report {
  private static final int QUARTERS = 4;

  private final Ledger ledger;
  private final Sample sample;
  private final List<String> names;
  private final StringBuilder text = new StringBuilder();

  Report(Ledger ledger, Sample sample, List<String> names) {
    this.ledger = ledger;
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
      List<Entry> entries = entries(entry -> entry.type() == type);
      if (!entries.isEmpty()) {
        row(type.id(), entries, sample.uniform(type), sample.of(type, best));
      }
    }
    row("all", ledger.entries(), sample.uniform(), sample.of(best));
    if (!sample.names().containsAll(names)) {
      line("Uniform and best fixed are of the tools; a command of yours runs for the tasks only.");
    }
    line("");
  }

  private void row(String name, List<Entry> entries, double uniform, double fixed) {
    line(
        "%-18s %6d %11.1f %% %13.1f %% %7.1f %% %9.1f %%",
        name,
        entries.size(),
        percent(entries, Entry::atFirstChoice),
        percent(entries, Entry::completed),
        100 * uniform,
        100 * fixed);
  }

  private void shares() {
    line("Share of first choices, by quarter of the run");
    line("%-22s %7s %7s %7s %7s", "", "1st", "2nd", "3rd", "4th");
    List<Entry> all = ledger.entries();
    for (String name : names) {
      List<Object> cells = new ArrayList<>(List.of(name));
      for (int quarter = 0; quarter < QUARTERS; quarter++) {
        List<Entry> part =
            all.subList(quarter * all.size() / QUARTERS, (quarter + 1) * all.size() / QUARTERS);
        cells.add(percent(part, entry -> entry.agents().indexOf(name) == 0));
      }
      line("%-22s %5.0f %% %5.0f %% %5.0f %% %5.0f %%", cells.toArray());
    }
    line("");
  }

  private void verdicts() {
    line(
        "Tasks: %d approved, %d waived, %d failed",
        entries(entry -> entry.completed() && !entry.waived()).size(),
        entries(entry -> entry.completed() && entry.waived()).size(),
        entries(entry -> !entry.completed()).size());
    line("Denials by rule (an attempt may break several)");
    for (Map.Entry<String, Integer> rule : ledger.denials().entrySet()) {
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
    Times times = Times.of(ledger.entries(), of);
    line("  %-12s p50 %.3f ms, p99 %.3f ms", clock, times.p50(), times.p99());
  }

  private List<Entry> entries(Predicate<Entry> which) {
    return ledger.entries().stream().filter(which).toList();
  }

  private static double percent(List<Entry> entries, Predicate<Entry> which) {
    return entries.isEmpty() ? 0 : 100.0 * entries.stream().filter(which).count() / entries.size();
  }
}
