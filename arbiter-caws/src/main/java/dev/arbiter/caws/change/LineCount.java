/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the lines by which two versions of files differ. */
final class LineCount implements Closeable {
  /*
   * All content is taken for text; a line ends with a line feed, a carriage return, or both, and
   * counts once for each started KiB. A file with a zero byte, or with lines of more than a KiB on
   * average, counts at least one line for each started KiB of its whole content. So content without
   * lines is not free.
   *
   * A file that is new or gone counts all its lines, and a file that moved as it is counts none; both
   * are known here. Git compares the rest, in a repository of our own, where files get names of our
   * own, so that neither their names nor attributes for them decide anything. A comparison that would
   * take long (DiffCost) is not made: all lines between the first and the last difference count then,
   * never fewer than Git would find. The order in which files are added changes no count.
   */

  /** Most bytes of changed content, of both versions of all files together. */
  static final long MOST_BYTES = 1L << 30;

  /** A new or gone file with more lines is no part of a move with changes. */
  private static final int MOST_MOVED_LINES = 20_000;

  /** Most steps to find moves with changes: some seconds. */
  private static final double MOST_MOVE_STEPS = 2e8;

  private final ScratchRepository scratch;
  private final List<Pair> pairs = new ArrayList<>();
  private @Nullable Process importer;
  private @Nullable OutputStream commands;
  private int marks;
  private long bytes;

  /** One version of a file; the content is not copied. */
  static final class Version {
    private final int mode;
    private final byte[] content;

    Version(int mode, byte[] content) {
      this.mode = mode;
      this.content = content;
    }

    int mode() {
      return mode;
    }

    byte[] content() {
      return content;
    }
  }

  /** A file that differs, with its count as far as it is known. */
  private static final class Pair {
    private final String path;
    private final long oldKibs;
    private final long newKibs;
    private final LongLines oldLong;
    private final LongLines newLong;
    private String oldEntry = "";
    private String newEntry = "";
    private String onlyContent = "";
    private long lines;
    private long added;
    private long removed;
    private boolean moved;

    Pair(String path, @Nullable ContentLines old, @Nullable ContentLines fresh) {
      boolean binary = (old != null && old.isBinary()) || (fresh != null && fresh.isBinary());
      this.path = path;
      this.oldKibs = binary && old != null ? old.kibs() : 0;
      this.newKibs = binary && fresh != null ? fresh.kibs() : 0;
      this.oldLong = old == null ? new LongLines() : old.longLines();
      this.newLong = fresh == null ? new LongLines() : fresh.longLines();
    }

    boolean isOnly() {
      return !onlyContent.isEmpty();
    }

    boolean isNew() {
      return added > 0;
    }

    void count(long addedLines, long removedLines) {
      count(addedLines, removedLines, this);
    }

    /** Sets the count; long lines, and what has few lines, count by their KiB. */
    private void count(long addedLines, long removedLines, Pair before) {
      boolean equal = addedLines == 0 && removedLines == 0;
      long addedLong = newLong.without(before.oldLong);
      long removedLong = before.oldLong.without(newLong);
      added = equal ? 0 : Math.max(addedLines + addedLong, newKibs);
      removed = equal ? 0 : Math.max(removedLines + removedLong, before.oldKibs);
    }

    /** Takes the place of a file that is gone. */
    void movedFrom(Pair gone, long addedLines, long removedLines) {
      gone.moved = true;
      count(addedLines, removedLines, gone);
    }
  }

  LineCount(ScratchRepository scratch) {
    this.scratch = scratch;
  }

  /** Adds a file that differs; one version may be missing. */
  void add(String path, @Nullable Version old, @Nullable Version fresh) throws IOException {
    bytes += (old == null ? 0 : old.content.length) + (fresh == null ? 0 : fresh.content.length);
    if (bytes > MOST_BYTES || pairs.size() >= ChangeSet.MOST_FILES) {
      throw new IOException(
          "more than "
              + ChangeSet.MOST_FILES
              + " files or "
              + MOST_BYTES
              + " bytes changed, at '"
              + Sanitizer.text(path, 80)
              + "'");
    }
    ContentLines oldLines = old == null ? null : new ContentLines(old.content);
    ContentLines newLines = fresh == null ? null : new ContentLines(fresh.content);
    Pair pair = new Pair(path, oldLines, newLines);
    pairs.add(pair);
    if (old == null || oldLines == null) {
      if (fresh != null && newLines != null) {
        pair.count(newLines.count(), 0);
        pair.newEntry = only(pair, fresh, newLines);
      }
    } else if (fresh == null || newLines == null) {
      pair.count(0, oldLines.count());
      pair.oldEntry = only(pair, old, oldLines);
    } else if (!MessageDigest.isEqual(old.content, fresh.content)) {
      DiffCost cost = new DiffCost(oldLines, newLines);
      if (cost.isBearable()) {
        pair.oldEntry = entry(old, oldLines);
        pair.newEntry = entry(fresh, newLines);
      } else {
        pair.count(cost.newLines(), cost.oldLines());
      }
    }
  }

