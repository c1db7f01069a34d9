/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.internal.Sanitizer;
import java.text.Normalizer;
import java.util.Locale;

/** The forms of ids and short values, checked by hand: no pattern engine on text from outside. */
public final class Ids {
  private static final int LONGEST = 128;

  private Ids() {}

  /** Whether a range of a text is one digit or more. */
  public static boolean isDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < to;
  }

  /** Capitals and digits in parts joined by hyphens; the last is a number, maybe with letters. */
  public static boolean isSpecId(String id) {
    if (id.length() > LONGEST || id.isEmpty() || !isCapital(id.charAt(0))) {
      return false;
    }
    int last = id.lastIndexOf('-');
    if (last < 0 || id.endsWith("-")) {
      return false;
    }
    for (int i = 0; i < last; i++) {
      char c = id.charAt(i);
      boolean doubled = c == '-' && id.charAt(i + 1) == '-';
      if (doubled || !(isCapital(c) || isDigit(c) || c == '-')) {
        return false;
      }
    }
    int end = id.length();
    while (end > last + 1 && id.charAt(end - 1) >= 'a' && id.charAt(end - 1) <= 'z') {
      end--;
    }
    return isDigits(id, last + 1, end);
  }

  /** {@code A} and a number. */
  public static boolean isCriterionId(String id) {
    return id.startsWith("A") && isDigits(id, 1, id.length());
  }

  /** Letters, digits, hyphens and underscores. */
  public static boolean isWorktree(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || isCapital(c);
      if (!(letter || isDigit(c) || c == '_' || c == '-')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** A Git commit, in full or shortened. */
  public static boolean isCommit(String hash) {
    for (int i = 0; i < hash.length(); i++) {
      char c = hash.charAt(i);
      if (!(isDigit(c) || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return hash.length() >= 7 && hash.length() <= 40;
  }

  /** A whole number of seconds, minutes, hours or days, such as {@code 5m}. */
  public static boolean isDuration(String text) {
    int unit = text.length() - 1;
    return unit > 0
        && unit < 10
        && "smhd".indexOf(text.charAt(unit)) >= 0
        && isDigits(text, 0, unit);
  }

  /** The normal form of a gate's name: lower case, hyphens as underscores. */
  public static String gate(String name) {
    return isGate(name) ? name : name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
  }

  private static boolean isGate(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!(c == '_' || isDigit(c) || (c >= 'a' && c <= 'z'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCapital(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /**
   * One form for all spellings of a person's name, so that each person counts once. The form of a
   * form is itself: removing an invisible letter can let two others join, and removing one
   * {@code @} can leave another.
   */
  public static String handle(String name) {
    String handle = fold(name);
    for (String again = fold(handle); !again.equals(handle); again = fold(handle)) {
      handle = again;
    }
    return handle;
  }

  private static String fold(String name) {
    String folded =
        Normalizer.normalize(name, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
    StringBuilder visible = new StringBuilder(folded.length());
    folded.codePoints().filter(Sanitizer::isVisible).forEach(visible::appendCodePoint);
    int start = !visible.isEmpty() && visible.charAt(0) == '@' ? 1 : 0;
    return visible.substring(start);
  }
}
