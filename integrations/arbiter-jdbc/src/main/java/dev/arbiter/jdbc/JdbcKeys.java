/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** Keys as bytes, and back, without loss. */
final class JdbcKeys {
  /*
   * UTF-8, which people can read. It cannot hold half of a surrogate pair: such a key is this byte,
   * which no UTF-8 has, and its UTF-16.
   */
  private static final byte UTF_16 = (byte) 0xff;

  private JdbcKeys() {}

  static byte[] toBytes(String key) {
    if (UTF_8.newEncoder().canEncode(key)) {
      return key.getBytes(UTF_8);
    }
    ByteBuffer bytes = ByteBuffer.allocate(1 + key.length() * Character.BYTES).put(UTF_16);
    bytes.asCharBuffer().put(key);
    return bytes.array();
  }

  static String fromBytes(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == UTF_16
        ? ByteBuffer.wrap(bytes, 1, bytes.length - 1).asCharBuffer().toString()
        : new String(bytes, UTF_8);
  }
}
