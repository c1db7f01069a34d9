/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.caws.change.LineCount.Version;
import dev.arbiter.caws.change.ObjectReader.Entry;
import dev.arbiter.internal.DurableFile;
import dev.arbiter.internal.Sanitizer;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The work of one attempt as it was counted: a tree of Git objects.
 *
 * <p>Each file is read from the disk once. The same bytes are counted, shown to gates and landed,
 * so nothing that is written afterwards gets in. A small bare repository in a folder of the host
 * holds what is new; the rest is borrowed from the user's repository.
 */
final class WorkSnapshot {
  private static final String ABOUT = "arbiter";
  private static final Pattern ABOUT_LINES =
      Pattern.compile("([0-9a-f]{40,64})\n([0-9a-f]{40,64})\n(\\d{1,12})\n");
  private static final String INTENT = "arbiter-commit";
  private static final long LONGEST_TEXT = 8L << 20; // as WorkTree.LONGEST of the gates

  private final Path folder;
  private final GitProcess git;
  private final String base;
  private final String tree;
  private final long seconds;

  private WorkSnapshot(Path folder, String base, String tree, long seconds) {
    this.folder = folder;
    this.git = new GitProcess(folder);
    this.base = base;
    this.tree = tree;
    this.seconds = seconds;
  }

  /** Takes a snapshot while the files are counted. */
  static final class Maker implements GitChanges.Taker, Closeable {
    private final Path folder;
    private final GitProcess git;
    private final boolean sha256;
    private final String base;
    private final ByteArrayOutputStream gone = new ByteArrayOutputStream();
    private final ByteArrayOutputStream fresh = new ByteArrayOutputStream();
    private @Nullable Process importer;
    private @Nullable OutputStream commands;

    /**
     * Begins a snapshot.
     *
     * @param folder where it goes; it is made
     * @param repository has the base
     * @param base the id of a commit
     */
    Maker(Path folder, GitFolder repository, String base) throws IOException {
      this.folder = Files.createDirectories(folder);
      this.sha256 = base.length() == 64;
      this.base = base;
      this.git = new ScratchRepository(folder, sha256, List.of(repository.objects())).git();
      repository.copyShallow(folder);
    }

    GitProcess git() {
      return git;
    }

    @Override
    public void take(String path, boolean isNested, @Nullable Version version) throws IOException {
      check(path, isNested);
      if (version == null) {
        entry(gone, 0, "0".repeat(base.length()), path);
        return;
      }
      if (commands == null) {
        importer = git.start("fast-import", "--quiet", "--done");
        commands = new BufferedOutputStream(importer.getOutputStream(), 64 * 1024);
      }
      byte[] content = version.content();
      ScratchRepository.line(commands, "blob\ndata " + content.length);
      commands.write(content);
      commands.write('\n');
      entry(fresh, version.mode(), ObjectReader.id(sha256, "blob", content), path);
    }

    private static void check(String path, boolean isNested) throws IOException {
      String problem = isNested ? "is in a submodule; work there in a repository of its own" : "";
      for (String name : path.toLowerCase(Locale.ROOT).split("/", -1)) {
        if (name.equals(".git") || name.equals("git~1")) {
          problem = "is in a nested repository; remove its .git";
        }
      }
      if (!problem.isEmpty()) {
        throw new IOException(
            "'"
                + Sanitizer.text(path, 80)
                + "' was changed, and no commit here can hold it: it "
                + problem);
      }
    }

    private static void entry(ByteArrayOutputStream to, int mode, String id, String path) {
      to.writeBytes(
          (Integer.toOctalString(mode) + " " + id + "\t").getBytes(StandardCharsets.UTF_8));
      to.writeBytes(FileName.bytes(path));
      to.write(0);
    }

    /**
     * Ends the snapshot.
     *
     * @param seconds when it was taken, since 1970
     */
    WorkSnapshot done(long seconds) throws IOException {
      if (importer != null && commands != null) {
        ScratchRepository.line(commands, "done");
        commands.close();
        if (GitProcess.end(importer) != 0) {
          throw new IOException("git could not take the changed files into " + folder);
        }
      }
      gone.writeBytes(fresh.toByteArray());
      WorkSnapshot made =
          new WorkSnapshot(folder, base, WorkSnapshot.tree(git, base, gone.toByteArray()), seconds);
      String about = made.base + "\n" + made.tree + "\n" + made.seconds + "\n";
      DurableFile.replace(folder.resolve(ABOUT), about.getBytes(StandardCharsets.UTF_8));
      return made;
    }

