/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.internal.Sanitizer;
import java.text.Normalizer;
import java.util.ArrayDeque;
import java.util.HexFormat;

/**
 * A path from a report: normalised by its characters alone, or refused.
 *
 * <p>Refused is a path that another program could read as one outside the work tree, or as another
 * file: absolute, drive or scheme, home, backslash, {@code ..} beyond the root, percent-encoded
 * separators, look-alikes of dot and slash, control and invisible characters, segments that end in
 * a dot or a space. Accepted paths get Unicode form NFC. Symbolic links are not checked here: the
 * program that writes the files must.
 *
 * @param path the normalised path, empty when refused
 * @param problem the reason, as the end of a sentence; empty when accepted
 */
record Pathname(String path, String problem) {
  private static final int LONGEST = 4096;
  /* Fullwidth stop, slash and backslash, one and two dot leaders, fraction and division slash,
   * reverse solidus operator, big solidus and reverse, small full stop and small reverse solidus. */
  private static final String LOOK_ALIKES =
      "\uff0e\uff0f\uff3c\u2024\u2025\u2026\u2044\u2215\u29f5\u29f8\u29f9\u2216\ufe52\ufe68";

  private static final String HOME = "begins with '~', which a shell reads as a home folder";

  static Pathname of(String raw) {
    if (isSimple(raw)) {
      return new Pathname(raw, "");
    }
    String problem = problemOf(raw);
    if (!problem.isEmpty()) {
      return new Pathname("", problem);
    }
    return normalise(Sanitizer.isPlain(raw) ? raw : Normalizer.normalize(raw, Normalizer.Form.NFC));
  }

  boolean isValid() {
    return problem.isEmpty();
  }

  /**
   * Whether a path is already in normal form, and made of letters, digits and {@code -_+@,=()[]/.}
   * only: nearly all are, and take no allocation but the record.
   */
  static boolean isSimple(String path) {
    int length = path.length();
    boolean start = true;
    char last = '/';
    if (length == 0 || length > LONGEST) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = path.charAt(i);
      if (c == '/') {
        if (start || last == '.') {
          return false;
        }
        start = true;
      } else if (isOrdinary(c) || (c == '.' && !start) || (c == '.' && hasLetterAfter(path, i))) {
        start = false;
      } else {
        return false;
      }
      last = c;
    }
    return last != '/' && last != '.';
  }

  private static boolean isOrdinary(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-'
        || c == '+'
        || c == '@'
        || c == ','
        || c == '='
        || c == '('
        || c == ')'
        || c == '['
        || c == ']';
  }

  private static boolean hasLetterAfter(String path, int dot) {
    return dot + 1 < path.length() && isOrdinary(path.charAt(dot + 1));
  }

  private static String problemOf(String raw) {
    if (raw.isEmpty() || raw.length() > LONGEST) {
      return "must have 1 to " + LONGEST + " characters";
    }
    char first = raw.charAt(0);
    if (first == '/') {
      return "is absolute; give it relative to the work tree";
    }
    if (first == '~') {
      return HOME;
    }
    for (int i = 0; i < raw.length(); i++) {
      String problem = problemAt(raw, i);
      if (!problem.isEmpty()) {
        return problem;
      }
    }
    return "";
  }

  private static String problemAt(String raw, int i) {
    char c = raw.charAt(i);
    if (c == '\\') {
      return "holds a backslash; separate segments with '/'";
    }
    if (c == ':') {
      return "holds a colon, which names a drive, a scheme or a stream elsewhere";
    }
    if (c == '%' && isEncodedSeparator(raw, i)) {
      return "holds a percent-encoded dot, separator or NUL";
    }
    boolean restOfPair =
        Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(raw.charAt(i - 1));
    if (!restOfPair && !Sanitizer.isPrintable(raw.codePointAt(i))) {
      return "holds the unprintable character " + codePoint(c);
    }
    if (c > 0x7f && LOOK_ALIKES.indexOf(c) >= 0) {
      return "holds " + codePoint(c) + ", which looks like a dot or a slash";
    }
    return "";
  }

  private static String codePoint(char c) {
    return "U+" + HexFormat.of().withUpperCase().toHexDigits(c);
  }

  private static boolean isEncodedSeparator(String raw, int percent) {
    if (percent + 2 >= raw.length()) {
      return false;
    }
    int high = Character.digit(raw.charAt(percent + 1), 16);
    int low = Character.digit(raw.charAt(percent + 2), 16);
    int value = high < 0 || low < 0 ? -1 : high * 16 + low;
    return value == '.'
        || value == '/'
        || value == '\\'
        || value == '%'
        || value == 0
        || value == 0xc0;
  }

  private static Pathname normalise(String path) {
    ArrayDeque<String> kept = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        return new Pathname("", "holds '..', which leads elsewhere behind a link; leave it out");
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        if (segment.endsWith(".") || segment.endsWith(" ") || segment.startsWith(" ")) {
          return new Pathname("", "has a segment that ends in a dot, or begins or ends in a space");
        }
        kept.add(segment);
      }
    }
    if (kept.isEmpty()) {
      return new Pathname("", "names no file");
    }
    return kept.getFirst().startsWith("~") // behind './' too
        ? new Pathname("", HOME)
        : new Pathname(String.join("/", kept), "");
  }
}
