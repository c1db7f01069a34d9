/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.util.function.Supplier;

/**
 * The proof of a verdict, which can be verified later.
 *
 * <p>Immutable and thread-safe. {@link #document()} may write the document at each call, which
 * costs some microseconds: the seals of most verdicts are never read.
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
   * @param document the whole verdict as canonical JSON (RFC 8785); empty if nothing was sealed
   * @param digest {@code sha256:} and the hexadecimal SHA-256 of the document's UTF-8 bytes
   * @param keyId the id of the signing key, empty until the next signed checkpoint
   * @param signature Base64 of the 64 bytes of Ed25519 over the document's UTF-8 bytes; empty if a
   *     signed checkpoint covers the verdict instead
   */
  public Seal(String document, String digest, String keyId, String signature) {
    this(() -> document, digest, keyId, signature);
  }

  /**
   * A seal of a text that is written at each call of {@link #document()}.
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

  /** {@return the empty seal, for a verdict without a proof} */
  public static Seal none() {
    return NONE;
  }

  /** {@return the whole verdict as canonical JSON (RFC 8785), empty if nothing was sealed} */
  public String document() {
    return document.get();
  }

  /**
   * {@return {@code sha256:} and the hexadecimal SHA-256 of the document's UTF-8 bytes, empty if
   * nothing was sealed}
   */
  public String digest() {
    return digest;
  }

  /** {@return the id of the signing key, empty until the next signed checkpoint} */
  public String keyId() {
    return keyId;
  }

  /**
   * {@return Base64 of the 64 bytes of Ed25519 over the document's UTF-8 bytes, empty if a signed
   * checkpoint covers the verdict instead}
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
