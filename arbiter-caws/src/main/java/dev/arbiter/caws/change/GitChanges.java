/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads changes from the git command. */
final class GitChanges {
  /*
   * The repository is not trusted: its configuration could name programs to run for a diff. So
   * external diffs and text conversions are turned off too, and nothing of the answer is read as
   * anything but paths and counts. Untracked files count, because leaving a file out of the index would otherwise leave it out of the budget.
   */
  private static final int LARGEST_FILE = 64 << 20;

  private final GitCommand git;

  GitChanges(Path folder) {
    this.git = new GitCommand(folder);
  }

  ChangeSet since(String base) throws IOException {
    if (base.isEmpty() || base.startsWith("-")) {
      throw new IllegalArgumentException(
          "base must be a revision, got '" + Sanitizer.text(base, 60) + "'");
    }
    Path root = Path.of(git.run("rev-parse", "--show-toplevel").stripTrailing());
    String commit =
        git.run("rev-parse", "--verify", "--quiet", "--end-of-options", base + "^{commit}");
    ChangeSet tracked =
        ChangeSet.ofNumstat(
            git.run(
                "-C",
                root.toString(),
                "diff",
                "--numstat",
                "-z",
                "-M",
                "--no-ext-diff",
                "--no-textconv",
                "--ignore-submodules=none",
                commit.strip(),
                "--"));
    List<FileChange> all = new ArrayList<>(tracked.changes());
    String untracked =
        git.run("-C", root.toString(), "ls-files", "--others", "--exclude-standard", "-z");
    for (String path : untracked.split("\0", -1)) {
      if (!path.isEmpty()) {
        all.add(new FileChange(path, linesOf(root.resolve(path)), 0));
      }
    }
    return new ChangeSet(all, tracked.movedFrom());
  }

  /** As git counts: line feeds, and a last line without one; a binary file has none. */
  private static int linesOf(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return 1;
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST_FILE);
    }
    int lines = 0;
    for (byte b : bytes) {
      if (b == 0) {
        return 0;
      }
      lines += b == '\n' ? 1 : 0;
    }
    return bytes.length > 0 && bytes[bytes.length - 1] != '\n' ? lines + 1 : lines;
  }
}
