/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.change.ChangeSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer goes: into the work tree that is checked, or elsewhere. Whoever worked in the
 * tree may have left a link there, so there no link is followed.
 *
 * @param inTree the path from the root of the work tree; empty if it goes elsewhere
 */
record OutputPlace(Optional<String> inTree) {
  /**
   * Finds the place.
   *
   * @param repository a folder of the work tree, if it is in one
   * @throws Refusal if a link or a device of the work tree is at the place or on its way
   */
  static OutputPlace of(@Nullable Path output, Path repository) {
    try {
      Path file = output == null ? null : output.toAbsolutePath().normalize();
      Path folder = file == null ? null : file.getParent();
      if (output == null || file == null || folder == null || !Files.isDirectory(folder)) {
        return new OutputPlace(Optional.empty());
      }
      Path root = ChangeSet.rootOf(repository.toAbsolutePath());
      Path real = folder.toRealPath().resolve(String.valueOf(file.getFileName()));
      if (!real.startsWith(root) && !file.startsWith(root)) {
        return new OutputPlace(Optional.empty());
      }
      boolean isPlain =
          !Files.exists(real, LinkOption.NOFOLLOW_LINKS)
              || Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)
              || Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS);
      if (!isPlain || !real.startsWith(root) || (file.startsWith(root) && !real.equals(file))) {
        throw new Refusal(
            output
                + " is in the work tree, and there a link or a device is in its place or on its"
                + " way; remove that, or give --output another place");
      }
      return new OutputPlace(Optional.of(root.relativize(real).toString().replace('\\', '/')));
    } catch (IOException e) { // no work tree is there; if one is needed, the count says so
      return new OutputPlace(Optional.empty());
    }
  }

  /** Writes the answer. */
  void write(Path output, String text) throws IOException {
    OpenOption[] noLink = {
      StandardOpenOption.CREATE,
      StandardOpenOption.TRUNCATE_EXISTING,
      StandardOpenOption.WRITE,
      LinkOption.NOFOLLOW_LINKS
    };
    Files.writeString(output, text, inTree.isPresent() ? noLink : new OpenOption[0]);
  }
}
