/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.key;
import static dev.arbiter.caws.Fixtures.reportOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.VerdictVerifier.VerificationResult;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class VerdictVerifierTest {
  private final VerdictVerifier verifier = VerdictVerifier.of(key().publicKey());

  private static Caws.Builder signing() {
    return Caws.builder().policy(POLICY).waiver(WAIVER).sources(Fixtures.sources()).key(key());
  }

  private static Verdict signed() {
    return judge(signing().build(), goodReport());
  }

  private static Seal with(Seal seal, String document, byte[] signature) {
    return new Seal(
        document,
        Digests.named(document),
        seal.keyId(),
        Base64.getEncoder().encodeToString(signature));
  }

  private void assertRefused(VerificationResult checked, String why) {
    assertThat(checked).isInstanceOf(VerificationResult.Refused.class);
    assertThat(((VerificationResult.Refused) checked).reason()).contains(why);
  }

  @Test
  void approved_waived_and_denied_verdicts_are_genuine() {
    Caws caws = signing().build();

    for (Verdict verdict :
        List.of(
            judge(caws, goodReport()),
            judge(caws, reportOf(12, 400)),
            judge(caws, reportOf(50, 4000)))) {
      assertThat(verifier.verify(verdict)).isEqualTo(new VerificationResult.Genuine(key().id()));
      assertThat(verifier.verify(verdict.seal()).isGenuine()).isTrue();
    }
  }

  @Test
  void a_key_made_for_the_process_vouches_when_none_is_given() {
    Caws caws = Caws.builder().policy(POLICY).build();

    Verdict verdict = judge(caws, goodReport());

    assertThat(VerdictVerifier.of(caws.publicKey()).verify(verdict).isGenuine()).isTrue();
    assertRefused(verifier.verify(verdict), "the seal names key");
  }

  /** 400 of the document's bits and all 512 of the signature's, each flipped alone. */
  @Test
  @Tag("many")
  void any_flipped_bit_is_refused() {
    Seal seal = signed().seal();
    byte[] signature = Base64.getDecoder().decode(seal.signature());
    byte[] document = seal.document().getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(3);

    for (int i = 0; i < 400; i++) {
      byte[] changed = document.clone();
      int bit = random.nextInt(document.length * 7);
      changed[bit / 7] ^= (byte) (1 << bit % 7);
      String text = new String(changed, StandardCharsets.UTF_8);
      assertThat(verifier.verify(with(seal, text, signature)).isGenuine()).isFalse();
    }
    for (int bit = 0; bit < signature.length * 8; bit++) {
      byte[] changed = signature.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(verifier.verify(with(seal, seal.document(), changed)).isGenuine()).isFalse();
    }
  }

  @Test
  void a_signature_of_another_length_is_refused_even_when_java_takes_it() {
    Seal seal = signed().seal();
    byte[] signature = Base64.getDecoder().decode(seal.signature());

    for (int length : new int[] {0, 1, 63, 65, 66, 128}) {
      Seal changed = with(seal, seal.document(), Arrays.copyOf(signature, length));
      assertThat(verifier.verify(changed).isGenuine()).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void a_signature_has_one_spelling() {
    Seal seal = signed().seal();
    String signature = seal.signature();
    String spare = signature.substring(0, 85) + (char) (signature.charAt(85) + 1) + "==";

    assertRefused(
        verifier.verify(new Seal(seal.document(), seal.digest(), seal.keyId(), spare)), "Base64");
    assertRefused(
        verifier.verify(new Seal(seal.document(), seal.digest(), seal.keyId(), signature + "\n")),
        "Base64");
  }

  @Test
  void a_verdict_that_says_more_than_its_document_is_refused() {
    Caws caws = signing().build();
    Verdict approved = judge(caws, goodReport());
    Verdict.Denied denied = (Verdict.Denied) judge(caws, reportOf(50, 4000));
    Verdict.Waived waived = (Verdict.Waived) judge(caws, reportOf(12, 400));
    Finding added = Finding.warning("x", "", "y");

    assertRefused(
        verifier.verify(new Verdict.Approved(List.of(), 1, denied.seal())), "verdict says");
    assertRefused(
        verifier.verify(new Verdict.Approved(List.of(), 0.5, approved.seal())), "quality");
    assertRefused(
        verifier.verify(new Verdict.Approved(List.of(added), 1, approved.seal())), "findings");
    assertRefused(
        verifier.verify(
            new Verdict.Waived(
                waived.findings(), List.of("WV-9"), waived.quality(), waived.seal())),
        "waivers");
    assertRefused(
        verifier.verify(new Verdict.Denied(denied.findings().subList(0, 1), denied.seal())),
        "findings");
  }

  @Test
  void a_digest_of_something_else_is_refused() {
    Seal seal = signed().seal();

    assertRefused(
        verifier.verify(
            new Seal(seal.document(), Digests.named("other"), seal.keyId(), seal.signature())),
        "digest");
  }

  @Test
  void what_the_key_signed_is_no_verdict_unless_it_is_one() {
    for (String text :
        List.of(
            "",
            "x",
            "[]",
            "{}",
            "{\"a\": 1}",
            "{\"version\":\"arbiter.verdict.v1\"}",
            "{\"b\":1,\"a\":2}",
            "{\"a\":1,\"a\":1}",
            "{\"a\":1.0}")) {
      Seal seal =
          new Seal(
              text,
              Digests.named(text),
              key().id(),
              Base64.getEncoder()
                  .encodeToString(key().sign(text.getBytes(StandardCharsets.UTF_8))));

      assertThat(verifier.verify(seal).isGenuine()).as(text).isFalse();
    }
  }

  @Test
  void a_genuine_document_written_another_way_is_refused() {
    String document = signed().seal().document();
    for (String other :
        List.of(
            document.replace("\"attempt\":1", "\"attempt\": 1"),
            document.replace("\"attempt\":1", "\"attempt\":1.0"),
            document.replace(
                "{\"agent\":\"ada\",\"attempt\":1", "{\"attempt\":1,\"agent\":\"ada\""),
            document.replace("\"ada\"", "\"\\u0061da\""),
            document + " ")) {
      byte[] signature = key().sign(other.getBytes(StandardCharsets.UTF_8));

      assertThat(other).isNotEqualTo(document);
      assertRefused(verifier.verify(with(signed().seal(), other, signature)), "not canonical");
    }
  }

  @Test
  void an_unsigned_seal_is_never_genuine_on_its_own() {
    assertRefused(verifier.verify(Seal.none()), "not signed on its own");
    assertRefused(
        verifier.verify(judge(signing().sealHashedOnly().build(), goodReport())),
        "not signed on its own");
  }

  @Test
  void a_verdict_in_a_batch_is_genuine_with_its_proof_and_checkpoint_only() {
    Caws caws = signing().sealInBatches(1000).build();
    Verdict first = judge(caws, goodReport());
    Verdict second = judge(caws, reportOf(12, 400));
    ProvenanceLog log = caws.log().orElseThrow();
    assertThat(log.prove(first.seal())).isEmpty();

    String note = caws.checkpoint().note();
    InclusionProof proof = log.prove(second.seal()).orElseThrow();

    assertThat(verifier.verify(second, proof, note).isGenuine()).isTrue();
    assertRefused(verifier.verify(first, proof, note), "does not lead");
    assertRefused(verifier.verify(second), "not signed on its own");
    assertRefused(verifier.verify(second, proof, note.replace("\n2\n", "\n3\n")), "was not signed");
    assertRefused(
        VerdictVerifier.of(SigningKey.generate().publicKey()).verify(second, proof, note),
        "was not signed");
  }

  @Test
  void only_ed25519_keys_verify() throws Exception {
    var rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();

    assertThatThrownBy(() -> VerdictVerifier.of(rsa)).hasMessageContaining("not Ed25519");
  }
}
