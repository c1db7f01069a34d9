/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes canonical JSON (RFC 8785) as UTF-8 bytes: no white space, the shortest escapes. The caller
 * writes an object's keys in order. Not thread-safe; reusable.
 */
public final class JsonBytes {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private static final int MOST_DIGITS = 19;

  private byte[] bytes = new byte[2048];
  private int length;

  /** Starts again from nothing. */
  public void clear() {
    length = 0;
  }

  /** The number of bytes written. */
  public int length() {
    return length;
  }

  /** The buffer itself, valid up to {@link #length()} until the next write. */
  public byte[] bytes() {
    return bytes;
  }

  /** The bytes as a text. */
  public String text() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** Writes ASCII text that is JSON already. */
  public JsonBytes raw(String json) {
    return raw(json, 0);
  }

  /** Writes the rest of such a text, from a character on. */
  public JsonBytes raw(String json, int from) {
    reserve(json.length() - from);
    copy(json, from, json.length());
    return this;
  }

  private void copy(String ascii, int from, int end) {
    Ascii.copy(ascii, from, end, bytes, length);
    length += end - from;
  }

  /** Appends bytes that are JSON already. */
  public JsonBytes raw(byte[] json) {
    reserve(json.length);
    System.arraycopy(json, 0, bytes, length, json.length);
    length += json.length;
    return this;
  }

  /** Appends an ASCII character that is JSON already. */
  public JsonBytes raw(char c) {
    reserve(1);
    bytes[length++] = (byte) c;
    return this;
  }

  /** Appends hexadecimal digits in lower case. */
  public JsonBytes hex(byte[] hash) {
    reserve(hash.length * 2);
    byte[] to = bytes;
    int at = length;
    for (byte b : hash) {
      to[at++] = HEX[(b >> 4) & 15];
      to[at++] = HEX[b & 15];
    }
    length = at;
    return this;
  }

  /** Appends a whole number. */
  public JsonBytes number(long value) {
    if (value >= 0 && value < 10) {
      return raw((char) ('0' + value));
    }
    if (value < 0) {
      return raw(Long.toString(value));
    }
    int digits = digits(value);
    reserve(digits);
    length += digits;
    byte[] to = bytes;
    int at = length;
    long large = value;
    for (; large > Integer.MAX_VALUE; large /= 10) {
      to[--at] = (byte) ('0' + large % 10);
    }
    int small = (int) large; // divided faster
    do {
      to[--at] = (byte) ('0' + small % 10);
      small /= 10;
    } while (small > 0);
    return this;
  }

  private static int digits(long value) {
    int digits = 1;
    for (long more = 10; digits < MOST_DIGITS && value >= more; more *= 10) {
      digits++;
    }
    return digits;
  }

  /** Writes a quoted text; an unpaired surrogate, which has no UTF-8 form, becomes U+FFFD. */
  public JsonBytes string(String text) {
    return raw('"').characters(text, 0, text.length(), false).raw('"');
  }

  /**
   * Writes a part of a text without quotes, so that different texts stay different: an unpaired
   * surrogate becomes its escape, as in JavaScript.
   */
  public JsonBytes exact(String text, int from, int end) {
    return characters(text, from, end, true);
  }

  private JsonBytes characters(String text, int from, int end, boolean exact) {
    reserve((end - from) * 6);
    int plain = from;
    while (plain < end && isPlain(text.charAt(plain))) {
      plain++;
    }
    copy(text, from, plain);
    byte[] to = bytes;
    int at = length;
    for (int i = plain; i < end; i++) {
      char c = text.charAt(i);
      if (isPlain(c)) {
        to[at++] = (byte) c;
      } else if (c < 0x80) {
        at = escape(to, at, c);
      } else if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < end
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (pair || !exact) {
          at = utf8(to, at, pair ? Character.toCodePoint(c, text.charAt(++i)) : 0xfffd);
        } else {
          at = unicode(to, at, c);
        }
      } else {
        at = utf8(to, at, c);
      }
    }
    length = at;
    return this;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  }

  private static int escape(byte[] to, int start, char c) {
    int letter = "\b\t\n\f\r\"\\".indexOf(c);
    if (letter < 0) {
      return unicode(to, start, c);
    }
    to[start] = '\\';
    to[start + 1] = (byte) "btnfr\"\\".charAt(letter);
    return start + 2;
  }

  private static int unicode(byte[] to, int start, char c) {
    int at = start;
    to[at++] = '\\';
    to[at++] = 'u';
    to[at++] = HEX[c >> 12];
    to[at++] = HEX[(c >> 8) & 15];
    to[at++] = HEX[(c >> 4) & 15];
    to[at++] = HEX[c & 15];
    return at;
  }

  private static int utf8(byte[] to, int start, int point) {
    int at = start;
    if (point < 0x800) {
      to[at++] = (byte) (0xc0 | (point >> 6));
    } else {
      if (point < 0x10000) {
        to[at++] = (byte) (0xe0 | (point >> 12));
      } else {
        to[at++] = (byte) (0xf0 | (point >> 18));
        to[at++] = (byte) (0x80 | ((point >> 12) & 63));
      }
      to[at++] = (byte) (0x80 | ((point >> 6) & 63));
    }
    to[at++] = (byte) (0x80 | (point & 63));
    return at;
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
