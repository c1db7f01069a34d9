/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where files are written: the machine's disk, or in a test one that fills up or fails. */
public interface Disk {

  /**
   * The machine's disk.
   *
   * @return the one instance
   */
  static Disk real() {
    return RealDisk.INSTANCE;
  }

  /**
   * Opens a file to write at its end; makes it if it is not there.
   *
   * @param file the file
   * @return where to write
   * @throws IOException if it cannot be opened
   */
  Output append(Path file) throws IOException;

  /**
   * Renames a file over another, as one step that a crash leaves done or undone.
   *
   * @param from a file that was forced
   * @param to in the same folder
   * @throws IOException if it cannot be renamed
   */
  void replace(Path from, Path to) throws IOException;

  /**
   * Replaces a file, or creates it: writes a temporary file, forces it, then renames it. A failure
   * leaves the old file, and no temporary one.
   *
   * @param file the file
   * @param content writes all of it
   * @throws IOException if the file cannot be written
   */
  default void writeAtomically(Path file, Content content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      try (Output out = append(fresh)) {
        content.writeTo(out);
        out.force();
      }
      replace(fresh, file);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /**
   * Replaces a file by a text, as UTF-8.
   *
   * @param file the file
   * @param text all of it
   * @throws IOException if the file cannot be written
   */
  default void writeAtomically(Path file, String text) throws IOException {
    writeAtomically(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The content of a file. */
  @FunctionalInterface
  interface Content {
    /**
     * Writes all of it.
     *
     * @param out an empty file
     * @throws IOException if it cannot be written
     */
    void writeTo(Output out) throws IOException;
  }

  /** An open file; not thread-safe. */
  interface Output extends Closeable {
    /**
     * Writes at the end.
     *
     * @param bytes all of them
     * @throws IOException if not all could be written
     */
    void write(byte[] bytes) throws IOException;

    /**
     * Waits until what was written is on the disk.
     *
     * @throws IOException if that is not certain
     */
    void force() throws IOException;

    /**
     * How long the file is.
     *
     * @return bytes
     * @throws IOException if the disk does not say
     */
    long size() throws IOException;

    /**
     * Cuts the file.
     *
     * @param size bytes that stay
     * @throws IOException if it cannot be cut
     */
    void truncate(long size) throws IOException;

    /**
     * Claims the file, so that no other process or part of this one writes it.
     *
     * @return false when it is taken
     * @throws IOException if the disk cannot lock
     */
    boolean lock() throws IOException;
  }
}
