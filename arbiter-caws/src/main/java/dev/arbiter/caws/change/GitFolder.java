/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a work tree keeps its objects and names.
 *
 * <p>Its owner may be the one who is measured. So its files are only read as data: objects are
 * checked against their ids, names are copied to a repository of our own, and the rest is ignored.
 *
 * @param root the top folder of the work tree
 * @param gitDir has the work tree's own {@code HEAD}
 * @param commonDir has objects and names
 */
record GitFolder(Path root, Path gitDir, Path commonDir) {
  private static final int LONGEST_NAME_FILE = 4096;
  private static final int LARGEST_PACKED = 64 << 20;
  private static final int MOST_NAMES = 100_000;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  /**
   * Finds the work tree that a folder is in.
   *
   * @throws IOException if there is none
   */
  static GitFolder around(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new IOException(folder + " does not exist; give a folder of a Git work tree");
    }
    for (Path at = folder.toRealPath(); at != null; at = at.getParent()) {
      GitFolder found = at(at);
      if (found != null) {
        return found;
      }
    }
    throw new IOException(folder + " is in no Git work tree; give a work tree and a revision");
  }

  /**
   * The repository with this very top folder, bare or not; null if it is none. Looks in no folder
   * above, which may be the repository of something else.
   */
  static @Nullable GitFolder repository(Path top) throws IOException {
    Path real = top.toRealPath();
    GitFolder found =
        Files.exists(real.resolve(".git")) ? at(real) : new GitFolder(real, real, real);
    boolean complete =
        found != null
            && Files.exists(found.gitDir.resolve("HEAD"), LinkOption.NOFOLLOW_LINKS)
            && Files.isDirectory(found.commonDir.resolve("objects"))
            && Files.isDirectory(found.commonDir.resolve("refs"));
    return complete ? found : null;
  }

  /** The work tree with this very root, null if it is none. */
  static @Nullable GitFolder at(Path root) throws IOException {
    Path git = root.resolve(".git");
    Path dir = git;
    if (Files.isRegularFile(git, LinkOption.NOFOLLOW_LINKS)) {
      String link = text(git);
      if (!link.startsWith("gitdir: ")) {
        return null;
      }
      dir = root.resolve(link.substring("gitdir: ".length()).strip());
    }
    if (!Files.isDirectory(dir)) {
      return null;
    }
    Path common = dir.resolve("commondir");
    common = Files.isRegularFile(common) ? dir.resolve(text(common).strip()) : dir;
    return new GitFolder(root, dir.normalize(), common.normalize());
  }

  /**
   * The folder of the objects.
   *
   * @throws IOException if reading them could wait for ever
   */
  Path objects() throws IOException {
    Path objects = commonDir.resolve("objects");
    Path others = objects.resolve("info/alternates");
    if (Files.exists(others, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(others)) {
      throw new IOException(others + " is no regular file");
    }
    return objects;
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Whether ids have 64 digits; told from any name. */
  boolean isSha256() throws IOException {
    Path packed = commonDir.resolve("packed-refs");
    if (Files.isRegularFile(packed)) {
      String text = text(packed);
      int end = text.lastIndexOf(' ');
      int start = text.lastIndexOf('\n', end) + 1;
      if (end - start == 64) {
        return true;
      }
    }
    boolean[] found = new boolean[1];
    names(
        file -> {
          found[0] = text(file).strip().length() == 64;
          return !found[0];
        });
    return found[0];
  }

  /**
   * Finds the commit that a revision names now.
   *
   * @throws IOException if there is none
   */
  String commit(String revision) throws IOException {
    boolean isId = isId(revision); // which needs no names
    boolean sha256 = isId ? revision.length() == 64 : isSha256();
    try (ScratchRepository scratch = new ScratchRepository(sha256, List.of(objects()))) {
      if (!isId) {
        copyNames(scratch.folder());
      }
      String id =
          id(
              scratch.ask(
                  "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"));
      if (!isId(id)) {
        throw new IOException(
            "'"
                + Sanitizer.text(revision, 60)
                + "' is no revision of "
                + root
                + "; give a commit, branch or tag that is there");
      }
      return id;
    }
  }

  /**
   * Finds the newest common ancestor of a commit and the work's own; the commit if there is none.
   */
  String mergeBase(String commit) throws IOException {
    try (ScratchRepository scratch = new ScratchRepository(isSha256(), List.of(objects()))) {
      copyNames(scratch.folder());
      copyShallow(scratch.folder());
      String base = id(scratch.ask("merge-base", commit, "HEAD"));
      try (ObjectReader objects = new ObjectReader(scratch.git(), commit.length() == 64)) {
        return isId(base) && objects.isAncestor(base, commit) ? base : commit;
      }
    }
  }

  private static String id(byte @Nullable [] answer) {
    return answer == null ? "" : new String(answer, StandardCharsets.UTF_8).strip();
  }

  /** Lets a repository that borrows the objects know where the history ends. */
  void copyShallow(Path gitDir) throws IOException {
    copy(commonDir.resolve("shallow"), gitDir.resolve("shallow"), LARGEST_PACKED);
  }

  private void copyNames(Path to) throws IOException {
    if (Files.exists(commonDir.resolve("reftable"), LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          root
              + " keeps its names as reftables, which cannot be read here; give the full id of a"
              + " commit, or run git refs migrate --ref-format=files");
    }
    copy(gitDir.resolve("HEAD"), to.resolve("HEAD"), LONGEST_NAME_FILE);
    copy(commonDir.resolve("packed-refs"), to.resolve("packed-refs"), LARGEST_PACKED);
    Path refs = commonDir.resolve("refs");
    names(
        file -> {
          Path copy = to.resolve("refs").resolve(refs.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          copy(file, copy, LONGEST_NAME_FILE);
          return true;
        });
  }

  private static void copy(Path from, Path to, int longest) throws IOException {
    if (Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS) && Files.size(from) <= longest) {
      Files.write(to, Files.readAllBytes(from));
    }
  }

  /** Takes a file of a name, and tells whether to go on. */
  private interface NameVisitor {
    boolean visit(Path file) throws IOException;
  }

  private void names(NameVisitor visitor) throws IOException {
    Path refs = commonDir.resolve("refs");
    if (!Files.isDirectory(refs, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        refs,
        new SimpleFileVisitor<>() {
          private int seen;

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (++seen > MOST_NAMES) {
              throw new IOException("the repository has more than " + MOST_NAMES + " names");
            }
            boolean isName = attributes.isRegularFile() && attributes.size() <= LONGEST_NAME_FILE;
            return !isName || visitor.visit(file)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.TERMINATE;
          }
        });
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > LARGEST_PACKED) {
      throw new IOException(file.getFileName() + " is too large");
    }
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
