/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PracticeTextTest {
  private static final int TEXTS = 5_000;

  @Test
  void a_text_becomes_one_line_of_what_can_be_seen() {
    assertThat(PracticeText.clean(" a\r\n\tb\u0000c\u200bd\u202ee \u2028 f "))
        .isEqualTo("a b cde f");
    assertThat(PracticeText.clean("\ud800a\udc00")).isEqualTo("a");
    assertThat(PracticeText.clean("\ud83d\ude00 ok")).isEqualTo("\ud83d\ude00 ok");
    assertThat(PracticeText.isClean("")).isFalse();
    assertThat(PracticeText.isClean("a".repeat(Practice.LONGEST))).isTrue();
    assertThat(PracticeText.isClean("a".repeat(Practice.LONGEST + 1))).isFalse();
  }

  @Test
  void any_text_is_clean_after_cleaning_and_stays_as_it_is() {
    SplittableRandom luck = new SplittableRandom(1);
    for (int i = 0; i < TEXTS; i++) {
      String clean = PracticeText.clean(anyText(luck, 40));

      assertThat(PracticeText.clean(clean)).isEqualTo(clean);
      assertThat(clean).doesNotContain("\n", "\r", "\u0000", "  ");
      assertThat(clean.isEmpty() || PracticeText.isClean(clean)).isTrue();
    }
  }

  @Test
  void likeness_is_reflexive_and_symmetric() {
    SplittableRandom luck = new SplittableRandom(2);
    String[] words = {"run", "tests", "first", "not", "3", "30", "file", "read", "whole"};
    for (int i = 0; i < TEXTS; i++) {
      String one = sentence(words, luck);
      String other = sentence(words, luck);

      assertThat(PracticeText.isLike(one, one)).isTrue();
      assertThat(PracticeText.isLike(one, other)).isEqualTo(PracticeText.isLike(other, one));
    }
  }

  private static String sentence(String[] words, SplittableRandom luck) {
    StringBuilder text = new StringBuilder();
    for (int i = luck.nextInt(1, 8); i > 0; i--) {
      text.append(words[luck.nextInt(words.length)]).append(' ');
    }
    return text.toString().strip();
  }

  @Test
  void texts_that_mean_another_thing_are_not_alike() {
    String text = "Please run all of the unit tests in the folder before you commit the change";

    assertThat(PracticeText.isLike(text, text.replace("Please run", "Always run"))).isTrue();
    assertThat(PracticeText.isLike(text, text.replace("run", "never run"))).isFalse();
    assertThat(PracticeText.isLike(text + " in 5 minutes", text + " in 50 minutes")).isFalse();
    assertThat(PracticeText.isLike(text, text.replace("before", "after"))).isFalse();
    assertThat(PracticeText.isLike("commit, then test", "test, then commit")).isFalse();
    assertThat(
            PracticeText.isLike("\u5148\u8fd0\u884c\u6d4b\u8bd5", "\u5148\u8fd0\u884c\u7f16\u8bd1"))
        .isFalse();
  }

  /** A text of letters, blanks, controls, marks of Markdown and YAML, and half pairs. */
  static String anyText(SplittableRandom luck, int longest) {
    String odd = "\n\r\t\u0000\u200b\u202e\ud800\udc00\ufeff#-*`>:\"'\\{}[]!|&%@<>~ ";
    StringBuilder text = new StringBuilder();
    for (int i = luck.nextInt(longest); i > 0; i--) {
      text.append(
          luck.nextInt(3) == 0
              ? odd.charAt(luck.nextInt(odd.length()))
              : (char) luck.nextInt('a', 'z' + 1));
    }
    return text.toString();
  }
}
