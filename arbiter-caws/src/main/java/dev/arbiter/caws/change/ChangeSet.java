/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The files that work changed, with their lines.
 *
 * <p>A file that is named twice counts once, with the sum of its lines. A renamed file is one
 * change under its new path; its old path must be in scope too. A binary file has no lines.
 * Immutable.
 *
 * @param changes each file once, in the order it was first named
 * @param movedFrom the old paths of renamed files
 */
public record ChangeSet(List<FileChange> changes, List<String> movedFrom) {
  /** Most files that are read; a text or a repository with more is refused. */
  public static final int MOST_FILES = 100_000;

  /** Most characters of a text that are read. */
  public static final int MOST_CHARACTERS = 64 << 20;

  /**
   * Copies, and counts a file that is named twice once.
   *
   * @throws IllegalArgumentException if a path is empty or has more than 4,096 characters, or there
   *     are more than {@link #MOST_FILES}
   */
  public ChangeSet {
    ChangeCollector once = new ChangeCollector();
    changes.forEach(change -> once.add(change.path(), change.added(), change.removed()));
    movedFrom.forEach(once::movedFrom);
    changes = once.changes();
    movedFrom = List.copyOf(new LinkedHashSet<>(movedFrom));
  }

  /** {@return an empty set; no changes} */
  public static ChangeSet none() {
    return new ChangeSet(List.of(), List.of());
  }

  /**
   * Returns the changes of a report.
   *
   * @param report the report
   * @return its changes
   */
  public static ChangeSet of(WorkReport report) {
    return new ChangeSet(report.changes(), List.of());
  }

  /**
   * Reads the output of {@code git diff --numstat}, with or without {@code -z}.
   *
   * @param text lines of added, removed and path, separated by tabs
   * @return the changes
   * @throws IllegalArgumentException if a line has another form; the message names it
   */
  public static ChangeSet ofNumstat(String text) {
    return new NumstatReader(bounded(text)).read();
  }

  /**
   * Reads a unified diff, as {@code git diff} and {@code diff -u} print it.
   *
   * @param text the diff
   * @return the changes
   * @throws IllegalArgumentException if it is no diff, or a hunk is shorter or longer than it says
   */
  public static ChangeSet ofDiff(String text) {
    return new DiffReader(bounded(text)).read();
  }

  /**
   * Reads either form of text; nothing but white space is an empty set.
   *
   * @param text numstat or a unified diff
   * @return the changes
   * @throws IllegalArgumentException if it is neither
   */
  public static ChangeSet parse(String text) {
    String bounded = bounded(text);
    if (bounded.isBlank()) {
      return none();
    }
    return NumstatReader.looksLike(bounded) ? ofNumstat(bounded) : ofDiff(bounded);
  }

  /**
   * Reads the changes in a Git work tree since a revision: commits, staged and unstaged changes,
   * and files that are not tracked and not ignored.
   *
   * <p>Runs the {@code git} command, see {@code docs/decisions/0012}; takes tens of milliseconds.
   *
   * @param workTree a folder in the work tree
   * @param base a revision, such as {@code main} or {@code HEAD~3}
   * @return the changes, their paths from the root of the work tree
   * @throws IOException if git cannot be run, takes more than a minute, or does not know the
   *     revision
   * @throws IllegalArgumentException if the revision is empty or begins with a hyphen
   */
  public static ChangeSet ofGit(Path workTree, String base) throws IOException {
    return new GitChanges(workTree).since(base);
  }

  private static String bounded(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "a text of changes has at most " + MOST_CHARACTERS + " characters, got " + text.length());
    }
    return text;
  }

  /**
   * Counts the files.
   *
   * @return at least 0
   */
  public int files() {
    return changes.size();
  }

  /**
   * Counts the lines, added and removed together.
   *
   * @return at least 0
   */
  public long lines() {
    long lines = 0;
    for (FileChange change : changes) {
      lines += change.lines();
    }
    return lines;
  }

  /**
   * {@return every path that was touched, for a reader that knows paths only: the changes, and the
   * old path of each renamed file as a change of no lines; the changes for a {@link WorkReport}}
   */
  public List<FileChange> touched() {
    List<FileChange> touched = new ArrayList<>(changes);
    Set<String> known = new LinkedHashSet<>();
    changes.forEach(change -> known.add(change.path()));
    for (String path : movedFrom) {
      if (known.add(path)) {
        touched.add(new FileChange(path, 0, 0));
      }
    }
    return List.copyOf(touched);
  }
}
