/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A file's name as text, such that two names are never one text.
 *
 * <p>A name is bytes. If they are UTF-8 the text is what they say. Otherwise each byte beyond ASCII
 * becomes {@code \xE9}, and a backslash {@code \x5C}: it is in no path that a scope admits.
 */
final class FileName {
  private FileName() {}

  static String of(byte[] bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString()
          .replace("\\", "\\x5C");
    } catch (CharacterCodingException e) {
      StringBuilder text = new StringBuilder();
      for (int i = from; i < to; i++) {
        if (bytes[i] >= 0 && bytes[i] != '\\') {
          text.append((char) bytes[i]);
        } else {
          text.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits(bytes[i]));
        }
      }
      return text.toString();
    }
  }

  /** The bytes of a name or path that {@link #of} gave. */
  static byte[] bytes(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length());
    int plain = 0;
    for (int at = name.indexOf("\\x"); at >= 0; at = name.indexOf("\\x", at + 4)) {
      bytes.writeBytes(name.substring(plain, at).getBytes(StandardCharsets.UTF_8));
      bytes.write(Integer.parseInt(name.substring(at + 2, at + 4), 16));
      plain = at + 4;
    }
    bytes.writeBytes(name.substring(plain).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  /** The name in a text that has one character a byte. */
  static String ofLatin1(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return of(bytes, 0, bytes.length);
  }

  /** The name of an entry of a folder, whatever characters the JVM's locale can show. */
  static String of(Path entry) {
    String shown = String.valueOf(entry.getFileName());
    if (shown.chars().allMatch(c -> c < 0x80 && c != '\\')) {
      return shown;
    }
    String raw = entry.toUri().getRawPath(); // has the bytes of the name, where its text lost them
    raw = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = raw.lastIndexOf('/') + 1; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes[length++] = (byte) Integer.parseInt(raw.substring(i + 1, i + 3), 16);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return of(bytes, 0, length);
  }
}
