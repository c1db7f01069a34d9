/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.internal.Sanitizer;
import java.util.Locale;

/**
 * Reads what {@code git diff --numstat} prints, one character a byte. Takes time in proportion to
 * the text.
 */
final class NumstatReader {
  private static final int LONGEST_COUNT = 10;

  private final String text;
  private final Changes changes;

  /** Takes what was read. */
  @FunctionalInterface
  interface Changes {
    /** Takes a change; the old path is empty if the file did not move. */
    void add(String movedFrom, String path, long added, long removed);
  }

  private NumstatReader(String text, Changes changes) {
    this.text = text;
    this.changes = changes;
  }

  static ChangeSet read(String text) {
    ChangeCollector collector = new ChangeCollector();
    read(
        text,
        (movedFrom, path, added, removed) -> {
          if (!movedFrom.isEmpty()) {
            collector.movedFrom(movedFrom);
          }
          collector.add(path, added, removed);
        });
    return collector.set();
  }

  static void read(String text, Changes changes) {
    new NumstatReader(text, changes).read();
  }

  /** Whether the first line that is not blank begins with two counts. */
  static boolean looksLike(String text) {
    int start = 0;
    while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    int first = countEnd(text, start);
    return first > start
        && first < text.length()
        && text.charAt(first) == '\t'
        && countEnd(text, first + 1) > first + 1;
  }

  /** The end of a number, or of the hyphen of a binary file. */
  private static int countEnd(String text, int start) {
    if (start < text.length() && text.charAt(start) == '-') {
      return start + 1;
    }
    int end = start;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private void read() {
    boolean zeroed = text.indexOf('\0') >= 0;
    int at = 0;
    int line = 1;
    while (at < text.length()) {
      int end = text.indexOf(zeroed ? '\0' : '\n', at);
      end = end < 0 ? text.length() : end;
      boolean renamed = zeroed && end > at && text.charAt(end - 1) == '\t';
      if (renamed) {
        end = renamedAt(at, end, line);
      } else {
        String record = text.substring(at, end);
        entry(
            !zeroed && record.endsWith("\r") ? record.substring(0, record.length() - 1) : record,
            line,
            zeroed);
      }
      at = end + 1;
      line++;
    }
  }

  private void entry(String record, int line, boolean zeroed) {
    if (record.isBlank()) {
      return;
    }
    int first = countEnd(record, 0);
    int second = first < record.length() ? countEnd(record, first + 1) : first;
    boolean fits =
        first > 0
            && second > first + 1
            && second + 1 < record.length()
            && record.charAt(first) == '\t'
            && record.charAt(second) == '\t';
    if (!fits) {
      throw bad(line, record);
    }
    String path = record.substring(second + 1);
    long added = count(record.substring(0, first), path, line);
    long removed = count(record.substring(first + 1, second), path, line);
    changes.add("", zeroed ? FileName.ofLatin1(path) : plainName(path, line), added, removed);
  }

  /** In the form with zeros a rename is three records: counts, old path, new path. */
  private int renamedAt(int at, int end, int line) {
    int oldEnd = text.indexOf('\0', end + 1);
    int newEnd = oldEnd < 0 ? -1 : text.indexOf('\0', oldEnd + 1);
    String[] counts = text.substring(at, end - 1).split("\t", -1);
    if (counts.length != 2 || newEnd < 0) {
      throw bad(line, text.substring(at, end));
    }
    String from = FileName.ofLatin1(text.substring(end + 1, oldEnd));
    String path = FileName.ofLatin1(text.substring(oldEnd + 1, newEnd));
    if (from.isEmpty() || path.isEmpty()) {
      throw bad(line, text.substring(at, end));
    }
    changes.add(from, path, count(counts[0], path, line), count(counts[1], path, line));
    return newEnd;
  }

  /** An arrow is part of a name, or stands between two: without zeros the text does not tell. */
  private static String plainName(String given, int line) {
    boolean quoted = given.startsWith("\"");
    if (quoted ? QuotedPath.end(given) != given.length() : given.contains(" => ")) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "line %s of the changes: '%s' is a move, or one name; use git diff --numstat -z",
              line,
              Sanitizer.text(given, 80)));
    }
    return FileName.ofLatin1(QuotedPath.bytes(given));
  }

  private static long count(String digits, String path, int line) {
    if (digits.equals("-")) {
      throw new IllegalArgumentException(
          "line "
              + line
              + " of the changes: '"
              + Sanitizer.text(path, 80)
              + "' is binary and has no count; use git diff --text, or measure the work tree");
    }
    if (digits.length() > LONGEST_COUNT || !Ids.isDigits(digits, 0, digits.length())) {
      throw bad(line, digits);
    }
    return Long.parseLong(digits);
  }

  private static IllegalArgumentException bad(int line, String record) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "line %s of the changes is no numstat line (added, removed, path, between tabs): '%s'",
            line,
            Sanitizer.text(record, 80)));
  }
}
