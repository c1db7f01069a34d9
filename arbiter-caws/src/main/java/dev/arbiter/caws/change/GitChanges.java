/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.caws.change.LineCount.Version;
import dev.arbiter.caws.change.ObjectReader.Entry;
import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.internal.Sanitizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Compares a work tree with a commit. */
final class GitChanges {
  /*
   * The agent may own the work tree and its .git, so neither decides what is counted. Two trees are
   * walked: the one of the commit, whose objects are checked against their ids, and the folder on
   * disk. Index, ignore files, attributes, filters, configuration, replacements and remotes are never
   * asked. A nested repository is a folder like any other, unless the commit has a submodule there:
   * then it is compared with the commit that the submodule is pinned to.
   *
   *   GitFolder ---objects---> ObjectReader (base tree) --\
   *                                                        walk ---> LineCount ---> ChangeSet
   *   work tree on disk ----------------------------------/
   */
  private static final int MOST_ENTRIES = 2_000_000;
  private static final int DEEPEST = 256;
  private static final int DEEPEST_SUBMODULES = 8;

  private final LineCount lines;
  private final Taker taker;
  private final Predicate<String> leftOut;
  private final Class<? extends BasicFileAttributes> kind;
  private int entries;

  /** Takes each file that differs, in the version that was counted. */
  interface Taker {
    /**
     * Takes one file.
     *
     * @param path in the form of {@link FileName}
     * @param isNested whether it is in a submodule
     * @param fresh null if it is gone
     */
    void take(String path, boolean isNested, @Nullable Version fresh) throws IOException;
  }

  private GitChanges(LineCount lines, Taker taker, Predicate<String> leftOut, boolean posix) {
    this.lines = lines;
    this.taker = taker;
    this.leftOut = leftOut;
    this.kind = posix ? PosixFileAttributes.class : BasicFileAttributes.class;
  }

  static ChangeSet since(Path workTree, String base, Predicate<String> leftOut) throws IOException {
    GitFolder folder = GitFolder.around(workTree);
    String commit = GitFolder.isId(base) ? base : commit(folder, base);
    return since(folder, commit, leftOut, (path, isNested, fresh) -> {});
  }

  /** Compares the root of a folder with a commit among its objects. */
  static ChangeSet since(GitFolder folder, String commit, Predicate<String> leftOut, Taker taker)
      throws IOException {
    boolean posix = Files.getFileStore(folder.root()).supportsFileAttributeView("posix");
    try (ScratchRepository scratch = new ScratchRepository(false, List.of());
        LineCount lines = new LineCount(scratch)) {
      new GitChanges(lines, taker, leftOut, posix).compare(folder, commit, "", 0);
      return lines.count();
    } catch (IllegalArgumentException e) { // a path that Java or a count does not take
      throw new IOException("the work cannot be measured: " + e.getMessage(), e);
    }
  }

  static String commit(GitFolder folder, String revision) throws IOException {
    if (revision.isEmpty() || revision.startsWith("-")) {
      throw new IllegalArgumentException(
          "base must be a revision, got '" + Sanitizer.text(revision, 60) + "'");
    }
    return folder.commit(revision);
  }

  private void compare(GitFolder folder, String commit, String prefix, int nested)
      throws IOException {
    boolean sha256 = commit.length() == 64;
    try (ScratchRepository borrowed = new ScratchRepository(sha256, List.of(folder.objects()));
        ObjectReader objects = new ObjectReader(borrowed.git(), sha256)) {
      Map<String, Entry> base = objects.files(commit);
      new Tree(objects, base, prefix, nested).walk(folder.root(), "", 0);
      for (Map.Entry<String, Entry> gone : base.entrySet()) {
        String path = prefix + gone.getKey();
        if (!leftOut.test(path)) {
          lines.add(path, version(objects, gone.getValue()), null);
          taker.take(path, nested > 0, null);
        }
      }
    }
  }

  private static Version version(ObjectReader objects, Entry entry) throws IOException {
    return entry.isSubmodule()
        ? new Version(Entry.PLAIN, entry.id().getBytes(StandardCharsets.US_ASCII))
        : new Version(entry.mode(), objects.read(entry.id(), "blob"));
  }

  /** One work tree, and what of its base was not met yet. */
  private final class Tree {
    private final ObjectReader objects;
    private final Map<String, Entry> base;
    private final String prefix;
    private final int nested;

    Tree(ObjectReader objects, Map<String, Entry> base, String prefix, int nested) {
      this.objects = objects;
      this.base = base;
      this.prefix = prefix;
      this.nested = nested;
    }

