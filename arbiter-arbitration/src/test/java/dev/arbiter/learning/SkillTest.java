/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Laws of skills, for texts and types of pinned luck. */
class SkillTest {
  private static final int ROUNDS = 5_000;

  @Test
  void what_is_written_is_read_back_whatever_type_and_texts_are() {
    SplittableRandom luck = new SplittableRandom(1);
    for (int round = 0; round < ROUNDS; round++) {
      String type = nonEmpty(luck, 60).replaceAll("[^\\x20-\\x7e]", "x");
      List<String> texts = new ArrayList<>();
      for (int i = luck.nextInt(1, 5); i > 0; i--) {
        texts.add(nonEmpty(luck, 60));
      }

      List<String> lines = Skill.render(type, texts);
      Skill read = Skill.parse(Skill.name(type), String.join("\n", lines).lines().toList(), "");

      assertThat(read.texts()).isEqualTo(Map.of(type, texts));
      assertThat(FrontMatter.parse(lines).values()).containsOnlyKeys("name", "description");
    }
  }

  private static String nonEmpty(SplittableRandom luck, int longest) {
    String text = "";
    while (text.isEmpty()) {
      text = PracticeText.clean(PracticeTextTest.anyText(luck, longest));
    }
    return text;
  }

  @Test
  void types_have_names_of_their_own_within_the_limits() {
    SplittableRandom luck = new SplittableRandom(2);
    List<String> types =
        new ArrayList<>(List.of("fix", "Fix", "fix ", "f-ix", "f ix", "x".repeat(256)));
    for (int i = 0; i < ROUNDS; i++) {
      types.add(nonEmpty(luck, 80));
    }

    assertThat(types.stream().distinct().map(Skill::name).distinct().count())
        .isEqualTo(types.stream().distinct().count());
    assertThat(types).allMatch(type -> Skill.isName(Skill.name(type)));
    assertThat(Skill.name("fix")).isEqualTo("practices-fix");
  }

  @Test
  void a_skill_that_was_damaged_anywhere_is_read_or_refused_in_a_sentence() {
    SplittableRandom luck = new SplittableRandom(3);
    String whole = String.join("\n", Skill.render("fix", List.of("Run the tests.", "Ask.")));
    String marks = "\n\r-: #`'\"|>\\ \tx{";
    int read = 0;
    for (int round = 0; round < 4 * ROUNDS; round++) {
      StringBuilder damaged = new StringBuilder(whole);
      for (int i = luck.nextInt(1, 6); i > 0; i--) {
        int at = luck.nextInt(damaged.length());
        char mark = marks.charAt(luck.nextInt(marks.length()));
        switch (luck.nextInt(3)) {
          case 0 -> damaged.insert(at, mark);
          case 1 -> damaged.setCharAt(at, mark);
          default -> damaged.delete(at, Math.min(damaged.length(), at + luck.nextInt(9)));
        }
      }
      try {
        Skill skill = Skill.parse("practices-fix", damaged.toString().lines().toList(), "other");
        assertThat(skill.name()).isEqualTo("practices-fix");
        read++;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageMatching("(?s)its? .+|line \\d+ .+");
      }
    }

    assertThat(read).isBetween(ROUNDS, 4 * ROUNDS - ROUNDS);
  }
}
