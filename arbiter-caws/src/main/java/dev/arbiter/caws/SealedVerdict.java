/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.ConstitutionalContext;
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
 * @param attempt which try it was, from 1
 * @param specId the working spec, empty when the work could not be judged
 * @param specDigest what the work was held to
 * @param changeDigest digest of the changes
 * @param policyDigest digest of the policy, empty when the work could not be judged
 * @param keyId the key of the log or signature, empty when nothing is signed
 * @param context the clauses it rests on, and how the work stands to them in figures
 */
public record SealedVerdict(
    String verdict,
    String time,
    String task,
    String tenant,
    String agent,
    long attempt,
    String specId,
    String specDigest,
    String changeDigest,
    String policyDigest,
    String keyId,
    ConstitutionalContext context) {

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
                  text.attempt(),
                  text.text("specId"),
                  text.specDigest(),
                  text.subject("changes"),
                  text.text("policyDigest"),
                  text.text("keyId"),
                  text.context()));
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