    void walk(Path folder, String below, int depth) throws IOException {
      if (depth > DEEPEST) {
        throw new IOException("the work tree has more than " + DEEPEST + " levels");
      }
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
        for (Path entry : stream) {
          String name = FileName.of(entry);
          if (depth > 0 || !name.equals(".git")) {
            entry(entry, below + name, depth);
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }

    private void entry(Path entry, String path, int depth) throws IOException {
      if (++entries > MOST_ENTRIES) {
        throw new IOException("the work tree has more than " + MOST_ENTRIES + " entries");
      }
      if (leftOut.test(prefix + path)) {
        base.remove(path);
        return;
      }
      BasicFileAttributes attributes = Files.readAttributes(entry, kind, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isDirectory()) {
        Entry known = base.get(path);
        if (known != null && known.isSubmodule()) {
          base.remove(path);
          submodule(entry, path, known.id());
        } else {
          walk(entry, path + "/", depth + 1);
        }
      } else if (attributes.isSymbolicLink()) {
        String target = Files.readSymbolicLink(entry).toString();
        if (target.indexOf('\ufffd') >= 0) {
          throw new IOException(
              "the target of link '" + Sanitizer.text(path, 80) + "' is no text here");
        }
        file(path, new Version(Entry.LINK, target.getBytes(StandardCharsets.UTF_8)));
      } else if (isClaim(path, attributes) && wasEmpty(base.get(path), attributes)) {
        base.remove(path);
      } else if (attributes.isRegularFile()) {
        file(
            path,
            new Version(mode(attributes, base.get(path)), content(entry, path, attributes.size())));
      } else {
        throw new IOException(
            "'"
                + Sanitizer.text(path, 80)
                + "' is no file, folder or link; remove it to be measured");
      }
    }

    /** Whether the base has no such file, or has it empty and with the same mode. */
    private boolean wasEmpty(@Nullable Entry known, BasicFileAttributes attributes) {
      return known == null
          || (known.mode() == mode(attributes, known)
              && known.id().equals(objects.id("blob", new byte[0])));
    }

    private void file(String path, Version fresh) throws IOException {
      Entry known = base.remove(path);
      if (known == null) {
        lines.add(prefix + path, null, fresh);
        taker.take(prefix + path, nested > 0, fresh);
      } else if (known.mode() != fresh.mode()
          || !objects.id("blob", fresh.content()).equals(known.id())) {
        lines.add(prefix + path, version(objects, known), fresh);
        taker.take(prefix + path, nested > 0, fresh);
      }
    }

    private void submodule(Path folder, String path, String commit) throws IOException {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
        if (!stream.iterator().hasNext()) {
          return; // not checked out
        }
      }
      GitFolder inner = GitFolder.at(folder);
      if (inner == null || nested >= DEEPEST_SUBMODULES) {
        throw new IOException(
            "submodule '"
                + Sanitizer.text(path, 80)
                + "' has no repository to compare with; check it out again, or leave it empty");
      }
      compare(inner, commit, prefix + path + "/", nested + 1);
    }
  }

  /**
   * Whether it is the empty file by which a ledger or log is claimed. It holds nothing to count,
   * and reading it would end the claim if this process has the ledger open.
   */
  private static boolean isClaim(String path, BasicFileAttributes attributes) {
    return attributes.isRegularFile()
        && attributes.size() == 0
        && path.endsWith(".jsonl" + LineFile.CLAIM);
  }

  private static byte[] content(Path file, String path, long size) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      if (size > ObjectReader.LARGEST) {
        throw new IOException(
            "'" + Sanitizer.text(path, 80) + "' has more than " + ObjectReader.LARGEST + " bytes");
      }
      byte[] bytes = new byte[(int) size];
      if (in.readNBytes(bytes, 0, bytes.length) < size || in.read() >= 0) {
        throw new IOException(
            "'" + Sanitizer.text(path, 80) + "' changed while it was read; end what writes it");
      }
      return bytes;
    }
  }

  /** Where the file system knows no permissions, a program stays one. */
  private int mode(BasicFileAttributes attributes, @Nullable Entry known) {
    if (attributes instanceof PosixFileAttributes rights) {
      return rights.permissions().contains(PosixFilePermission.OWNER_EXECUTE)
          ? Entry.PROGRAM
          : Entry.PLAIN;
    }
    return known == null ? Entry.PLAIN : known.mode();
  }
}
