/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Digests;
import dev.arbiter.task.Seal;

/**
 * Proves a ruling. With {@code arbiter-caws} on the class path, sign the document by the key that
 * signs its verdicts:
 *
 * <pre>{@code
 * Sealer sealer = document -> {
 *   byte[] signature = key.sign(document.getBytes(UTF_8)); // a dev.arbiter.caws.provenance.Signer
 *   return Sealer.sealed(document, key.id(), Base64.getEncoder().encodeToString(signature));
 * };
 * }</pre>
 *
 * <p>Threads: called from many threads at once. Errors: it fails closed; a ruling whose seal throws
 * is rejected.
 */
@FunctionalInterface
public interface Sealer {

  /**
   * Seals a document.
   *
   * @param document the ruling as canonical JSON (RFC 8785)
   * @return the seal, of this document
   */
  Seal seal(String document);

  /** {@return a sealer that gives the digest and no signature} */
  static Sealer digest() {
    return document -> sealed(document, "", "");
  }

  /**
   * {@return a seal with its digest}
   *
   * @param document the ruling
   * @param keyId the id of the signing key, empty for none
   * @param signature Base64 of 64 bytes of Ed25519 over the UTF-8 of the document, empty for none
   */
  static Seal sealed(String document, String keyId, String signature) {
    return new Seal(document, Digests.named(document), keyId, signature);
  }
}
