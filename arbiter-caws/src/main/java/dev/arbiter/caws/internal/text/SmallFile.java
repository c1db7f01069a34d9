/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Reads and replaces small text files. */
public final class SmallFile {
  private SmallFile() {}

  /**
   * Reads a file as UTF-8; invalid bytes become replacement characters. Of a large file, or one
   * without end, it reads no more than shows that it is too large.
   *
   * @throws IOException if it cannot be read, or has more bytes than {@code most}
   */
  public static String read(Path file, int most) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(most + 1);
    }
    if (bytes.length > most) {
      throw new IOException(file + " has more than " + most + " bytes, and is no such file");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Replaces a file's text; after a crash the file has the old text or the new one, whole. */
  public static void replace(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer pending = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (pending.hasRemaining()) {
        out.write(pending);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
