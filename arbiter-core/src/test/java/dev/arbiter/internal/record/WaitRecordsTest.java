/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.internal.record.Fields.Writer;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.TaskBudget.Spent;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Terms;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Waits, questions, decisions, terms, means and accounts: 1,000 of each come back as they were. */
class WaitRecordsTest {
  private static final int ROUNDS = 1_000;
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final SplittableRandom random = new SplittableRandom(13);

  private String name() {
    return "n" + Integer.toString(random.nextInt(1_000_000), 36);
  }

  private String text() {
    return random.nextBoolean() ? "" : name() + "\u00e4\n";
  }

  private int small() {
    return random.nextInt(1 << random.nextInt(1, 31));
  }

  private <E> E oneOf(E[] all) {
    return all[random.nextInt(all.length)];
  }

  private boolean flag() {
    return random.nextBoolean();
  }

  private Duration time() {
    return Duration.ofSeconds(random.nextInt(1 << 20), 1 + random.nextInt(999_999_999));
  }

  private Instant instant() {
    return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
  }

  private Usage usage() {
    return flag() ? Usage.none() : new Usage(small(), small(), random.nextDouble(), time());
  }

  private TaskBudget budget() {
    TaskBudget budget = TaskBudget.none();
    budget = flag() ? budget.withCost(1 + random.nextDouble()) : budget;
    budget = flag() ? budget.withTokens(1 + small()) : budget;
    budget = flag() ? budget.withTime(time()) : budget;
    budget = flag() ? budget.withAttempts(1 + random.nextInt(9)) : budget;
    budget = flag() ? budget.withCalls(1 + random.nextInt(9)) : budget;
    return budget.atLimit(oneOf(AtLimit.values()));
  }

  private @Nullable TaskBudget budgetOrNone() {
    return flag() ? null : budget();
  }

  private Question question() {
    Question question = Question.of(name()).showing(text()).within(time());
    return flag() ? question : question.to("lead", "deputy");
  }

  private ApprovalRequest request() {
    Point point = oneOf(Point.values());
    return new ApprovalRequest(
        name(),
        name(),
        name(),
        point,
        small(),
        text(),
        question(),
        text(),
        name(),
        instant(),
        instant());
  }

  private WaitReason reason() {
    return switch (random.nextInt(8)) {
      case 0 -> new WaitReason.Approval(request());
      case 1 -> new WaitReason.Input(request(), text(), flag());
      case 2 -> new WaitReason.Budget(request(), flag());
      case 3 -> new WaitReason.Quota(name(), instant());
      case 4 -> new WaitReason.Quota("", instant(), name());
      case 5 -> new WaitReason.Retry(name(), small(), instant());
      case 6 -> new WaitReason.NotBefore(instant());
      default -> new WaitReason.UnknownEffect(name(), small());
    };
  }

  private Approval approval() {
    Answer answer =
        switch (random.nextInt(5)) {
          case 0 -> Answer.approve(name());
          case 1 -> Answer.deny(name(), name());
          case 2 -> Answer.edit(name(), name());
          case 3 -> Answer.reply(name(), name());
          default -> Answer.raise(name(), budget());
        };
    Point point = oneOf(Point.values());
    return new Approval(name(), point, name(), answer, instant());
  }

