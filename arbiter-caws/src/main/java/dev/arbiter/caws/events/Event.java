/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One event as it was read, its fields sorted. */
record Event(Map<?, ?> fields) {
  private static final byte[] DOMAIN = "caws.events.v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final String PREFIX = "sha256:";
  private static final int HEX_DIGITS = 64;

  @Nullable Long seq() {
    return fields.get("seq") instanceof Double number && number == Math.rint(number)
        ? Long.valueOf(number.longValue())
        : null;
  }

  @Nullable Object previous() {
    return fields.get("prev_hash");
  }

  String hash() {
    return fields.get("event_hash") instanceof String hash ? hash : "";
  }

  /** The older form names its actor by a text, and begins with an empty hash. */
  boolean isV10() {
    return "".equals(previous()) && fields.get("actor") instanceof String;
  }

  static boolean isHash(Object value) {
    if (!(value instanceof String text)
        || text.length() != PREFIX.length() + HEX_DIGITS
        || !text.startsWith(PREFIX)) {
      return false;
    }
    return text.chars()
        .skip(PREFIX.length())
        .allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /**
   * The hash it should have.
   *
   * @throws IllegalArgumentException if it holds a number JSON cannot write
   */
  String computed() {
    return hashOf(fields);
  }

  static String hashOf(Map<?, ?> sorted) {
    Map<Object, @Nullable Object> hashed = new TreeMap<>(sorted);
    hashed.remove("event_hash");
    StringBuilder canonical = new StringBuilder();
    Ecma.write(hashed, null, canonical);
    MessageDigest digest = sha256();
    digest.update(DOMAIN);
    digest.update(canonical.toString().getBytes(StandardCharsets.UTF_8));
    return PREFIX + HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform has no SHA-256", e);
    }
  }
}
