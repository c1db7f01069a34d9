/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** SHA-256 (FIPS 180-4), as bytes, as hexadecimal digits, and named: {@code sha256:} and digits. */
public final class Digests {
  /** Bytes of a digest. */
  public static final int LENGTH = 32;

  /** Characters of a digest in hexadecimal. */
  public static final int HEX_LENGTH = 2 * LENGTH;

  /** The text before the digits of a named digest. */
  public static final String NAME = "sha256:";

  private static final byte[] NOTHING = {};
  private static final byte[] PREFIX = NAME.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Digests() {}

  /** {@return a new SHA-256} */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform has no SHA-256", e);
    }
  }

  /**
   * Ends a digest without allocating an array.
   *
   * @param digest the digest; afterwards it is fresh
   * @param to takes the bytes, {@value #LENGTH} long
   */
  public static void finish(MessageDigest digest, byte[] to) {
    try {
      digest.digest(to, 0, to.length);
    } catch (DigestException e) {
      throw new IllegalArgumentException("a digest does not fit in " + to.length + " bytes", e);
    }
  }

  /**
   * {@return two lower-case hexadecimal digits for each byte}
   *
   * @param bytes the bytes
   */
  public static String hex(byte[] bytes) {
    return digits(NOTHING, bytes);
  }

  /**
   * {@return the SHA-256 of a text as 64 hexadecimal digits}
   *
   * @param text hashed as UTF-8
   */
  public static String sha256Hex(String text) {
    return hex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * {@return the SHA-256 of a text as {@code sha256:} and 64 hexadecimal digits}
   *
   * @param text hashed as UTF-8
   */
  public static String named(String text) {
    return named(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * {@return {@code sha256:} and the bytes as hexadecimal digits}
   *
   * @param digest its bytes
   */
  public static String named(byte[] digest) {
    return digits(PREFIX, digest);
  }

  /**
   * {@return the SHA-256 of several texts as {@code sha256:} and 64 hexadecimal digits} The length
   * of each text is hashed before it, so that {@code ab, c} and {@code a, bc} differ.
   *
   * @param parts the texts
   */
  public static String named(Iterable<String> parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(Integer.toString(bytes.length).getBytes(StandardCharsets.US_ASCII));
      digest.update((byte) ':');
      digest.update(bytes);
    }
    return named(digest.digest());
  }

  /**
   * {@return whether a text is {@code sha256:} and 64 lower-case hexadecimal digits}
   *
   * @param text any text
   */
  public static boolean isNamed(String text) {
    if (text.length() != NAME.length() + HEX_LENGTH || !text.startsWith(NAME)) {
      return false;
    }
    for (int i = NAME.length(); i < text.length(); i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  private static String digits(byte[] before, byte[] bytes) {
    int at = before.length;
    byte[] text = Arrays.copyOf(before, at + bytes.length * 2);
    for (byte b : bytes) {
      text[at++] = HEX[(b >> 4) & 15];
      text[at++] = HEX[b & 15];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
