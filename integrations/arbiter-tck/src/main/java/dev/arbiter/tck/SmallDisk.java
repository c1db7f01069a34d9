/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real file system in memory, so small that a test can fill it. Linux only. */
public final class SmallDisk implements AutoCloseable {
  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /**
   * Mounts a tmpfs. Ends the test as one that cannot be run here if this user may not.
   *
   * @param root the folder; it is made
   * @param size its room, as mount names it: "256k", "8m"
   * @return the disk
   * @throws IOException if the folder cannot be made
   */
  public static SmallDisk mount(Path root, String size) throws IOException {
    Files.createDirectories(root);
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", root.toString());
    assumeTrue(mounted, "needs the right to mount a tmpfs");
    return new SmallDisk(root);
  }

  /** {@return the folder} */
  public Path root() {
    return root;
  }

  /**
   * Takes all the room there is but so many bytes.
   *
   * @param left the bytes that stay free
   * @return a file; there is room again when it is deleted
   * @throws IOException if it cannot be written
   */
  public Path fill(int left) throws IOException {
    int free = (int) Files.getFileStore(root).getUsableSpace();
    return Files.write(root.resolve("ballast"), new byte[free - left]);
  }

  /** Lets nobody write to it any more. No file in it may be open for writing. */
  public void makeReadOnly() {
    if (!run("mount", "-o", "remount,ro", root.toString())) {
      throw new IllegalStateException(root + " cannot be made read-only; close its files");
    }
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

  /** Takes it away, with all files in it. */
  @Override
  public void close() {
    run("umount", "-l", root.toString());
  }
}
