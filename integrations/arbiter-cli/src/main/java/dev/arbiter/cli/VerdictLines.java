/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.SealedVerdict;
import dev.arbiter.caws.SealedVerdict.ClauseCitation;
import dev.arbiter.caws.SealedVerdict.ConstitutionalContext;
import dev.arbiter.caws.provenance.Withdrawal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes an entry of a log as text. */
final class VerdictLines {
  private VerdictLines() {}

  static String of(String document) {
    return SealedVerdict.read(document)
        .map(
            verdict ->
                ArbiterCli.printable(
                    String.join(
                        " ",
                        verdict.time(),
                        verdict.verdict(),
                        "spec=" + verdict.specId(),
                        "task=" + verdict.task(),
                        "agent=" + verdict.agent(),
                        "attempt=" + verdict.attempt(),
                        figures(verdict.context()))))
        .or(() -> Withdrawal.read(document).map(VerdictLines::of))
        .orElse("no verdict, such as a change of the key");
  }

  private static String of(Withdrawal withdrawal) {
    return ArbiterCli.printable(
        String.join(
            " ",
            withdrawal.at().toString(),
            "withdrawn",
            "task=" + withdrawal.task(),
            "attempt=" + withdrawal.attempt(),
            "verdict=" + withdrawal.verdict(),
            "reason=" + withdrawal.reason()));
  }

  private static String figures(ConstitutionalContext context) {
    String clauses =
        context.clauseCitations().stream()
            .map(ClauseCitation::clauseId)
            .distinct()
            .sorted()
            .collect(Collectors.joining(","));
    String figures =
        context
            .governanceMetrics()
            .map(m -> "score=" + m.complianceScore() + " budget=" + m.budgetUsed() + "% ")
            .orElse("");
    return figures + "clauses=" + (clauses.isEmpty() ? "none" : clauses);
  }

  /** The figures and the cited clauses of a verdict, a line each; empty for another entry. */
  static List<String> context(String document) {
    List<String> lines = new ArrayList<>();
    SealedVerdict.read(document).ifPresent(verdict -> context(verdict.context(), lines));
    return lines;
  }

  private static void context(ConstitutionalContext context, List<String> lines) {
    context
        .governanceMetrics()
        .map(
            m ->
                ("budget used " + m.budgetUsed() + " %, score " + m.complianceScore())
                    + (", gates passed " + m.gateIntegrity() + " %, waived " + m.waiverRate())
                    + (" %, with evidence " + m.evidenceCompleteness())
                    + (" %, rules broken " + m.rulesViolated() + " of " + m.rulesEvaluated()))
        .ifPresent(lines::add);
    for (ClauseCitation cited : context.clauseCitations()) {
      lines.add(
          ArbiterCli.printable(
              String.format(
                  Locale.ROOT,
                  "%-9s %-8s %s%s",
                  cited.clauseId(),
                  cited.decision(),
                  cited.rationale(),
                  cited.evidence().isEmpty() ? "" : " at " + cited.evidence())));
    }
  }
}
