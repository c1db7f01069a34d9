/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.arbiter.routing.evaluation.IntervalEstimate;
import dev.arbiter.routing.evaluation.OutcomeMatrix.References;
import dev.arbiter.routing.evaluation.ReplayReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints the figures of a replay as text or JSON. */
final class ReplayText {
  private final Replayed replayed;
  private final ReplayReport report;
  private final References references;
  private final PrintWriter out;

  ReplayText(Replayed replayed, PrintWriter out) {
    this.replayed = replayed;
    this.report = replayed.report();
    this.references = report.references();
    this.out = out;
  }

  void text() {
    if (replayed.simulated()) {
      line("Outcomes: simulated sample, not real agents; name recorded ones with --outcomes FILE.");
    }
    line(
        "%d %s tasks, %d agents; policy %s, %d runs of %d tasks%n",
        replayed.recorded().matrix().size(),
        replayed.simulated() ? "simulated" : "recorded",
        replayed.recorded().matrix().agents().size(),
        replayed.policy(),
        report.runs(),
        report.steps());
    line("%-36s %8s %8s", "", "solved", "+-");
    row("uniform choice", references.uniform());
    row("learned, first choice", report.firstChoice());
    row("learned, after " + replayed.fallbacks() + " fallback(s)", report.afterFallback());
    row("best fixed agent, in hindsight", references.bestFixed());
    row("best agent per category, in hindsight", references.bestPerCategory());
    row("any agent solves it", references.anyAgent());
    double gap =
        (report.firstChoice().value() - references.uniform())
            / (references.bestFixed() - references.uniform());
    line(
        "%nThe first choice takes %.0f %% of the gap from uniform to the best fixed agent (%s).",
        100 * gap, references.bestAgent());
    money();
    line("%n%-36s %8s", "agent", "share");
    report.shares().forEach(this::row);
    out.flush();
  }

  private void money() {
    if (report.spend().value() > 0) {
      line("Spent: $%.4f a task.", report.spend().value());
    }
    Double limit = replayed.limit();
    if (limit != null) {
      line(
          "Limit: $%.4f a task, kept by %.0f %% of runs; %.2f %% of tasks were refused.",
          limit, 100 * (1 - replayed.runsOverLimit()), 100 * report.refused());
    }
  }

  private void line(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }

  private void row(String name, double share) {
    line("%-36s %6.1f %%", name, 100 * share);
  }

  private void row(String name, IntervalEstimate share) {
    line("%-36s %6.1f %% %6.2f", name, 100 * share.value(), 100 * share.standardError());
  }

  void json() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode all = mapper.createObjectNode();
    all.put("outcomes", replayed.source()).put("simulated", replayed.simulated());
    all.put("policy", replayed.policy()).put("runs", report.runs()).put("steps", report.steps());
    all.set("firstChoice", estimate(mapper, report.firstChoice()));
    all.set("afterFallback", estimate(mapper, report.afterFallback()));
    all.set(
        "spend",
        mapper
            .createObjectNode()
            .put("meanPerTask", report.spend().value())
            .put("runsOverLimit", replayed.runsOverLimit()));
    all.put("uniform", references.uniform())
        .put("bestFixed", references.bestFixed())
        .put("bestPerCategory", references.bestPerCategory())
        .put("anyAgent", references.anyAgent());
    ObjectNode shares = all.putObject("shares");
    report.shares().forEach((agent, share) -> shares.put(agent, share));
    out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    out.flush();
  }

  /* One run has no standard error, and JSON has no NaN. */
  private static ObjectNode estimate(ObjectMapper mapper, IntervalEstimate estimate) {
    ObjectNode node = mapper.createObjectNode().put("mean", estimate.value());
    return Double.isNaN(estimate.standardError())
        ? node.putNull("se")
        : node.put("se", estimate.standardError());
  }
}
