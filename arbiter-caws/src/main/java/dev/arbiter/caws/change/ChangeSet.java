/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The files that work changed, with their lines.
 *
 * <p>A file that is named twice counts once, with the sum of its lines. A renamed file is one
 * change under its new path; its old path must be in scope too. Immutable.
 *
 * @param changes each file once, in the order it was first named
 * @param movedFrom the old paths of renamed files
 */
public record ChangeSet(List<FileChange> changes, List<String> movedFrom) {
  /**
   * The name of the evidence whose detail is the old path of a renamed file, one piece for each.
   * Such a path is not among the changes of a report and counts as no file, and must be in scope.
   */
  public static final String MOVED_FROM = "moved_from";

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
   * @return its changes, with the old paths that its evidence names
   */
  public static ChangeSet of(WorkReport report) {
    return new ChangeSet(report.changes(), movedFrom(report));
  }

  /**
   * {@return the old paths of renamed files that a report names, see {@link #MOVED_FROM}}
   *
   * @param report the report
   */
  public static List<String> movedFrom(WorkReport report) {
    List<String> paths = List.of();
    for (int i = 0; i < report.evidence().size(); i++) {
      Evidence piece = report.evidence().get(i);
      if (piece.gate().equals(MOVED_FROM)) {
        paths = paths.isEmpty() ? new ArrayList<>() : paths;
        paths.add(piece.detail());
      }
    }
    return paths;
  }

  /**
   * {@return a report with these changes in place of its own}
   *
   * @param report as the agent made it; its evidence {@link #MOVED_FROM} is replaced too
   */
  public WorkReport in(WorkReport report) {
    List<Evidence> evidence = new ArrayList<>(report.evidence());
    evidence.removeIf(piece -> piece.gate().equals(MOVED_FROM));
    movedFrom.forEach(path -> evidence.add(Evidence.of(MOVED_FROM, true, path)));
    return new WorkReport(report.output(), changes, evidence, report.usage(), report.pending());
  }

  /**
   * Reads the output of {@code git diff --numstat}, with or without {@code -z}.
   *
   * <p>The text does not tell how long lines are: a huge line counts once.
   *
   * <p>A moved file needs {@code -z}. Without it a move looks like a file that has {@code " => "}
   * in its name, so such a line is refused. A copy ({@code -C}) looks like a move, and its lines do
   * not count: make the text without it.
   *
   * @param text lines of added, removed and path, separated by tabs
   * @return the changes
   * @throws IllegalArgumentException if a line has another form; the message names it
   */
  public static ChangeSet ofNumstat(String text) {
    return NumstatReader.read(bytes(text));
  }

  /**
   * Reads a unified diff, as {@code git diff} and {@code diff -u} print it. A line counts once for
   * each started KiB.
   *
   * @param text the diff
   * @return the changes
   * @throws IllegalArgumentException if it is no diff, or a hunk is shorter or longer than it says,
   *     or a file is shown as a copy, without its lines
   */
  public static ChangeSet ofDiff(String text) {
    return new DiffReader(bytes(text)).read();
  }

  /**
   * Reads either form of text; nothing but white space is an empty set.
   *
   * @param text numstat or a unified diff
   * @return the changes
   * @throws IllegalArgumentException if it is neither
   */
  public static ChangeSet parse(String text) {
    return parseBytes(bytes(text));
  }

  /**
   * Reads either form of text as the bytes that a program wrote, whatever encoding the changed
   * files have.
   *
   * @param text as {@link #parse(String)}
   * @return the changes
   * @throws IllegalArgumentException if it is neither
   */
  public static ChangeSet parse(byte[] text) {
    requireBounded(text.length);
    boolean wide = text.length > 1 && (text[0] & 0xff) + (text[1] & 0xff) == 0xff + 0xfe;
    if (wide && text[0] < 0 && text[1] < 0) {
      throw new IllegalArgumentException(
          "the changes are in UTF-16, as PowerShell writes them; use git diff --output=FILE");
    }
    return parseBytes(withoutMark(new String(text, StandardCharsets.ISO_8859_1)));
  }

  private static ChangeSet parseBytes(String text) {
    if (text.isBlank()) {
      return none();
    }
    return NumstatReader.looksLike(text) ? NumstatReader.read(text) : new DiffReader(text).read();
  }

