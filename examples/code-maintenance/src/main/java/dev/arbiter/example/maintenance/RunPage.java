/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.Ledger.Entry;
import dev.arbiter.example.report.Caption;
import dev.arbiter.example.report.Fact;
import dev.arbiter.example.report.Figure;
import dev.arbiter.example.report.Level;
import dev.arbiter.example.report.Place;
import dev.arbiter.example.report.ReportPage;
import dev.arbiter.example.report.Role;
import dev.arbiter.example.report.Series;
import dev.arbiter.example.report.Shares;
import dev.arbiter.example.report.Unit;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Shows what happened as a page with charts. */
final class RunPage {
  private final Ledger ledger;
  private final Sample sample;
  private final List<String> names;
  private final List<Entry> run;
  private final List<Entry> first;
  private final List<Entry> last;
  private final Window window;

  RunPage(Ledger ledger, Sample sample, List<String> names) {
    this.ledger = ledger;
    this.sample = sample;
    this.names = names;
    this.run = ledger.entries();
    this.window = Window.over(run);
    int quarter = Math.max(1, run.size() / 4);
    this.first = run.subList(0, quarter);
    this.last = run.subList(run.size() - quarter, run.size());
  }

  /**
   * Writes the page.
   *
   * @param setting what ran, in a sentence
   * @param proof what the evidence came to
   */
  void write(Path file, String setting, Shift.Proof proof) throws IOException {
    ReportPage page = ReportPage.of("code maintenance", headline(), setting);
    facts(proof).forEach(page::add);
    page.add(byType()).add(success()).add(agents());
    if (!ledger.denials().isEmpty()) {
      page.add(denials());
    }
    page.add(times());
    places().forEach(page::add);
    page.write(file);
  }

  private String headline() {
    return say(
        "Arbiter\u2019s first choice did %s of %d tasks, and %s were done in the end; the best single"
            + " agent does %s, a random one %s",
        percent(share(run, Entry::atFirstChoice)),
        run.size(),
        percent(share(run, Entry::completed)),
        percent(sample.of(sample.bestFixed())),
        percent(sample.uniform()));
  }

  private List<Fact> facts(Shift.Proof proof) {
    long denied = ledger.verdicts().stream().filter(Verdict.Denied.class::isInstance).count();
    return List.of(
        count("tasks approved", run, entry -> entry.completed() && !entry.waived(), "committed"),
        count(
            "tasks waived",
            run,
            entry -> entry.completed() && entry.waived(),
            "over budget, by waiver"),
        count("tasks failed", run, entry -> !entry.completed(), "by every agent tried"),
        new Fact(denied, Unit.COUNT, "attempts denied", "by the constitution"),
        new Fact(
            proof.genuine(),
            Unit.COUNT,
            "verdicts verified",
            say("of %d, against the signed checkpoint", proof.verdicts())));
  }

  private static Fact count(String name, List<Entry> run, Predicate<Entry> which, String note) {
    return new Fact(run.stream().filter(which).count(), Unit.COUNT, name, note);
  }

  private Figure byType() {
    String best = sample.bestFixed();
    List<ChoreType> types =
        Arrays.stream(ChoreType.values()).filter(type -> !of(type).isEmpty()).toList();
    long ahead =
        types.stream()
            .filter(type -> share(of(type), Entry::atFirstChoice) > sample.of(type, best))
            .count();
    String finding =
        say(
            "At %d of %d types of task the first choice is ahead of the best single agent",
            ahead, types.size());
    String about =
        say(
            "The best single agent is %s. It and uniform choice were measured on a sample of tasks,"
                + " without Arbiter.",
            best);
    return new Figure.Bars(
        new Caption(finding, about, "Share of tasks done"),
        false,
        Unit.SHARE,
        types.stream().map(ChoreType::id).toList(),
        List.of(
            bars("first choice", Role.LEARNED, types, t -> share(of(t), Entry::atFirstChoice)),
            bars("after fallback", Role.FALLBACK, types, t -> share(of(t), Entry::completed)),
            bars("uniform", Role.UNIFORM, types, sample::uniform),
            bars("best fixed", Role.BEST, types, type -> sample.of(type, best))));
  }

