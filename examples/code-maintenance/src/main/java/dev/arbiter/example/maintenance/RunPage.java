/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static dev.arbiter.example.report.ReportPage.percent;
import static dev.arbiter.example.report.ReportPage.say;

import dev.arbiter.example.maintenance.RunLog.Entry;
import dev.arbiter.example.report.Figure;
import dev.arbiter.example.report.Figure.Caption;
import dev.arbiter.example.report.Figure.Level;
import dev.arbiter.example.report.Figure.Role;
import dev.arbiter.example.report.Figure.Series;
import dev.arbiter.example.report.Figure.Shares;
import dev.arbiter.example.report.Figure.Unit;
import dev.arbiter.example.report.ReportPage;
import dev.arbiter.example.report.ReportPage.Fact;
import dev.arbiter.example.report.ReportPage.Place;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Writes the figures of a run as a page with charts. */
final class RunPage {
  private final RunLog log;
  private final ToolSample sample;
  private final List<String> names;
  private final RunFigures run;
  private final RunFigures first;
  private final RunFigures last;

  RunPage(RunLog log, ToolSample sample, List<String> names) {
    this.log = log;
    this.sample = sample;
    this.names = names;
    this.run = new RunFigures(log.entries());
    int quarter = Math.max(1, run.size() / 4);
    this.first = run.part(0, quarter);
    this.last = run.part(run.size() - quarter, run.size());
  }

  /**
   * Writes the page.
   *
   * @param setting tasks, agents and policy, in a sentence
   * @param proof the checked verdicts
   */
  void write(Path file, String setting, Engine.Proof proof) throws IOException {
    List<Figure> figures = new ArrayList<>(List.of(byType(), success(), agents()));
    if (!log.denials().isEmpty()) {
      figures.add(denials());
    }
    figures.add(times());
    new ReportPage(
            "code maintenance", headline(), setting, facts(proof), figures, List.of(), places())
        .write(file);
  }

  private String headline() {
    return say(
        "Arbiter\u2019s first choice did %s of %d tasks, and %s were done in the end; the best single"
            + " agent does %s, a random one %s",
        percent(run.share(Entry::atFirstChoice)),
        run.size(),
        percent(run.share(Entry::completed)),
        percent(sample.of(sample.bestFixed())),
        percent(sample.uniform()));
  }

  private List<Fact> facts(Engine.Proof proof) {
    long denied = log.verdicts().stream().filter(Verdict.Denied.class::isInstance).count();
    return List.of(
        count("tasks approved", Entry::approved, "committed"),
        count(
            "tasks waived", entry -> entry.completed() && entry.waived(), "over budget, by waiver"),
        count("tasks failed", entry -> !entry.completed(), "by every agent tried"),
        new Fact(denied, Unit.COUNT, "attempts denied", "by the constitution"),
        new Fact(
            proof.genuine(),
            Unit.COUNT,
            "verdicts verified",
            say("of %d, against the signed checkpoint", proof.verdicts())));
  }

  private Fact count(String name, Predicate<Entry> which, String note) {
    return new Fact(run.where(which).size(), Unit.COUNT, name, note);
  }

  private Figure byType() {
    String best = sample.bestFixed();
    List<ChoreType> types =
        Arrays.stream(ChoreType.values()).filter(type -> of(type).size() > 0).toList();
    long ahead =
        types.stream()
            .filter(type -> of(type).share(Entry::atFirstChoice) > sample.of(type, best))
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
            bars("first choice", Role.LEARNED, types, t -> of(t).share(Entry::atFirstChoice)),
            bars("after fallback", Role.FALLBACK, types, t -> of(t).share(Entry::completed)),
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
            percent(first.share(Entry::atFirstChoice)), percent(last.share(Entry::atFirstChoice)));
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
    return Series.of(name, role, run.movingShares(run.window(), which));
  }

  private String lookingBack() {
    return say("Moving window: the last %d tasks, at the start all tasks so far.", run.window());
  }

  private Figure agents() {
    String favourite =
        names.stream()
            .max(Comparator.comparingDouble(name -> last.share(entry -> entry.chose(name))))
            .orElseThrow();
    String finding =
        say(
            "%s gets %.0f\u00a0%% of first choices in the last quarter, after %.0f\u00a0%% in the first",
            favourite,
            100 * last.share(entry -> entry.chose(favourite)),
            100 * first.share(entry -> entry.chose(favourite)));
    Caption caption = new Caption(finding, lookingBack(), "Share of first choices");
    List<Shares.Agent> agents =
        names.stream()
            .map(
                name ->
                    new Shares.Agent(
                        name, run.movingShares(run.window(), entry -> entry.chose(name))))
            .toList();
    return Shares.of(caption, run.size(), agents);
  }

  private Figure denials() {
    Comparator<Map.Entry<String, Integer>> byCount = Map.Entry.comparingByValue();
    List<Map.Entry<String, Integer>> rules =
        log.denials().entrySet().stream().sorted(byCount.reversed()).toList();
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
    List<Double> cpu = run.millis(Entry::ownCpu);
    double median = RunFigures.median(cpu);
    double p99 = RunFigures.p99(cpu);
    String finding =
        say(
            "Arbiter itself takes %.2f ms of CPU for the median task, %.2f ms at the 99th percentile",
            median, p99);
    return new Figure.Dots(
        new Caption(
            finding,
            say("Agents and gates apart, after %,d empty tasks; a dot is a task.", WarmUp.TASKS),
            "CPU time of a task"),
        "task",
        Unit.MILLISECONDS,
        cpu,
        List.of(new Level("p99", Role.BEST, p99), new Level("median", Role.UNIFORM, median)));
  }

  private static List<Place> places() {
    return List.of(
        new Place("report.txt", "the same figures as text"),
        new Place("repository/", "the code base, with every approved change as a commit"),
        new Place("verdicts/", "verdicts, signed checkpoint, public key"),
        new Place("work/", "attempts, a folder each"));
  }

  private RunFigures of(ChoreType type) {
    return run.where(entry -> entry.type() == type);
  }
}
