/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Approvers;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The list of requests, and what may become of one. */
class OpenRequestsTest {
  private final WaitingWorld world = new WaitingWorld();
  private final EngineParts parts = new EngineParts(world, world.arbiter()).agents("ada");
  private final OpenRequests open = open(null);

  private OpenRequests open(@Nullable Approvers approvers) {
    return new OpenRequests(approvers, parts.config.sources().clock());
  }

  /* A run that waits for a person. It is ready to be driven, and nobody does. */
  private TaskRun waiting(String id, Point point, Question question) {
    TaskRun run =
        parts.routed(
            Task.builder("fix").id(id).budget(TaskBudget.ofCost(90)), TaskState.WAITING, "ada");
    ApprovalRequest request =
        ApprovalRequest.of(point, run.task(), 1, "ada", question, List.of(), world.now());
    run.waitsFor(new WaitReason.Input(request, "", false));
    assertThat(run.post(new News.Stop())).isTrue();
    assertThat(run.take()).isNotNull();
    return run;
  }

  private TaskRun waiting(Point point) {
    return waiting("T-1", point, Question.of("May it?").within(Duration.ofMinutes(5)));
  }

  private static ApprovalRequest request(TaskRun run) {
    return Objects.requireNonNull(run.request());
  }

  private static ApprovalRequest list(OpenRequests on, TaskRun run) {
    on.add(request(run), run);
    return request(run);
  }

  private static CompletionStage<Approval> decide(
      OpenRequests on, ApprovalRequest request, Answer answer) {
    return on.decide(request.id(), request.digest(), answer);
  }

  private static News.Decided heard(TaskRun run) {
    return (News.Decided) Objects.requireNonNull(run.take());
  }

  @Test
  void requests_are_listed_in_the_order_in_which_they_were_asked() {
    TaskRun second = waiting("T-2", Point.START, Question.of("b"));
    world.time.advance(Duration.ofSeconds(1));
    TaskRun third = waiting("T-3", Point.START, Question.of("c"));
    List<ApprovalRequest> later = new ArrayList<>();
    for (TaskRun run : List.of(third, second)) {
      later.add(list(open, run));
    }
    assertThat(open.open()).containsExactly(later.get(1), later.get(0));
    assertThat(open.find(later.get(0).id())).contains(later.get(0));
    assertThat(open.find("r-none")).isEmpty();
  }

  @Test
  void requests_of_one_instant_are_listed_by_id() {
    List<ApprovalRequest> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(list(open, waiting("T-" + i, Point.START, Question.of("a"))));
    }
    assertThat(open.open()).extracting(ApprovalRequest::id).isSorted().hasSize(20);
    assertThat(open.open()).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void a_run_takes_its_own_request_from_the_list_and_no_other() {
    TaskRun run = waiting(Point.START);
    TaskRun same = waiting(Point.START);
    ApprovalRequest request = list(open, run);

    open.remove(same);
    assertThat(open.open()).as("an equal request of another run").containsExactly(request);
    open.remove(parts.run());
    open.remove(run);
    assertThat(open.open()).isEmpty();
  }

  @Test
  void a_decision_is_handed_to_the_run_and_is_kept_when_the_run_says_so() {
    TaskRun run = waiting(Point.START);
    ApprovalRequest request = list(open, run);
    world.time.advance(Duration.ofMinutes(1));
    Answer answer = Answer.approve("eve");

    CompletionStage<Approval> kept = decide(open, request, answer);

    News.Decided news = heard(run);
    assertThat(news.approval)
        .isEqualTo(new Approval(request.id(), Point.START, request.digest(), answer, world.now()));
    assertThat(open.open()).isEmpty();
    List<Approval> told = new ArrayList<>();
    CompletionStage<?> unused = kept.thenAccept(told::add);
    assertThat(told).isEmpty();
    news.kept.complete(news.approval);
    assertThat(told).containsExactly(news.approval);
  }

