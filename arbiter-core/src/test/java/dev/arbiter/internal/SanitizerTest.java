/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
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

  @Test
  void a_short_plain_text_is_the_same_object() {
    String plain = "plain " + "~".repeat(4);

    assertThat(Sanitizer.text(plain, 10)).isSameAs(plain);
    assertThat(Sanitizer.text(plain, 9)).isEqualTo("plain ~~~...");
    assertThat(Sanitizer.text("\u00e9".repeat(3), 3)).isEqualTo("\u00e9".repeat(3));
  }

  @Test
  void plain_is_printable_ascii() {
    assertThat(Sanitizer.isPlain("")).isTrue();
    assertThat(Sanitizer.isPlain(" ~")).isTrue();
    for (String other : new String[] {"\u001f", "\u007f", "\u00e9", "a\n"}) {
      assertThat(Sanitizer.isPlain(other)).isFalse();
    }
  }

  @Test
  void what_hides_is_not_printable() {
    for (int good : new int[] {0x20, 0x7e, 0xa0, 0xac, 0xae, 0x2ff, 0x300, 0x6771, 0x1f680}) {
      assertThat(Sanitizer.isPrintable(good)).as("U+%04X", good).isTrue();
    }
    int[] hidden = {
      0x1f, 0x7f, 0x9f, 0xad, 0x200b, 0x2028, 0x2029, 0xe000, 0xd800, 0x378, 0xe0000, 0xe0041,
      0xe0100, 0xe01ef, 0xe0fff
    };
    for (int bad : hidden) {
      assertThat(Sanitizer.isPrintable(bad)).as("U+%04X", bad).isFalse();
    }
  }

  /** Default_Ignorable_Code_Point of Unicode, and blanks: a name of these alone is not seen. */
  @Test
  void what_a_font_shows_nothing_for_is_not_visible() {
    int[] unseen = {
      0x20, 0x9, 0xa0, 0x3000, 0x2800, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180f,
      0x3164, 0xfe00, 0xfe0f, 0xffa0
    };
    for (int one : unseen) {
      assertThat(Sanitizer.isVisible(one)).as("U+%04X", one).isFalse();
    }
    int[] seen = {
      0x21, 0x34e, 0x350, 0x115e, 0x1161, 0x17b3, 0x17b6, 0x180a, 0x1810, 0x3163, 0x3165, 0xfdfd,
      0xfe10, 0xff9f, 0xffa1
    };
    for (int one : seen) {
      assertThat(Sanitizer.isVisible(one)).as("U+%04X", one).isTrue();
    }
  }

  /** Each of the 1,114,112, alone. */
  @Test
  void every_code_point_comes_back_or_is_escaped_char_by_char() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      String text = Character.toString(point);
      StringBuilder escapes = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        escapes.append("\\u").append(HexFormat.of().toHexDigits(text.charAt(i)));
      }
      String expected = Sanitizer.isPrintable(point) ? text : escapes.toString();
      String clean = Sanitizer.text(text, 20);
      if (!clean.equals(expected)) {
        assertThat(clean).as("U+%04X", point).isEqualTo(expected);
      }
    }
  }

  @Test
  void what_is_seen_is_printable_and_plain_text_is_seen_but_for_the_blank() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (Sanitizer.isVisible(point) && !Sanitizer.isPrintable(point)) {
        assertThat(point).as("seen, and not printable").isNegative();
      }
    }
    for (int point = 0x21; point < 0x7f; point++) {
      assertThat(Sanitizer.isVisible(point)).isTrue();
    }
  }

  @Test
  void a_text_is_cut_between_characters() {
    assertThat(Sanitizer.text("ab\ud83d\ude80", 3)).isEqualTo("ab...");
    assertThat(Sanitizer.text("ab\ud83d\ude80", 4)).isEqualTo("ab\ud83d\ude80");
    assertThat(Sanitizer.text("a\nb", 6)).isEqualTo("a...");
    assertThat(Sanitizer.text("a\nb", 7)).isEqualTo("a\\u000a...");
    assertThat(Sanitizer.text("a\nb", 8)).isEqualTo("a\\u000ab");
    assertThat(Sanitizer.text("", 0)).isEmpty();
    assertThat(Sanitizer.text("a", 0)).isEqualTo("...");
  }
}
