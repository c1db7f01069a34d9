/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.SealedVerdict;
import dev.arbiter.internal.Digests;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * A verdict as a SLSA verification summary, for consumers that know only passed and failed.
 *
 * <p>An in-toto Statement v1 with predicate {@code https://slsa.dev/verification_summary/v1}. Its
 * subject is the verdict's document. In an export, a verdict that its log withdrew has failed. The
 * level is {@code CAWS_APPROVED}, {@code CAWS_WAIVED} or {@code FAILED}. These are not levels of
 * SLSA's own tracks, because a verdict is not about a build.
 */
public final class VerificationSummary {
  private static final String ID = "-._~";
  private static final String URI = ID + "/:";
  private static final String DIGEST = "\"digest\":{\"sha256\":\"";

  private VerificationSummary() {}

  /**
   * Writes the statement.
   *
   * @param document a verdict's document
   * @param verifier names the judge: a URI or the log's origin
   * @return the statement, or empty when the document is not a verdict's
   */
  public static Optional<String> of(String document, String verifier) {
    return of(document, verifier, false);
  }

  /** A verdict that its log withdrew failed, whatever it says itself. */
  static Optional<String> of(String document, String verifier, boolean withdrawn) {
    return SealedVerdict.read(document)
        .map(read -> write(read, read.passed() && !withdrawn, document, verifier));
  }

  private static String write(
      SealedVerdict verdict, boolean passed, String document, String verifier) {
    String digest = DIGEST + Digests.sha256Hex(document) + "\"}";
    String level = passed ? "CAWS_" + verdict.verdict().toUpperCase(Locale.ROOT) : "FAILED";
    return "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"inputAttestations\":[{"
        + digest
        + ",\"uri\":\"urn:arbiter:verdict\"}],\"policy\":{"
        + policy(verdict)
        + "\"uri\":\"urn:arbiter:policy\"},\"resourceUri\":\"urn:arbiter:task:"
        + encoded(verdict.tenant(), ID)
        + ":"
        + encoded(verdict.task(), ID)
        + "\",\"slsaVersion\":\"1.0\",\"timeVerified\":\""
        + encoded(verdict.time(), URI)
        + "\",\"verificationResult\":\""
        + (passed ? "PASSED" : "FAILED")
        + "\",\"verifiedLevels\":[\""
        + level
        + "\"],\"verifier\":{\"id\":\""
        + encoded(verifier, URI)
        + "\"}},\"predicateType\":\"https://slsa.dev/verification_summary/v1\",\"subject\":[{"
        + digest
        + ",\"name\":\"verdict\"}]}";
  }

  private static String policy(SealedVerdict verdict) {
    String digest = verdict.policyDigest();
    return digest.startsWith(Digests.NAME)
        ? DIGEST + encoded(digest.substring(Digests.NAME.length()), ID) + "\"},"
        : "";
  }

  /** Percent-encodes everything but letters, digits and some signs; JSON then needs no escapes. */
  private static String encoded(String text, String signs) {
    StringBuilder uri = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || signs.indexOf(b) >= 0;
      if (plain) {
        uri.append((char) b);
      } else {
        uri.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return uri.toString();
  }
}
