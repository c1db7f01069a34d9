/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite.internal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Keys as values of a column, and back, without loss. */
final class Keys {
  private Keys() {}

  /** A text; a blob of UTF-16 if it has half of a surrogate pair or a NUL, which a text cannot. */
  static Object toColumn(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return utf16(key);
      }
    }
    return key;
  }

  static String fromColumn(Object column) {
    if (column instanceof byte[] blob) {
      return ByteBuffer.wrap(blob).asCharBuffer().toString();
    }
    return column.toString();
  }

  /** Tells whether key and value of a row are those that were written. */
  static long sum(String key, byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(utf16(key));
    crc.update(value);
    return crc.getValue();
  }

  private static byte[] utf16(String key) {
    ByteBuffer chars = ByteBuffer.allocate(key.length() * Character.BYTES);
    chars.asCharBuffer().put(key);
    return chars.array();
  }
}
