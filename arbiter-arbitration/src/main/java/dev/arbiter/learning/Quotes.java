/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.task.Finding;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What others wrote, for a question to an agent: each on one line that begins with {@code > },
 * cleaned and cut, so that none of it can be taken for the question.
 */
final class Quotes {
  private static final int LONGEST = 600;
  private static final int MOST_FINDINGS = 5;

  private Quotes() {}

  /** The end of an attempt. */
  static String of(EndedAttempt ended) {
    StringBuilder text = new StringBuilder();
    text.append("The attempt ")
        .append(
            ended.passed()
                ? String.format(Locale.ROOT, "was accepted, quality %.2f", ended.outcome())
                : "failed: " + ended.cause().orElseThrow())
        .append('\n');
    quote("task", ended.task().payload(), text);
    ended.report().ifPresent(report -> quote("report", report.output(), text));
    quote("failure", ended.message(), text);
    findings(ended).limit(MOST_FINDINGS).forEach(f -> quote("finding", f.message(), text));
    return text.toString();
  }

  private static Stream<Finding> findings(EndedAttempt ended) {
    return ended.verdict().map(verdict -> verdict.findings().stream()).orElse(Stream.empty());
  }

  private static void quote(String what, String foreign, StringBuilder to) {
    String line = cut(foreign, LONGEST);
    if (!line.isEmpty()) {
      to.append("> ").append(what).append(": ").append(line).append('\n');
    }
  }

  /** A text as one clean line of so many characters, and dots if it was longer. */
  static String cut(String foreign, int longest) {
    String line = PracticeText.clean(foreign);
    return line.length() <= longest ? line : PracticeText.clean(line.substring(0, longest)) + "...";
  }
}
