/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.change.ChangeSet;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer goes: into the work tree that is checked, or elsewhere. Whoever worked in the
 * tree may have left a link there, so there no link is followed, whatever way leads to it.
 *
 * @param real the file in the work tree, without a link on its way; empty if it goes elsewhere
 * @param inTree the path from the root of the work tree; empty if it goes elsewhere
 */
record OutputPlace(Optional<Path> real, Optional<String> inTree) {
  private static final int MOST_LINKS = 40;

  private static final OutputPlace ELSEWHERE = new OutputPlace(Optional.empty(), Optional.empty());

  /**
   * Finds the place.
   *
   * @param repository a folder of the work tree, if it is in one
   * @throws Refusal if a link or a device of the work tree is at the place or on its way
   */
  static OutputPlace of(@Nullable Path output, Path repository) {
    if (output == null) {
      return ELSEWHERE;
    }
    try {
      Path root = ChangeSet.rootOf(repository.toAbsolutePath());
      Path real = follow(output, root);
      if (!real.startsWith(root)) {
        return ELSEWHERE;
      }
      boolean isPlain =
          !Files.exists(real, LinkOption.NOFOLLOW_LINKS)
              || Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)
              || Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS);
      if (!isPlain) {
        throw planted(output);
      }
      String inTree = root.relativize(real).toString().replace('\\', '/');
      return new OutputPlace(Optional.of(real), Optional.of(inTree));
    } catch (IOException e) { // no work tree is there; if one is needed, the count says so
      return ELSEWHERE;
    }
  }

  /* Where a path leads by links that are outside of the work tree. */
  private static Path follow(Path output, Path root) throws IOException {
    Path whole = output.toAbsolutePath();
    Path at = whole.getRoot();
    Deque<Path> names = new ArrayDeque<>();
    whole.forEach(names::addLast);
    for (int links = 0; !names.isEmpty(); ) {
      Path name = names.removeFirst();
      Path next = at.resolve(name);
      if (name.toString().equals("..")) {
        at = at.getParent() == null ? at : at.getParent();
      } else if (Files.isSymbolicLink(next)) {
        if (at.startsWith(root)) {
          throw planted(output);
        }
        if (++links > MOST_LINKS) {
          throw new FileSystemLoopException(output.toString());
        }
        Path target = Files.readSymbolicLink(next);
        at = target.isAbsolute() ? target.getRoot() : at;
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
          names.addFirst(target.getName(i));
        }
      } else {
        boolean isNew = names.isEmpty() && !Files.exists(next, LinkOption.NOFOLLOW_LINKS);
        at = isNew ? next : next.toRealPath(LinkOption.NOFOLLOW_LINKS);
      }
    }
    return at;
  }

  private static Refusal planted(Path output) {
    return new Refusal(
        output
            + " is in the work tree, and there a link or a device is in its place or on its way;"
            + " remove that, or give --output another place");
  }

  /** Writes the answer. */
  void write(Path output, String text) throws IOException {
    OpenOption[] noLink = {
      StandardOpenOption.CREATE,
      StandardOpenOption.TRUNCATE_EXISTING,
      StandardOpenOption.WRITE,
      LinkOption.NOFOLLOW_LINKS
    };
    Files.writeString(real.orElse(output), text, real.isPresent() ? noLink : new OpenOption[0]);
  }
}
