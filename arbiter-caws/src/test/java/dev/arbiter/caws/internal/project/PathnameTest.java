/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathnameTest {
  /** 100,000 random paths over ordinary and odd characters, and their neighbours in the table. */
  @Test
  void a_simple_path_is_one_that_needs_nothing_done() {
    SplittableRandom random = new SplittableRandom(8);
    String ordinary = "azAZ09_-+@,=()[]";
    String odd = "`{@[/:. ~*%\\?";
    List<String> wrong = new ArrayList<>();
    int simple = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder path = new StringBuilder();
      for (int length = random.nextInt(0, 7); length > 0; length--) {
        int kind = random.nextInt(12);
        String from = kind < 6 ? ordinary : kind < 8 ? "." : kind < 10 ? "/" : odd;
        path.append(from.charAt(random.nextInt(from.length())));
      }
      String text = path.toString();
      boolean expected = isSimple(text);
      simple += expected ? 1 : 0;
      if (Pathname.isSimple(text) != expected
          || (expected && !Pathname.of(text).equals(new Pathname(text, "")))) {
        wrong.add(text);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(simple).isGreaterThan(10_000);
  }

  private static boolean isSimple(String path) {
    for (String segment : path.split("/", -1)) {
      String rest = segment.startsWith(".") ? segment.substring(1) : segment;
      boolean fits =
          !rest.isEmpty()
              && !rest.startsWith(".")
              && !rest.endsWith(".")
              && rest.matches("[a-zA-Z0-9_\\-+@,=()\\[\\].]+");
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  @Test
  void a_path_has_at_most_4096_characters() {
    String most = "a".repeat(4096);

    assertThat(Pathname.of(most).path()).isEqualTo(most);
    assertThat(Pathname.of(" " + most).problem()).contains("1 to 4096");
    assertThat(Pathname.of(most + "a").problem()).contains("1 to 4096");
    assertThat(Pathname.of("").problem()).contains("1 to 4096");
    assertThat(Pathname.of("b c" + "a".repeat(4093)).isValid()).isTrue();
    assertThat(Pathname.of("b c" + "a".repeat(4094)).isValid()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/etc|is absolute",
        "~x|begins with '~'",
        "a/../x|holds '..'",
        "./~x|begins with '~'",
        "a\\b|holds a backslash",
        "a:b|holds a colon",
        "a%2eb|percent-encoded",
        "a%2E|percent-encoded",
        "a%2f|percent-encoded",
        "a%00|percent-encoded",
        "a%c0|percent-encoded",
        "a/..|holds '..'",
        "./.|names no file",
        "..|holds '..'",
        "a./b|ends in a dot",
        "a /b|ends in a dot",
        "' a/b'|ends in a dot"
      })
  void what_is_refused_says_why(String path, String problem) {
    assertThat(Pathname.of(path).problem()).contains(problem);
    assertThat(Pathname.of(path).path()).isEmpty();
  }

  @Test
  void a_character_that_cannot_be_seen_is_named() {
    assertThat(Pathname.of("a\u200bb").problem()).contains("U+200B");
    assertThat(Pathname.of("a\u0007b").problem()).contains("U+0007");
    assertThat(Pathname.of("a\uff0eb").problem()).contains("U+FF0E").contains("looks like");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%", "a%2", "a%zz", "a%2z", "a%41", "100%"})
  void a_percent_sign_alone_is_a_percent_sign(String path) {
    assertThat(Pathname.of(path)).isEqualTo(new Pathname(path, ""));
  }
}
