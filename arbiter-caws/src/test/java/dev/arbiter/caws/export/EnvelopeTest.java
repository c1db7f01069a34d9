/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final SigningKey KEY = Logs.KEY;

  @Test
  void the_signed_bytes_are_those_of_the_standard() {
    Envelope envelope = Envelope.sign("{\"a\":\"\u00e9\"}", KEY);

    assertThat(envelope.preAuthentication())
        .isEqualTo(
            "DSSEv1 28 application/vnd.in-toto+json 10 {\"a\":\"\u00e9\"}"
                .getBytes(StandardCharsets.UTF_8));
    assertThat(
            SigningKey.verify(KEY.publicKey(), envelope.preAuthentication(), envelope.signature()))
        .isTrue();
  }

  @Test
  void the_text_has_the_fields_of_the_standard() {
    Envelope envelope = Envelope.sign("{}", KEY);

    assertThat(envelope.json())
        .isEqualTo(
            "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\","
                + "\"signatures\":[{\"keyid\":\""
                + KEY.id()
                + "\",\"sig\":\""
                + Base64.getEncoder().encodeToString(envelope.signature())
                + "\"}]}");
    assertThat(envelope.bundle())
        .startsWith("{\"dsseEnvelope\":" + envelope.json())
        .contains("\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"")
        .endsWith("{\"hint\":\"" + KEY.id() + "\"},\"tlogEntries\":[]}}");
  }

  @Test
  void it_is_read_back_and_verifies_under_its_own_key_only() {
    Envelope envelope = Envelope.read(Envelope.sign("{}", KEY).json()).orElseThrow();

    assertThat(envelope.payload()).isEqualTo("{}");
    assertThat(envelope.verify(KEY.publicKey())).isTrue();
    assertThat(envelope.verify(SigningKey.generate().publicKey())).isFalse();
  }

  @Test
  void a_text_with_any_character_changed_does_not_verify() {
    String json = Envelope.sign("{}", KEY).json();
    for (int i = 0; i < json.length(); i++) {
      String changed = json.substring(0, i) + (char) (json.charAt(i) ^ 1) + json.substring(i + 1);

      boolean accepted =
          Envelope.read(changed).map(read -> read.verify(KEY.publicKey())).orElse(false);
      assertThat(accepted).as(changed).isFalse();
    }
  }

  @Test
  void a_signature_of_another_length_is_no_signature() {
    Envelope envelope = Envelope.sign("{}", KEY);
    String sig = Base64.getEncoder().encodeToString(envelope.signature());
    for (int length : new int[] {0, 63, 65, 128}) {
      byte[] other = Arrays.copyOf(envelope.signature(), length);
      String json = envelope.json().replace(sig, Base64.getEncoder().encodeToString(other));

      assertThat(Envelope.read(json).orElseThrow().verify(KEY.publicKey())).isFalse();
    }
  }

  @Test
  void a_signer_whose_signature_does_not_fit_signs_nothing() {
    Signer wrong =
        new Signer() {
          @Override
          public PublicKey publicKey() {
            return KEY.publicKey();
          }

          @Override
          public byte[] sign(byte[] message) {
            return new byte[64];
          }
        };

    assertThatThrownBy(() -> Envelope.sign("{}", wrong))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not verify");
  }
}
