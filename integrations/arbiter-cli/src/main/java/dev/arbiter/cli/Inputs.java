/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files as UTF-8 text, up to a limit. */
final class Inputs {
  private Inputs() {}

  /**
   * Reads a file.
   *
   * @throws Refusal if it is missing, too large, or no UTF-8 text
   */
  static String text(Path file, int mostBytes) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(bytes(file, mostBytes));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new Refusal(file + " is not UTF-8 text; save it as UTF-8");
    }
  }

  /**
   * Reads the bytes of a file.
   *
   * @throws Refusal if it is missing or too large
   */
  static byte[] bytes(Path file, int mostBytes) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new Refusal(file + " has more than " + mostBytes + " bytes");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new Refusal(file + " does not exist");
    } catch (IOException e) {
      throw new Refusal(file + " cannot be read: " + e.getClass().getSimpleName());
    }
  }
}
