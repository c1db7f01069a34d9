/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The disk that files are written to. Tests use one that fills up or fails. */
public interface Disk {

  /** {@return the machine's disk} */
  static Disk real() {
    return RealDisk.INSTANCE;
  }

  /** Opens a file for appending; creates it if missing. */
  Output append(Path file) throws IOException;

  /** Renames a forced file over another one in the same folder, atomically. */
  void replace(Path from, Path to) throws IOException;

  /**
   * Replaces a file, or creates it: writes a temporary file, forces it, then renames it. A failure
   * leaves the old file, and no temporary one.
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

  /** Replaces a file by a text, as UTF-8. */
  default void writeAtomically(Path file, String text) throws IOException {
    writeAtomically(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The content of a file. */
  @FunctionalInterface
  interface Content {
    /** Writes all of it to an empty file. */
    void writeTo(Output out) throws IOException;
  }

  /** An open file; not thread-safe. */
  interface Output extends Closeable {
    /** Writes all bytes at the end. */
    void write(byte[] bytes) throws IOException;

    /** Waits until the written bytes are on the disk; throws if that is not certain. */
    void force() throws IOException;

    /** Returns the file's length in bytes. */
    long size() throws IOException;

    /** Cuts the file to a length. */
    void truncate(long size) throws IOException;

    /**
     * Locks the file against other processes and other parts of this one; false if it is locked.
     */
    boolean lock() throws IOException;
  }
}
