/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import static dev.arbiter.caws.rules.Condition.Result.BROKEN;
import static dev.arbiter.caws.rules.Condition.Result.HELD;
import static dev.arbiter.caws.rules.Condition.Result.MISSING;
import static dev.arbiter.caws.rules.Condition.Result.UNAPPLIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.rules.Condition.Operator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConditionTest {
  private static final List<String> LIST = List.of("a", "b");

  private static Condition.Result check(Operator operator, Object value, Object fact) {
    return Condition.required("x", operator, value).check(Facts.of(Map.of("x", fact)));
  }

  @Test
  void each_operator_holds_and_breaks() {
    record Case(Operator operator, Object value, Object held, Object broken) {}
    for (Case c :
        List.of(
            new Case(Operator.EQUALS, 1, 1.0, 2),
            new Case(Operator.EQUALS, "1", "1", 1),
            new Case(Operator.NOT_EQUALS, "a", "b", "a"),
            new Case(Operator.CONTAINS, "lo", "hello", "help"),
            new Case(Operator.CONTAINS, "a", LIST, List.of("ab")),
            new Case(Operator.CONTAINS, List.of("x", "b"), LIST, List.of("c")),
            new Case(Operator.NOT_CONTAINS, "lo", "help", "hello"),
            new Case(Operator.NOT_CONTAINS, List.of("race", "b"), List.of("c"), LIST),
            new Case(Operator.NOT_CONTAINS, List.of("race", "b"), "cold", "the race"),
            new Case(Operator.GREATER_THAN, 5, 5.1, 5),
            new Case(Operator.LESS_THAN, 5, 4L, 5),
            new Case(Operator.GREATER_THAN_OR_EQUAL, 5, 5, 4.9),
            new Case(Operator.LESS_THAN_OR_EQUAL, 5, 5.0f, 6),
            new Case(Operator.REGEX_MATCH, "^[0-9]+$", "123", "12a"),
            new Case(Operator.REGEX_MATCH, "b", LIST, List.of("c", 5)),
            new Case(Operator.IN, LIST, "a", "c"),
            new Case(Operator.IN, List.of(1, 2), 2L, 3),
            new Case(Operator.NOT_IN, LIST, "c", "b"),
            new Case(Operator.NOT_IN, LIST, List.of("c"), List.of("c", "b")))) {
      assertThat(check(c.operator, c.value, c.held)).as("%s held", c).isEqualTo(HELD);
      assertThat(check(c.operator, c.value, c.broken)).as("%s broken", c).isEqualTo(BROKEN);
    }
  }

  @Test
  void a_large_number_is_compared_exactly() {
    long large = (1L << 53) + 1;

    assertThat(check(Operator.EQUALS, large, large - 1)).isEqualTo(BROKEN);
    assertThat(check(Operator.GREATER_THAN, large - 1, large)).isEqualTo(HELD);
  }

  @Test
  void a_fact_of_another_kind_breaks_even_what_asks_for_absence() {
    assertThat(check(Operator.LESS_THAN, 5, "4")).isEqualTo(BROKEN);
    assertThat(check(Operator.GREATER_THAN, 5, "6")).isEqualTo(BROKEN);
    assertThat(check(Operator.CONTAINS, "5", 5)).isEqualTo(BROKEN);
    assertThat(check(Operator.NOT_CONTAINS, "5", true)).isEqualTo(BROKEN);
    assertThat(check(Operator.REGEX_MATCH, "5", 5)).isEqualTo(BROKEN);
  }

  @Test
  void a_missing_fact_is_a_case_of_its_own_for_every_operator() {
    Facts none = Facts.of(Map.of());
    for (Operator operator : Operator.values()) {
      Object value =
          switch (operator) {
            case IN, NOT_IN -> List.of("a");
            case REGEX_MATCH, EXISTS, NOT_EXISTS -> "a";
            default -> 1;
          };
      Condition.Result required = Condition.required("x", operator, value).check(none);
      Condition.Result optional = Condition.ifPresent("x", operator, value).check(none);

      assertThat(required).isEqualTo(operator == Operator.NOT_EXISTS ? HELD : MISSING);
      assertThat(optional)
          .isEqualTo(
              switch (operator) {
                case NOT_EXISTS -> HELD;
                case EXISTS -> MISSING;
                default -> UNAPPLIED;
              });
    }
  }

  @Test
  void existence_is_told_from_absence() {
    assertThat(check(Operator.EXISTS, "", "")).isEqualTo(HELD);
    assertThat(check(Operator.NOT_EXISTS, "", "")).isEqualTo(BROKEN);
  }

  @Test
  void a_pattern_that_must_match_nowhere_fires() {
    Condition none = Condition.matchesNowhere("x", "\\b[0-9]{3}-[0-9]{2}-[0-9]{4}\\b");

    assertThat(none.check(Facts.of(Map.of("x", "call 123-45-6789 now")))).isEqualTo(BROKEN);
    assertThat(none.check(Facts.of(Map.of("x", List.of("fine", "123-45-6789"))))).isEqualTo(BROKEN);
    assertThat(none.check(Facts.of(Map.of("x", "call 123-456-789 now")))).isEqualTo(HELD);
  }

  @Test
  void not_a_number_is_no_fact() {
    for (Object odd : List.of(Double.NaN, Float.POSITIVE_INFINITY, new Object(), Map.of())) {
      assertThatThrownBy(() -> Facts.of(Map.of("x", odd))).hasMessageContaining("finite");
    }
  }

  @Test
  void a_value_that_does_not_suit_its_operator_is_refused_at_once() {
    assertThatThrownBy(() -> Condition.required("x", Operator.LESS_THAN, "5"))
        .hasMessageContaining("LESS_THAN cannot take 5");
    assertThatThrownBy(() -> Condition.required("x", Operator.IN, "a")).hasMessageContaining("IN");
    assertThatThrownBy(() -> Condition.required("x", Operator.REGEX_MATCH, "("))
        .hasMessageContaining("RE2");
    assertThatThrownBy(() -> Condition.required(" ", Operator.EXISTS, "")).isNotNull();
  }

  @Test
  void a_slow_pattern_takes_linear_time() {
    Condition slow = Condition.required("x", Operator.REGEX_MATCH, "^(a+)+$");

    assertThat(slow.check(Facts.of(Map.of("x", "a".repeat(50_000) + "b")))).isEqualTo(BROKEN);
  }
}
