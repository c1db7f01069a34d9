/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.learning.Practice.Source;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.TaskResult.FailureCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes practices of findings and errors that come again. Thread-safe. */
final class EventRules implements PracticeSource {
  private static final int MOST_COUNTS = 4_096;
  private static final int AGAIN = 2;
  private static final int MOST_FINDINGS = 8;
  private static final int LONGEST_QUOTE = 300;

  private final Recent<Seen, Integer> counts = new Recent<>(MOST_COUNTS);

  private record Seen(String tenant, String type, String what) {}

  @Override
  public CompletionStage<List<String>> practices(EndedAttempt ended) {
    List<String> texts = new ArrayList<>();
    if (ended.verdict().isPresent() && !ended.passed()) {
      ended.verdict().get().findings().stream()
          .filter(finding -> finding.severity() == Severity.ERROR)
          .limit(MOST_FINDINGS)
          .filter(finding -> isAgain(ended, finding.ruleId() + '\0' + finding.place()))
          .map(EventRules::text)
          .forEach(texts::add);
    } else if (!ended.passed()) {
      ErrorCategory category = ErrorCategory.of(ended);
      if (category != ErrorCategory.UNKNOWN && isAgain(ended, category.name())) {
        texts.add(text(category, ended));
      }
    }
    return CompletableFuture.completedFuture(texts);
  }

  private synchronized boolean isAgain(EndedAttempt ended, String what) {
    Seen seen = new Seen(ended.task().tenant(), ended.task().type(), what);
    Integer before = counts.get(seen);
    int now = before == null ? 1 : before + 1;
    counts.put(seen, now);
    return now == AGAIN;
  }

  private static String text(Finding finding) {
    return String.format(
        Locale.ROOT,
        "Before you report, make sure that the work keeps the rule %s; earlier work was denied: \"%s\"",
        finding.ruleId(),
        quote(finding.message()));
  }

  private static String text(ErrorCategory category, EndedAttempt ended) {
    return ended.cause().equals(Optional.of(FailureCause.AGENT_TIMEOUT))
        ? "Report what there is before the time limit; earlier attempts ran out of time."
        : "Earlier attempts ended with an error of kind "
            + category.name().toLowerCase(Locale.ROOT)
            + "; look for it first: \""
            + quote(ended.message())
            + '"';
  }

  private static String quote(String text) {
    return Quotes.cut(text, LONGEST_QUOTE).replace('"', '\'');
  }

  @Override
  public Source source(EndedAttempt ended) {
    return new Source(Source.Kind.RULE, "");
  }
}
