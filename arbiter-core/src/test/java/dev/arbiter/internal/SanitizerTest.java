/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SanitizerTest {
  @Test
  void leaves_printable_text_alone() {
    assertThat(Sanitizer.text("Grüße, 東京 \ud83d\ude80", 20)).isEqualTo("Grüße, 東京 \ud83d\ude80");
  }

  @Test
  void escapes_what_could_forge_a_line_or_hide() {
    assertThat(Sanitizer.text("a\nb\u202ec\ud800d\u00ad", 40))
        .isEqualTo("a\\u000ab\\u202ec\\ud800d\\u00ad");
  }

  @Test
  void an_answer_never_exceeds_its_bound_and_three_dots() {
    String hostile = "\n\ud83d\ude80".repeat(1000);

    for (int longest = 0; longest < 50; longest++) {
      assertThat(Sanitizer.text(hostile, longest))
          .hasSizeLessThanOrEqualTo(longest + 3)
          .endsWith("...");
    }
  }
}
