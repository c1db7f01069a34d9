/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.internal.Sanitizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a unified diff, one character a byte. Takes time in proportion to the text.
 *
 * <p>A hunk is as long as its header says: a removed line that reads {@code -- a/other} is a line
 * of the hunk and no file header, so no text in a file can pretend to be another file's change.
 * Outside a hunk only lines that Git and diff write are known; any other is an error.
 */
final class DiffReader {
  private static final String NONE = "/dev/null";
  private static final String PREFIXES = "abciow12"; // of Git: a/, b/, and those of mnemonicPrefix
  private static final String FROM = "rename from ";
  private static final String TO = "rename to ";
  private static final List<String> EXTENDED =
      List.of(
          "index ",
          "old mode ",
          "new mode ",
          "new file mode ",
          "deleted file mode ",
          "similarity index ",
          "dissimilarity index ",
          FROM,
          TO,
          "copy from ",
          "copy to ");

  /** The ids that Git gives to a file without content: SHA-1, SHA-256. */
  private static final List<String> EMPTY_FILES =
      List.of(
          "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
          "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");

  private final String text;
  private final ChangeCollector changes = new ChangeCollector();
  private int at;
  private int line;
  private boolean seen;
  private @Nullable Change change;
  private boolean afterHunk;

  DiffReader(String text) {
    this.text = text;
  }

  /** The lines of one change as far as they were read. */
  private static final class Change {
    final @Nullable String names;
    @Nullable String old;
    @Nullable String fresh;
    @Nullable String movedFrom;
    @Nullable String movedTo;
    boolean needsHunk; // the header says that content changed
    boolean hunked;
    long added;
    long removed;
    long addedBytes;
    long removedBytes;
    boolean binary;
    final LongLines addedLong = new LongLines();
    final LongLines removedLong = new LongLines();

    /** A change with a header of Git, or null for one of diff. */
    Change(@Nullable String names) {
      this.names = names;
    }

    boolean isHeaded() {
      return fresh != null;
    }
  }

  ChangeSet read() {
    for (String next = next(); next != null; next = next()) {
      line(next);
    }
    finish();
    if (!seen && !text.isBlank()) {
      throw new IllegalArgumentException(
          "the changes are neither numstat lines nor a unified diff: '"
              + Sanitizer.text(text.strip(), 60)
              + "'");
    }
    return changes.set();
  }

  private @Nullable String next() {
    if (at >= text.length()) {
      return null;
    }
    int end = text.indexOf('\n', at);
    end = end < 0 ? text.length() : end;
    String next = text.substring(at, end);
    at = end + 1;
    line++;
    return next.endsWith("\r") ? next.substring(0, next.length() - 1) : next;
  }

  private void line(String next) {
    Change open = change;
    boolean hunkEnded = afterHunk;
    afterHunk = false;
    if (next.startsWith("diff --git ")) {
      begin(new Change(next.substring("diff --git ".length())));
    } else if (next.startsWith("diff --cc ") || next.startsWith("diff --combined ")) {
      throw bad("the diff of a merge has no counts; compare with one commit: git diff BASE");
    } else if (next.startsWith("diff -")) {
      finish(); // the command line that diff -r writes before each file
      seen = true;
    } else if (next.startsWith("--- ") && text.startsWith("+++ ", at)) {
      header(next);
    } else if (next.startsWith("@@ ") && open != null && open.isHeaded()) {
      hunk(next, open);
      afterHunk = true;
    } else if (next.startsWith("Binary files ") || next.startsWith("GIT binary patch")) {
      throw bad("binary content has no lines here; use git diff --text, or measure the work tree");
    } else if (open != null && open.names != null && !open.isHeaded() && isExtended(next)) {
      extended(next, open);
    } else if (!(next.isBlank() || (hunkEnded && next.startsWith("\\ ")))) {
      throw bad("'" + Sanitizer.text(next, 60) + "' is no line of a unified diff");
    }
  }

  private void begin(Change next) {
    finish();
    change = next;
    seen = true;
  }

