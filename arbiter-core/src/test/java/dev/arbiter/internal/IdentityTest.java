/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which names are one. The table is made here: {@code -Darbiter.write=true} writes it anew. */
class IdentityTest {
  private static final Path TABLE =
      Path.of("src/main/resources/dev/arbiter/internal/looks-like.txt");
  private static final Normalizer2 NFD = Normalizer2.getNFDInstance();
  private static final SpoofChecker CHECKER = new SpoofChecker.Builder().build();

  @ParameterizedTest
  @CsvSource({
    "alice, \u0430lice", // Cyrillic a
    "alice, @@alice",
    "alice, ' @ Alice '",
    "alice, ALICE",
    "bot, b\u043et", // Cyrillic o
    "bot, b\u03bft", // Greek o
    "bot, b\uff4ft", // fullwidth
    "bot, b\u200bot", // zero width space
    "bot, bo\ufe0ft", // variation selector
    "paul, pau1",
    "modern, rnodern",
    "ada, \u0251d\u0251", // Latin alpha
    "cd, \u217d\u217e", // Roman numerals
    "ad\u00e9, ade\u0301",
    "scope, \u0455\u0441\u043e\u0440\u0435", // all Cyrillic
  })
  void names_that_look_alike_are_one(String one, String other) {
    assertThat(Identity.of(other)).isEqualTo(Identity.of(one));
  }

  @ParameterizedTest
  @CsvSource({
    "alice, alicia",
    "bot, bob",
    "ada, adam",
    "\u0438\u0432\u0430\u043d, ivan",
    "jos\u00e9, jose"
  })
  void names_that_do_not_look_alike_are_two(String one, String other) {
    assertThat(Identity.of(other)).isNotEqualTo(Identity.of(one));
  }

  @Test
  void a_name_of_which_nothing_is_seen_is_empty() {
    assertThat(Identity.of(" \u200b\u3164@")).isEmpty();
  }

  @Test
  void the_form_of_a_form_is_itself() {
    for (int point = 0; point < 0x20000; point++) {
      if (Character.isDefined(point) && !Character.isSurrogate((char) point)) {
        String form = Identity.of("x" + Character.toString(point) + "y");
        assertThat(Identity.of(form)).as(Integer.toHexString(point)).isEqualTo(form);
      }
    }
  }

  @Test
  void the_table_is_that_of_unicode() throws Exception {
    StringBuilder table =
        new StringBuilder(
            """
            # Which characters look like which: derived from confusables.txt of Unicode
            # (Unicode License v3), as ICU4J has it. Written by IdentityTest.
            """);
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      boolean scalar = point < 0xd800 || point > 0xdfff;
      String text = scalar ? Character.toString(point) : "";
      boolean decomposed = NFD.isNormalized(text);
      String skeleton = scalar ? CHECKER.getSkeleton(text) : "";
      boolean odd =
          skeleton.isEmpty() || skeleton.indexOf('\n') >= 0 || skeleton.indexOf('\r') >= 0;
      if (scalar && decomposed && !odd && !skeleton.equals(text)) {
        table.append(Integer.toHexString(point)).append('\t').append(skeleton).append('\n');
      }
    }
    if (Boolean.getBoolean("arbiter.write")) {
      Files.createDirectories(TABLE.getParent());
      Files.writeString(TABLE, table);
    }

    assertThat(Files.readString(TABLE, StandardCharsets.UTF_8)).isEqualTo(table.toString());
  }

  @Test
  void what_a_font_shows_nothing_for_does_not_count() {
    int[] unseen = {
      0x7, 0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x200b, 0x202e, 0x2800, 0x3164, 0xfe00,
      0xfe0f, 0xffa0, 0xfeff, 0x378, 0xe0041, 0xe0100, 0xe01ef
    };
    for (int point : unseen) {
      assertThat(Identity.of("b" + Character.toString(point) + "ot"))
          .as("U+%04X", point)
          .isEqualTo("bot");
    }
    for (int point : new int[] {0x34e, 0x350, 0x115e, 0x1161, 0x17b3, 0x17b6, 0x27ff, 0x2801}) {
      assertThat(Identity.of("b" + Character.toString(point) + "ot"))
          .as("U+%04X", point)
          .isNotEqualTo("bot");
    }
  }

  @Test
  void of_a_long_name_the_first_1000_characters_count() {
    String long1000 = "a".repeat(1_000);

    assertThat(Identity.isSame(long1000 + "b", long1000 + "c")).isTrue();
    assertThat(Identity.isSame(long1000, long1000 + "c")).isTrue();
    assertThat(Identity.isSame("a".repeat(999) + "b", "a".repeat(999) + "c")).isFalse();
  }

  @Test
  void signs_before_and_blanks_around_do_not_count_and_within_they_do() {
    assertThat(Identity.of(" @ @\t@ada ")).isEqualTo("ada");
    assertThat(Identity.of("ada@home")).isNotEqualTo(Identity.of("adahome"));
    assertThat(Identity.of("ada b")).isNotEqualTo(Identity.of("adab"));
    assertThat(Identity.of("@")).isEmpty();
    assertThat(Identity.of("")).isEmpty();
  }

  @Test
  void two_names_are_the_same_both_ways_or_not() {
    assertThat(Identity.isSame("ada", "ada")).isTrue();
    assertThat(Identity.isSame("Ada", "@ad\u0430")).isTrue();
    assertThat(Identity.isSame("@ad\u0430", "Ada")).isTrue();
    assertThat(Identity.isSame("ada", "adam")).isFalse();
  }
}
