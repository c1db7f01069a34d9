/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that wait for a person. */
class ApprovalTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Question QUESTION =
      Question.of("May it be deployed?").within(Duration.ofHours(1));

  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();
  private final ListStorage disk = new ListStorage();

  private static Task.Builder task() {
    return Task.builder("deploy").id("T-1").payload("deploy v2").approval(QUESTION);
  }

  private WorkReport done(Assignment assignment) {
    calls.add(assignment);
    return WorkReport.of("done: " + assignment.task().payload());
  }

  private static <T> T now(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertThat(future).isDone();
    return future.join();
  }

  @Test
  void a_task_waits_for_its_approval_and_holds_nothing() throws Exception {
    try (Arbiter arbiter = world.arbiter().concurrency(1).agent(ADA, this::done).build()) {
      List<String> events = new ArrayList<>();
      TaskHandle handle = arbiter.submit(task().build());
      handle.subscribe(event -> events.add(event.getClass().getSimpleName()));

      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      assertThat(arbiter.stats().inFlight()).isZero();
      assertThat(arbiter.submit(Task.builder("other").build()).await(SOON).state())
          .isEqualTo(TaskState.COMPLETED);
      ApprovalRequest request = only(arbiter);
      assertThat(request.point()).isEqualTo(Point.START);
      assertThat(request.question().shown()).isEqualTo("deploy v2");
      assertThat(handle.waitsFor()).contains(new WaitReason.Approval(request));

      Approval approval = now(arbiter.approvals().decide(request, Answer.approve("eve")));

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls.get(1).approvals()).containsExactly(approval);
      assertThat(arbiter.approvals().open()).isEmpty();
      assertThat(events).startsWith("Decided", "Validating", "Approved", "Routing");
    }
  }

  @Test
  void a_denial_rejects_the_task() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());

      now(arbiter.approvals().decide(only(arbiter), Answer.deny("eve", "not on a Friday")));

      TaskResult.Rejected rejected = (TaskResult.Rejected) handle.await(SOON);
      assertThat(rejected.findings().get(0).message()).contains("eve").contains("Friday");
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void a_person_gives_another_instruction() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());

      now(arbiter.approvals().decide(only(arbiter), Answer.edit("eve", "deploy v3")));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("done: deploy v3");
      assertThat(done.task().payload()).isEqualTo("deploy v3");
      assertThat(handle.task().payload()).isEqualTo("deploy v2");
    }
  }

  /** The constitution asks too: the second person is shown what the first one wrote. */
  @Test
  void the_next_person_is_shown_the_instruction_of_the_one_before() throws Exception {
    Constitution constitution =
        new StubConstitution() {
          @Override
          public Admission admit(Task task) {
            return new Admission.Admitted(
                "sha256:1", List.of(), Optional.of(Question.of("Is it safe?")));
          }
        };
    try (Arbiter arbiter =
        world.arbiter().constitution(constitution).agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      now(arbiter.approvals().decide(only(arbiter), Answer.edit("eve", "deploy v3")));

      ApprovalRequest second = only(arbiter);
      assertThat(second.question().text()).isEqualTo("Is it safe?");
      assertThat(second.question().shown()).contains("deploy v3");
      now(arbiter.approvals().decide(second, Answer.edit("dan", "deploy v4")));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("done: deploy v4");
    }
  }

  /** The key is of the task as it was submitted, whatever a person made of it. */
  @Test
  void an_edited_task_is_found_by_its_key() throws Exception {
    Task keyed = task().idempotencyKey("k-1").build();
    try (Arbiter first = world.arbiter(disk).agent(ADA, this::done).build()) {
      TaskHandle handle = first.submit(keyed);
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
      first.approvals().decide(only(first), Answer.edit("eve", "deploy v3"));
      assertThat(handle.await(SOON).task().payload()).isEqualTo("deploy v3");
      assertThat(first.submit(keyed).await(SOON).task().payload()).isEqualTo("deploy v3");
    }
    try (Arbiter second = world.arbiter(disk.cut()).agent(ADA, this::done).build()) {
      TaskHandle again = second.submit(keyed);
      assertThat(again.task()).isEqualTo(keyed);
      assertThat(again.await(SOON).task().payload()).isEqualTo("deploy v3");
      assertThat(second.find("default", "T-1").orElseThrow().task()).isEqualTo(keyed);
    }
    assertThat(calls).hasSize(1);
  }

  @Test
  void nobody_there_asks_the_next_and_then_fails_closed() throws Exception {
    Question question = QUESTION.to("team", "lead");
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().approval(question).build());
      ApprovalRequest first = only(arbiter);
      assertThat(first.audience()).isEqualTo("team");

      world.pass(Duration.ofMinutes(61));
      ApprovalRequest second = only(arbiter);
      assertThat(second.audience()).isEqualTo("lead");
      assertThat(second.id()).isEqualTo(first.id());
      assertThat(second.expiresAt()).isAfter(first.expiresAt());

      world.pass(Duration.ofMinutes(62));
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.EXPIRED);
      assertThat(arbiter.approvals().open()).isEmpty();
      assertThat(calls).isEmpty();
      assertThatThrownBy(() -> arbiter.approvals().decide(second, Answer.approve("eve")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not open");
    }
  }

  @Test
  void a_request_is_decided_once_as_it_was_shown_and_by_who_may() {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::done)
            .approvers((request, answer) -> answer.by().equals("eve"))
            .build()) {
      TaskHandle unused = arbiter.submit(task().build());
      ApprovalRequest request = only(arbiter);
      Approvals approvals = arbiter.approvals();

      assertThatThrownBy(() -> approvals.decide("r-none", "x", Answer.approve("eve")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("r-none");
      assertThatThrownBy(() -> approvals.decide(request.id(), "sha256:0", Answer.approve("eve")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("something else");
      assertThatThrownBy(() -> approvals.decide(request, Answer.approve("bob")))
          .isInstanceOf(ArbiterException.class)
          .hasMessageContaining("bob");
      assertThatThrownBy(() -> approvals.decide(request, Answer.reply("eve", "yes")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("START");
      assertThatThrownBy(() -> Answer.reply("eve", "x".repeat(10_000_000)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1048576");
      assertThat(calls).isEmpty();

      now(approvals.decide(request, Answer.approve("eve")));
      assertThatThrownBy(() -> approvals.decide(request, Answer.deny("eve", "no")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("decided by 'eve'");
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void a_cancelled_task_has_no_request() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());

      assertThat(handle.cancel("not needed")).isTrue();

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
      assertThat(arbiter.approvals().open()).isEmpty();
    }
  }

  @Test
  void a_deadline_runs_on_or_stands_still_as_declared() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      Task runs = task().id("T-runs").deadline(Duration.ofMinutes(10)).build();
      Task stands = task().id("T-stands").deadline(Duration.ofMinutes(10)).deadlinePauses().build();
      TaskHandle running = arbiter.submit(runs);
      TaskHandle standing = arbiter.submit(stands);

      world.pass(Duration.ofMinutes(30));

      assertThat(((TaskResult.Failed) running.await(SOON)).cause())
          .isEqualTo(FailureCause.DEADLINE);
      now(arbiter.approvals().decide(only(arbiter), Answer.approve("eve")));
      assertThat(standing.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_request_survives_a_restart_as_it_was() throws Exception {
    ApprovalRequest before;
    TaskHandle left;
    try (Arbiter first = world.arbiter(disk).agent(ADA, this::done).build()) {
      left = first.submit(task().build());
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
      before = only(first);
    }
    assertThat(left.result().toCompletableFuture()).isCompletedExceptionally();
    world.time.advance(Duration.ofMinutes(20));

    try (Arbiter second = world.arbiter(disk.cut()).agent(ADA, this::done).build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      WaitingWorld.until(() -> !second.approvals().open().isEmpty());
      assertThat(only(second)).isEqualTo(before);
      second.approvals().decide(before, Answer.approve("eve"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls.get(0).approvals()).hasSize(1);
    }
    assertThat(calls).hasSize(1);
  }

  /** The nano clock stands still while a machine sleeps, so the timer comes late. */
  @Test
  void a_request_whose_time_is_over_takes_no_decision_though_its_timer_is_late() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      ApprovalRequest request = only(arbiter);
      world.time.advance(Duration.ofHours(1));

      assertThatThrownBy(() -> arbiter.approvals().decide(request, Answer.approve("eve")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has expired");

      world.scheduler.tick();
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.EXPIRED);
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void a_request_expires_at_the_same_instant_after_a_restart() throws Exception {
    try (Arbiter first = world.arbiter(disk).agent(ADA, this::done).build()) {
      TaskHandle unused = first.submit(task().build());
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
    }
    world.time.advance(Duration.ofMinutes(61));
    try (Arbiter second = world.arbiter(disk.cut()).agent(ADA, this::done).build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      WaitingWorld.until(
          () -> {
            world.time.advance(Duration.ofMillis(100));
            world.scheduler.tick();
            return handle.state().isEnd();
          });
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.EXPIRED);
    }
  }

  /** Whatever append the process dies at: the agent is called only with the decision. */
  @Test
  void a_death_at_any_append_loses_no_decision_and_makes_none_up() throws Exception {
    for (int at = 2; at < 9; at++) {
      for (boolean keepsTheLast : new boolean[] {false, true}) {
        calls.clear();
        ListStorage dying = new ListStorage();
        dying.diesAt = at;
        dying.keepsTheLast = keepsTheLast;
        boolean decided = false;
        try (Arbiter first =
            world.arbiter(dying).storeLimit(Duration.ZERO).agent(ADA, this::done).build()) {
          try {
            TaskHandle handle = first.submit(task().build());
            WaitingWorld.until(() -> !first.approvals().open().isEmpty() || dying.isDead());
            if (!first.approvals().open().isEmpty()) {
              CompletableFuture<Approval> kept =
                  first
                      .approvals()
                      .decide(only(first), Answer.approve("eve"))
                      .toCompletableFuture();
              WaitingWorld.until(() -> kept.isDone() || dying.isDead());
              decided = kept.isDone() && !kept.isCompletedExceptionally();
              WaitingWorld.until(() -> handle.state().isEnd() || dying.isDead());
            }
          } catch (ArbiterException notAccepted) {
            assertThat(dying.isDead()).isTrue();
          }
        }
        restart(dying, decided);
      }
    }
  }

  private void restart(ListStorage dead, boolean decided) throws Exception {
    int before = calls.size();
    AgentProfile idempotent = AgentProfile.builder("ada").idempotent().build();
    try (Arbiter second = world.arbiter(dead.cut()).agent(idempotent, this::done).build()) {
      Optional<TaskHandle> handle = second.find("default", "T-1");
      if (handle.isEmpty()) {
        assertThat(decided).isFalse();
        return;
      }
      WaitingWorld.until(
          () -> !second.approvals().open().isEmpty() || handle.get().state().isEnd());
      if (!handle.get().state().isEnd()) {
        assertThat(decided).as("a kept decision is asked for again").isFalse();
        assertThat(calls).hasSize(before);
        second.approvals().decide(only(second), Answer.approve("eve"));
      }
      assertThat(handle.get().await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
    assertThat(calls).allMatch(call -> call.approvals().size() == 1);
  }

  @Test
  void a_decision_that_the_store_did_not_keep_is_none() throws Exception {
    try (Arbiter arbiter = world.arbiter(disk).agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      WaitingWorld.until(() -> !arbiter.approvals().open().isEmpty());
      ApprovalRequest request = only(arbiter);
      disk.full = true;
      CompletableFuture<Approval> kept =
          arbiter.approvals().decide(request, Answer.approve("eve")).toCompletableFuture();
      WaitingWorld.until(kept::isDone);
      assertThat(kept).isCompletedExceptionally();
      assertThat(calls).isEmpty();

      disk.full = false;
      WaitingWorld.until(
          () -> {
            world.scheduler.tick();
            return !arbiter.approvals().open().isEmpty();
          });
      arbiter.approvals().decide(request, Answer.approve("eve"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls.get(0).approvals()).hasSize(1);
    }
  }

  @Test
  void a_decision_that_the_store_comes_back_without_is_none() throws Exception {
    HeldStore store = new HeldStore();
    try (Arbiter arbiter = world.arbiter().store(store).agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      ApprovalRequest request = only(arbiter);
      store.hold();
      CompletableFuture<Approval> lost =
          arbiter.approvals().decide(request, Answer.approve("eve")).toCompletableFuture();
      assertThat(lost).isNotDone();
      store.goAndComeBack();
      world.pass(Duration.ofMillis(100));
      assertThat(lost).isCompletedExceptionally();

      store.release();
      now(arbiter.approvals().decide(only(arbiter), Answer.approve("eve")));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** Its request is listed as long as its end is told. */
  @Test
  void a_decision_about_a_task_that_has_just_ended_fails() throws Exception {
    List<CompletableFuture<Approval>> late = new ArrayList<>();
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      handle.subscribe(
          event -> {
            if (event instanceof TaskEvent.Concluded) {
              late.add(
                  arbiter
                      .approvals()
                      .decide(only(arbiter), Answer.approve("eve"))
                      .toCompletableFuture());
            }
          });
      assertThat(handle.cancel("enough")).isTrue();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
    }
    assertThat(late).singleElement().matches(CompletableFuture::isCompletedExceptionally);
  }

  /** A constitution that wants a person to look at the work. */
  private static final class Careful implements Constitution {
    private final List<Assignment> judged = new ArrayList<>();
    private String spec = "spec-1";

    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted(spec, List.of());
    }

    @Override
    public String specDigest(Task task) {
      return spec;
    }

    @Override
    public Optional<Question> asks(Assignment assignment, WorkReport report) {
      return Optional.of(Question.of("Is this work right?"));
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      judged.add(assignment);
      return new Verdict.Approved(List.of(), 1, Seal.none());
    }
  }

  @Test
  void work_is_judged_with_the_decision_about_it() throws Exception {
    Careful careful = new Careful();
    Task plain = Task.builder("deploy").payload("p").build();
    try (Arbiter arbiter =
        world
            .arbiter()
            .constitution(careful)
            .agent(ADA, this::done)
            .agent(AgentProfile.of("bob"), this::done)
            .build()) {
      TaskHandle handle = arbiter.submit(plain);
      ApprovalRequest first = only(arbiter);
      assertThat(first.point()).isEqualTo(Point.RESULT);
      assertThat(first.question().shown()).contains("done: p");
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();

      now(arbiter.approvals().decide(first, Answer.deny("eve", "it is wrong")));

      ApprovalRequest second = only(arbiter);
      assertThat(second.id()).isNotEqualTo(first.id());
      assertThat(second.attempt()).isEqualTo(2);
      now(arbiter.approvals().decide(second, Answer.approve("eve")));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(2);
      assertThat(careful.judged).hasSize(2);
      assertThat(careful.judged.get(0).approvals()).hasSize(1);
      assertThat(careful.judged.get(1).approvals()).hasSize(2);
    }
  }

  /** A path may hold any characters: two other files are other work. */
  @Test
  void other_work_is_another_request() {
    Task task = Task.builder("fix").id("T-1").build();
    List<List<WorkReport.FileChange>> works =
        List.of(
            List.of(new WorkReport.FileChange("a, added=1, removed=2], FileChange[path=b", 3, 4)),
            List.of(new WorkReport.FileChange("a", 1, 2), new WorkReport.FileChange("b", 3, 4)),
            List.of(new WorkReport.FileChange("b", 3, 4), new WorkReport.FileChange("a", 1, 2)),
            List.of());
    long ids =
        works.stream()
            .map(
                changes ->
                    ApprovalRequest.result(
                            task,
                            1,
                            "ada",
                            "spec",
                            QUESTION,
                            WorkReport.of("done").withChanges(changes),
                            world.now())
                        .id())
            .distinct()
            .count();
    assertThat(ids).isEqualTo(works.size());
  }

  @Test
  void denied_work_ends_as_denied() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().constitution(new Careful()).fallbacks(0).agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(Task.builder("deploy").build());

      now(arbiter.approvals().decide(only(arbiter), Answer.deny("eve", "it is wrong")));

      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.DENIED);
      assertThat(failed.message()).contains("eve").contains("it is wrong");
    }
  }

  /** Once it has a decision it asks nothing more, and leaves the decision to the arbiter. */
  @Test
  void a_denial_holds_though_the_constitution_does_not_ask_again() throws Exception {
    Constitution once =
        new StubConstitution() {
          @Override
          public Optional<Question> asks(Assignment assignment, WorkReport report) {
            return assignment.approvals().isEmpty() ? Optional.of(QUESTION) : Optional.empty();
          }
        };
    try (Arbiter arbiter =
        world.arbiter().constitution(once).fallbacks(0).agent(ADA, this::done).build()) {
      TaskHandle denied = arbiter.submit(Task.builder("deploy").build());
      now(arbiter.approvals().decide(only(arbiter), Answer.deny("eve", "it is wrong")));
      TaskHandle approved = arbiter.submit(Task.builder("deploy").build());
      now(arbiter.approvals().decide(only(arbiter), Answer.approve("eve")));

      assertThat(((TaskResult.Failed) denied.await(SOON)).cause()).isEqualTo(FailureCause.DENIED);
      assertThat(approved.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void another_spec_is_another_question() {
    Careful careful = new Careful();
    try (Arbiter arbiter = world.arbiter().constitution(careful).agent(ADA, this::done).build()) {
      TaskHandle unused = arbiter.submit(task().build());
      ApprovalRequest first = only(arbiter);
      careful.spec = "spec-2";

      now(arbiter.approvals().decide(first, Answer.approve("eve")));

      assertThat(only(arbiter).digest()).isNotEqualTo(first.digest());
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void every_request_and_decision_is_an_event() throws Exception {
    List<TaskEvent> events = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .listener(
                event -> {
                  if (event instanceof TaskEvent step) {
                    events.add(step);
                  }
                })
            .agent(ADA, this::done)
            .build()) {
      TaskHandle unused = arbiter.submit(task().build());
      now(arbiter.approvals().decide(only(arbiter), Answer.approve("eve")));
    }
    assertThat(events).hasAtLeastOneElementOfType(TaskEvent.Waiting.class);
    assertThat(events).hasAtLeastOneElementOfType(TaskEvent.Decided.class);
  }

  @Test
  void no_more_tasks_are_accepted_than_may_wait() {
    try (Arbiter arbiter = world.arbiter().waitingCapacity(3).agent(ADA, this::done).build()) {
      for (int i = 0; i < 3; i++) {
        TaskHandle unused = arbiter.submit(task().id("T-" + i).build());
      }
      assertThatThrownBy(() -> arbiter.submit(task().id("T-3").build()))
          .isInstanceOf(ArbiterException.class)
          .hasMessageContaining("3 tasks wait for something outside");
      now(arbiter.approvals().decide(arbiter.approvals().open().get(0), Answer.approve("eve")));
      TaskHandle unused = arbiter.submit(task().id("T-4").build());
    }
  }

  @Test
  @Timeout(60)
  void a_closing_arbiter_does_not_wait_for_a_person() {
    TaskHandle handle;
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .closeLimit(Duration.ofDays(1))
            .agent(ADA, this::done)
            .build()) {
      handle = arbiter.submit(task().build());
    }
    assertThat(handle.state()).isEqualTo(TaskState.CANCELLED);
  }

  /** A submitter cannot have the constitution's question answered by people of their own choice. */
  @Test
  void the_same_question_to_others_is_another_request() throws Exception {
    Question same = Question.of("May it begin?");
    Constitution constitution =
        new StubConstitution() {
          @Override
          public Admission admit(Task task) {
            return new Admission.Admitted("sha256:1", List.of(), Optional.of(same.to("lead")));
          }
        };
    try (Arbiter arbiter =
        world
            .arbiter()
            .constitution(constitution)
            .approvers((request, answer) -> request.audience().equals(answer.by()))
            .agent(ADA, this::done)
            .build()) {
      TaskHandle handle = arbiter.submit(task().approval(same.to("intern")).build());
      now(arbiter.approvals().decide(only(arbiter), Answer.approve("intern")));

      assertThat(only(arbiter).audience()).isEqualTo("lead");
      assertThat(calls).isEmpty();
      now(arbiter.approvals().decide(only(arbiter), Answer.approve("lead")));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** Else the request would go round and never expire. */
  @Test
  void nobody_is_asked_twice_by_one_question() {
    assertThatThrownBy(() -> Question.of("May it?").to("lead", "deputy", "lead"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'lead' twice");
  }

  /** A front end without a memory derives the id, and finds the request if it is open. */
  @Test
  void a_request_is_found_by_its_derived_id() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      ApprovalRequest derived = ApprovalRequest.start(handle.task(), "none", QUESTION, world.now());

      ApprovalRequest found = arbiter.approvals().find(derived.id()).orElseThrow();
      assertThat(found).isEqualTo(only(arbiter));
      now(arbiter.approvals().decide(derived, Answer.approve("eve")));
      assertThat(arbiter.approvals().find(derived.id())).isEmpty();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void who_comes_second_hears_who_was_first_also_before_the_store_has_kept_it() throws Exception {
    disk.millis = 50;
    try (Arbiter arbiter = world.arbiter(disk).agent(ADA, this::done).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      WaitingWorld.until(() -> !arbiter.approvals().open().isEmpty());
      ApprovalRequest request = only(arbiter);
      CompletionStage<Approval> first = arbiter.approvals().decide(request, Answer.approve("eve"));

      assertThatThrownBy(() -> arbiter.approvals().decide(request, Answer.deny("dan", "no")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("was decided by 'eve'");
      first.toCompletableFuture().join();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** A program that decides, such as for a risk below a limit, when it hears of the request. */
  @Test
  void a_listener_may_decide_when_it_hears_of_a_request() throws Exception {
    Arbiter[] own = new Arbiter[1];
    ArbiterListener decides =
        event -> {
          if (event instanceof TaskEvent.Waiting waiting) {
            ApprovalRequest request = waiting.reason().request().orElseThrow();
            Answer answer =
                request.point() == Point.INPUT ? Answer.reply("bot", "4") : Answer.approve("bot");
            CompletionStage<Approval> unused = own[0].approvals().decide(request, answer);
          }
        };
    for (boolean isKept : List.of(false, true)) {
      try (Arbiter arbiter =
          (isKept ? world.arbiter(disk) : world.arbiter())
              .listener(decides)
              .asyncAgent(
                  ADA,
                  work ->
                      work.ask(Question.of("How many?"))
                          .thenApply(answer -> WorkReport.of(answer.answer().text())))
              .build()) {
        own[0] = arbiter;
        TaskResult end = arbiter.submit(task().build()).await(SOON);

        assertThat(((TaskResult.Completed) end).report().output()).isEqualTo("4");
        assertThat(arbiter.approvals().open()).isEmpty();
        assertThat(arbiter.stats().listenerErrors()).isZero();
      }
    }
  }
}