  /**
   * Counts what changed in a Git work tree since a commit: everything that is on disk and not in
   * the commit, tracked or not, ignored or not.
   *
   * <p>Nothing that the owner of the work tree can write decides what is counted: index, ignore
   * files, attributes, filters, configuration and replaced objects are not asked, and objects are
   * checked against their ids. A line ends with a line feed, a carriage return, or both, and counts
   * once for each started KiB. A file with a zero byte, or with lines of more than a KiB on
   * average, counts at least one line for each started KiB of its whole content. Two contents whose
   * comparison would take long, such as 700,000 lines of two letters each, are not compared: all
   * lines between their first and last difference count then. A moved file counts its differences,
   * unless there are too many to look for them; then it counts as gone and new. Files that are made
   * by a build count too: measure before it, or leave them out by {@link #ofGit(Path, String,
   * Predicate)}.
   *
   * <p>Reads every file of the work tree, some 0.3 s for each GB, and runs the {@code git} command,
   * see {@code docs/decisions/0012}.
   *
   * @param workTree the top folder of the work tree; a folder in it finds the top by the next
   *     {@code .git}, which an agent can add
   * @param base the full id of a commit that was there before the agent began, see {@link
   *     #commitOf}; another revision, such as {@code main}, is looked up now, and the owner of the
   *     work tree decides which commit it names
   * @return the changes, their paths from the root of the work tree
   * @throws IOException if something cannot be measured: git cannot be run or takes more than five
   *     minutes, the base is not there, a file is larger than 64 MiB or no plain file, more than
   *     {@link #MOST_FILES} files or a GiB changed
   * @throws IllegalArgumentException if the revision is empty or begins with a hyphen
   */
  public static ChangeSet ofGit(Path workTree, String base) throws IOException {
    return ofGit(workTree, base, path -> false);
  }

  /**
   * Counts as {@link #ofGit(Path, String)}, without some files.
   *
   * @param workTree as above
   * @param base as above
   * @param leftOut tells for the path of each file and folder from the root, with forward slashes,
   *     whether it does not count; must be true for all paths below a folder if it is for the
   *     folder
   * @return the changes
   * @throws IOException as above
   */
  public static ChangeSet ofGit(Path workTree, String base, Predicate<String> leftOut)
      throws IOException {
    return GitChanges.since(workTree, base, leftOut);
  }

  /**
   * Finds the commit that a revision names now; to be asked before an agent may change the names.
   *
   * @param workTree a folder in the work tree
   * @param revision such as {@code HEAD}, {@code main} or {@code v1.0~2}
   * @return the full id
   * @throws IOException if there is no such commit, or git cannot be run
   * @throws IllegalArgumentException if the revision is empty or begins with a hyphen
   */
  public static String commitOf(Path workTree, String revision) throws IOException {
    return GitChanges.commit(GitFolder.around(workTree), revision);
  }

  /**
   * Finds the commit at which the work left a revision: their newest common ancestor. Commits that
   * others added to the revision since do not count then.
   *
   * @param workTree a folder in the work tree
   * @param revision such as {@code main} or {@code origin/main}
   * @return the full id; that of the revision itself if it has no ancestor in common with the work
   * @throws IOException if there is no such commit, or git cannot be run
   * @throws IllegalArgumentException if the revision is empty or begins with a hyphen
   */
  public static String mergeBaseOf(Path workTree, String revision) throws IOException {
    GitFolder folder = GitFolder.around(workTree);
    return folder.mergeBase(GitChanges.commit(folder, revision));
  }

  /**
   * Finds the top folder of a Git work tree.
   *
   * @param workTree a folder in it
   * @return the folder from which paths are counted
   * @throws IOException if it is in no work tree
   */
  public static Path rootOf(Path workTree) throws IOException {
    return GitFolder.around(workTree).root();
  }

  /** The bytes of a text, one character each: names and content are bytes. */
  private static String bytes(String text) {
    requireBounded(text.length());
    return withoutMark(
        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
  }

  private static void requireBounded(int length) {
    if (length > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "a text of changes has at most " + MOST_CHARACTERS + " characters, got " + length);
    }
  }

  private static String withoutMark(String text) {
    return text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
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
   * old path of each renamed file as a change of no lines}
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
