/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static dev.arbiter.example.report.ReportPage.percent;
import static dev.arbiter.example.report.ReportPage.say;
import static java.util.Objects.requireNonNull;

import dev.arbiter.example.report.Figure;
import dev.arbiter.example.report.Figure.Caption;
import dev.arbiter.example.report.Figure.Level;
import dev.arbiter.example.report.Figure.Role;
import dev.arbiter.example.report.Figure.Series;
import dev.arbiter.example.report.Figure.Shares;
import dev.arbiter.example.report.Figure.Unit;
import dev.arbiter.example.report.ReportPage;
import dev.arbiter.example.report.ReportPage.Fact;
import dev.arbiter.example.report.ReportPage.Table;
import dev.arbiter.routing.evaluation.IntervalEstimate;
import dev.arbiter.routing.evaluation.OutcomeMatrix.References;
import dev.arbiter.routing.evaluation.ReplayReport;
import dev.arbiter.routing.evaluation.ReplayReport.Bucket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Writes the figures of a replay as a page with charts. */
final class ReplayPage {
  private final Replayed replayed;
  private final ReplayReport report;
  private final References references;
  private final List<Bucket> first;
  private final List<Bucket> last;
  private final List<String> agents;

  ReplayPage(Replayed replayed) {
    this.replayed = replayed;
    this.report = replayed.report();
    this.references = report.references();
    List<Bucket> curve = report.curve();
    int fifth = Math.max(1, curve.size() / 5);
    this.first = curve.subList(0, fifth);
    this.last = curve.subList(curve.size() - fifth, curve.size());
    Comparator<Map.Entry<String, Double>> byShare = Map.Entry.comparingByValue();
    this.agents =
        report.shares().entrySet().stream()
            .sorted(byShare.reversed())
            .map(Map.Entry::getKey)
            .toList();
  }

  void write(Path file) throws IOException {
    List<Figure> figures = new ArrayList<>(List.of(learning(), shares(), regret()));
    if (report.spend().value() > 0) {
      figures.add(spend());
    }
    new ReportPage(
            "outcome replay", headline(), lead(), facts(), figures, List.of(table()), List.of())
        .write(file);
  }

  private String headline() {
    return say(
        "Arbiter\u2019s first choice solved %s of the tasks; choosing at random solves %s, the best"
            + " single agent %s",
        percent(report.firstChoice().value()),
        percent(references.uniform()),
        percent(references.bestFixed()));
  }

  private String lead() {
    Double limit = replayed.limit();
    return say(
        "%,d %s tasks and %d agents of %s, replayed %d %s with policy %s%s, %,d tasks a"
            + " run; nothing is known at the start. The standard error tells how much luck was in order,"
            + " trials and draws. It does not tell how other tasks would have gone.",
        replayed.recorded().matrix().size(),
        replayed.simulated() ? "simulated" : "recorded",
        agents.size(),
        replayed.source(),
        report.runs(),
        report.runs() == 1 ? "time" : "times",
        replayed.policy(),
        limit == null ? "" : say(" and $%.4f to spend a task", limit),
        report.steps());
  }

  private List<Fact> facts() {
    return List.of(
        share("learned, first choice", report.firstChoice()),
        share(afterFallback(), report.afterFallback()),
        new Fact(references.uniform(), Unit.SHARE, "uniform choice", "learns nothing"),
        new Fact(
            references.bestFixed(),
            Unit.SHARE,
            "best fixed agent, in hindsight",
            references.bestAgent()),
        new Fact(
            references.bestPerCategory(), Unit.SHARE, "best agent per category", "in hindsight"),
        new Fact(references.anyAgent(), Unit.SHARE, "any agent solves it", "in hindsight"));
  }

  private String afterFallback() {
    int fallbacks = replayed.fallbacks();
    return say("learned, after %d %s", fallbacks, fallbacks == 1 ? "fallback" : "fallbacks");
  }

  private static Fact share(String name, IntervalEstimate estimate) {
    double error = estimate.standardError();
    String note = Double.isNaN(error) ? "one run" : say("standard error %.1f points", 100 * error);
    return new Fact(estimate.value(), Unit.SHARE, name, note);
  }

  private Figure learning() {
    String finding =
        say(
            "Success went from %s in the first fifth of a run to %s in the last",
            percent(mean(first, Bucket::success)), percent(mean(last, Bucket::success)));
    return new Figure.Curve(
        new Caption(
            finding,
            band(say("In parts of about %d tasks", report.steps() / report.curve().size())),
            "Share of tasks that the first choice solved"),
        report.steps(),
        false,
        Unit.SHARE,
        List.of(
            new Series(
                "learned, first choice",
                Role.LEARNED,
                each(Bucket::success),
                each(Bucket::successDeviation))),
        List.of(
            new Level("best fixed", Role.BEST, references.bestFixed()),
            new Level("uniform", Role.UNIFORM, references.uniform())));
  }

