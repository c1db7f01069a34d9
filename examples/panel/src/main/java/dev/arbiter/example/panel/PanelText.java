/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.panel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.arbiter.example.panel.PanelFigures.Estimate;
import dev.arbiter.example.panel.PanelFigures.Way;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints figures as text or JSON. */
final class PanelText {
  private static final List<Way> SHARES =
      List.of(Way.BEST_SINGLE, Way.MAJORITY, Way.LEARNED, Way.SEQUENTIAL, Way.ANY);
  private static final int MOST_MODELS = 12;

  private final PanelFigures measured;
  private final PrintWriter out;

  PanelText(PanelFigures measured, PrintWriter out) {
    this.measured = measured;
    this.out = out;
  }

  void text() {
    AnswerTable table = measured.table();
    line(
        "%,d questions of %s, %d %s; learned from %,d, scored on the rest, %d %s%n",
        table.questions().size(),
        table.source(),
        table.models().size(),
        table.closed() ? "judges" : "models",
        measured.learned(),
        measured.splits(),
        measured.splits() == 1 ? "split" : "splits");
    line("%-24s %8s %7s", "", "right", "+-");
    for (Way way : SHARES) {
      Estimate estimate = measured.of(way);
      line("%-24s %6.1f %% %7s", way.title, 100 * estimate.mean(), error(100 * estimate.error()));
    }
    Estimate calls = measured.of(Way.CALLS);
    line("%-24s %8.2f %7s%n", Way.CALLS.title, calls.mean(), error(calls.error()));
    line("%-40s %8s %8s", table.closed() ? "judge" : "model", "right", "weight");
    List<PanelFigures.Model> models = measured.models();
    for (PanelFigures.Model model : models.subList(0, Math.min(MOST_MODELS, models.size()))) {
      line("%-40s %6.1f %% %8.2f", model.name(), 100 * model.share(), model.weight());
    }
    if (models.size() > MOST_MODELS) {
      line("... and %d more", models.size() - MOST_MODELS);
    }
    out.flush();
  }

  private static String error(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  private void line(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }

  void json() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode all = mapper.createObjectNode();
    AnswerTable table = measured.table();
    all.put("source", table.source()).put("kind", table.closed() ? "verdicts" : "answers");
    all.put("questions", table.questions().size()).put("models", table.models().size());
    all.put("learn", measured.learned()).put("splits", measured.splits());
    all.put("seed", measured.seed());
    for (Way way : Way.values()) {
      Estimate estimate = measured.of(way);
      ObjectNode node = all.putObject(way.key).put("mean", estimate.mean());
      if (Double.isNaN(estimate.error())) {
        node.putNull("se"); // one split has no standard error, and JSON has no NaN
      } else {
        node.put("se", estimate.error());
      }
    }
    ObjectNode weights = all.putObject("weights");
    measured.models().forEach(model -> weights.put(model.name(), model.weight()));
    out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    out.flush();
  }
}
