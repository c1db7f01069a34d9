/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.provenance.SigningKey;
import java.nio.charset.StandardCharsets;

class EnvelopeFuzz {
  private static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);

  @FuzzTest(maxDuration = "60s")
  void an_envelope_or_a_proof_has_one_spelling(byte[] data) {
    String text = new String(data, StandardCharsets.ISO_8859_1);

    Envelope.read(text)
        .ifPresent(
            envelope -> {
              assertThat(envelope.json()).isEqualTo(text);
              if (envelope.verify(KEY.publicKey())) {
                assertThat(envelope.payload()).isEqualTo("{}");
              }
            });
    InclusionProof proof = ProofJson.read(text);
    if (proof != null) {
      assertThat(ProofJson.write(proof)).isEqualTo(text);
    }
  }
}
