/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Finds and removes secrets and personal data in text.
 *
 * <p>Patterns only guess. They remove too much, such as digests and version numbers with four
 * parts, and cannot find a name, or a password in plain prose. The first line of defence is to let
 * no free text leave ({@link Anonymizer}); this is the second.
 *
 * <p>Thread-safe. The time is linear in the length of any text: the patterns run on RE2/J, and only
 * those whose key words occur. About 40 ns a character for prose, up to 2 us for text full of
 * matches.
 */
public final class Scrubber {
  private static final Scrubber STANDARD = new Scrubber();

  private Scrubber() {}

  /** {@return the one instance, which finds every {@link Kind}} */
  public static Scrubber standard() {
    return STANDARD;
  }

  /**
   * Finds sensitive places.
   *
   * @param text any text
   * @return places in order, without overlaps
   */
  public List<Span> find(String text) {
    return merged(all(text));
  }

  private static List<Span> all(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<Span> all = new ArrayList<>();
    for (SensitiveRule rule : SensitiveRules.ALL) {
      rule.find(text, lower, all);
    }
    CardNumbers.find(text, all);
    OpaqueTokens.find(text, all);
    return all;
  }

  /** Merges overlapping places; the result has the kind of the first. */
  private static List<Span> merged(List<Span> all) {
    all.sort(
        Comparator.comparingInt(Span::start).thenComparing(Span::end, Comparator.reverseOrder()));
    List<Span> merged = new ArrayList<>();
    for (Span span : all) {
      int at = merged.size() - 1;
      if (at >= 0 && span.start() < merged.get(at).end()) {
        Span before = merged.get(at);
        int end = Math.max(before.end(), span.end());
        merged.set(at, new Span(before.kind(), before.start(), end));
      } else {
        merged.add(span);
      }
    }
    return merged;
  }

  /**
   * Removes sensitive places.
   *
   * @param text any text
   * @return the text with words such as {@code [email]} in their place; the same text if there were
   *     none
   */
  public String scrub(String text) {
    return without(find(text), text);
  }

  /** Removes everything except {@link Kind#OPAQUE}, which many ids are. */
  String scrubKnown(String text) {
    List<Span> all = all(text);
    all.removeIf(span -> span.kind() == Kind.OPAQUE);
    return without(merged(all), text);
  }

  private static String without(List<Span> spans, String text) {
    if (spans.isEmpty()) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    int from = 0;
    for (Span span : spans) {
      clean.append(text, from, span.start()).append(span.kind().placeholder());
      from = span.end();
    }
    return clean.append(text, from, text.length()).toString();
  }

  /** The kind of a sensitive place. */
  public enum Kind {
    /** A private key in PEM or age form, to its end. */
    PRIVATE_KEY,
    /** A token of a known issuer, a JSON web token, a cloud key. */
    ACCESS_TOKEN,
    /** A value of a name such as password, or of a header or an address. */
    CREDENTIAL,
    /** A long mix of letters and digits: a key of unknown kind, or a digest. */
    OPAQUE,
    /** An e-mail address. */
    EMAIL,
    /** A telephone number, international or in a common national form. */
    PHONE,
    /** A payment card number: 13 to 19 digits with a valid check digit (ISO/IEC 7812-1). */
    CARD,
    /** A bank account number with right check digits (ISO 13616). */
    IBAN,
    /** A United States social security number. */
    SSN,
    /** An IPv4 or IPv6 address. */
    IP_ADDRESS,
    /** The address of a network card. */
    MAC_ADDRESS,
    /** A user's name in a path to a home folder. */
    USER_NAME;

    private final String placeholder =
        "[" + name().toLowerCase(Locale.ROOT).replace('_', '-') + "]";

    /** The text in its place. */
    String placeholder() {
      return placeholder;
    }
  }

  /**
   * A sensitive place in a text, without its content.
   *
   * @param kind the assumed kind
   * @param start index of its first character
   * @param end index after its last character
   */
  public record Span(Scrubber.Kind kind, int start, int end) {}
}