  private List<Approval> approvals() {
    List<Approval> all = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      all.add(approval());
    }
    return all;
  }

  private KeptMeans means() {
    return new KeptMeans(
        approvals(),
        flag() ? Duration.ZERO : time(),
        instant(),
        text(),
        usage(),
        usage(),
        small(),
        0,
        true,
        time(),
        budgetOrNone(),
        flag() ? List.of() : List.of(name(), name()));
  }

  private Terms terms() {
    Terms terms = Terms.none();
    terms = flag() ? terms.withNotBefore(instant()) : terms;
    terms = flag() ? terms.withApproval(question()) : terms;
    terms = flag() ? terms.withBudget(budget()) : terms;
    terms = flag() ? terms.withPausingDeadline() : terms;
    terms = flag() ? terms.withAttemptLimit(time()) : terms;
    terms = flag() ? terms.withBestOf(1 + random.nextInt(8)) : terms;
    return flag() ? terms.withHedging() : terms;
  }

  private static KeptProgress progress(@Nullable WaitReason waits, KeptMeans means) {
    return new KeptProgress(
        TaskState.WAITING, List.of(), "", null, 0, Usage.none(), waits, means, KeptRound.none());
  }

  @Test
  void waits_and_means_come_back_as_they_were() {
    for (int i = 0; i < ROUNDS; i++) {
      KeptProgress progress = progress(reason(), means());

      assertThat(Records.progress(Records.bytes(progress))).isEqualTo(progress);
    }
  }

  @Test
  void terms_come_back_as_they_were() {
    for (int i = 0; i < ROUNDS; i++) {
      Terms terms = terms();
      Task task =
          new Task(
              "T-1", "fix", "acme", 5, Set.of(), SpecRef.none(), "", Optional.empty(), "", terms);
      KeptTask kept = new KeptTask(task, NOW);

      assertThat(Records.task(Records.bytes(kept))).isEqualTo(kept);
    }
  }

  @Test
  void an_account_comes_back_as_it_was() {
    for (int i = 0; i < ROUNDS; i++) {
      List<KeptAccount.Period> periods = new ArrayList<>();
      for (int j = random.nextInt(3); j > 0; j--) {
        Spent spent = new Spent(usage(), flag() ? Duration.ZERO : time(), small(), small());
        periods.add(
            new KeptAccount.Period(
                time(), instant(), instant(), spent, budgetOrNone(), approvals()));
      }
      KeptAccount account = new KeptAccount(periods);

      assertThat(KeptAccount.of(account.bytes())).isEqualTo(account);
    }
  }

  @Test
  void an_account_is_no_other_record() {
    byte[] account = new KeptAccount(List.of()).bytes();

    assertThatThrownBy(() -> Records.progress(account)).hasMessageContaining("kind 'B', not 'S'");
    assertThatThrownBy(() -> KeptAccount.of(Records.bytes(KeptProgress.none())))
        .hasMessageContaining("kind 'S', not 'B'");
  }

  /** The mark that an attempt began is newer than what says so without it. */
  @Test
  void an_attempt_that_was_retried_or_left_with_a_token_has_begun() {
    for (KeptMeans means : List.of(begun(0, "", true), begun(1, "", true), begun(0, "t", true))) {
      assertThat(Records.progress(Records.bytes(progress(null, means))).means()).isEqualTo(means);
    }
    KeptMeans not = begun(0, "", false);
    assertThat(Records.progress(Records.bytes(progress(null, not))).means().begun()).isFalse();
  }

  private static KeptMeans begun(int retries, String token, boolean begun) {
    return new KeptMeans(
        List.of(),
        Duration.ofSeconds(1),
        NOW,
        token,
        Usage.none(),
        Usage.none(),
        0,
        retries,
        begun,
        Duration.ZERO,
        null,
        List.of());
  }

  @Test
  void what_a_newer_arbiter_wrote_is_refused_by_name() {
    byte[] wait =
        new Writer()
            .text(1, "WAITING")
            .message(8, w -> w.text(1, "Moon"))
            .record(Records.VERSION, 'S');
    byte[] state = new Writer().text(1, "DREAMING").record(Records.VERSION, 'S');

    assertThatThrownBy(() -> Records.progress(wait))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the record is of a newer Arbiter, which knows the wait 'Moon'");
    assertThatThrownBy(() -> Records.progress(state))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the record is of a newer Arbiter, which knows the TaskState 'DREAMING'");
  }

  @Test
  void a_wait_for_a_person_without_its_request_is_damaged() {
    for (String kind : List.of("Approval", "Input", "Budget")) {
      byte[] wait =
          new Writer()
              .text(1, "WAITING")
              .message(8, w -> w.text(1, kind))
              .record(Records.VERSION, 'S');

      assertThatThrownBy(() -> Records.progress(wait))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the record is damaged: a part is missing");
    }
  }

  @Test
  void an_end_that_is_none_is_damaged() {
    byte[] end =
        new Writer()
            .message(1, w -> w.text(1, "T-1").text(2, "fix").text(3, "acme").number(4, 5))
            .message(4, w -> w.text(1, "ROUTING"))
            .record(Records.VERSION, 'E');

    assertThatThrownBy(() -> Records.end(end)).hasMessage("the record is damaged: it is no end");
  }

  @Test
  void lists_cannot_be_changed_from_outside() {
    List<KeptAccount.Period> periods = new ArrayList<>();
    List<KeptRound.Work> works = new ArrayList<>();
    KeptAccount account = new KeptAccount(periods);
    KeptRound round = new KeptRound(1, 1, works);

    periods.add(
        new KeptAccount.Period(
            Duration.ofHours(1),
            NOW,
            NOW,
            new Spent(Usage.none(), Duration.ZERO, 0, 0),
            null,
            List.of()));
    works.add(new KeptRound.Work(1, WorkReport.of(""), 0, Usage.none()));

    assertThat(account.periods()).isEmpty();
    assertThat(round.aside()).isEmpty();
  }
}
