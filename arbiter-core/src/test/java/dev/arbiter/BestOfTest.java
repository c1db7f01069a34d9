/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Explanation;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Several agents at one task: the best work that passes is kept, or the first. */
class BestOfTest {
  private static final Task.Builder BEST = Task.builder("fix").id("T-1").bestOf(3);

  private final WaitingWorld world = new WaitingWorld();
  private final Map<String, Assignment> calls = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<WorkReport>> work = new LinkedHashMap<>();
  private final List<TaskEvent> events = new ArrayList<>();
  private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
  private final List<RoutingRequest> requests = new ArrayList<>();
  private final List<String> withdrawn = new ArrayList<>();
  private boolean asksAPerson;
  private String asksAbout = "";
  private Runnable onJudge = () -> {};

  /* The quality stands in the output; below one half is denied. */
  private final class Gates implements Constitution {
    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted("sha256:1", List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "sha256:1";
    }

    @Override
    public Optional<Question> asks(Assignment assignment, WorkReport report) {
      return asksAPerson || assignment.agent().equals(asksAbout)
          ? Optional.of(Question.of("Is it right?"))
          : Optional.empty();
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      onJudge.run();
      double quality = Double.parseDouble(report.output());
      return quality < .5
          ? new Verdict.Denied(List.of(Finding.error("low", "", "too low")), Seal.none())
          : new Verdict.Approved(List.of(), quality, Seal.none());
    }

    @Override
    public void withdraw(Assignment assignment, Verdict verdict, String reason) {
      withdrawn.add(assignment.agent());
    }
  }

  /* In the order in which they were registered, so that tests can name them. */
  private final class InOrder implements Router {
    private long decisions;

    @Override
    public RoutingDecision route(RoutingRequest request) {
      requests.add(request);
      return new Decided(decisions++, request.candidates().get(0).id());
    }

    @Override
    public void learn(Outcome outcome) {
      assertThat(outcomes.put(outcome.decision().agent(), outcome)).isNull();
    }
  }

  private record Decided(long id, String agent) implements RoutingDecision {
    @Override
    public String policy() {
      return "in order";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "the first";
    }

    @Override
    public List<Scored> candidates() {
      return List.of();
    }
  }

  private ArbiterBuilder arbiter(String... agents) {
    ArbiterBuilder builder =
        world
            .arbiter()
            .constitution(new Gates())
            .router(new InOrder())
            .listener(
                event -> {
                  if (event instanceof TaskEvent step) {
                    events.add(step);
                  }
                });
    for (String agent : agents) {
      builder.asyncAgent(AgentProfile.of(agent), this::called);
    }
    return builder;
  }

  private CompletionStage<WorkReport> called(Assignment assignment) {
    calls.put(assignment.agent(), assignment);
    return work.computeIfAbsent(assignment.agent(), agent -> new CompletableFuture<>());
  }

  private static <T> T of(Map<String, T> all, String agent) {
    return Objects.requireNonNull(all.get(agent), agent);
  }

  private CompletableFuture<WorkReport> work(String agent) {
    return of(work, agent);
  }

  private Assignment call(String agent) {
    return of(calls, agent);
  }

  private Outcome outcome(String agent) {
    return of(outcomes, agent);
  }

  private void reports(String agent, double quality) {
    work(agent).complete(WorkReport.of("" + quality).withUsage(Usage.cost(1)));
  }

  private List<String> ended() {
    return events.stream()
        .filter(TaskEvent.AttemptEnded.class::isInstance)
        .map(TaskEvent.AttemptEnded.class::cast)
        .map(ended -> ended.step().agent() + " " + ended.failure().cause())
        .toList();
  }

  private static void allFree(Arbiter arbiter) {
    assertThat(arbiter.agents().all()).allMatch(agent -> agent.active() == 0);
    assertThat(arbiter.stats().inFlight()).isZero();
  }

  @Test
  void the_best_work_that_passes_is_kept() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd").build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      assertThat(calls.values())
          .extracting(call -> call.attempt() + " " + call.agent())
          .containsExactlyInAnyOrder("1 ada", "2 bob", "3 cyd");

