/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import dev.arbiter.agent.Assignment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Gives gates the files that an agent changed. Threads: called from many threads at once. */
@FunctionalInterface
public interface WorkTree {
  /** The longest file that is read, in bytes; a longer one fails the gate that reads it. */
  long LONGEST = 8L << 20;

  /**
   * Reads a file after the work.
   *
   * @param assignment the attempt
   * @param path relative to the work tree, with forward slashes
   * @return its text, one character a byte (ISO 8859-1), so that any file can be read; empty if the
   *     file does not exist, or a folder is in its place
   * @throws IOException if it cannot be read, is too long, or is outside the tree
   */
  Optional<String> text(Assignment assignment, String path) throws IOException;

  /**
   * A tree of the files below a folder.
   *
   * @param root the same folder for all attempts
   * @return a tree that follows no symbolic link and reads no file outside the folder
   */
  static WorkTree of(Path root) {
    return (assignment, path) -> {
      Path real = root.toRealPath();
      Path file = real.resolve(path).normalize();
      if (!file.startsWith(real)) {
        throw new IOException("the path leads out of the work tree");
      }
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
      boolean plain = isFolder || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
      if (!plain || !file.toRealPath().equals(file)) {
        throw new IOException("the path is no plain file, or a link is on its way");
      }
      if (isFolder) {
        return Optional.empty();
      }
      if (Files.size(file) > LONGEST) {
        throw new IOException("the file has more than " + LONGEST + " bytes");
      }
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
    };
  }
}
