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
   * Finds every {@link Kind}.
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

  /** Makes one of those that overlap; it is of the kind of the one that begins first. */
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

  /** What a {@link Scrubber} finds. */
  public enum Kind {
    /** A private key in PEM or age form, to its end. */
    PRIVATE_KEY,
    /** A token whose form gives away who issued it, a JSON web token, a key of a cloud. */
    ACCESS_TOKEN,
    /** What is assigned to a name such as password, or stands in a header or address as one. */
    CREDENTIAL,
    /** A long mix of letters and digits that no word has: a key of unknown kind, or a digest. */
    OPAQUE,
    /** An e-mail address. */
    EMAIL,
    /** A telephone number, international or in a common national form. */
    PHONE,
    /** A payment card number: 13 to 19 digits with a right check digit (ISO/IEC 7812-1). */
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

    /** What stands in its place. */
    String placeholder() {
      return placeholder;
    }
  }

  /**
   * Where in a text something sensitive stands; does not hold the thing.
   *
   * @param kind what it is taken for
   * @param start its first character
   * @param end the character after its last
   */
  public record Span(Scrubber.Kind kind, int start, int end) {}
}
