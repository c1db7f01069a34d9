/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/**
 * What makes a verdict checkable afterwards.
 *
 * @param document the whole verdict as canonical JSON (RFC 8785); empty when nothing was sealed
 * @param digest {@code sha256:} and the hexadecimal SHA-256 of the document's UTF-8 bytes
 * @param keyId the key that signed, empty while the verdict waits for the next signed checkpoint
 * @param signature Base64 of the 64 bytes of Ed25519 over the document's UTF-8 bytes; empty when
 *     the verdict is covered by a signed checkpoint instead
 */
public record Seal(String document, String digest, String keyId, String signature) {
  private static final Seal NONE = new Seal("", "", "", "");

  /**
   * The seal of a verdict that nobody vouches for.
   *
   * @return the empty seal
   */
  public static Seal none() {
    return NONE;
  }
}