  /** A file without another version is part of a move, maybe; an empty one is not. */
  private String only(Pair pair, Version version, ContentLines lines) throws IOException {
    if (lines.count() == 0) {
      return "";
    }
    pair.onlyContent = lines.digest();
    pair.lines = lines.count();
    return pair.lines <= MOST_MOVED_LINES ? entry(version, lines) : "";
  }

  private String entry(Version version, ContentLines lines) throws IOException {
    if (commands == null) {
      Files.createDirectories(scratch.folder().resolve("info"));
      Files.writeString(scratch.folder().resolve("info/attributes"), "* diff\n"); // all is text
      importer = scratch.start("fast-import", "--quiet", "--done");
      commands = new BufferedOutputStream(importer.getOutputStream(), 64 * 1024);
    }
    marks++;
    lines.writeBlob(marks, commands);
    return Integer.toOctalString(version.mode) + " :" + marks;
  }

  /** Counts all that was added. */
  ChangeSet count() throws IOException {
    pairs.sort(Comparator.comparing(pair -> pair.path));
    findMovesAsTheyAre();
    if (importer != null && commands != null) {
      compareByGit(importer, commands, isMoveSearchBearable());
    }
    ChangeCollector named = new ChangeCollector();
    for (Pair pair : pairs) {
      if (pair.moved) {
        named.movedFrom(pair.path);
      } else {
        named.add(pair.path, pair.added, pair.removed);
      }
    }
    return named.set();
  }

  /** A file that went and one that came with the same content are one move. */
  private void findMovesAsTheyAre() {
    Map<String, Deque<Pair>> gone = new HashMap<>();
    for (Pair pair : pairs) {
      if (pair.isOnly() && !pair.isNew()) {
        gone.computeIfAbsent(pair.onlyContent, content -> new ArrayDeque<>()).add(pair);
      }
    }
    for (Pair pair : pairs) {
      Deque<Pair> same = pair.isOnly() && pair.isNew() ? gone.get(pair.onlyContent) : null;
      Pair partner = same == null ? null : same.poll();
      if (partner != null) {
        pair.movedFrom(partner, 0, 0);
        partner.onlyContent = "";
        partner.oldEntry = "";
        pair.onlyContent = "";
        pair.newEntry = "";
      }
    }
  }

  private boolean isMoveSearchBearable() {
    double gone = 0;
    double goneLines = 0;
    double fresh = 0;
    double freshLines = 0;
    double comparing = 0;
    for (Pair pair : pairs) {
      if (pair.isOnly() && pair.lines <= MOST_MOVED_LINES) {
        gone += pair.isNew() ? 0 : 1;
        goneLines += pair.isNew() ? 0 : pair.lines;
        fresh += pair.isNew() ? 1 : 0;
        freshLines += pair.isNew() ? pair.lines : 0;
        comparing += pair.isNew() ? pair.lines * Math.sqrt((double) pair.lines) : 0;
      }
    }
    boolean any = gone > 0 && fresh > 0;
    return any && (gone * freshLines + fresh * goneLines) / 10 + comparing <= MOST_MOVE_STEPS;
  }

  private void compareByGit(Process git, OutputStream to, boolean moves) throws IOException {
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      if (moves || !pair.isOnly()) {
        before.append(pair.oldEntry.isEmpty() ? "" : "M " + pair.oldEntry + " f" + i + "\n");
        after.append(pair.newEntry.isEmpty() ? "" : "M " + pair.newEntry + " f" + i + "\n");
      }
    }
    commit("old", before, to);
    commit("new", after, to);
    ScratchRepository.line(to, "done");
    to.close();
    if (ScratchRepository.end(git) != 0) {
      throw new IOException("git could not take the changed files");
    }
    String answer =
        new String(
            scratch.run(
                "diff-tree",
                "-r",
                "-z",
                "-M",
                "--numstat",
                "--text",
                "--no-ext-diff",
                "--no-textconv",
                "refs/heads/old",
                "refs/heads/new"),
            StandardCharsets.ISO_8859_1);
    NumstatReader.read(
        answer,
        (from, name, added, removed) -> {
          Pair pair = pair(name);
          if (from.isEmpty()) {
            pair.count(added, removed);
          } else {
            pair.movedFrom(pair(from), added, removed);
          }
        });
  }

  private Pair pair(String name) {
    return pairs.get(Integer.parseInt(name.substring(1)));
  }

  private static void commit(String branch, StringBuilder files, OutputStream to)
      throws IOException {
    ScratchRepository.line(
        to, "commit refs/heads/" + branch + "\ncommitter arbiter <> 0 +0000\ndata 0");
    to.write(files.toString().getBytes(StandardCharsets.UTF_8));
    to.write('\n');
  }

  @Override
  public void close() {
    if (importer != null) {
      importer.destroyForcibly();
    }
  }
}
