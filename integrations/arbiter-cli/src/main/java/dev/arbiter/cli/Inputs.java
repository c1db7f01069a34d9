/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
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
    byte[] bytes = bytes(file, mostBytes);
    CharBuffer read = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    if (decoder.decode(ByteBuffer.wrap(bytes), read, true).isError()) {
      long line = 1 + read.flip().chars().filter(c -> c == '\n').count();
      boolean wide = bytes.length > 1 && (bytes[0] == -1 || bytes[0] == -2);
      throw new Refusal(
          file
              + " is not UTF-8 text, at line "
              + line
              + (wide ? ": it is UTF-16" : "")
              + "; save it as UTF-8");
    }
    return read.flip().toString();
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
    } catch (IOException e) {
      throw refusal(file, e);
    }
  }

  /** {@return what is wrong with a file, in words for its user} */
  static Refusal refusal(Path file, IOException problem) {
    String said = String.valueOf(problem.getMessage());
    if (file.toString().isEmpty()) {
      return new Refusal("the name of a file is empty; give one");
    } else if (Files.isDirectory(file)) {
      return new Refusal(file + " is a folder; name a file");
    } else if (problem instanceof NoSuchFileException) {
      Path folder = file.toAbsolutePath().getParent();
      boolean lost = folder != null && !Files.isDirectory(folder);
      return new Refusal(
          file + " does not exist" + (lost ? ", nor does its folder; make " + folder : ""));
    } else if (problem instanceof AccessDeniedException) {
      return new Refusal(file + " may not be used by this user; change its permissions");
    }
    return new Refusal(said.contains(file.toString()) ? said : file + " cannot be used: " + said);
  }
}
