/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import dev.arbiter.example.report.RunOptions.UnusableInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file that a user hands in: UTF-8, with or without a byte order mark. */
public final class InputText {
  private static final long MOST_BYTES = 1L << 30;

  private InputText() {}

  /**
   * {@return the text of a file}
   *
   * @param file of the user
   * @param option named in the message if the file is not there
   * @throws UnusableInput if it is missing, too large or no UTF-8; the message names file and line
   */
  public static String of(Path file, String option) {
    try {
      if (Files.isDirectory(file)) {
        throw new UnusableInput(file + " is a folder; name a file with " + option);
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new UnusableInput(
            file + " has more than " + MOST_BYTES + " bytes; take a part of it");
      }
      return decoded(file, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new UnusableInput("there is no file " + file + "; name one with " + option);
    } catch (IOException e) {
      throw new UnusableInput(file + " cannot be read: " + e.getMessage());
    }
  }

  private static String decoded(Path file, byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer read = CharBuffer.allocate(bytes.length);
    boolean wrong = decoder.decode(ByteBuffer.wrap(bytes), read, true).isError();
    String text = read.flip().toString();
    if (wrong) {
      long line = 1 + text.chars().filter(c -> c == '\n').count();
      throw new UnusableInput(
          file + ", line " + line + ", holds bytes that are no UTF-8; save the file as UTF-8");
    }
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }
}
