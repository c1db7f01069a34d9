/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import java.security.PublicKey;

/**
 * Signs verdicts and checkpoints with Ed25519 (RFC 8032): a {@link SigningKey} in this process, or
 * a key management service that never gives its key away.
 *
 * <p>Threads: called from many threads at once. Errors: if {@link #sign} throws, or gives a
 * signature that is not exactly 64 bytes, there is no verdict or checkpoint, and no entry in a log
 * or export.
 */
public interface Signer {

  /** {@return the key that verifies the signatures; an Ed25519 public key, always the same} */
  PublicKey publicKey();

  /**
   * Signs.
   *
   * @param message any bytes; must not be changed
   * @return 64 bytes
   */
  byte[] sign(byte[] message);

  /**
   * Signs, and refuses a signature of the wrong length, because a signer may be foreign code.
   *
   * @param message any bytes; must not be changed
   * @return 64 bytes
   * @throws IllegalStateException if {@link #sign} gave anything else
   */
  default byte[] signChecked(byte[] message) {
    byte[] signature = sign(message);
    if (signature == null || signature.length != Ed25519.SIGNATURE_LENGTH) {
      throw new IllegalStateException(
          "signer "
              + id()
              + " gave "
              + (signature == null ? "nothing" : signature.length + " bytes")
              + " for a signature; Ed25519 has exactly 64, in the raw form of RFC 8032");
    }
    return signature;
  }

  /**
   * {@return the id of the key, derived from the public key alone; {@link SigningKey#idOf} the
   * public key}
   */
  default String id() {
    return SigningKey.idOf(publicKey());
  }

  /** {@return the public key as text; SPKI in PEM} */
  default String publicPem() {
    return SigningKey.publicPem(publicKey());
  }
}