  private static Series bars(
      String name, Role role, List<ChoreType> types, ToDoubleFunction<ChoreType> of) {
    return Series.of(name, role, types.stream().map(type -> of.applyAsDouble(type)).toList());
  }

  private Figure success() {
    String finding =
        say(
            "First choices went from %s done in the first quarter to %s in the last",
            percent(share(first, Entry::atFirstChoice)),
            percent(share(last, Entry::atFirstChoice)));
    return new Figure.Curve(
        new Caption(finding, lookingBack(), "Share of tasks done"),
        run.size(),
        false,
        Unit.SHARE,
        List.of(
            line("first choice", Role.LEARNED, Entry::atFirstChoice),
            line("after fallback", Role.FALLBACK, Entry::completed)),
        List.of(
            new Level("best fixed", Role.BEST, sample.of(sample.bestFixed())),
            new Level("uniform", Role.UNIFORM, sample.uniform())));
  }

  private Series line(String name, Role role, Predicate<Entry> which) {
    return Series.of(name, role, window.shares(run, which));
  }

  private String lookingBack() {
    return say("Moving window: the last %d tasks, at the start all tasks so far.", window.tasks());
  }

  private Figure agents() {
    String favourite =
        names.stream()
            .max(Comparator.comparingDouble(name -> share(last, chose(name))))
            .orElseThrow();
    String finding =
        say(
            "%s gets %.0f\u00a0%% of first choices in the last quarter, after %.0f\u00a0%% in the first",
            favourite, 100 * share(last, chose(favourite)), 100 * share(first, chose(favourite)));
    Caption caption = new Caption(finding, lookingBack(), "Share of first choices");
    List<Shares.Agent> agents =
        names.stream()
            .map(name -> new Shares.Agent(name, window.shares(run, chose(name))))
            .toList();
    return Shares.of(caption, run.size(), agents);
  }

  private static Predicate<Entry> chose(String name) {
    return entry -> entry.agents().indexOf(name) == 0;
  }

  private Figure denials() {
    Comparator<Map.Entry<String, Integer>> byCount = Map.Entry.comparingByValue();
    List<Map.Entry<String, Integer>> rules =
        ledger.denials().entrySet().stream().sorted(byCount.reversed()).toList();
    String finding =
        say("Most denials break %s, %d times", rules.get(0).getKey(), rules.get(0).getValue());
    return new Figure.Bars(
        new Caption(finding, "An attempt may break several rules.", "Denied attempts, by rule"),
        true,
        Unit.COUNT,
        rules.stream().map(Map.Entry::getKey).toList(),
        List.of(
            Series.of(
                "denied",
                Role.LEARNED,
                rules.stream().map(rule -> rule.getValue().doubleValue()).toList())));
  }

  private Figure times() {
    Times cpu = Times.of(run, Entry::ownCpu);
    String finding =
        say(
            "Arbiter itself takes %.2f ms of CPU for the median task, %.2f ms at the 99th percentile",
            cpu.p50(), cpu.p99());
    return new Figure.Dots(
        new Caption(
            finding,
            say("Agents and gates apart, after %,d empty tasks; a dot is a task.", WarmUp.TASKS),
            "CPU time of a task"),
        "task",
        Unit.MILLISECONDS,
        cpu.millis(),
        List.of(
            new Level("p99", Role.BEST, cpu.p99()), new Level("median", Role.UNIFORM, cpu.p50())));
  }

  private static List<Place> places() {
    return List.of(
        new Place("report.txt", "the same figures as text"),
        new Place("repository/", "the code base, with every approved change as a commit"),
        new Place("verdicts/", "verdicts, signed checkpoint, public key"),
        new Place("work/", "attempts, a folder each"));
  }

  private List<Entry> of(ChoreType type) {
    return run.stream().filter(entry -> entry.type() == type).toList();
  }

  private static double share(List<Entry> entries, Predicate<Entry> which) {
    return (double) entries.stream().filter(which).count() / entries.size();
  }

  private static String percent(double share) {
    return say("%.1f\u00a0%%", 100 * share);
  }

  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
