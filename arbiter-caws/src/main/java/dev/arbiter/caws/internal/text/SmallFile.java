/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.internal.DurableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads and replaces small text files. */
public final class SmallFile {
  private SmallFile() {}

  /**
   * Reads a file as UTF-8; invalid bytes become replacement characters. A byte order mark is left
   * out, and CRLF becomes a line feed, so a checkout by another system reads the same. Of a large
   * file, or one without end, it reads no more than shows that it is too large.
   *
   * @throws IOException if it cannot be read, or has more bytes than {@code most}
   */
  public static String read(Path file, int most) throws IOException {
    byte[] bytes;
    try (InputStream in = DurableFile.read(file)) {
      bytes = in.readNBytes(most + 1);
    }
    if (bytes.length > most) {
      throw new IOException(file + " has more than " + most + " bytes, and is no such file");
    }
    String text = new String(bytes, StandardCharsets.UTF_8).replace("\r\n", "\n");
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** Replaces a file's text; after a crash the file has the old text or the new one, whole. */
  public static void replace(Path file, String text) throws IOException {
    DurableFile.replace(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