  private Figure shares() {
    String favourite =
        agents.stream().max(Comparator.comparingDouble(id -> shareOf(id, last))).orElseThrow();
    String finding =
        say(
            "%s gets %.0f\u00a0%% of first choices in the last fifth, after %.0f\u00a0%% in the first",
            favourite, 100 * shareOf(favourite, last), 100 * shareOf(favourite, first));
    return Shares.of(
        new Caption(finding, "Mean over runs; the largest share is on top.", "Share of tasks"),
        report.steps(),
        agents.stream()
            .map(id -> new Shares.Agent(id, each(part -> shareOf(id, List.of(part)))))
            .toList());
  }

  private Figure regret() {
    double regret = report.regret().value();
    String finding =
        say(
            "In a run of %,d tasks the first choices solve %s %s than the best fixed agent",
            report.steps(),
            say(Math.abs(regret) < 100 ? "%.1f" : "%.0f", Math.abs(regret)),
            regret < 0 ? "more" : "fewer");
    return new Figure.Curve(
        new Caption(
            finding,
            band(
                "Regret so far, by the agents\u2019 means, so that the luck of a trial adds nothing"),
            "Tasks fewer than the best fixed agent"),
        report.steps(),
        true,
        Unit.COUNT,
        List.of(
            new Series(
                "regret",
                Role.LEARNED,
                fromZero(each(Bucket::regret)),
                fromZero(each(Bucket::regretDeviation)))),
        List.of());
  }

  private String band(String what) {
    return report.runs() == 1
        ? what + "."
        : what + say(": mean and one standard deviation over %d runs.", report.runs());
  }

  private Figure spend() {
    Double limit = replayed.limit();
    double kept = 100 * (1 - replayed.runsOverLimit());
    String finding =
        say("A task costs $%.4f on average", report.spend().value())
            + (limit == null ? "" : say("; %.0f\u00a0%% of runs keep their limit", kept));
    return new Figure.Dots(
        new Caption(
            finding,
            "All attempts at a task together; a dot is the mean of a run.",
            "Cost of a task; the axis need not start at 0"),
        "run",
        Unit.DOLLARS,
        report.spendByRun(),
        limit == null ? List.of() : List.of(new Level("limit", Role.LIMIT, limit)));
  }

  private Table table() {
    boolean money = report.spend().value() > 0;
    List<Table.Column> columns = new ArrayList<>();
    columns.add(new Table.Column("share of first choices", Unit.SHARE));
    columns.add(new Table.Column("first fifth", Unit.SHARE));
    columns.add(new Table.Column("last fifth", Unit.SHARE));
    columns.add(new Table.Column("recorded tasks", Unit.COUNT));
    columns.add(new Table.Column("recorded success", Unit.SHARE));
    if (money) {
      columns.add(new Table.Column("recorded cost", Unit.DOLLARS));
    }
    return new Table(
        "Who got the work", "agent", columns, agents.stream().map(id -> row(id, money)).toList());
  }

  private Table.Row row(String agent, boolean money) {
    RecordedTrials.Profile known = requireNonNull(replayed.recorded().profiles().get(agent), agent);
    List<Double> values = new ArrayList<>();
    values.add(shareOf(agent, report.curve()));
    values.add(shareOf(agent, first));
    values.add(shareOf(agent, last));
    values.add((double) known.tasks().size());
    values.add(known.success());
    if (money) {
      values.add(known.meanCost());
    }
    return new Table.Row(agent, values);
  }

  private static double shareOf(String agent, List<Bucket> part) {
    return mean(part, bucket -> bucket.shares().getOrDefault(agent, 0.0));
  }

  /* Parts have about equal lengths; each is weighed by its length. */
  private static double mean(List<Bucket> part, ToDoubleFunction<Bucket> of) {
    double sum = 0;
    double tasks = 0;
    for (Bucket bucket : part) {
      int length = bucket.end() - bucket.start();
      sum += length * of.applyAsDouble(bucket);
      tasks += length;
    }
    return sum / tasks;
  }

  private List<Double> each(ToDoubleFunction<Bucket> of) {
    return report.curve().stream().map(bucket -> of.applyAsDouble(bucket)).toList();
  }

  private static List<Double> fromZero(List<Double> values) {
    List<Double> all = new ArrayList<>(List.of(0.0));
    all.addAll(values);
    return all;
  }
}
