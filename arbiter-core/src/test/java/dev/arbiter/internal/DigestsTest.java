/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Digests as any other tool prints them; the vectors are those of FIPS 180-2. */
class DigestsTest {
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void a_text_is_hashed_as_its_bytes_in_utf_8() {
    assertThat(Digests.sha256Hex("abc")).isEqualTo(OF_ABC);
    assertThat(Digests.sha256Hex("")).isEqualTo(OF_NOTHING);
    assertThat(Digests.named("abc")).isEqualTo("sha256:" + OF_ABC);
    assertThat(Digests.hex("é".getBytes(StandardCharsets.UTF_8))).isEqualTo("c3a9");
    assertThat(Digests.hex(new byte[] {0, 15, 16, -1})).isEqualTo("000f10ff");
  }

  @Test
  void texts_that_meet_elsewhere_have_another_digest() {
    assertThat(Digests.named(List.of("ab", "c")))
        .isNotEqualTo(Digests.named(List.of("a", "bc")))
        .isEqualTo(Digests.named("2:ab1:c"));
    assertThat(Digests.named(List.of())).isEqualTo("sha256:" + OF_NOTHING);
    assertThat(Digests.named(List.of("é"))).as("bytes are counted").isEqualTo(Digests.named("2:é"));
  }

  @Test
  void a_named_digest_has_64_small_digits() {
    assertThat(Digests.isNamed("sha256:" + OF_ABC)).isTrue();
    for (String digit : List.of("0", "9", "a", "f")) {
      assertThat(Digests.isNamed("sha256:" + digit.repeat(64))).isTrue();
      assertThat(Digests.isNamed("sha256:" + OF_ABC.substring(1) + digit)).isTrue();
    }
    for (String wrong : List.of("/", ":", "`", "g", "A", "F", " ")) {
      assertThat(Digests.isNamed("sha256:" + wrong + OF_ABC.substring(1))).isFalse();
      assertThat(Digests.isNamed("sha256:" + OF_ABC.substring(1) + wrong)).isFalse();
    }
    assertThat(Digests.isNamed("sha256:" + OF_ABC + "0")).isFalse();
    assertThat(Digests.isNamed("sha256:" + OF_ABC.substring(1))).isFalse();
    assertThat(Digests.isNamed("sha512:" + OF_ABC)).isFalse();
    assertThat(Digests.isNamed("")).isFalse();
  }

  @Test
  void a_digest_ends_in_an_array_of_its_length() {
    MessageDigest digest = Digests.sha256();
    digest.update("abc".getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[Digests.LENGTH];
    Digests.finish(digest, bytes);

    assertThat(Digests.hex(bytes)).isEqualTo(OF_ABC);
    assertThatThrownBy(() -> Digests.finish(digest, new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a digest does not fit in 31 bytes");
  }

  /** 1,000 arrays, against the formatter of the JDK. */
  @Test
  void digits_are_those_of_any_other_tool() {
    SplittableRandom random = new SplittableRandom(37);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = new byte[random.nextInt(70)];
      random.nextBytes(bytes);

      assertThat(Digests.hex(bytes)).isEqualTo(HexFormat.of().formatHex(bytes));
      assertThat(Digests.named(bytes)).isEqualTo("sha256:" + HexFormat.of().formatHex(bytes));
    }
  }

  @Test
  void a_finished_digest_begins_anew() {
    MessageDigest digest = Digests.sha256();
    byte[] bytes = new byte[Digests.LENGTH];
    digest.update((byte) 1);
    Digests.finish(digest, bytes);
    Digests.finish(digest, bytes);

    assertThat(Digests.hex(bytes)).isEqualTo(OF_NOTHING);
  }
}
