/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import dev.arbiter.internal.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One event that was read, with sorted fields. */
record Event(Map<?, ?> fields) {
  private static final byte[] DOMAIN = "caws.events.v1\0".getBytes(StandardCharsets.US_ASCII);

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

  /** Whether this is the first event of CAWS 10: its actor is a text, its previous hash empty. */
  boolean isV10() {
    return "".equals(previous()) && fields.get("actor") instanceof String;
  }

  static boolean isHash(Object value) {
    return value instanceof String text && Digests.isNamed(text);
  }

  /**
   * The hash that the event should have.
   *
   * @throws IllegalArgumentException if it has a number that JSON cannot represent
   */
  String computed() {
    return hashOf(fields);
  }

  static String hashOf(Map<?, ?> sorted) {
    Map<Object, @Nullable Object> hashed = new TreeMap<>(sorted);
    hashed.remove("event_hash");
    StringBuilder canonical = new StringBuilder();
    EcmaJson.write(hashed, null, canonical);
    MessageDigest digest = Digests.sha256();
    digest.update(DOMAIN);
    digest.update(canonical.toString().getBytes(StandardCharsets.UTF_8));
    return Digests.named(digest.digest());
  }
}
