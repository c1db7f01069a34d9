/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;

/**
 * The lines of more than a KiB of one version, which count once for each started KiB. Knows what
 * they count beyond one, by digest.
 */
final class LongLines {
  private static final int KIB = 1024;

  private final Map<Long, Long> beyond = new HashMap<>();

  static boolean isLong(int length) {
    return length > KIB;
  }

  /** Adds a line, given without its end, if it is long. */
  void add(byte[] content, int from, int to) {
    if (isLong(to - from)) {
      MessageDigest digest = Digests.sha256();
      digest.update(content, from, to - from);
      beyond.merge(ByteBuffer.wrap(digest.digest()).getLong(), (to - from - 1L) / KIB, Long::sum);
    }
  }

  /**
   * Adds a line of a diff behind its sign, one character a byte; a carriage return ends one too.
   */
  void add(String line) {
    if (isLong(line.length() - 1)) {
      byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
      int from = 1;
      for (int at = 1; at < bytes.length; at++) {
        if (bytes[at] == '\r') {
          add(bytes, from, at);
          from = at + 1;
        }
      }
      add(bytes, from, bytes.length);
    }
  }

  /** What the lines count beyond one each, save those that another version has too. */
  long without(LongLines other) {
    long sum = 0;
    for (Map.Entry<Long, Long> line : beyond.entrySet()) {
      sum += Math.max(0, line.getValue() - other.beyond.getOrDefault(line.getKey(), 0L));
    }
    return sum;
  }
}