  @Test
  void a_request_is_decided_once_and_the_second_hears_who_did() {
    TaskRun run = waiting(Point.START);
    ApprovalRequest request = list(open, run);
    CompletionStage<Approval> unused = decide(open, request, Answer.deny("eve", "no"));

    assertThatThrownBy(() -> decide(open, request, Answer.approve("bob")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "request '%s' was decided by 'eve' at %s (DENIED); a request is decided once",
            request.id(), world.now());
  }

  @Test
  void a_decision_that_was_not_kept_is_none() {
    TaskRun run = waiting(Point.START);
    ApprovalRequest request = list(open, run);
    CompletionStage<Approval> unused = decide(open, request, Answer.approve("eve"));

    heard(run).fail("the store failed");
    assertThatThrownBy(() -> decide(open, request, Answer.approve("bob")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "request '%s' is not open: it has expired, its task has ended, or never was",
            request.id());

    ApprovalRequest again = list(open, run);
    CompletionStage<Approval> unusedToo = decide(open, again, Answer.approve("bob"));
    assertThat(heard(run).approval.answer().by()).isEqualTo("bob");
  }

  @Test
  void the_last_thousand_decisions_are_remembered() {
    TaskRun first = waiting("T-first", Point.START, Question.of("a"));
    ApprovalRequest forgotten = list(open, first);
    CompletionStage<Approval> unused = decide(open, forgotten, Answer.approve("eve"));
    ApprovalRequest last = forgotten;
    for (int i = 0; i < 999; i++) {
      last = list(open, waiting("T-" + i, Point.START, Question.of("a")));
      CompletionStage<Approval> unusedToo = decide(open, last, Answer.approve("eve"));
    }
    assertThatThrownBy(() -> decide(open, forgotten, Answer.approve("bob")))
        .hasMessageContaining("was decided by 'eve'");

    last = list(open, waiting("T-more", Point.START, Question.of("a")));
    CompletionStage<Approval> unusedToo = decide(open, last, Answer.approve("eve"));

    ApprovalRequest known = last;
    assertThatThrownBy(() -> decide(open, forgotten, Answer.approve("bob")))
        .hasMessageContaining("is not open");
    assertThatThrownBy(() -> decide(open, known, Answer.approve("bob")))
        .hasMessageContaining("was decided by 'eve'");
  }

  @Test
  void a_request_that_expires_now_is_not_open_any_more() {
    TaskRun run = waiting(Point.START);
    ApprovalRequest request = list(open, run);
    world.time.advance(Duration.ofMinutes(5).minusNanos(1));
    CompletionStage<Approval> unused = decide(open, request, Answer.approve("eve"));

    TaskRun other = waiting("T-2", Point.START, Question.of("a").within(Duration.ofMinutes(5)));
    ApprovalRequest late = list(open, other);
    world.time.advance(Duration.ofMinutes(5));
    assertThatThrownBy(() -> decide(open, late, Answer.approve("eve")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("it has expired");
    assertThat(other.take()).isNull();
  }

  @Test
  void who_saw_something_else_decides_nothing() {
    TaskRun run = waiting(Point.START);
    ApprovalRequest request = list(open, run);
    assertThatThrownBy(() -> open.decide(request.id(), "sha256:other", Answer.approve("eve")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "request '%s' of task 'T-1' asks about something else than was shown; show it again",
            request.id());
    assertThat(open.open()).containsExactly(request);
  }

  @Test
  void an_answer_that_does_not_fit_the_point_is_refused() {
    TaskRun run = waiting(Point.START);
    ApprovalRequest request = list(open, run);
    assertThatThrownBy(() -> decide(open, request, Answer.reply("eve", "yes")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "request '%s' waits at START, which takes no ANSWERED; see ApprovalRequest.takes",
            request.id());
    assertThat(open.open()).containsExactly(request);
  }

  @Test
  void a_budget_that_is_used_up_already_is_refused() {
    TaskRun run = waiting(Point.BUDGET);
    run.used(Usage.cost(7));
    ApprovalRequest request = list(open, run);

    assertThatThrownBy(() -> decide(open, request, Answer.raise("eve", TaskBudget.ofCost(7))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be raised so");
    assertThat(open.open()).containsExactly(request);
    CompletionStage<Approval> unused =
        decide(open, request, Answer.raise("eve", TaskBudget.ofCost(8)));
    assertThat(open.open()).isEmpty();
  }

  @Test
  void who_may_not_decide_leaves_the_request_open() {
    List<String> asked = new ArrayList<>();
    OpenRequests guarded =
        open(
            (request, answer) -> {
              asked.add(answer.by());
              return answer.by().equals("eve");
            });
    ApprovalRequest forAll = list(guarded, waiting(Point.START));
    ApprovalRequest forLeads =
        list(guarded, waiting("T-2", Point.START, Question.of("a").to("leads")));

    assertThatThrownBy(() -> decide(guarded, forAll, Answer.approve("bob")))
        .isInstanceOf(ArbiterException.class)
        .hasMessage(
            "'bob' may not decide request '%s' of task 'T-1', which is for whoever Approvers"
                + " allows",
            forAll.id());
    assertThatThrownBy(() -> decide(guarded, forLeads, Answer.approve("bob")))
        .isInstanceOf(ArbiterException.class)
        .hasMessageEndingWith("which is for 'leads'");
    CompletionStage<Approval> unused = decide(guarded, forAll, Answer.approve("eve"));

    assertThat(asked).containsExactly("bob", "bob", "eve");
    assertThat(guarded.open()).containsExactly(forLeads);
  }

  @Test
  void approvers_that_fail_leave_the_request_open() {
    IllegalStateException fault = new IllegalStateException("directory away");
    OpenRequests guarded =
        open(
            (request, answer) -> {
              throw fault;
            });
    ApprovalRequest request = list(guarded, waiting(Point.START));

    assertThatThrownBy(() -> decide(guarded, request, Answer.approve("eve")))
        .isInstanceOf(ArbiterException.class)
        .hasMessage("whether 'eve' may decide request '%s' is unknown", request.id())
        .hasCause(fault);
    assertThat(guarded.open()).containsExactly(request);
  }
}
