/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeyTest {
  private static final HexFormat HEX = HexFormat.of();

  /** RFC 8032, section 7.1, test 2. */
  @Test
  void a_seed_gives_the_key_and_signature_of_the_standard() {
    SigningKey key =
        SigningKey.fromSeed(
            HEX.parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));

    byte[] signature = key.sign(new byte[] {0x72});

    assertThat(HEX.formatHex(Ed25519.raw(key.publicKey())))
        .isEqualTo("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    assertThat(HEX.formatHex(signature))
        .isEqualTo(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  }

  @Test
  void keys_are_stored_and_read_back(@TempDir Path folder) throws Exception {
    SigningKey key = SigningKey.generate();
    Path file = folder.resolve("key.pem");

    key.store(file);

    assertThat(SigningKey.load(file).id()).isEqualTo(key.id());
    assertThat(SigningKey.publicKey(key.publicPem())).isEqualTo(key.publicKey());
    assertThat(Files.readString(file)).startsWith("-----BEGIN PRIVATE KEY-----\n");
    assertThatThrownBy(() -> key.store(file)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(SigningKey.load(file).id()).as("it is still there").isEqualTo(key.id());
  }

  @Test
  void two_keys_differ_and_do_not_show_their_secret() {
    SigningKey one = SigningKey.generate();
    SigningKey two = SigningKey.generate();

    assertThat(one.id()).startsWith("sha256:").isNotEqualTo(two.id());
    assertThat(one.toString()).isEqualTo("SigningKey[" + one.id() + "]");
  }

  @Test
  void what_is_no_key_is_refused_by_name() {
    SigningKey key = SigningKey.fromSeed(new byte[32]);

    assertThatThrownBy(() -> SigningKey.ofPem("nothing")).hasMessageContaining("PRIVATE KEY");
    assertThatThrownBy(() -> SigningKey.ofPem(key.publicPem())).hasMessageContaining("PRIVATE KEY");
    assertThatThrownBy(
            () -> SigningKey.ofPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"))
        .hasMessageContaining("not Ed25519");
    assertThatThrownBy(
            () ->
                SigningKey.publicKey("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"))
        .hasMessageContaining("not Ed25519");
    assertThatThrownBy(() -> SigningKey.fromSeed(new byte[31])).hasMessageContaining("got 31");
    // The dashes of the first line are not also those of the last.
    assertThatThrownBy(() -> SigningKey.ofPem("-----BEGIN PRIVATE KEY-----END PRIVATE KEY-----"))
        .hasMessageContaining("give the key in PEM form");
  }

  @Test
  void one_zero_byte_more_makes_no_second_signature() {
    SigningKey key = SigningKey.fromSeed(new byte[32]);
    byte[] message = "verdict".getBytes(StandardCharsets.UTF_8);
    byte[] signature = key.sign(message);

    assertThat(Ed25519.verify(key.publicKey(), message, signature)).isTrue();
    assertThat(Ed25519.verify(key.publicKey(), message, Arrays.copyOf(signature, 65))).isFalse();
  }
}
