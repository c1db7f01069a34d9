/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4) as the module writes it. */
public final class Digests {
  /** Characters of a digest in hexadecimal. */
  public static final int HEX_LENGTH = 64;

  private Digests() {}

  /**
   * A fresh digest.
   *
   * @return SHA-256
   */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The digest of a text.
   *
   * @param text hashed as UTF-8
   * @return 64 hexadecimal digits
   */
  public static String sha256(String text) {
    return hex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Writes bytes as text.
   *
   * @param bytes the bytes
   * @return two lower-case hexadecimal digits for each
   */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