  private void header(String minus) {
    if (change == null || change.names == null || change.isHeaded()) {
      begin(new Change(null));
    }
    Change open = change;
    String plus = next();
    if (open != null && plus != null) {
      open.old = name(minus.substring(4));
      open.fresh = name(plus.substring(4));
    }
  }

  private static boolean isExtended(String next) {
    return EXTENDED.stream().anyMatch(next::startsWith);
  }

  /** Headers of Git between the first line and the hunks; they name what has no hunks. */
  private void extended(String next, Change open) {
    boolean mode = next.contains(" mode ") || next.startsWith("index ");
    if (mode && next.endsWith(" 160000")) {
      throw bad("a submodule's change has no lines here; measure the work tree");
    }
    if (next.startsWith("index ")) {
      open.needsHunk = !isWithoutLines(next.substring("index ".length()));
    }
    if (next.startsWith("copy ")) {
      throw bad("a copy shows none of its lines; use git diff -M, or --no-renames, and no -C");
    }
    if (next.startsWith(FROM)) {
      open.movedFrom = name(next.substring(FROM.length()));
    } else if (next.startsWith(TO)) {
      open.movedTo = name(next.substring(TO.length()));
    }
  }

  /** Whether the ids are of equal content, or say that an empty file came or went. */
  private static boolean isWithoutLines(String ids) {
    String given = ids.indexOf(' ') < 0 ? ids : ids.substring(0, ids.indexOf(' '));
    int dots = given.indexOf("..");
    String old = dots < 0 ? "" : given.substring(0, dots);
    String fresh = dots < 0 ? "" : given.substring(dots + 2);
    String other = old.matches("0+") ? fresh : old;
    boolean cameOrWent = old.matches("0+") || fresh.matches("0+");
    return old.equals(fresh)
        || (cameOrWent && EMPTY_FILES.stream().anyMatch(id -> id.startsWith(other)));
  }

  /** A name in quotes, or up to a tab, behind which diff writes a time. */
  private static String name(String given) {
    if (given.startsWith("\"")) {
      return QuotedPath.bytes(given.stripTrailing());
    }
    int tab = given.indexOf('\t');
    return tab < 0 ? given : given.substring(0, tab);
  }

  private void hunk(String header, Change open) {
    long oldLeft = length(header, '-');
    long newLeft = length(header, '+');
    long before = open.added + open.removed;
    open.hunked = true;
    while (oldLeft > 0 || newLeft > 0) {
      String next = next();
      if (next == null) {
        throw bad("the hunk ends before its " + (oldLeft + newLeft) + " lines are there");
      }
      char kind = next.isEmpty() ? ' ' : next.charAt(0);
      if (kind == '+') {
        newLeft--;
        open.added += 1 + loneReturns(next);
        open.addedBytes += next.length();
        open.addedLong.add(next);
      } else if (kind == '-') {
        oldLeft--;
        open.removed += 1 + loneReturns(next);
        open.removedBytes += next.length();
        open.removedLong.add(next);
      } else if (kind == ' ') {
        oldLeft--;
        newLeft--;
      } else if (kind != '\\') {
        throw bad("the hunk ends before its " + (oldLeft + newLeft) + " lines are there");
      }
      if (oldLeft < 0 || newLeft < 0) {
        throw bad("the hunk is longer than its header says");
      }
      open.binary |= kind != ' ' && next.indexOf('\0') >= 0;
    }
    if (open.added + open.removed == before) {
      throw bad("the hunk changes nothing, as in --word-diff; use git diff without it");
    }
  }

  private static long loneReturns(String line) {
    return line.chars().filter(c -> c == '\r').count();
  }

