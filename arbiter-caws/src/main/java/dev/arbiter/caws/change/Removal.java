/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletes a folder, whatever its owner has put there. Follows no link. */
final class Removal extends SimpleFileVisitor<Path> {
  /*
   * A tree can be deeper than a path can be long, and each level on the way down holds a descriptor.
   * So each pass goes down a few levels only, and moves the folders below them to the top. Folders
   * without permissions get them back. A program that still writes there makes a pass fail; after a
   * few of those the rest stays.
   */
  private static final int LEVELS = 10;
  private static final int MOST_PASSES = 2_000;
  private static final int MOST_FAILURES = 3;

  private final Path top;
  private long moved;

  private Removal(Path top) {
    this.top = top;
  }

  /**
   * Deletes a folder, a file or a link; one that is not there is fine.
   *
   * @throws IOException if something is left
   */
  static void delete(Path top) throws IOException {
    Removal removal = new Removal(top);
    IOException last = null;
    int failures = 0;
    for (int pass = 0; pass < MOST_PASSES && failures < MOST_FAILURES; pass++) {
      if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      long before = removal.moved;
      try {
        Files.walkFileTree(top, Set.of(), LEVELS, removal);
      } catch (IOException e) {
        last = e;
        failures += removal.moved == before ? 1 : 0;
      }
    }
    if (Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(top + " cannot be deleted; end what writes there", last);
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
      throws IOException {
    open(dir);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isDirectory()) {
      open(file);
      Path free;
      do {
        free = top.resolve("deep-" + moved++);
      } while (Files.exists(free, LinkOption.NOFOLLOW_LINKS));
      Files.move(file, free);
    } else {
      Files.deleteIfExists(file);
    }
    return FileVisitResult.CONTINUE;
  }

  /* A folder that may not be read, or a file that went meanwhile. */
  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      open(file);
      moved++; // worth another pass
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
    Files.deleteIfExists(dir);
    return FileVisitResult.CONTINUE;
  }

  private static void open(Path dir) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(dir, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> all =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE);
    if (view != null && !view.readAttributes().permissions().containsAll(all)) {
      view.setPermissions(all);
    }
  }
}
