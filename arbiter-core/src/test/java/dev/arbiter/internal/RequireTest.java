/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Both sides of each limit of names and texts. */
class RequireTest {
  @Test
  void a_condition_that_does_not_hold_is_told_with_its_values() {
    assertThatCode(() -> Require.that(true, "no %s", "x")).doesNotThrowAnyException();
    assertThatThrownBy(() -> Require.that(false, "no %s", "x")).hasMessage("no x");
    assertThatThrownBy(() -> Require.that(false, "no %s", 7L)).hasMessage("no 7");
    assertThatThrownBy(() -> Require.that(false, "no %s", .5)).hasMessage("no 0.5");
    assertThatThrownBy(() -> Require.that(false, "%s of %s", 7L, 8L)).hasMessage("7 of 8");
    assertThatThrownBy(() -> Require.that(false, "%s %s %s", 1, 2, 3)).hasMessage("1 2 3");
  }

  @Test
  void a_name_has_1_to_256_characters() {
    assertThatCode(() -> Require.name("id", "x".repeat(256), false)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Require.name("id", "x".repeat(257), false))
        .hasMessage("id must have at most 256 characters, got 257");
    assertThatThrownBy(() -> Require.name("id", "", false)).hasMessage("id must not be empty");
    assertThatCode(() -> Require.name("id", "", true)).doesNotThrowAnyException();
  }

  @Test
  void a_name_has_printable_ascii_and_letters() {
    for (String good : new String[] {" ", "~", "é", "東", "\u0663", "a b"}) {
      assertThatCode(() -> Require.name("id", good, false)).doesNotThrowAnyException();
    }
    for (String bad : new String[] {"\u001f", "\u007f", "\u0080", "\u00a0", "\u2019", "\u0301"}) {
      assertThatThrownBy(() -> Require.name("id", "a" + bad, false))
          .hasMessageContaining("at position 1");
    }
  }

  @Test
  void a_text_for_headers_has_ascii_only() {
    assertThatCode(() -> Require.ascii("id", "")).doesNotThrowAnyException();
    assertThatCode(() -> Require.ascii("id", " ~".repeat(128))).doesNotThrowAnyException();
    assertThatThrownBy(() -> Require.ascii("id", "x".repeat(257)))
        .hasMessage("id must have at most 256 characters, got 257");
    assertThatThrownBy(() -> Require.ascii("id", "a\u001f")).hasMessageContaining("\\u001f at");
    assertThatThrownBy(() -> Require.ascii("id", "a\u007f")).hasMessageContaining("\\u007f at");
    assertThatThrownBy(() -> Require.ascii("id", "é")).hasMessageContaining("at position 0");
  }

  @Test
  void a_name_of_a_person_is_seen_at_both_ends() {
    for (String good :
        new String[] {"a", "a b", "x".repeat(256), "\u00e9", "a\u00a0b", "\ud83e\udd16"}) {
      assertThatCode(() -> Require.printable("by", good)).doesNotThrowAnyException();
    }
    for (String bad :
        new String[] {"", " ", " a", "a ", "a\u3000", "\u2800a", "a\nb", "a\ud83e", "\u3164"}) {
      assertThatThrownBy(() -> Require.printable("by", bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "by must be 1 to 256 printable characters without a blank at either end, got '");
    }
    assertThatThrownBy(() -> Require.printable("by", "a\nb")).hasMessageEndingWith("'a\\u000ab'");
    assertThatThrownBy(() -> Require.printable("by", "x".repeat(257)))
        .hasMessageEndingWith("'" + "x".repeat(256) + "...'");
  }

  /** A refusal names the character and its place, also behind one of two halves. */
  @Test
  void the_place_of_a_bad_character_is_counted_in_chars() {
    assertThatThrownBy(() -> Require.name("id", "\ud842\udfb7\u0001", false))
        .hasMessageEndingWith("got U+0001 at position 2");
    assertThatThrownBy(() -> Require.name("id", "ab\udfb7", false))
        .hasMessageEndingWith("got U+DFB7 at position 2");
    assertThatThrownBy(() -> Require.name("id", "ab\u007f", true))
        .hasMessageEndingWith("got U+007F at position 2");
  }

  @Test
  void a_condition_that_holds_costs_no_text() {
    Object loud =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("nobody asked");
          }
        };

    assertThatCode(() -> Require.that(true, "%s", loud)).doesNotThrowAnyException();
    assertThatCode(() -> Require.that(true, "%s %s %s", loud, loud, loud))
        .doesNotThrowAnyException();
    assertThatCode(() -> Require.that(true, "%s", 1L)).doesNotThrowAnyException();
    assertThatCode(() -> Require.that(true, "%s", 1.0)).doesNotThrowAnyException();
    assertThatCode(() -> Require.that(true, "%s %s", 1L, 2L)).doesNotThrowAnyException();
  }
}
