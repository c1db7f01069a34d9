/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

/** What came of checking a verdict. */
public sealed interface VerificationResult {

  /**
   * The verdict is what the holder of the key sealed.
   *
   * @param keyId the key that vouches for it
   */
  record Genuine(String keyId) implements VerificationResult {}

  /**
   * The verdict must not be believed.
   *
   * @param reason what does not fit
   */
  record Refused(String reason) implements VerificationResult {}

  /**
   * Tells whether the verdict may be believed.
   *
   * @return true when genuine
   */
  default boolean isGenuine() {
    return this instanceof Genuine;
  }
}
