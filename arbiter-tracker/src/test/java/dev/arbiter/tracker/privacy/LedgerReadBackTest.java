/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static dev.arbiter.tracker.privacy.Questions.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.tracker.internal.OddValues;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a ledger has charged, it answers again after a restart. */
class LedgerReadBackTest {
  private static final PrivacyBudget BUDGET = new PrivacyBudget(100, 1e-3, Duration.ofDays(1));

  @TempDir Path folder;

  private PrivateStatistics open() {
    return PrivateStatistics.open(folder.resolve("ledger"), BUDGET, new FixedRandom(5));
  }

  /** 400 questions, seed 6, about partitions and tenants with odd names, up to huge bounds. */
  @Test
  void every_answer_is_the_same_after_a_restart() {
    OddValues odd = new OddValues(6);
    List<PrivateQuestion> asked = new ArrayList<>();
    List<PrivateAnswer.Released> answers = new ArrayList<>();
    int withheld = 0;
    try (PrivateStatistics statistics = open()) {
      for (int i = 0; i < 400; i++) {
        double most = Math.pow(10, i % 308);
        PrivateQuestion question =
            PrivateQuestion.mean(
                    "t" + odd.text(),
                    "q" + i,
                    DAY,
                    DAY.plus(Duration.ofHours(1)),
                    new PrivateQuestion.Bounds(0, most, 1, 1),
                    0.5)
                .about(Set.of("p" + odd.text(), "q" + odd.text()));
        PrivateAnswer answer = statistics.ask(question, List.of());
        if (answer instanceof PrivateAnswer.Released released) {
          asked.add(question);
          answers.add(released);
        } else {
          withheld++;
        }
      }
    }
    assertThat(asked).hasSizeGreaterThan(300);
    try (PrivateStatistics statistics = open()) {
      for (int i = 0; i < asked.size(); i++) {
        PrivateAnswer.Released again = Questions.released(statistics.ask(asked.get(i), List.of()));
        assertThat(again.repeated()).isTrue();
        assertThat(again.figures()).isEqualTo(answers.get(i).figures());
      }
    }
    assertThat(withheld).isLessThan(100);
  }

  @Test
  void an_answer_that_could_not_be_read_back_is_withheld_and_the_ledger_goes_on() {
    String longest = "x".repeat(20_000_001);
    try (PrivateStatistics statistics = open()) {
      PrivateAnswer.Withheld none =
          Questions.withheld(
              statistics.ask(Questions.count("a", 0.5).about(Set.of(longest)), List.of()));
      assertThat(none.message()).contains("cannot be JSON");
      Questions.released(statistics.ask(Questions.count("b", 0.5), List.of()));
    }
    try (PrivateStatistics statistics = open()) {
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(99.5);
    }
  }
}
