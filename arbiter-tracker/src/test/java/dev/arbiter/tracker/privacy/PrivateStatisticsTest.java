/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static dev.arbiter.tracker.privacy.Questions.BUDGET;
import static dev.arbiter.tracker.privacy.Questions.DAY;
import static dev.arbiter.tracker.privacy.Questions.people;
import static dev.arbiter.tracker.privacy.Questions.released;
import static dev.arbiter.tracker.privacy.Questions.withheld;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.tracker.internal.FailingDisk;
import dev.arbiter.tracker.privacy.PrivateAnswer.Figure;
import dev.arbiter.tracker.privacy.PrivateAnswer.Reason;
import dev.arbiter.tracker.privacy.PrivateAnswer.Released;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateStatisticsTest {
  @TempDir private Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void name_the_ledger() {
    file = folder.resolve("ledger.jsonl");
  }

  private PrivateStatistics open() {
    return PrivateStatistics.open(file, BUDGET, new FixedRandom(11));
  }

  @Test
  void a_count_is_near_the_truth_and_says_how_near() {
    try (PrivateStatistics statistics = open()) {
      Released answer =
          released(statistics.ask(Questions.count("tasks", 0.5), people("ada", 1000, Double.NaN)));

      assertThat(answer.figures()).hasSize(1);
      assertThat(answer.figures().get(0).partition()).isEqualTo("ada");
      assertThat(answer.figures().get(0).count()).isBetween(970L, 1030L).isNotEqualTo(1000);
      assertThat(answer.figures().get(0).mean()).isEmpty();
      assertThat(answer.countDeviation()).isCloseTo(2.8, within(0.05));
      assertThat(answer.epsilon()).isEqualTo(0.5);
      assertThat(answer.delta()).isEqualTo(1e-9);
      assertThat(answer.repeated()).isFalse();
    }
  }

  @Test
  void a_mean_is_near_the_truth_and_within_the_range() {
    try (PrivateStatistics statistics = open()) {
      PrivateQuestion question =
          PrivateQuestion.mean(
              "acme",
              "latency",
              DAY,
              DAY.plusSeconds(60),
              new PrivateQuestion.Bounds(100, 300, 1, 1),
              0.9);

      Released answer = released(statistics.ask(question, people("ada", 2000, 250)));

      assertThat(answer.figures().get(0).mean().orElse(0)).isCloseTo(250, within(2.0));
      assertThat(answer.figures().get(0).mean().orElse(250)).isNotEqualTo(250);
    }
  }

  @Test
  void values_are_clamped_and_those_that_are_no_numbers_left_out() {
    try (PrivateStatistics statistics = open()) {
      List<Contribution> data = new ArrayList<>(people("ada", 1000, 1e12));
      data.addAll(people("bob", 1000, Double.NEGATIVE_INFINITY));
      data.addAll(people("eve", 1000, Double.NaN));

      Released answer = released(statistics.ask(Questions.mean("quality", 0.9), data));

      assertThat(answer.figures()).extracting(Figure::partition).containsExactly("ada", "bob");
      assertThat(answer.figures().get(0).mean().orElse(0)).isCloseTo(1, within(0.02));
      assertThat(answer.figures().get(1).mean().orElse(1)).isCloseTo(0, within(0.02));
    }
  }

  @Test
  void one_contributor_counts_no_more_than_its_bounds() {
    List<Contribution> greedy = new ArrayList<>();
    for (int partition = 0; partition < 50; partition++) {
      for (int i = 0; i < 50; i++) {
        greedy.add(new Contribution("mallory", "p" + partition, 1));
      }
    }
    PrivateQuestion question =
        PrivateQuestion.count(
            "acme", "x", DAY, DAY.plusSeconds(1), new PrivateQuestion.Bounds(0, 1, 3, 2), 1);

    PartitionSums tally = PartitionSums.of(question, greedy);

    assertThat(tally.partitions().keySet()).containsExactly("p0", "p1", "p2");
    assertThat(tally.partitions().values()).allSatisfy(sums -> assertThat(sums.count).isEqualTo(2));
  }

  @Test
  void known_partitions_show_even_when_empty_and_others_never() {
    try (PrivateStatistics statistics = open()) {
      PrivateQuestion question = Questions.count("x", 0.5).about(Set.of("ada", "bob"));

      Released answer = released(statistics.ask(question, people("eve", 5000, 1)));

      assertThat(answer.figures()).extracting(Figure::partition).containsExactly("ada", "bob");
      assertThat(answer.figures()).allSatisfy(f -> assertThat(f.count()).isBetween(-40L, 40L));
      assertThat(answer.delta()).isZero();
    }
  }

  /** With delta 0.01 a partition of one shows in 1 of 100 answers at most; 4 sigma above is 139. */
  @Test
  void a_partition_with_one_contributor_shows_no_oftener_than_delta() {
    PrivateQuestion question = Questions.count("x", 1).withDelta(0.0099);
    NoiseMechanism mechanism = new NoiseMechanism(question);
    RandomBits bits = new RandomBits(new FixedRandom(5));
    PartitionSums rare = PartitionSums.of(question, people("rare", 1, 1));
    PartitionSums common =
        PartitionSums.of(question, people("common", 1 + (int) mechanism.threshold(), 1));

    int shown = 0;
    int shownCommon = 0;
    for (int i = 0; i < 10_000; i++) {
      shown += mechanism.noised(rare, bits).size();
      shownCommon += mechanism.noised(common, bits).size();
    }

    assertThat(shown).isBetween(20, 139);
    assertThat(shownCommon).isGreaterThan(7_000);
  }

  @Test
  void the_threshold_takes_all_partitions_of_a_contributor_into_account() {
    PrivateQuestion.Bounds four = new PrivateQuestion.Bounds(0, 1, 4, 2);
    PrivateQuestion question =
        PrivateQuestion.count("acme", "x", DAY, DAY.plusSeconds(1), four, 1).withDelta(1e-6);

    long expected = 2 + new GeometricNoise(8, PrivacyUnits.MICROS).upperTail(1e-6 / 4);

    assertThat(new NoiseMechanism(question).threshold()).isEqualTo(expected);
  }

  /**
   * The whole path, 100,000 answers about each of two neighbours, for a mean with both its noises:
   * events {count at most x, mean at most y} are likelier by at most e^epsilon, up to 4 sigma.
   */
  @Test
  void neighbours_of_a_mean_are_told_apart_by_no_more_than_epsilon() {
    double epsilon = 0.8;
    PrivateQuestion question = Questions.mean("x", epsilon).about(Set.of("p"));
    List<Contribution> without = people("p", 5, 0.5);
    List<Contribution> with = new ArrayList<>(without);
    with.add(new Contribution("one more", "p", 1));
    int rounds = 100_000;
    int[][] here = new int[5][5];
    int[][] there = new int[5][5];
    fill(question, with, rounds, here, 21);
    fill(question, without, rounds, there, 22);

    int compared = 0;
    for (int count = 0; count < 5; count++) {
      for (int mean = 0; mean < 5; mean++) {
        int a = here[count][mean];
        int b = there[count][mean];
        if (a >= 1000 && b >= 1000) {
          compared++;
          assertThat(Math.abs(Math.log((double) a / b)))
              .isLessThan(epsilon + 4 * Math.sqrt(1.0 / a + 1.0 / b));
        }
      }
    }
    assertThat(compared).isGreaterThan(8);
  }

  private static void fill(
      PrivateQuestion question, List<Contribution> data, int rounds, int[][] seen, long seed) {
    NoiseMechanism mechanism = new NoiseMechanism(question);
    RandomBits bits = new RandomBits(new FixedRandom(seed));
    PartitionSums tally = PartitionSums.of(question, data);
    for (int i = 0; i < rounds; i++) {
      Figure figure = mechanism.noised(tally, bits).get(0);
      int count = (int) Math.max(0, Math.min(4, (figure.count() + 1) / 3));
      int mean = (int) Math.min(4, figure.mean().orElse(0) * 5);
      seen[count][mean]++;
    }
  }

  @Test
  void the_same_question_has_the_same_answer_and_costs_once() {
    try (PrivateStatistics statistics = open()) {
      Released first =
          released(statistics.ask(Questions.mean("quality", 0.6), people("ada", 500, 0.7)));
      Released again =
          released(statistics.ask(Questions.mean("quality", 0.6), people("ada", 900, 0.1)));

      assertThat(again.figures()).isEqualTo(first.figures());
      assertThat(again.repeated()).isTrue();
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(0.4);
    }
  }

  @Test
  void answers_and_charges_outlive_a_restart() {
    Released first;
    try (PrivateStatistics statistics = open()) {
      first = released(statistics.ask(Questions.mean("quality", 0.6), people("ada", 500, 0.7)));
    }
    try (PrivateStatistics statistics = open()) {
      Released again = released(statistics.ask(Questions.mean("quality", 0.6), List.of()));

      assertThat(again.figures()).isEqualTo(first.figures());
      assertThat(again.countDeviation()).isEqualTo(first.countDeviation());
      assertThat(again.epsilon()).isEqualTo(0.6);
      assertThat(withheld(statistics.ask(Questions.count("more", 0.5), List.of())).reason())
          .isEqualTo(Reason.BUDGET);
    }
  }

  @Test
  void what_is_too_much_is_withheld_with_figures_and_charged_nothing() {
    try (PrivateStatistics statistics = open()) {
      released(statistics.ask(Questions.count("a", 0.7), List.of()));

      PrivateAnswer.Withheld no =
          withheld(statistics.ask(Questions.count("b", 0.300001), List.of()));

      assertThat(no.reason()).isEqualTo(Reason.BUDGET);
      assertThat(no.message()).contains("acme", "1.000001", "its budget is 1.0");
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(0.3);
      released(statistics.ask(Questions.count("c", 0.3), List.of()));
      assertThat(statistics.left("acme", DAY).epsilon()).isZero();
    }
  }

  @Test
  void delta_has_a_budget_of_its_own() {
    try (PrivateStatistics statistics = open()) {
      released(statistics.ask(Questions.count("a", 0.1).withDelta(9e-7), List.of()));

      assertThat(statistics.left("acme", DAY).delta()).isEqualTo(1e-7);
      assertThat(
              withheld(statistics.ask(Questions.count("b", 0.1).withDelta(2e-7), List.of()))
                  .reason())
          .isEqualTo(Reason.BUDGET);
    }
  }

  @Test
  void tenants_and_days_have_their_own_budgets() {
    try (PrivateStatistics statistics = open()) {
      released(statistics.ask(Questions.count("a", 1), List.of()));
      PrivateQuestion other =
          PrivateQuestion.count(
              "zeta", "a", DAY, DAY.plusSeconds(1), PrivateQuestion.Bounds.ONE, 1);
      PrivateQuestion nextDay =
          PrivateQuestion.count(
              "acme",
              "a",
              DAY.plus(Duration.ofDays(1)),
              DAY.plus(Duration.ofDays(2)),
              PrivateQuestion.Bounds.ONE,
              1);

      released(statistics.ask(other, List.of()));
      released(statistics.ask(nextDay, List.of()));
      assertThat(statistics.left("acme", DAY.plus(Duration.ofDays(2))).epsilon()).isEqualTo(1);
    }
  }

  @Test
  void overlapping_windows_are_charged_for_each_day_they_share() {
    try (PrivateStatistics statistics = open()) {
      PrivateQuestion week =
          PrivateQuestion.count(
              "acme", "w", DAY, DAY.plus(Duration.ofDays(7)), PrivateQuestion.Bounds.ONE, 0.6);
      released(statistics.ask(week, List.of()));

      assertThat(statistics.left("acme", DAY.plus(Duration.ofDays(6))).epsilon()).isEqualTo(0.4);
      assertThat(statistics.left("acme", DAY.plus(Duration.ofDays(7))).epsilon()).isEqualTo(1);
      assertThat(withheld(statistics.ask(Questions.count("d", 0.5), List.of())).reason())
          .isEqualTo(Reason.BUDGET);
    }
  }

  /** 64 threads ask 640 questions of 0.03 each against a budget of 1: 33 fit, not one more. */
  @Test
  void sixty_four_threads_never_overspend() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(64);
    try (PrivateStatistics statistics = open()) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Integer>> answers = new ArrayList<>();
      for (int thread = 0; thread < 64; thread++) {
        int mine = thread;
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  int given = 0;
                  for (int i = 0; i < 10; i++) {
                    PrivateQuestion question = Questions.count("q" + mine + "-" + i, 0.03);
                    given +=
                        statistics
                            .ask(question, people("ada", 10, 1))
                            .match(released -> 1, withheld -> 0);
                  }
                  return given;
                }));
      }
      start.countDown();
      int given = 0;
      for (Future<Integer> answer : answers) {
        given += answer.get();
      }

      assertThat(given).isEqualTo(33);
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(0.01);
    } finally {
      threads.shutdownNow();
    }
  }

  /** 64 threads ask the same question at once. */
  @Test
  void a_question_asked_at_once_by_many_is_answered_once() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(64);
    try (PrivateStatistics statistics = open()) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Released>> answers = new ArrayList<>();
      for (int thread = 0; thread < 64; thread++) {
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  return released(
                      statistics.ask(Questions.count("same", 0.1), people("ada", 100, 1)));
                }));
      }
      start.countDown();
      int fresh = 0;
      for (Future<Released> answer : answers) {
        assertThat(answer.get().figures()).isEqualTo(answers.get(0).get().figures());
        fresh += answer.get().repeated() ? 0 : 1;
      }

      assertThat(fresh).isEqualTo(1);
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(0.9);
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * A crash may cut the file anywhere: what was wholly written counts, the rest was not released.
   */
  @Test
  void wherever_it_is_cut_the_ledger_keeps_every_whole_charge() throws IOException {
    try (PrivateStatistics statistics = open()) {
      for (int i = 0; i < 2; i++) {
        statistics.ask(Questions.count("q" + i, 0.1), people("zoë", 100, 1));
      }
    }
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 0; cut <= whole.length; cut++) {
      boolean nearLineEnd = cut < 3 || cut > whole.length - 3 || whole[cut - 1] == '\n';
      if (!nearLineEnd && cut % 7 != 0) {
        continue;
      }
      byte[] rest = Arrays.copyOf(whole, cut);
      Files.write(file, rest);
      int lines = 0;
      for (byte b : rest) {
        lines += b == '\n' ? 1 : 0;
      }
      try (PrivateStatistics statistics = open()) {
        int charges = Math.max(0, lines - 1);
        assertThat(statistics.left("acme", DAY).epsilon())
            .isEqualTo(1 - charges / 10.0, within(1e-12));
        released(statistics.ask(Questions.count("after", 0.1), List.of()));
      }
      try (PrivateStatistics statistics = open()) {
        assertThat(released(statistics.ask(Questions.count("after", 0.1), List.of())).repeated())
            .isTrue();
      }
    }
  }

  @Test
  void a_flipped_bit_anywhere_keeps_the_ledger_shut_and_the_file_as_it_was() throws IOException {
    try (PrivateStatistics statistics = open()) {
      statistics.ask(Questions.count("q", 0.1), people("ada", 100, 1));
    }
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length - 1; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);

      assertThatThrownBy(this::open)
          .as("bit at %s", at)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("nothing can be released");
      assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    }
  }

  @Test
  void lines_taken_out_or_exchanged_keep_the_ledger_shut() throws IOException {
    try (PrivateStatistics statistics = open()) {
      statistics.ask(Questions.count("a", 0.1), List.of());
      statistics.ask(Questions.count("b", 0.1), List.of());
    }
    List<String> lines = Files.readAllLines(file);
    for (List<String> other :
        List.of(
            List.of(lines.get(0), lines.get(2)),
            List.of(lines.get(0), lines.get(2), lines.get(1)),
            List.of(lines.get(1), lines.get(2)))) {
      Files.write(file, other);

      assertThatThrownBy(this::open)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("does not follow");
    }
  }

  @Test
  void a_full_disk_withholds_the_answer_and_all_later_ones() {
    FailingDisk disk = new FailingDisk();
    PrivateQuestion question = Questions.count("q", 0.1);
    try (PrivateStatistics statistics =
        PrivateStatistics.open(file, BUDGET, new FixedRandom(1), disk)) {
      disk.room = 20;

      PrivateAnswer.Withheld no = withheld(statistics.ask(question, people("ada", 100, 1)));
      disk.room = Long.MAX_VALUE;
      PrivateAnswer.Withheld later = withheld(statistics.ask(question, people("ada", 100, 1)));

      assertThat(no.reason()).isEqualTo(Reason.LEDGER);
      assertThat(no.message()).contains("No space left");
      assertThat(later.reason()).isEqualTo(Reason.LEDGER);
    }
    try (PrivateStatistics statistics = open()) {
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(1);
    }
  }

  @Test
  void what_may_not_be_on_the_disk_is_withheld_and_counts_as_spent() {
    FailingDisk disk = new FailingDisk();
    try (PrivateStatistics statistics =
        PrivateStatistics.open(file, BUDGET, new FixedRandom(1), disk)) {
      disk.forces = false;

      PrivateAnswer no = statistics.ask(Questions.count("q", 0.1), people("ada", 100, 1));

      assertThat(withheld(no).message()).contains("Input/output error");
    }
    try (PrivateStatistics statistics = open()) {
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(0.9);
    }
  }

  @Test
  void a_ledger_is_open_once_only() {
    try (PrivateStatistics first = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("open elsewhere");
      assertThat(first.left("acme", DAY).epsilon()).isEqualTo(1);
    }
    open().close();
  }

  @Test
  void a_ledger_keeps_its_period() {
    open().close();

    assertThatThrownBy(
            () -> PrivateStatistics.open(file, new PrivacyBudget(1, 0, Duration.ofHours(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("periods of 86400 s");
    open().close();
  }

  @Test
  void a_smaller_budget_after_a_restart_leaves_nothing_rather_than_less() {
    try (PrivateStatistics statistics = open()) {
      statistics.ask(Questions.count("a", 0.5), List.of());
    }
    PrivacyBudget less = new PrivacyBudget(0.2, 0, Duration.ofDays(1));
    try (PrivateStatistics statistics = PrivateStatistics.open(file, less)) {
      assertThat(statistics.left("acme", DAY)).isEqualTo(new PrivateStatistics.Rest(0, 0));
    }
  }

  @Test
  void what_was_forgotten_is_not_asked_about_again() {
    PrivateQuestion old = Questions.count("old", 0.2);
    PrivateQuestion recent =
        PrivateQuestion.count(
            "acme",
            "recent",
            DAY.plus(Duration.ofDays(5)),
            DAY.plus(Duration.ofDays(6)),
            PrivateQuestion.Bounds.ONE,
            0.3);
    Released kept;
    try (PrivateStatistics statistics = open()) {
      statistics.ask(old, List.of());
      kept = released(statistics.ask(recent, people("ada", 100, 1)));

      statistics.forget(DAY.plus(Duration.ofDays(3)));

      assertThat(withheld(statistics.ask(old, List.of())).reason()).isEqualTo(Reason.PERIOD);
      assertThat(released(statistics.ask(recent, List.of())).figures()).isEqualTo(kept.figures());
    }
    try (PrivateStatistics statistics = open()) {
      assertThat(withheld(statistics.ask(old, List.of())).reason()).isEqualTo(Reason.PERIOD);
      assertThat(released(statistics.ask(recent, List.of())).figures()).isEqualTo(kept.figures());
      assertThat(statistics.left("acme", DAY).epsilon()).isZero();
      assertThat(statistics.left("acme", DAY.plus(Duration.ofDays(5))).epsilon()).isEqualTo(0.7);
      statistics.forget(DAY);
      assertThat(withheld(statistics.ask(old, List.of())).reason()).isEqualTo(Reason.PERIOD);
    }
  }

  @Test
  void forgetting_on_a_full_disk_forgets_nothing() {
    FailingDisk disk = new FailingDisk();
    try (PrivateStatistics statistics =
        PrivateStatistics.open(file, BUDGET, new FixedRandom(1), disk)) {
      statistics.ask(Questions.count("a", 0.2), List.of());
      disk.room = 10;

      assertThatThrownBy(() -> statistics.forget(DAY.plus(Duration.ofDays(3))))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot forget");
      assertThat(withheld(statistics.ask(Questions.count("b", 0.2), List.of())).reason())
          .isEqualTo(Reason.LEDGER);
    }
    assertThat(folder.resolve("ledger.jsonl.new")).doesNotExist();
    try (PrivateStatistics statistics = open()) {
      assertThat(statistics.left("acme", DAY).epsilon()).isEqualTo(0.8);
    }
  }

  @Test
  void a_question_over_too_many_periods_is_withheld() {
    try (PrivateStatistics statistics = open()) {
      PrivateQuestion fits =
          PrivateQuestion.count(
              "acme", "x", DAY, DAY.plus(Duration.ofDays(1024)), PrivateQuestion.Bounds.ONE, 0.1);
      PrivateQuestion tooLong =
          PrivateQuestion.count(
              "acme", "x", DAY, DAY.plus(Duration.ofDays(1025)), PrivateQuestion.Bounds.ONE, 0.1);

      released(statistics.ask(fits, List.of()));
      assertThat(withheld(statistics.ask(tooLong, List.of())).reason()).isEqualTo(Reason.PERIOD);
    }
  }

  @Test
  void forgetting_up_to_a_period_keeps_that_period() {
    PrivateQuestion twoDays =
        PrivateQuestion.count(
            "acme", "two", DAY, DAY.plus(Duration.ofDays(2)), PrivateQuestion.Bounds.ONE, 0.25);
    try (PrivateStatistics statistics = open()) {
      Released before = released(statistics.ask(twoDays, people("ada", 100, 1)));

      statistics.forget(DAY.plus(Duration.ofDays(1)));

      assertThat(statistics.left("acme", DAY).epsilon()).isZero();
      assertThat(statistics.left("acme", DAY.plus(Duration.ofDays(1))).epsilon()).isEqualTo(0.75);
      assertThat(released(statistics.ask(twoDays, List.of())).figures())
          .isEqualTo(before.figures());
      PrivateQuestion onTheEdge =
          PrivateQuestion.count(
              "acme",
              "edge",
              DAY.plus(Duration.ofDays(1)),
              DAY.plus(Duration.ofDays(2)),
              PrivateQuestion.Bounds.ONE,
              0.75);
      released(statistics.ask(onTheEdge, List.of()));
      assertThat(statistics.left("acme", DAY.plus(Duration.ofDays(1))).epsilon()).isZero();
    }
  }

  @Test
  void the_last_period_of_a_question_counts_as_the_first_does() {
    try (PrivateStatistics statistics = open()) {
      PrivateQuestion lastDay =
          PrivateQuestion.count(
              "acme",
              "last",
              DAY.plus(Duration.ofDays(6)),
              DAY.plus(Duration.ofDays(7)),
              PrivateQuestion.Bounds.ONE,
              0.6);
      PrivateQuestion week =
          PrivateQuestion.count(
              "acme", "week", DAY, DAY.plus(Duration.ofDays(7)), PrivateQuestion.Bounds.ONE, 0.6);
      released(statistics.ask(lastDay, List.of()));

      assertThat(withheld(statistics.ask(week, List.of())).reason()).isEqualTo(Reason.BUDGET);
    }
  }

  /** 128 tenants over 1,024 days each fill the ledger's 131,072 accounts; the next is too much. */
  @Test
  void a_full_ledger_withholds_until_it_forgets() {
    try (PrivateStatistics statistics = open()) {
      for (int tenant = 0; tenant < 128; tenant++) {
        released(statistics.ask(long1024("tenant-" + tenant), List.of()));
      }

      PrivateAnswer.Withheld no = withheld(statistics.ask(long1024("one more"), List.of()));

      assertThat(no.reason()).isEqualTo(Reason.LEDGER);
      assertThat(no.message()).contains("full");
      statistics.forget(DAY.plus(Duration.ofDays(2000)));
      PrivateQuestion later =
          PrivateQuestion.count(
              "one more",
              "x",
              DAY.plus(Duration.ofDays(2000)),
              DAY.plus(Duration.ofDays(2001)),
              PrivateQuestion.Bounds.ONE,
              0.1);
      released(statistics.ask(later, List.of()));
    }
  }

  private static PrivateQuestion long1024(String tenant) {
    return PrivateQuestion.count(
        tenant, "x", DAY, DAY.plus(Duration.ofDays(1024)), PrivateQuestion.Bounds.ONE, 0.1);
  }

  @Test
  void a_range_around_zero_has_a_mean_within_it() {
    try (PrivateStatistics statistics = open()) {
      PrivateQuestion.Bounds around = new PrivateQuestion.Bounds(-1, 1, 1, 1);
      PrivateQuestion question =
          PrivateQuestion.mean("acme", "x", DAY, DAY.plusSeconds(60), around, 0.9);

      Released answer = released(statistics.ask(question, people("ada", 2000, -0.5)));

      assertThat(answer.figures().get(0).mean().orElse(9)).isCloseTo(-0.5, within(0.03));
    }
  }

  @Test
  void once_closed_nothing_new_is_answered() {
    PrivateStatistics statistics = open();
    statistics.ask(Questions.count("a", 0.1), List.of());
    statistics.close();

    assertThat(withheld(statistics.ask(Questions.count("b", 0.1), List.of())).reason())
        .isEqualTo(Reason.LEDGER);
    assertThat(released(statistics.ask(Questions.count("a", 0.1), List.of())).repeated()).isTrue();
  }

  @Test
  void real_entropy_gives_different_noise_each_time() {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path mine = folder.resolve("l" + i);
      try (PrivateStatistics statistics = PrivateStatistics.open(mine, BUDGET)) {
        Released answer =
            released(statistics.ask(Questions.count("a", 0.01), people("ada", 5000, 1)));
        counts.add(answer.figures().get(0).count());
      }
    }

    assertThat(Set.copyOf(counts)).hasSizeGreaterThan(4);
  }
}
