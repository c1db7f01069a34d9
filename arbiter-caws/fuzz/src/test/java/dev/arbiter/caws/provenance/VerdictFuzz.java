/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.Samples;
import dev.arbiter.caws.SealedVerdict;
import dev.arbiter.caws.VerdictVerifier;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Seal;

class VerdictFuzz {
  private static final VerdictVerifier VERIFIER = VerdictVerifier.of(Samples.KEY.publicKey());

  @FuzzTest(maxDuration = "60s")
  void a_document_nobody_signed_is_read_or_not_and_never_genuine(byte[] data) {
    String document = text(data);
    Seal seal =
        new Seal(document, Digests.named(document), Samples.KEY.id(), "A".repeat(86) + "==");

    assertThat(VERIFIER.verify(seal).isGenuine()).isFalse();
    SealedVerdict.read(document);
    assertThat(KeyRotation.read(document)).isNull();
    Withdrawal.read(document).ifPresent(w -> assertThat(w.document()).isEqualTo(document));
  }
}
