/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** SHA-256, which every Java platform has. */
final class Digests {
  /** Bytes of a digest. */
  static final int LENGTH = 32;

  /** What stands before the hexadecimal digits. */
  static final String NAME = "sha256:";

  private static final byte[] SHA256 = NAME.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform has no SHA-256", e);
    }
  }

  /** Puts the digest where the caller wants it. */
  static void finish(MessageDigest digest, byte[] to) {
    try {
      digest.digest(to, 0, to.length);
    } catch (DigestException e) {
      throw new IllegalArgumentException("a digest does not fit in " + to.length + " bytes", e);
    }
  }

  static String text(String text) {
    return named(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  static String named(byte[] digest) {
    byte[] text = Arrays.copyOf(SHA256, SHA256.length + digest.length * 2);
    int at = SHA256.length;
    for (byte b : digest) {
      text[at++] = HEX[(b >> 4) & 15];
      text[at++] = HEX[b & 15];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Of parts that could not be told apart if they were only joined. */
  static String parts(Iterable<String> parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(Integer.toString(bytes.length).getBytes(StandardCharsets.US_ASCII));
      digest.update((byte) ':');
      digest.update(bytes);
    }
    return named(digest.digest());
  }

  /** Whether a text is the name of a digest, as {@link #named} makes them. */
  static boolean isNamed(String text) {
    if (text.length() != NAME.length() + 2 * LENGTH || !text.startsWith(NAME)) {
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

  static byte[] copy(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length);
  }
}
