/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.insight.Rating;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Question;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Claude 4 Sonnet",
        "a  b",
        "GPT-5 (high), 2026-01 | \"best\" & <cheap>; 50 % = ok?",
        "Zoë – Ärger",
        "代理 一号",
        "агент №7",
        "robot \uD83E\uDD16",
        "a\u00a0b"
      })
  void a_printable_id_is_allowed(String id) {
    assertThat(AgentProfile.of(id).id()).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " a",
        "a ",
        "\u3000a",
        "a\u00a0",
        "a\nb",
        "a\tb",
        "a\rb",
        "a\0b",
        "a\u007fb",
        "a\u0085b",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "a\u200bb",
        "a\ufeffb",
        "a\u00adb",
        "a\ud83eb",
        "a\udb40\udc41b"
      })
  void any_other_id_is_refused_in_words_that_cannot_break_a_line(String id) {
    assertThatThrownBy(() -> AgentProfile.of(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("agent.id must be 1 to 256 printable characters")
        .message()
        .doesNotContainPattern("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\u2028]");
  }

  @Test
  void every_printable_ascii_character_is_allowed_and_no_other_below_128() {
    IntStream.range(0, 128)
        .forEach(
            c -> {
              String id = "a" + (char) c + "b";
              if (c >= ' ' && c < 127) {
                assertThat(AgentProfile.of(id).id()).isEqualTo(id);
              } else {
                assertThatThrownBy(() -> AgentProfile.of(id)).hasMessageContaining("agent.id");
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"O’Brien", "Jean–Luc", "प्रिया", "Łukasz", "агент №7"})
  void a_person_may_have_any_printable_name(String name) {
    assertThat(Answer.approve(name).by()).isEqualTo(name);
    assertThat(Question.of("May it?").to(name).audiences()).containsExactly(name);
    assertThat(new Rating("acme", "T-1", name, 5).rater()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "eve\n", "e\u202eve", " eve", "e\u200bve"})
  void a_name_of_which_something_is_not_seen_is_refused(String name) {
    assertThatThrownBy(() -> Answer.approve(name)).hasMessageStartingWith("answer.by must be 1");
    assertThatThrownBy(() -> Question.of("May it?").to(name))
        .hasMessageStartingWith("question.audience must be 1");
    assertThatThrownBy(() -> new Rating("acme", "T-1", name, 5))
        .hasMessageStartingWith("rating.rater must be 1");
  }

  @Test
  void at_most_256_characters_are_allowed() {
    assertThat(AgentProfile.of("a".repeat(256)).id()).hasSize(256);
    assertThatThrownBy(() -> AgentProfile.of("a".repeat(257))).hasMessageContaining("1 to 256");
  }
}
