/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Outcome.Kind;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The router of a second arbiter hears the outcome of a decision that the first one's made. */
class OutcomesAfterRestartTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Task TASK = Task.builder("refactor").id("T-1").build();

  private final ListStorage disk = new ListStorage();
  private final AtomicLong ids = new AtomicLong();
  private final List<Long> decided = new CopyOnWriteArrayList<>();

  /* Of each arbiter its own: the first one may still learn when it counts as dead. */
  private List<String> outcomes = new CopyOnWriteArrayList<>();

  /** Chooses the first candidate, and notes all outcomes. */
  private final class NotingRouter implements Router {
    private final List<String> learned = outcomes;

    @Override
    public RoutingDecision route(RoutingRequest request) {
      RoutingDecision plain = Router.leastLoaded().route(request);
      long id = ids.addAndGet(100);
      decided.add(id);
      return new NotedDecision(id, plain.agent());
    }

    @Override
    public void learn(Outcome outcome) {
      RoutingDecision decision = outcome.decision();
      learned.add(
          decision.id() + " " + decision.agent() + " " + outcome.kind() + " " + outcome.cost());
    }
  }

  private record NotedDecision(long id, String agent) implements RoutingDecision {
    @Override
    public String policy() {
      return "noting";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "it is a test";
    }

    @Override
    public List<Scored> candidates() {
      return List.of();
    }
  }

  /** Holds every judgement up until the process dies. */
  private static final class SlowJudge implements Constitution {
    private final CountDownLatch judging = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted(specDigest(task), List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "sha256:1";
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      judging.countDown();
      try {
        assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new Verdict.Approved(List.of(), 1, Seal.none());
    }
  }

  private ArbiterBuilder over(ListStorage storage) {
    return Arbiter.builder()
        .withoutConstitution()
        .router(new NotingRouter())
        .closeLimit(Duration.ZERO)
        .store(Store.of(storage));
  }

  private static WorkReport paid(Assignment assignment) {
    return WorkReport.of("done").withUsage(Usage.cost(0.25));
  }

  /** A disk on which the report of the only attempt is kept, and no end. */
  private ListStorage diesWhileJudging() throws Exception {
    SlowJudge judge = new SlowJudge();
    Arbiter first =
        over(disk)
            .constitution(judge)
            .agent(AgentProfile.of("ada"), OutcomesAfterRestartTest::paid)
            .build();
    first.submit(TASK);
    assertThat(judge.judging.await(20, TimeUnit.SECONDS)).isTrue();
    ListStorage left = disk.cut();
    disk.full = true;
    judge.over.countDown();
    first.close();
    outcomes = new CopyOnWriteArrayList<>();
    return left;
  }

  @Test
  void a_report_that_was_kept_is_judged_and_teaches() throws Exception {
    ListStorage left = diesWhileJudging();

    try (Arbiter second = over(left).agent(AgentProfile.of("ada"), a -> paid(a)).build()) {
      assertThat(second.find("default", "T-1").orElseThrow().await(SOON))
          .isInstanceOf(TaskResult.Completed.class);
    }

    assertThat(decided).hasSize(1);
    assertThat(outcomes).containsExactly("100 ada " + Kind.SUCCESS + " 0.25");
  }

  /** Asks about all work but that of a process before, which it may have judged already. */
  private record Asking(List<Instant> since) implements Constitution {
    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted(specDigest(task), List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "sha256:1";
    }

    @Override
    public Optional<Question> asks(Assignment assignment, WorkReport report) {
      return Optional.of(Question.of("Is this right?"));
    }

    @Override
    public Optional<Question> asksAgain(Assignment assignment, WorkReport report, Instant since) {
      this.since.add(since);
      return Optional.empty();
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      return new Verdict.Approved(List.of(), 1, Seal.none());
    }
  }

  @Test
  void what_a_person_must_decide_about_work_of_before_is_asked_as_such() throws Exception {
    ListStorage left = diesWhileJudging();
    Asking asking = new Asking(new CopyOnWriteArrayList<>());

    try (Arbiter second =
        over(left)
            .constitution(asking)
            .breaker(Breaker.standard())
            .agent(AgentProfile.of("ada"), a -> paid(a))
            .build()) {
      assertThat(second.find("default", "T-1").orElseThrow().await(SOON))
          .isInstanceOf(TaskResult.Completed.class);
    }

    assertThat(asking.since).hasSize(1);
  }

  @Test
  void an_attempt_of_a_dead_process_has_no_fault_and_the_next_one_its_own_outcome()
      throws Exception {
    AgentProfile idempotent = AgentProfile.builder("ada").idempotent().build();
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(disk)
            .asyncAgent(
                idempotent,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    first.submit(TASK);
    assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
    ListStorage left = disk.cut();
    first.close();
    outcomes = new CopyOnWriteArrayList<>();

    try (Arbiter second = over(left).agent(idempotent, a -> paid(a)).build()) {
      second.find("default", "T-1").orElseThrow().await(SOON);
    }

    assertThat(outcomes)
        .containsExactly(
            "100 ada " + Kind.INFRASTRUCTURE + " 0.0", "200 ada " + Kind.SUCCESS + " 0.25");
  }

  @Test
  void an_arbiter_that_leaves_the_task_to_the_store_leaves_its_outcome_too() throws Exception {
    ListStorage left = diesWhileJudging();
    // An executor without threads: the report waits to be judged, and is left to the store.
    over(left).executor(work -> {}).agent(AgentProfile.of("ada"), a -> paid(a)).build().close();

    try (Arbiter third = over(left).agent(AgentProfile.of("ada"), a -> paid(a)).build()) {
      assertThat(third.find("default", "T-1").orElseThrow().await(SOON))
          .isInstanceOf(TaskResult.Completed.class);
    }

    assertThat(outcomes).containsExactly("100 ada " + Kind.SUCCESS + " 0.25");
  }

  private static WorkReport asksFirst(Assignment assignment) {
    return assignment.resumeToken().isEmpty()
        ? WorkReport.waiting(Question.of("Which one?"), "session-7")
        : paid(assignment);
  }

  @Test
  void an_arbiter_that_leaves_a_question_to_the_store_leaves_its_outcome_too() throws Exception {
    AgentProfile ada = AgentProfile.of("ada");
    Arbiter first = over(disk).agent(ada, OutcomesAfterRestartTest::asksFirst).build();
    first.submit(TASK);
    WaitingWorld.until(() -> !first.approvals().open().isEmpty());
    first.close();
    assertThat(outcomes).isEmpty();

    try (Arbiter second = over(disk).agent(ada, OutcomesAfterRestartTest::asksFirst).build()) {
      WaitingWorld.until(() -> !second.approvals().open().isEmpty());
      CompletionStage<Approval> unused =
          second
              .approvals()
              .decide(second.approvals().open().get(0), Answer.reply("eve", "the blue one"));
      second.find("default", "T-1").orElseThrow().await(SOON);
    }

    assertThat(decided).hasSize(1);
    assertThat(outcomes).containsExactly("100 ada " + Kind.SUCCESS + " 0.25");
  }
}
