/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.StrictBase64;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A signed statement of a provenance log's size and root: a C2SP signed note.
 *
 * <p>Every instance was signed in this process or verified with a public key, so it need not be
 * verified again. Immutable.
 */
public final class Checkpoint {
  private static final String DASH = "\u2014 ";
  private static final int HINT = 4;
  private static final byte ED25519 = 1;
  private static final int LONGEST_NOTE = 64 * 1024;

  private final String origin;
  private final long size;
  private final byte[] root;
  private final String note;

  private Checkpoint(String origin, long size, byte[] root, String note) {
    this.origin = origin;
    this.size = size;
    this.root = root;
    this.note = note;
  }

  /** Refuses a name that a signed note cannot contain. */
  static void requireOrigin(String origin) {
    boolean fit = !origin.isEmpty() && origin.length() <= 200;
    for (int i = 0; i < origin.length(); i++) {
      char c = origin.charAt(i);
      fit &= c > ' ' && c < 0x7f && c != '+';
    }
    if (!fit) {
      throw new IllegalArgumentException(
          "origin must be 1 to 200 printable characters without spaces or '+', got '"
              + Sanitizer.text(origin, 60)
              + "'");
    }
  }

  static Checkpoint sign(String origin, long size, byte[] root, Signer key) {
    String text = origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    byte[] signature = key.signChecked(text.getBytes(StandardCharsets.UTF_8));
    byte[] line = hint(origin, key.publicKey());
    line = Arrays.copyOf(line, HINT + signature.length);
    System.arraycopy(signature, 0, line, HINT, signature.length);
    String note =
        text + "\n" + DASH + origin + " " + Base64.getEncoder().encodeToString(line) + "\n";
    return new Checkpoint(origin, size, root, note);
  }

  /**
   * Verifies a note and reads it.
   *
   * @param note the text of {@link #note()}; additional signatures of other keys are ignored
   * @param key the log's public key
   * @return empty when the key did not sign this text, or the text is no checkpoint
   */
  public static Optional<Checkpoint> open(String note, PublicKey key) {
    int blank = note.indexOf("\n\n");
    if (note.length() > LONGEST_NOTE || blank < 0 || !note.endsWith("\n")) {
      return Optional.empty();
    }
    String text = note.substring(0, blank + 1);
    String[] lines = text.split("\n", -1);
    if (lines.length < 4 || lines[0].isEmpty() || !isSize(lines[1])) {
      return Optional.empty();
    }
    byte[] root = StrictBase64.decode(lines[2]);
    boolean signed = isSigned(lines[0], text, note.substring(blank + 2), key);
    return signed && root != null && root.length == MerkleTree.HASH
        ? Optional.of(new Checkpoint(lines[0], Long.parseLong(lines[1]), root, note))
        : Optional.empty();
  }

  private static boolean isSize(String text) {
    boolean leadingZero = text.length() > 1 && text.startsWith("0");
    return text.length() <= 18 && !leadingZero && Ids.isDigits(text, 0, text.length());
  }

  private static boolean isSigned(String origin, String text, String signatures, PublicKey key) {
    byte[] hint = hint(origin, key);
    String start = DASH + origin + " ";
    for (String line : signatures.split("\n", -1)) {
      byte[] bytes =
          line.startsWith(start) ? StrictBase64.decode(line.substring(start.length())) : null;
      if (bytes != null
          && bytes.length == HINT + Ed25519.SIGNATURE_LENGTH
          && Arrays.equals(bytes, 0, HINT, hint, 0, HINT)) {
        byte[] signature = Arrays.copyOfRange(bytes, HINT, bytes.length);
        return Ed25519.verify(key, text.getBytes(StandardCharsets.UTF_8), signature);
      }
    }
    return false;
  }

  /** The first bytes of SHA-256 over name, newline, algorithm and key. */
  private static byte[] hint(String name, PublicKey key) {
    MessageDigest digest = Digests.sha256();
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) '\n');
    digest.update(ED25519);
    return Arrays.copyOf(digest.digest(Ed25519.raw(key)), HINT);
  }

  /** {@return the name of the log; such as {@code example.com/arbiter}} */
  public String origin() {
    return origin;
  }

  /** {@return the number of entries that it covers; at least 0} */
  public long size() {
    return size;
  }

  /** {@return the root over these entries; 32 bytes in Base64} */
  public String root() {
    return Base64.getEncoder().encodeToString(root);
  }

  byte[] rootHash() {
    return root;
  }

  /**
   * The signed text. Keep it where the log's owner cannot change it.
   *
   * @return the C2SP signed note
   */
  public String note() {
    return note;
  }

  /** Names log, size and root. */
  @Override
  public String toString() {
    return "Checkpoint[" + origin + " " + size + " " + root() + "]";
  }
}