    @Override
    public void close() {
      if (importer != null) {
        importer.destroyForcibly();
      }
    }
  }

  /** The tree of a commit with other entries, in the form of {@code update-index --index-info}. */
  private static String tree(GitProcess git, String commit, byte[] entries) throws IOException {
    git.run("read-tree", commit);
    if (entries.length > 0) {
      git.feed(entries, "update-index", "-z", "--index-info");
    }
    return text(git.run("write-tree"));
  }

  /** The snapshot in a folder; null if there is no whole one. */
  static @Nullable WorkSnapshot in(Path folder) throws IOException {
    Path about = folder.resolve(ABOUT);
    if (!Files.isRegularFile(about)) {
      return null;
    }
    Matcher lines = ABOUT_LINES.matcher(Files.readString(about));
    return lines.matches()
        ? new WorkSnapshot(folder, lines.group(1), lines.group(2), Long.parseLong(lines.group(3)))
        : null;
  }

  Path folder() {
    return folder;
  }

  GitProcess git() {
    return git;
  }

  String base() {
    return base;
  }

  String tree() {
    return tree;
  }

  long seconds() {
    return seconds;
  }

  boolean isUnchanged() throws IOException {
    return tree.equals(treeOf(base));
  }

  String treeOf(String commit) throws IOException {
    return text(git.run("rev-parse", commit + "^{tree}"));
  }

  /** The text of a plain file, one character a byte; empty if there is none, or a folder. */
  Optional<String> text(String path) throws IOException {
    try (ObjectReader objects = new ObjectReader(git, base.length() == 64)) {
      Entry entry = objects.find(tree, path);
      if (entry == null || entry.mode() == Entry.FOLDER) {
        return Optional.empty();
      }
      if (entry.mode() != Entry.PLAIN && entry.mode() != Entry.PROGRAM) {
        throw new IOException("'" + Sanitizer.text(path, 80) + "' is no plain file");
      }
      byte[] bytes = objects.read(entry.id(), "blob");
      if (bytes.length > LONGEST_TEXT) {
        throw new IOException("the file has more than " + LONGEST_TEXT + " bytes");
      }
      return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
    }
  }

  /**
   * The tree of a later commit with this work on top: each file that the work changed is taken as
   * it is, and none is merged; null if the commit changed one of them too.
   */
  @Nullable String onto(String commit) throws IOException {
    NavigableSet<String> theirs = new TreeSet<>();
    for (String path : split(diff("--name-only", base, commit))) {
      theirs.add(path);
    }
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    List<String> raw = split(diff("--raw", base, tree));
    for (int i = 0; i + 1 < raw.size(); i += 2) {
      String path = raw.get(i + 1);
      if (meets(theirs, path)) {
        return null;
      }
      String[] parts = raw.get(i).split(" ", -1); // :100644 100644 OLD NEW M
      String entry = parts[1] + " " + parts[3] + "\t" + path + "\0";
      entries.writeBytes(entry.getBytes(StandardCharsets.ISO_8859_1));
    }
    return tree(git, commit, entries.toByteArray());
  }

  private String diff(String form, String from, String to) throws IOException {
    byte[] answer = git.run("diff-tree", "-r", "-z", "--no-renames", form, from, to);
    return new String(answer, StandardCharsets.ISO_8859_1);
  }

  private static List<String> split(String zeroEnded) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int end = zeroEnded.indexOf('\0'); end >= 0; end = zeroEnded.indexOf('\0', from)) {
      parts.add(zeroEnded.substring(from, end));
      from = end + 1;
    }
    return parts;
  }

  /** Whether a path, a folder on its way or a file below it is among others. */
  private static boolean meets(NavigableSet<String> others, String path) {
    String below = others.ceiling(path + "/");
    boolean found = others.contains(path) || (below != null && below.startsWith(path + "/"));
    for (int at = path.indexOf('/'); at >= 0 && !found; at = path.indexOf('/', at + 1)) {
      found = others.contains(path.substring(0, at));
    }
    return found;
  }

  /** Notes the commit that is about to land. */
  void intend(String commit) throws IOException {
    DurableFile.replace(folder.resolve(INTENT), commit.getBytes(StandardCharsets.UTF_8));
  }

  /** The commit that was about to land, empty if there was none. */
  String intent() throws IOException {
    Path file = folder.resolve(INTENT);
    return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
  }

  private static String text(byte[] answer) {
    return new String(answer, StandardCharsets.UTF_8).strip();
  }
}
