/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.task.Finding;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints one answer for people: a line for each finding, then a line with the outcome. */
final class TextAnswer {
  private final FindingFile about;

  TextAnswer(FindingFile about) {
    this.about = about;
  }

  void print(ValidateCommand.Answer answer, PrintWriter out) {
    Validation validation = answer.validation();
    for (Finding finding : validation.findings()) {
      String line = finding.line() > 0 ? ":" + finding.line() : "";
      String severity = finding.severity().name().toLowerCase(Locale.ROOT);
      String place = finding.place().isEmpty() ? "" : " at " + finding.place();
      String rule = severity + " " + finding.ruleId() + place;
      out.println(about.of(answer.file(), finding) + line + ": " + rule + ": " + finding.message());
    }
    Validation.Budget budget = validation.budget();
    for (Validation.Skipped skipped : budget.waiversSkipped()) {
      out.println(answer.file() + ": waiver " + skipped.id() + " skipped: " + skipped.reason());
    }
    String name = validation.spec().isEmpty() ? "" : " " + validation.spec();
    String outcome = validation.outcome().name().toLowerCase(Locale.ROOT);
    String limits = validation.dialect().word() + spent(budget);
    out.println(answer.file() + ": " + outcome + name + " (" + limits + ")");
  }

  private static String spent(Validation.Budget budget) {
    Validation.Amount used = budget.used().orElse(null);
    Validation.Amount limit = budget.limit().orElse(null);
    if (used == null || limit == null) {
      return "";
    }
    String files = used.files() + " of " + limit.files() + " files";
    return ", " + files + ", " + used.lines() + " of " + limit.lines() + " lines";
  }
}
