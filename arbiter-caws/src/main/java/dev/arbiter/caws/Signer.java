/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.security.PublicKey;

/**
 * What signs verdicts and checkpoints with Ed25519 (RFC 8032): a {@link SigningKey} in this
 * process, or a key management service that never hands its key out.
 *
 * <p>Threads: called from many threads at once. Errors: an exception from {@link #sign}, and a
 * signature that is not exactly 64 bytes, leave the verdict or checkpoint unmade; neither gets into
 * a log or an export.
 */
public interface Signer {

  /**
   * What others need to check signatures.
   *
   * @return an Ed25519 public key, always the same
   */
  PublicKey publicKey();

  /**
   * Signs.
   *
   * @param message any bytes, not to be changed
   * @return 64 bytes
   */
  byte[] sign(byte[] message);

  /**
   * Signs, and refuses a signature of the wrong length: a signer may be foreign code.
   *
   * @param message any bytes, not to be changed
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
   * The id of the key, which follows from the key alone.
   *
   * @return {@link SigningKey#idOf} the public key
   */
  default String id() {
    return SigningKey.idOf(publicKey());
  }

  /**
   * The public key as text.
   *
   * @return SPKI in PEM
   */
  default String publicPem() {
    return SigningKey.publicPem(publicKey());
  }
}
