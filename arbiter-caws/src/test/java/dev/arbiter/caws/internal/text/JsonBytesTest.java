/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.Caws;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.Test;

/** Held against java-json-canonicalization, an independent implementation of RFC 8785. */
class JsonBytesTest {
  private static String random(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      int point =
          switch (random.nextInt(5)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> random.nextInt(0x20, 0x80);
            case 2 -> random.nextInt(0x80, 0x800);
            case 3 -> random.nextInt(0x800, 0xd800);
            default -> random.nextInt(0x10000, 0x110000);
          };
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  @Test
  void any_string_is_written_as_the_oracle_writes_it() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 5000; i++) {
      JsonBytes json = new JsonBytes();

      json.raw('[').string(random(random)).raw(',').number(random.nextLong(1L << 53)).raw(']');

      assertThat(json.text()).isEqualTo(new JsonCanonicalizer(json.text()).getEncodedString());
      assertThat(json.text().getBytes(StandardCharsets.UTF_8)).hasSize(json.length());
    }
  }

  @Test
  void every_control_character_has_its_shortest_escape() throws IOException {
    for (char c = 0; c < 0x80; c++) {
      JsonBytes json = new JsonBytes();

      json.raw('[').string(String.valueOf(c)).raw(']');

      assertThat(json.text()).isEqualTo(new JsonCanonicalizer(json.text()).getEncodedString());
    }
  }

  @Test
  void an_unpaired_surrogate_becomes_the_replacement_character() {
    assertThat(new JsonBytes().string("a\ud800b").text()).isEqualTo("\"a\ufffdb\"");
    assertThat(new JsonBytes().string("\udc00").text()).isEqualTo("\"\ufffd\"");
    assertThat(new JsonBytes().string("x\ud83d").text()).isEqualTo("\"x\ufffd\"");
  }

  @Test
  void numbers_have_no_leading_zero_and_no_limit_of_their_own() {
    assertThat(new JsonBytes().number(0).text()).isEqualTo("0");
    assertThat(new JsonBytes().number(10).text()).isEqualTo("10");
    assertThat(new JsonBytes().number(Long.MAX_VALUE).text()).isEqualTo("9223372036854775807");
    assertThat(new JsonBytes().number(-7).text()).isEqualTo("-7");
  }

  @Test
  void whole_verdicts_are_canonical_whatever_the_report_says() throws IOException {
    SplittableRandom random = new SplittableRandom(6);
    Caws caws = caws().build();
    for (int i = 0; i < 500; i++) {
      Verdict verdict =
          judge(
              caws,
              report(new FileChange("p" + random(random), random.nextInt(400), 0))
                  .withEvidence(Evidence.of("tests-pass", random.nextBoolean(), random(random))));

      String document = verdict.seal().document();

      assertThat(document).isEqualTo(new JsonCanonicalizer(document).getEncodedString());
      assertThat(verdict.seal().digest()).isEqualTo(Digests.named(document));
    }
  }
}
