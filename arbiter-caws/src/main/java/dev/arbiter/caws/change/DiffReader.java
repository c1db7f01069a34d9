/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.internal.Sanitizer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a unified diff, in time proportional to the text.
 *
 * <p>A hunk has the length of its header. A removed line {@code -- a/other} is a line of the hunk
 * and no file header, so the text of a file cannot pretend to be a change of another file.
 */
final class DiffReader {
  private final String text;
  private final ChangeCollector changes = new ChangeCollector();
  private int at;
  private int line;
  private @Nullable String from;
  private @Nullable String to;
  private @Nullable String movedFrom;
  private boolean git;
  private boolean open;
  private boolean headed;
  private long added;
  private long removed;
  private boolean seen;

  DiffReader(String text) {
    this.text = text;
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
    if (next.startsWith("diff --git ")) {
      finish();
      begin();
      git = true;
      names(next.substring("diff --git ".length()));
    } else if (next.startsWith("--- ") && text.startsWith("+++ ", at)) {
      header(next);
    } else if (next.startsWith("@@ ") && open) {
      hunk(next);
    } else if (git && open) {
      extended(next);
    }
  }

  private void header(String old) {
    if (!git || headed) {
      finish();
      begin();
    }
    headed = true;
    from = name(old.substring(4), "a/");
    String fresh = next();
    String name = name(fresh == null ? "" : fresh.substring(4), "b/");
    if (git && to != null && name != null && !name.equals(to)) {
      throw bad("one change names two files");
    }
    to = name == null ? to : name;
  }

  private void begin() {
    open = true;
    headed = false;
    seen = true;
    git = false;
    from = null;
    to = null;
    movedFrom = null;
    added = 0;
    removed = 0;
  }

  /** Git's headers between the first line and the hunks. They name files that have no hunks. */
  private void extended(String next) {
    if (next.startsWith("rename from ")) {
      movedFrom = QuotedPath.read(next.substring("rename from ".length()));
    } else if (next.startsWith("rename to ")) {
      to = QuotedPath.read(next.substring("rename to ".length()));
    } else if (next.startsWith("copy to ")) {
      to = QuotedPath.read(next.substring("copy to ".length()));
    }
  }

  /** Both names of a Git header: in quotes, or equal, so that they part in the middle. */
  private void names(String both) {
    if (both.endsWith("\"")) {
      int start = both.startsWith("\"") ? both.indexOf("\" \"") + 2 : both.indexOf(" \"") + 1;
      to = start > 1 ? name(both.substring(start), "b/") : null;
      return;
    }
    int middle = both.length() / 2;
    boolean alike =
        both.length() % 2 == 1
            && both.charAt(middle) == ' '
            && strip(both.substring(0, middle), "a/")
                .equals(strip(both.substring(middle + 1), "b/"));
    if (alike) {
      to = strip(both.substring(middle + 1), "b/");
    } else {
      int last = both.lastIndexOf(" b/");
      to = last < 0 ? null : both.substring(last + 3);
    }
  }

  private @Nullable String name(String given, String prefix) {
    int tab = given.startsWith("\"") ? -1 : given.indexOf('\t');
    String path = QuotedPath.read(tab < 0 ? given : given.substring(0, tab));
    return path.equals("/dev/null") ? null : strip(path, prefix);
  }

  private static String strip(String path, String prefix) {
    return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
  }

  private void hunk(String header) {
    long oldLeft = length(header, '-');
    long newLeft = length(header, '+');
    while (oldLeft > 0 || newLeft > 0) {
      String next = next();
      char kind = next == null ? 0 : next.isEmpty() ? ' ' : next.charAt(0);
      if (kind == '+') {
        newLeft--;
        added++;
      } else if (kind == '-') {
        oldLeft--;
        removed++;
      } else if (kind == ' ') {
        oldLeft--;
        newLeft--;
      } else if (kind != '\\') {
        throw bad("the hunk ends before its " + (oldLeft + newLeft) + " lines are there");
      }
      if (oldLeft < 0 || newLeft < 0) {
        throw bad("the hunk is longer than its header says");
      }
    }
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
    if (!open) {
      return;
    }
    open = false;
    String path = to != null ? to : from;
    if (path == null || path.isEmpty()) {
      throw bad("a change names no file");
    }
    if (movedFrom != null) {
      changes.movedFrom(movedFrom);
    } else if (!git && from != null && !from.equals(path)) {
      changes.movedFrom(from);
    }
    changes.add(path, added, removed);
  }

  private IllegalArgumentException bad(String problem) {
    return new IllegalArgumentException("line " + line + " of the diff: " + problem);
  }
}