      reports("bob", .7);
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      reports("cyd", .9);
      reports("ada", .8);

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.agent()).isEqualTo("cyd");
      assertThat(done.attempts()).isEqualTo(3);
      assertThat(done.verdict().quality()).isEqualTo(.9);
      assertThat(ended()).containsExactlyInAnyOrder("ada SUPERSEDED", "bob SUPERSEDED");
      assertThat(withdrawn).containsExactlyInAnyOrder("ada", "bob");
      assertThat(outcomes.values()).extracting(Outcome::kind).containsOnly(Outcome.Kind.SUCCESS);
      assertThat(outcome("bob").quality()).isEqualTo(.7);
      allFree(arbiter);
    }
  }

  @Test
  void a_router_is_told_who_works_and_who_has_failed() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd", "dan").fallbacks(4).build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").bestOf(2).build());
      reports("bob", .1);
      work("ada").completeExceptionally(new IllegalStateException("no"));
      reports("dan", .9);
      reports("cyd", .8);
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("dan");
    }

    assertThat(requests)
        .extracting(request -> agents(request.failed()) + " then " + agents(request.working()))
        .containsExactly(
            "[] then []", "[] then [ada]", "[ada, bob] then []", "[ada, bob] then [cyd]");
    RoutingRequest joining = requests.get(1);
    assertThat(agents(joining.earlier())).containsExactly("ada");
    assertThat(joining.exclusions().of(joining))
        .containsExactly(new Explanation.Excluded("ada", "works at this task already"));
  }

  private static List<String> agents(List<RoutingDecision> decisions) {
    return decisions.stream().map(RoutingDecision::agent).toList();
  }

  @Test
  void of_equals_the_earliest_is_kept() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      reports("bob", .8);
      reports("ada", .8);
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
    }
  }

  @Test
  void what_fails_or_is_denied_leaves_the_others_at_work() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd").build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      work("ada").completeExceptionally(new IllegalStateException("no"));
      reports("cyd", .1);
      assertThat(ended()).containsExactly("ada AGENT_ERROR", "cyd DENIED");
      reports("bob", .6);

      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
      assertThat(outcome("ada").kind()).isEqualTo(Outcome.Kind.FAILURE);
      assertThat(outcome("cyd").kind()).isEqualTo(Outcome.Kind.VIOLATION);
      assertThat(withdrawn).isEmpty();
      allFree(arbiter);
    }
  }

  @Test
  void when_nothing_passes_the_last_failure_is_told() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").fallbacks(0).build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      reports("ada", .1);
      reports("bob", .2);
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.DENIED);
      assertThat(failed.attempts()).isEqualTo(2);
      assertThat(outcomes).hasSize(2);
      allFree(arbiter);
    }
  }

  @Test
  void after_a_round_the_fallbacks_that_are_left_are_tried() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd", "dan").fallbacks(2).build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").bestOf(2).build());
      reports("ada", .1);
      reports("bob", .1);
      assertThat(calls.keySet()).containsExactlyInAnyOrder("ada", "bob", "cyd");
      reports("cyd", .9);
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(3);
    }
  }

  @Test
  void agents_without_a_free_slot_do_not_join() throws Exception {
    AgentProfile busy = AgentProfile.builder("bob").capability("sql", 1).capacity(1).build();
    try (Arbiter arbiter = arbiter("ada").asyncAgent(busy, this::called).build()) {
      TaskHandle one = arbiter.submit(Task.builder("fix").requires("sql").build());
      TaskHandle best = arbiter.submit(BEST.build());
      assertThat(call("ada").task().id()).isEqualTo("T-1");
      assertThat(arbiter.agents().find("bob").orElseThrow().queued()).isZero();
      reports("ada", .9);
      assertThat(best.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      reports("bob", .9);
      assertThat(one.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      allFree(arbiter);
    }
  }

  @Test
  void the_router_may_decide_for_one() throws Exception {
    Router one =
        new Router() {
          private final Router inOrder = new InOrder();

          @Override
          public RoutingDecision route(RoutingRequest request) {
            return inOrder.route(request);
          }

          @Override
          public int agentsAtOnce(RoutingRequest request) {
            return 1;
          }
        };
    try (Arbiter arbiter = arbiter("ada", "bob").router(one).build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      assertThat(calls.keySet()).containsExactly("ada");
      reports("ada", .9);
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_cancellation_reaches_all_of_them() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd").build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      reports("ada", .9);
      assertThat(handle.cancel("enough")).isTrue();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
      assertThat(work("bob")).isCancelled();
      assertThat(work("cyd")).isCancelled();
      assertThat(withdrawn).containsExactly("ada");
      assertThat(outcomes).hasSize(3);
      allFree(arbiter);
    }
  }

  @Test
  void at_the_deadline_what_has_passed_is_kept() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(BEST.deadline(Duration.ofSeconds(10)).build());
      reports("bob", .6);
      world.pass(Duration.ofSeconds(12));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.agent()).isEqualTo("bob");
      assertThat(work("ada")).isCancelled();
      allFree(arbiter);
    }
  }

  /** Both had the whole time, whichever the task looked at last. */
  @Test
  void at_the_deadline_each_agent_that_had_its_time_has_failed() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd", "dan").build()) {
      Task.Builder four = Task.builder("fix").id("T-1").bestOf(4);
      TaskHandle handle = arbiter.submit(four.deadline(Duration.ofSeconds(10)).build());
      reports("bob", .6);
      reports("dan", .5);
      world.pass(Duration.ofSeconds(12));
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
      assertThat(outcome("ada").kind()).isEqualTo(Outcome.Kind.FAILURE);
      assertThat(outcome("cyd").kind()).isEqualTo(Outcome.Kind.FAILURE);
      assertThat(outcome("bob").kind()).isEqualTo(Outcome.Kind.SUCCESS);
      assertThat(ended())
          .containsExactlyInAnyOrder("ada DEADLINE", "cyd DEADLINE", "dan SUPERSEDED");
      allFree(arbiter);
    }
  }

  @Test
  void a_decision_for_an_agent_that_is_no_candidate_has_an_outcome() throws Exception {
    Router straying =
        new Router() {
          private final Router inOrder = new InOrder();

          @Override
          public RoutingDecision route(RoutingRequest request) {
            return calls.isEmpty() && work.isEmpty() && events.size() > 4
                ? new Decided(7, "stranger")
                : inOrder.route(request);
          }

          @Override
          public void learn(Outcome outcome) {
            inOrder.learn(outcome);
          }
        };
    try (Arbiter arbiter = arbiter("ada", "bob").router(straying).build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      assertThat(calls.keySet()).containsExactly("ada");
      assertThat(outcome("stranger").kind()).isEqualTo(Outcome.Kind.INFRASTRUCTURE);
      reports("ada", .9);
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void the_limit_of_one_attempt_ends_that_one() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").attemptLimit(Duration.ofSeconds(9)).build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      reports("ada", .6);
      world.pass(Duration.ofSeconds(12));
      assertThat(ended()).contains("bob AGENT_TIMEOUT");
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
      assertThat(outcome("bob").kind()).isEqualTo(Outcome.Kind.FAILURE);
      allFree(arbiter);
    }
  }

  @Test
  void a_budget_counts_what_all_of_them_use_up() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(BEST.budget(TaskBudget.ofCost(10)).build());
      CompletionStage<Boolean> first = call("ada").progress(Usage.cost(6), "");
      assertThat(first.toCompletableFuture().join()).isTrue();
      CompletionStage<Boolean> second = call("bob").progress(Usage.cost(6), "");
      assertThatThrownBy(() -> second.toCompletableFuture().join())
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("budget");
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(work("ada")).isCancelled();
      allFree(arbiter);
    }
  }

  /** One has used 3 and failed, the other 2 and is called again: it may use 5 more. */
  @Test
  void a_budget_counts_each_call_of_several_once_when_the_last_is_called_again() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").fallbacks(0).build()) {
      TaskHandle handle = arbiter.submit(BEST.budget(TaskBudget.ofCost(10)).build());
      now(call("ada").progress(Usage.cost(3), ""));
      now(call("bob").progress(Usage.cost(2), ""));
      work("ada").completeExceptionally(new IllegalStateException("no"));
      work("bob")
          .completeExceptionally(
              new AgentException("cut off", Usage.cost(2))
                  .failure(FailureCause.CONNECTIVITY)
                  .effect(AgentException.Effect.NONE));
      work.clear();
      world.pass(Duration.ofSeconds(3));

      now(call("bob").progress(Usage.cost(4), ""));
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      CompletionStage<Boolean> last = call("bob").progress(Usage.cost(1), "");
      assertThat(last.toCompletableFuture()).isCompletedExceptionally();
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.BUDGET);
      allFree(arbiter);
    }
  }

  private static void now(CompletionStage<Boolean> mayGoOn) {
    assertThat(mayGoOn.toCompletableFuture()).isCompletedWithValue(true);
  }

  @Test
  void all_stop_before_a_person_is_asked_for_more() throws Exception {
    TaskBudget budget = TaskBudget.ofCost(10).atLimit(TaskBudget.AtLimit.ASK);
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(BEST.budget(budget).build());
      Map<String, Assignment> first = Map.copyOf(calls);
      boolean unused = of(first, "ada").progress(Usage.cost(6), "").toCompletableFuture().join();
      CompletionStage<?> unusedToo = of(first, "bob").progress(Usage.cost(6), "");
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Budget.class)).isTrue();
      assertThat(arbiter.agents().all()).allMatch(agent -> agent.active() == 0);
      assertThat(work.values()).allMatch(CompletableFuture::isCancelled);

      work.clear();
      outcomes.clear();
      ApprovalRequest request = WaitingWorld.only(arbiter);
      arbiter
          .approvals()
          .decide(request, Answer.raise("eve", TaskBudget.ofCost(99)))
          .toCompletableFuture()
          .join();
      reports("ada", .6);
      reports("bob", .7);
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
      allFree(arbiter);
    }
  }

  @Test
  void nobody_is_asked_for_more_if_work_has_passed() throws Exception {
    TaskBudget budget = TaskBudget.ofCost(10).atLimit(TaskBudget.AtLimit.ASK);
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd").build()) {
      TaskHandle handle = arbiter.submit(BEST.budget(budget).build());
      reports("ada", .8);
      CompletionStage<?> unused = call("bob").progress(Usage.cost(20), "");
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.agent()).isEqualTo("ada");
      assertThat(work("bob")).isCancelled();
      assertThat(work("cyd")).isCancelled();
      assertThat(withdrawn).isEmpty();
      assertThat(ended()).containsExactlyInAnyOrder("bob BUDGET", "cyd BUDGET");
      allFree(arbiter);
    }
  }

  @Test
  void a_person_looks_at_one_work_after_the_other_when_all_are_done() throws Exception {
    asksAPerson = true;
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      reports("bob", .9);
      assertThat(arbiter.approvals().open()).isEmpty();
      reports("ada", .8);
      assertThat(WaitingWorld.only(arbiter).agent()).isEqualTo("ada");
      decide(arbiter, Answer.deny("eve", "not this one"));
      assertThat(WaitingWorld.only(arbiter).agent()).isEqualTo("bob");
      decide(arbiter, Answer.approve("eve"));
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
      allFree(arbiter);
    }
  }

  @Test
  void nobody_is_asked_about_the_last_work_when_other_work_has_passed() throws Exception {
    asksAbout = "bob";
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      reports("ada", .8);
      reports("bob", .9);

      assertThat(arbiter.approvals().open()).isEmpty();
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
      assertThat(outcomes).containsOnlyKeys("ada", "bob");
      allFree(arbiter);
    }
  }

  private static void decide(Arbiter arbiter, Answer answer) {
    arbiter.approvals().decide(WaitingWorld.only(arbiter), answer).toCompletableFuture().join();
  }

  @Test
  void none_of_several_can_ask_and_the_last_one_can() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(BEST.build());
      assertThatThrownBy(() -> call("ada").ask(Question.of("Which?")).toCompletableFuture().join())
          .hasMessageContaining("several agents work at the task");
      work("bob").complete(WorkReport.waiting(Question.of("Which?"), "token"));
      assertThat(ended()).containsExactly("bob SUPERSEDED");
      CompletionStage<?> unused = call("ada").ask(Question.of("Which?"));
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Input.class)).isTrue();
      decide(arbiter, Answer.reply("eve", "this"));
      reports("ada", .9);
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      allFree(arbiter);
    }
  }

  @Test
  void work_set_aside_survives_a_restart() throws Exception {
    ListStorage disk = new ListStorage();
    asksAPerson = true;
    try (Arbiter arbiter = arbiter("ada", "bob").store(Store.of(disk)).build()) {
      TaskHandle unused = arbiter.submit(BEST.build());
      until(() -> calls.size() == 2);
      reports("bob", .9);
      reports("ada", .8);
      until(() -> !arbiter.approvals().open().isEmpty());
      assertThat(WaitingWorld.only(arbiter).agent()).isEqualTo("ada");
    }
    outcomes.clear();
    calls.clear();
    try (Arbiter arbiter = arbiter("ada", "bob").store(Store.of(disk.cut())).build()) {
      TaskHandle handle = arbiter.find("default", "T-1").orElseThrow();
      until(() -> !arbiter.approvals().open().isEmpty());
      decide(arbiter, Answer.deny("eve", "no"));
      until(() -> !arbiter.approvals().open().isEmpty());
      assertThat(WaitingWorld.only(arbiter).agent()).isEqualTo("bob");
      decide(arbiter, Answer.approve("eve"));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.agent()).isEqualTo("bob");
      assertThat(done.attempts()).isEqualTo(2);
      assertThat(calls).isEmpty();
      allFree(arbiter);
    }
  }

  /** The last report is kept, and the process dies before the end is. */
  @Test
  void the_best_work_is_kept_after_a_restart_too() throws Exception {
    HeldStore disk = new HeldStore();
    Arbiter first = arbiter("ada", "bob", "cyd").store(disk).build();
    TaskHandle unused = first.submit(BEST.build());
    reports("bob", .9);
    reports("cyd", .7);
    disk.hold();
    reports("ada", .6);
    disk.keepFirst();
    disk.die();
    outcomes.clear();
    calls.clear();
    events.clear();
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd").store(disk).build()) {
      TaskResult.Completed done =
          (TaskResult.Completed) events(TaskEvent.Concluded.class).get(0).result();
      assertThat(done.agent()).isEqualTo("bob");
      assertThat(calls).isEmpty();
      assertThat(outcomes.values()).extracting(Outcome::kind).containsOnly(Outcome.Kind.SUCCESS);
      assertThat(outcomes).hasSize(3);
      allFree(arbiter);
    }
  }

  /** A person need not look at work where other work has passed. */
  @Test
  void work_for_a_person_is_not_judged_again_and_again_after_a_restart() throws Exception {
    HeldStore disk = new HeldStore();
    asksAPerson = true;
    Arbiter first = arbiter("ada", "bob", "cyd").store(disk).build();
    TaskHandle unused = first.submit(BEST.build());
    reports("bob", .9);
    reports("cyd", .7);
    disk.hold();
    reports("ada", .6);
    disk.keepFirst();
    disk.die();
    outcomes.clear();
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd").store(disk).build()) {
      TaskHandle handle = arbiter.find("default", "T-1").orElseThrow();
      decide(arbiter, Answer.deny("eve", "no"));
      decide(arbiter, Answer.deny("eve", "no"));
      decide(arbiter, Answer.approve("eve"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(outcomes).hasSize(3);
      allFree(arbiter);
    }
  }

  @Test
  void an_agent_that_worked_when_the_process_died_has_an_outcome() throws Exception {
    HeldStore disk = new HeldStore();
    Arbiter first = arbiter("ada", "bob").store(disk).build();
    TaskHandle unused = first.submit(BEST.build());
    disk.hold();
    reports("ada", .8);
    disk.keepFirst();
    disk.die();
    outcomes.clear();
    events.clear();
    try (Arbiter arbiter = arbiter("ada", "bob").store(disk).build()) {
      TaskResult.Completed done =
          (TaskResult.Completed) events(TaskEvent.Concluded.class).get(0).result();
      assertThat(done.agent()).isEqualTo("ada");
      assertThat(outcome("bob").kind()).isEqualTo(Outcome.Kind.INFRASTRUCTURE);
      allFree(arbiter);
    }
  }

  private <T extends TaskEvent> List<T> events(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** What the first has done is unknown, whatever may be said of the second. */
  @Test
  void agents_of_a_dead_process_run_again_only_if_all_may() throws Exception {
    ListStorage disk = new ListStorage();
    ListStorage left;
    ArbiterBuilder first = arbiter("ada").store(Store.of(disk));
    AgentProfile idempotent = AgentProfile.builder("ida").idempotent().build();
    try (Arbiter arbiter = first.asyncAgent(idempotent, this::called).build()) {
      TaskHandle unused = arbiter.submit(BEST.build());
      until(() -> calls.size() == 2);
      left = disk.cut();
    }
    calls.clear();
    outcomes.clear();
    ArbiterBuilder second = arbiter("ada").store(Store.of(left));
    try (Arbiter arbiter = second.asyncAgent(idempotent, this::called).build()) {
      TaskHandle handle = arbiter.find("default", "T-1").orElseThrow();
      until(() -> WaitingWorld.waitsFor(handle, WaitReason.UnknownEffect.class));
      assertThat(calls).isEmpty();
      assertThat(outcomes).hasSize(2);
      assertThat(outcomes.values())
          .allMatch(outcome -> outcome.kind() == Outcome.Kind.INFRASTRUCTURE);
      assertThat(handle.cancel("enough")).isTrue();
      allFree(arbiter);
    }
  }

  /** The last agent asks, and its process dies: the work that was set aside is not lost. */
  @Test
  void work_set_aside_outlives_an_agent_that_asked() throws Exception {
    ListStorage disk = new ListStorage();
    ListStorage left;
    CompletableFuture<WorkReport> done = new CompletableFuture<>();
    ArbiterBuilder world = arbiter("ada").store(Store.of(disk));
    world.asyncAgent(
        AgentProfile.of("eva"),
        assignment -> {
          calls.put("eva", assignment);
          CompletionStage<?> unused = done.thenRun(() -> assignment.ask(Question.of("Which?")));
          return new CompletableFuture<>();
        });
    try (Arbiter arbiter = world.build()) {
      TaskHandle unused = arbiter.submit(BEST.build());
      until(() -> calls.size() == 2);
      reports("ada", .8);
      until(() -> events.stream().anyMatch(TaskEvent.SetAside.class::isInstance));
      done.complete(WorkReport.of("x"));
      until(() -> !arbiter.approvals().open().isEmpty());
      left = disk.cut();
    }
    calls.clear();
    outcomes.clear();
    try (Arbiter arbiter = arbiter("ada", "eva").store(Store.of(left)).build()) {
      TaskHandle handle = arbiter.find("default", "T-1").orElseThrow();
      TaskResult.Completed kept = (TaskResult.Completed) handle.await(SOON);
      assertThat(kept.agent()).isEqualTo("ada");
      assertThat(calls).isEmpty();
      allFree(arbiter);
    }
  }

  @Test
  void blocking_agents_on_real_threads_give_everything_back() throws Exception {
    Map<RoutingDecision, Integer> learned = new ConcurrentHashMap<>();
    Router counting =
        new Router() {
          private final Router inside = Router.leastLoaded();

          @Override
          public RoutingDecision route(RoutingRequest request) {
            RoutingDecision decision = inside.route(request);
            learned.put(decision, 0);
            return decision;
          }

          @Override
          public void learn(Outcome outcome) {
            learned.merge(outcome.decision(), 1, Integer::sum);
          }
        };
    ArbiterBuilder builder =
        Arbiter.builder()
            .constitution(new Gates())
            .router(counting)
            .hedging(new Hedging(Duration.ofMillis(60), 1));
    for (int i = 0; i < 5; i++) {
      String quality = "." + (4 + i);
      int millis = 3 * i;
      builder.agent(
          AgentProfile.builder("agent-" + i).capacity(8).build(),
          assignment -> {
            Thread.sleep(millis);
            return WorkReport.of(quality);
          });
    }
    try (Arbiter arbiter = builder.build()) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        handles.add(arbiter.submit(Task.builder("fix").bestOf(1 + i % 5).hedged().build()));
        if (i % 7 == 0) {
          boolean unused = handles.get(i / 2).cancel("enough");
        }
      }
      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON).state().isEnd()).isTrue();
      }
      until(() -> arbiter.stats().abandoned() == 0);
      allFree(arbiter);
    }
    assertThat(learned.values()).isNotEmpty().containsOnly(1);
  }

  @Test
  void a_number_outside_1_to_8_is_refused_with_the_range() {
    assertThatThrownBy(() -> Task.builder("fix").bestOf(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("terms.bestOf must be 1 to 8 agents at once, got 0");
    assertThatThrownBy(() -> Task.builder("fix").bestOf(9))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Hedging.after(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than nothing");
  }

  /* Hedging. */

  private static final Task.Builder HEDGED = Task.builder("fix").id("T-1").hedged();

  private ArbiterBuilder hedging(double extra) {
    return arbiter("ada", "bob").hedging(new Hedging(Duration.ofSeconds(5), extra));
  }

  @Test
  void a_second_agent_starts_when_the_first_is_slow() throws Exception {
    try (Arbiter arbiter = hedging(1).build()) {
      TaskHandle handle = arbiter.submit(HEDGED.build());
      world.pass(Duration.ofSeconds(4));
      assertThat(calls.keySet()).containsExactly("ada");
      world.pass(Duration.ofSeconds(2));
      assertThat(calls.keySet()).containsExactly("ada", "bob");
      reports("bob", .6);

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.agent()).isEqualTo("bob");
      assertThat(work("ada")).isCancelled();
      assertThat(ended()).containsExactly("ada SUPERSEDED");
      assertThat(outcome("ada").kind()).isEqualTo(Outcome.Kind.INFRASTRUCTURE);
      allFree(arbiter);
    }
  }

  /** The run hears of both at once, and there is nobody to join. */
  @Test
  void a_report_that_comes_with_the_time_to_hedge_is_read() throws Exception {
    List<Runnable> offered = new ArrayList<>();
    try (Arbiter arbiter =
        arbiter("ada")
            .hedging(new Hedging(Duration.ofSeconds(5), 1))
            .executor(offered::add)
            .build()) {
      TaskHandle handle = arbiter.submit(HEDGED.build());
      runAll(offered);
      world.pass(Duration.ofSeconds(6));
      reports("ada", .6);
      runAll(offered);

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      allFree(arbiter);
    }
  }

  private static void runAll(List<Runnable> offered) {
    while (!offered.isEmpty()) {
      offered.remove(0).run();
    }
  }

  @Test
  void a_hedge_that_is_denied_leaves_the_first_at_work() throws Exception {
    try (Arbiter arbiter = hedging(1).build()) {
      TaskHandle handle = arbiter.submit(HEDGED.build());
      world.pass(Duration.ofSeconds(6));
      reports("bob", .1);
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      reports("ada", .6);
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
      allFree(arbiter);
    }
  }

  @Test
  void no_second_agent_starts_beside_one_that_goes_on_with_an_answer() throws Exception {
    try (Arbiter arbiter = hedging(1).build()) {
      TaskHandle handle = arbiter.submit(HEDGED.build());
      work("ada").complete(WorkReport.waiting(Question.of("Which?"), "token"));
      work.clear();
      decide(arbiter, Answer.reply("eve", "this"));
      assertThat(call("ada").resumeToken()).isEqualTo("token");
      world.pass(Duration.ofSeconds(30));
      assertThat(calls.keySet()).containsExactly("ada");
      reports("ada", .6);
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      allFree(arbiter);
    }
  }

  @Test
  void a_report_that_came_too_late_is_paid() throws Exception {
    try (Arbiter arbiter = hedging(1).build()) {
      TaskHandle handle = arbiter.submit(HEDGED.build());
      world.pass(Duration.ofSeconds(6));
      onJudge = () -> reports("bob", .9);
      reports("ada", .8);
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
      assertThat(outcome("bob").cost()).isEqualTo(1);
      assertThat(events)
          .filteredOn(TaskEvent.AttemptEnded.class::isInstance)
          .singleElement()
          .satisfies(
              ended ->
                  assertThat(((TaskEvent.AttemptEnded) ended).failure().usage())
                      .isEqualTo(Usage.cost(1)));
    }
  }

  @Test
  void no_agent_joins_a_task_whose_budget_has_no_call_left() {
    for (TaskBudget budget :
        List.of(TaskBudget.none().withCalls(1), TaskBudget.none().withAttempts(1))) {
      calls.clear();
      try (Arbiter arbiter = hedging(1).build()) {
        TaskHandle unused = arbiter.submit(Task.builder("fix").hedged().budget(budget).build());
        world.pass(Duration.ofSeconds(6));
        assertThat(calls).containsOnlyKeys("ada");
      }
    }
  }

  @Test
  void an_agent_that_may_not_join_is_tried_when_the_first_has_failed() throws Exception {
    try (Arbiter arbiter =
        hedging(1)
            .fallbacks(1)
            .tenantRate("acme", RateLimit.of(1, Duration.ofMinutes(1)))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").hedged().tenant("acme").build());
      world.pass(Duration.ofSeconds(6));
      assertThat(calls).containsOnlyKeys("ada");
      work("ada").completeExceptionally(new IllegalStateException("no"));
      world.pass(Duration.ofMinutes(2));
      reports("bob", .9);
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
      allFree(arbiter);
    }
  }

  @Test
  void work_that_waits_for_a_person_outlives_the_time_of_the_budget() throws Exception {
    asksAPerson = true;
    try (Arbiter arbiter = arbiter("ada", "bob").attemptLimit(Duration.ofHours(9)).build()) {
      TaskHandle handle =
          arbiter.submit(
              Task.builder("fix")
                  .bestOf(2)
                  .budget(TaskBudget.none().withTime(Duration.ofHours(1)))
                  .build());
      world.pass(Duration.ofMinutes(10));
      reports("ada", .8);
      world.pass(Duration.ofMinutes(52));
      decide(arbiter, Answer.approve("eve"));
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
      assertThat(ended()).containsExactly("bob BUDGET");
      allFree(arbiter);
    }
  }

  @Test
  void nobody_is_asked_for_more_when_work_has_passed() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle =
          arbiter.submit(
              Task.builder("fix")
                  .bestOf(2)
                  .budget(TaskBudget.ofCost(4).atLimit(TaskBudget.AtLimit.ASK))
                  .build());
      reports("ada", .8);
      CompletionStage<Boolean> unused = call("bob").progress(Usage.cost(4), "on");
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
      allFree(arbiter);
    }
  }

  /** It gave its place away while its agent asked; a second agent would be one too many at work. */
  @Test
  void a_run_without_a_place_is_not_hedged() throws Exception {
    try (Arbiter arbiter = hedging(1).build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").hedged().build());
      CompletionStage<?> unused = call("ada").ask(Question.of("Which?"));
      decide(arbiter, Answer.reply("eve", "this"));
      world.pass(Duration.ofSeconds(30));
      assertThat(calls.keySet()).containsExactly("ada");
      reports("ada", .9);
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      allFree(arbiter);
    }
  }

  @Test
  void tasks_that_do_not_say_so_are_not_hedged() {
    try (Arbiter arbiter = hedging(1).build()) {
      TaskHandle unused = arbiter.submit(Task.builder("fix").build());
      world.pass(Duration.ofSeconds(30));
      assertThat(calls.keySet()).containsExactly("ada");
    }
  }

  @Test
  void hedges_stay_within_their_share_of_the_calls() throws Exception {
    int hedged = 0;
    try (Arbiter arbiter = hedging(.05).build()) {
      for (int i = 0; i < 200; i++) {
        work.clear();
        outcomes.clear();
        TaskHandle handle = arbiter.submit(Task.builder("fix").hedged().build());
        world.pass(Duration.ofSeconds(6));
        hedged += work.size() - 1;
        reports("ada", .9);
        assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
    }
    assertThat(hedged).isBetween(9, 10);
  }
}
