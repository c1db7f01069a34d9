/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real file system in memory, of a few megabytes; where this user may mount one. */
final class SmallDisk implements AutoCloseable {
  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /** Mounts it, or ends the test as one that cannot be run here. */
  static SmallDisk mount(Path root, String size) throws IOException {
    Files.createDirectories(root);
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", root.toString());
    assumeTrue(mounted, "needs the right to mount a tmpfs");
    return new SmallDisk(root);
  }

  Path root() {
    return root;
  }

  /** Takes all the space there is. */
  Path fill() throws IOException {
    Path ballast = root.resolve("ballast");
    long free = Files.getFileStore(root).getUsableSpace();
    return Files.write(ballast, new byte[(int) free]);
  }

  void makeReadOnly() {
    assertThat(run("mount", "-o", "remount,ro", root.toString())).isTrue();
  }

  private static boolean run(String... command) {
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
    run("umount", "-l", root.toString());
  }
}
