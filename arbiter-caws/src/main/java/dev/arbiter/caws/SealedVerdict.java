/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.util.Optional;

/**
 * What a sealed document says, read back for whoever passes it on. Reading checks no signature: see
 * {@link VerdictVerifier}.
 *
 * @param verdict {@code approved}, {@code waived} or {@code denied}
 * @param time when it was judged, such as {@code 2026-01-01T00:00:00.000000000Z}
 * @param task the task's id
 * @param tenant the task's tenant
 * @param agent who did the work
 * @param specId the working spec, empty when the work could not be judged
 * @param specDigest what the work was held to
 * @param policyDigest digest of the policy, empty when the work could not be judged
 * @param keyId the key of the log or signature, empty when nothing is signed
 */
public record SealedVerdict(
    String verdict,
    String time,
    String task,
    String tenant,
    String agent,
    String specId,
    String specDigest,
    String policyDigest,
    String keyId) {

  /**
   * Reads a document.
   *
   * @param document as a seal or a log has it
   * @return empty when it is not a verdict's
   */
  public static Optional<SealedVerdict> read(String document) {
    try {
      SealedText text =
          Document.json(document) instanceof Node.Fields fields ? SealedText.of(fields) : null;
      return text == null || !text.text("version").equals(VerdictWriter.VERSION)
          ? Optional.empty()
          : Optional.of(
              new SealedVerdict(
                  text.text("verdict"),
                  text.text("time"),
                  text.text("task", "id"),
                  text.text("task", "tenant"),
                  text.text("agent"),
                  text.text("specId"),
                  text.text("specDigest"),
                  text.text("policyDigest"),
                  text.text("keyId")));
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  /**
   * Tells whether the work may be used.
   *
   * @return true when approved or waived
   */
  public boolean passed() {
    return verdict.equals(Decision.Outcome.APPROVED.word)
        || verdict.equals(Decision.Outcome.WAIVED.word);
  }
}
