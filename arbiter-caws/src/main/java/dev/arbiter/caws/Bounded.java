/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads small files; of a large one, or one without end, no more than shows that it is large. */
final class Bounded {
  private Bounded() {}

  /**
   * Reads a file as UTF-8; what is no UTF-8 becomes replacement characters.
   *
   * @throws IOException if it cannot be read, or has more bytes than that
   */
  static String text(Path file, int most) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(most + 1);
    }
    if (bytes.length > most) {
      throw new IOException(file + " has more than " + most + " bytes, and is no such file");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