  /** The second number after the sign in {@code @@ -1,3 +1,4 @@}, 1 when it is left out. */
  private long length(String header, char sign) {
    int start = header.indexOf(sign, 3) + 1;
    int end = header.indexOf(' ', start);
    String range = start < 1 || end < 0 ? "" : header.substring(start, end);
    int comma = range.indexOf(',');
    String count = comma < 0 ? "1" : range.substring(comma + 1);
    boolean digits =
        !range.isEmpty()
            && count.length() < 10
            && Ids.isDigits(count, 0, count.length())
            && Ids.isDigits(range, 0, comma < 0 ? range.length() : comma);
    if (!digits) {
      throw bad("the hunk header is not @@ -1,2 +1,2 @@");
    }
    return Long.parseLong(count);
  }

  private void finish() {
    Change ended = change;
    change = null;
    if (ended == null) {
      return;
    }
    if (!ended.hunked && (ended.isHeaded() || ended.needsHunk)) {
      throw bad("a change of content has no hunk; was the diff cut off?");
    }
    String path = ended.names == null ? plainName(ended) : gitName(ended);
    if (path.isEmpty() || path.equals(NONE)) {
      throw bad("a change names no file");
    }
    String from = ended.movedFrom;
    if (from != null && !from.equals(path)) {
      changes.movedFrom(FileName.ofLatin1(from));
    }
    changes.add(
        FileName.ofLatin1(path),
        atLeast(
            ended.added + ended.addedLong.without(ended.removedLong),
            ended.binary ? ended.addedBytes : 0),
        atLeast(
            ended.removed + ended.removedLong.without(ended.addedLong),
            ended.binary ? ended.removedBytes : 0));
  }

  private static long atLeast(long lines, long bytes) {
    return Math.max(lines, (bytes + 1023) / 1024);
  }

  /** Without a header of Git, different names are a move unless both have a prefix of Git's. */
  private static String plainName(Change ended) {
    String old = String.valueOf(ended.old);
    String fresh = String.valueOf(ended.fresh);
    String same = same(old, fresh);
    if (same != null) {
      return same;
    }
    if (fresh.equals(NONE)) {
      return old;
    }
    if (!old.equals(NONE)) {
      ended.movedFrom = old;
    }
    return fresh;
  }

  private String gitName(Change ended) {
    String moved = ended.movedTo;
    if (moved != null && ended.movedFrom != null) {
      boolean fits =
          ended.fresh == null || ended.fresh.equals(moved) || stripped(ended.fresh).equals(moved);
      if (!fits) {
        throw bad("one change names two files");
      }
      return moved;
    }
    String both = String.valueOf(ended.names);
    int middle = middle(both);
    String old = middle < 0 ? "" : name(both.substring(0, middle));
    String fresh = middle < 0 ? "" : name(both.substring(middle + 1));
    String same = same(old, fresh);
    if (same == null || !fits(ended.old, old) || !fits(ended.fresh, fresh)) {
      throw bad("the header 'diff --git " + Sanitizer.text(both, 80) + "' proves no name");
    }
    return same;
  }

  /** The blank between two names: behind the first's quotes, or in the middle of two alike. */
  private static int middle(String both) {
    int blank = both.startsWith("\"") ? QuotedPath.end(both) : both.length() / 2;
    return blank < both.length() && both.charAt(blank) == ' ' ? blank : -1;
  }

  private static boolean fits(@Nullable String shown, String name) {
    return shown == null || shown.equals(NONE) || shown.equals(name);
  }

  /** The name of both: they are alike, or but for two different prefixes of Git. */
  private static @Nullable String same(String old, String fresh) {
    if (old.equals(fresh)) {
      return old;
    }
    boolean prefixed =
        !stripped(old).equals(old)
            && stripped(old).equals(stripped(fresh))
            && old.charAt(0) != fresh.charAt(0);
    return prefixed ? stripped(old) : null;
  }

  private static String stripped(String name) {
    boolean prefixed =
        name.length() > 2 && name.charAt(1) == '/' && PREFIXES.indexOf(name.charAt(0)) >= 0;
    return prefixed ? name.substring(2) : name;
  }

  private IllegalArgumentException bad(String problem) {
    return new IllegalArgumentException("line " + line + " of the diff: " + problem);
  }
}
