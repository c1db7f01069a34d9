/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.util.function.Supplier;

/**
 * What makes a verdict checkable afterwards.
 *
 * <p>Immutable and thread-safe. The document may be written anew at each question, which costs some
 * microseconds: most verdicts of a log are never read from the seal.
 */
public final class Seal {
  private static final Seal NONE = new Seal("", "", "", "");

  private final Supplier<String> document;
  private final String digest;
  private final String keyId;
  private final String signature;

  private Seal(Supplier<String> document, String digest, String keyId, String signature) {
    this.document = document;
    this.digest = digest;
    this.keyId = keyId;
    this.signature = signature;
  }

  /**
   * A seal of a text.
   *
   * @param document the whole verdict as canonical JSON (RFC 8785); empty when nothing was sealed
   * @param digest {@code sha256:} and the hexadecimal SHA-256 of the document's UTF-8 bytes
   * @param keyId the key that signed, empty while the verdict waits for the next signed checkpoint
   * @param signature Base64 of the 64 bytes of Ed25519 over the document's UTF-8 bytes; empty when
   *     the verdict is covered by a signed checkpoint instead
   */
  public Seal(String document, String digest, String keyId, String signature) {
    this(() -> document, digest, keyId, signature);
  }

  /**
   * A seal of a text that is written when somebody asks for it.
   *
   * @param document gives the same text every time, from any thread
   * @param digest as above, of that text
   * @param keyId as above
   * @param signature as above
   * @return the seal
   */
  public static Seal of(Supplier<String> document, String digest, String keyId, String signature) {
    return new Seal(document, digest, keyId, signature);
  }

  /**
   * The seal of a verdict that nobody vouches for.
   *
   * @return the empty seal
   */
  public static Seal none() {
    return NONE;
  }

  /**
   * The whole verdict as canonical JSON (RFC 8785).
   *
   * @return the text, empty when nothing was sealed
   */
  public String document() {
    return document.get();
  }

  /**
   * {@code sha256:} and the hexadecimal SHA-256 of the document's UTF-8 bytes.
   *
   * @return the digest, empty when nothing was sealed
   */
  public String digest() {
    return digest;
  }

  /**
   * The key that signed.
   *
   * @return its id, empty while the verdict waits for the next signed checkpoint
   */
  public String keyId() {
    return keyId;
  }

  /**
   * Base64 of the 64 bytes of Ed25519 over the document's UTF-8 bytes.
   *
   * @return the signature, empty when the verdict is covered by a signed checkpoint instead
   */
  public String signature() {
    return signature;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Seal seal
        && digest.equals(seal.digest)
        && keyId.equals(seal.keyId)
        && signature.equals(seal.signature)
        && document().equals(seal.document());
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "Seal[digest=" + digest + ", keyId=" + keyId + ", signature=" + signature + "]";
  }
}
