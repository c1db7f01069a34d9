/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real file system of 256 KiB in memory; where this user may mount one. */
public final class SmallDisk implements AutoCloseable {
  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /** Mounts it, or ends the test as one that cannot be run here. */
  public static SmallDisk mount(Path root) throws IOException {
    Files.createDirectories(root);
    boolean mounted =
        run(List.of("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", root.toString()));
    assumeTrue(mounted, "needs the right to mount a tmpfs");
    return new SmallDisk(root);
  }

  /** Takes all the space there is but so many bytes. */
  public Path fill(int left) throws IOException {
    int free = (int) Files.getFileStore(root).getUsableSpace();
    return Files.write(root.resolve("ballast"), new byte[free - left]);
  }

  private static boolean run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    run(List.of("umount", "-l", root.toString()));
  }
}
