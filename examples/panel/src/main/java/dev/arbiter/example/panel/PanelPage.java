/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.panel;

import static dev.arbiter.example.report.ReportPage.percent;
import static dev.arbiter.example.report.ReportPage.say;

import dev.arbiter.example.panel.PanelFigures.Estimate;
import dev.arbiter.example.panel.PanelFigures.Way;
import dev.arbiter.example.report.Figure;
import dev.arbiter.example.report.Figure.Caption;
import dev.arbiter.example.report.Figure.Role;
import dev.arbiter.example.report.Figure.Series;
import dev.arbiter.example.report.Figure.Unit;
import dev.arbiter.example.report.ReportPage;
import dev.arbiter.example.report.ReportPage.Fact;
import dev.arbiter.example.report.ReportPage.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes figures as a page with charts. */
final class PanelPage {
  private static final int MOST_BARS = 12;

  private final PanelFigures measured;
  private final List<PanelFigures.Model> models;

  PanelPage(PanelFigures measured) {
    this.measured = measured;
    this.models = measured.models();
  }

  void write(Path file) throws IOException {
    new ReportPage(
            "panel",
            headline(),
            lead(),
            facts(),
            List.of(ways(), agents()),
            List.of(splits(), records()),
            List.of())
        .write(file);
  }

  private double mean(Way way) {
    return measured.of(way).mean();
  }

  private String headline() {
    return say(
        "Learned votes are right in %s; the best single %s in %s, a majority in %s",
        percent(mean(Way.LEARNED)),
        measured.table().closed() ? "judge" : "model",
        percent(mean(Way.BEST_SINGLE)),
        percent(mean(Way.MAJORITY)));
  }

  private String lead() {
    AnswerTable table = measured.table();
    return say(
        "%,d questions of %s and %d %s. Weights were learned from %,d questions, and all ways were"
            + " scored on the others; mean of %d %s. Asking the best first took %.2f calls. An"
            + " abstention counts as wrong; a tie of the majority goes to the better record.",
        table.questions().size(),
        table.source(),
        table.models().size(),
        table.closed() ? "judges" : "models",
        measured.learned(),
        measured.splits(),
        measured.splits() == 1 ? "split" : "splits",
        mean(Way.CALLS));
  }

  private List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    for (Way way : List.of(Way.LEARNED, Way.SEQUENTIAL, Way.BEST_SINGLE, Way.MAJORITY, Way.ANY)) {
      Estimate estimate = measured.of(way);
      String note =
          way == Way.SEQUENTIAL
              ? say("%.2f calls", mean(Way.CALLS))
              : Double.isNaN(estimate.error())
                  ? "one split"
                  : say("standard error %.2f points", 100 * estimate.error());
      facts.add(new Fact(estimate.mean(), Unit.SHARE, way.title, note));
    }
    return facts;
  }

  private Figure ways() {
    List<Way> ways = List.of(Way.LEARNED, Way.SEQUENTIAL, Way.BEST_SINGLE, Way.MAJORITY);
    double gain = 100 * (mean(Way.LEARNED) - mean(Way.BEST_SINGLE));
    return new Figure.Bars(
        new Caption(
            say(
                "Learned votes are %.1f points %s the best single",
                Math.abs(gain), gain < 0 ? "below" : "above"),
            "Share of right answers, mean over the splits.",
            "Share of questions answered rightly"),
        true,
        Unit.SHARE,
        ways.stream().map(way -> way.title).toList(),
        List.of(Series.of("right", Role.LEARNED, ways.stream().map(this::mean).toList())));
  }

  private Figure agents() {
    List<PanelFigures.Model> some = models.subList(0, Math.min(MOST_BARS, models.size()));
    return new Figure.Bars(
        new Caption(
            say("The best of them alone is right in %s", percent(models.get(0).share())),
            models.size() > some.size()
                ? say("The best %d of %d; the table has all.", some.size(), models.size())
                : "Each alone, on all questions.",
            "Share of questions answered rightly"),
        true,
        Unit.SHARE,
        some.stream().map(PanelFigures.Model::name).toList(),
        List.of(
            Series.of(
                "alone", Role.UNIFORM, some.stream().map(PanelFigures.Model::share).toList())));
  }

  private Table splits() {
    List<Way> ways = List.of(Way.BEST_SINGLE, Way.MAJORITY, Way.LEARNED, Way.SEQUENTIAL, Way.CALLS);
    List<Table.Column> columns =
        ways.stream()
            .map(way -> new Table.Column(way.title, way == Way.CALLS ? Unit.COUNT : Unit.SHARE))
            .toList();
    List<Table.Row> rows = new ArrayList<>();
    for (int split = 0; split < measured.splits(); split++) {
      int at = split;
      rows.add(
          new Table.Row(
              "split " + (split + 1),
              ways.stream().map(way -> measured.each(way).get(at)).toList()));
    }
    return new Table("Each split", "split", columns, rows);
  }

  private Table records() {
    return new Table(
        "Who was worth what",
        measured.table().closed() ? "judge" : "model",
        List.of(
            new Table.Column("right", Unit.SHARE),
            new Table.Column("weight of its vote", Unit.COUNT)),
        models.stream()
            .map(model -> new Table.Row(model.name(), List.of(model.share(), model.weight())))
            .toList());
  }
}
