/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Finds secrets and personal data in text, and takes them out.
 *
 * <p>By patterns, so it guesses: it takes out rather too much, such as digests and version numbers
 * with four parts, and cannot find a name, or a password in plain prose. It is the second line; the
 * first is not to let free text leave at all ({@link Anonymizer}).
 *
 * <p>Thread-safe. Time grows with the length of the text, whatever is in it: the patterns run on
 * RE2/J, and only those whose key words the text has. About 40 ns a character for prose, up to 2 us
 * for text made of findings.
 */
public final class Scrubber {
  private static final Scrubber STANDARD = new Scrubber();

  private Scrubber() {}

  /**
   * Finds every {@link SensitiveKind}.
   *
   * @return the one instance
   */
  public static Scrubber standard() {
    return STANDARD;
  }

  /**
   * Finds what is sensitive.
   *
   * @param text any text
   * @return places in order, none overlapping
   */
  public List<SensitiveSpan> find(String text) {
    return merged(all(text));
  }

  private static List<SensitiveSpan> all(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<SensitiveSpan> all = new ArrayList<>();
    for (SensitiveRule rule : SensitiveRules.ALL) {
      rule.find(text, lower, all);
    }
    CardNumbers.find(text, all);
    OpaqueTokens.find(text, all);
    return all;
  }

  /** Makes one of those that overlap; it is of the kind of the one that begins first. */
  private static List<SensitiveSpan> merged(List<SensitiveSpan> all) {
    all.sort(
        Comparator.comparingInt(SensitiveSpan::start)
            .thenComparing(SensitiveSpan::end, Comparator.reverseOrder()));
    List<SensitiveSpan> merged = new ArrayList<>();
    for (SensitiveSpan span : all) {
      int at = merged.size() - 1;
      if (at >= 0 && span.start() < merged.get(at).end()) {
        SensitiveSpan before = merged.get(at);
        int end = Math.max(before.end(), span.end());
        merged.set(at, new SensitiveSpan(before.kind(), before.start(), end));
      } else {
        merged.add(span);
      }
    }
    return merged;
  }

  /**
   * Takes out what is sensitive.
   *
   * @param text any text
   * @return the text with words such as {@code [email]} in place of what was found; the same text
   *     when nothing was
   */
  public String scrub(String text) {
    return without(find(text), text);
  }

  /** Takes out everything but what has no known form: ids are often such. */
  String scrubKnown(String text) {
    List<SensitiveSpan> all = all(text);
    all.removeIf(span -> span.kind() == SensitiveKind.OPAQUE);
    return without(merged(all), text);
  }

  private static String without(List<SensitiveSpan> spans, String text) {
    if (spans.isEmpty()) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    int from = 0;
    for (SensitiveSpan span : spans) {
      clean.append(text, from, span.start()).append(span.kind().placeholder());
      from = span.end();
    }
    return clean.append(text, from, text.length()).toString();
  }
}
