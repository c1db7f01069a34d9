/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
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
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One arbiter in a world of one thread and one seed: time is virtual, and every neighbour of the
 * engine may fail at every call. The invariants are checked after each step.
 */
final class SimWorld {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final int LAST_STEPS = Integer.getInteger("arbiter.steps", 25);
  private static final int TASKS = 30;
  private static final int PLACES = 6;
  private static final Duration ATTEMPT_LIMIT = Duration.ofSeconds(20);
  private static final Duration PERIOD = Duration.ofSeconds(4);
  private static final String SPENDER = "acme";

  /* The most that one report of an agent of this world says, and its last word after it. */
  private static final int DEAREST = 13;
  /* Ticks of 50 ms: the sweep looks at what the executor left behind after a second. */
  private static final int MOST_LATE = 60;
  private static final Duration HEALED = Duration.ofMinutes(30);

  private static final List<RegisteredAgent.Status> STATUSES =
      List.of(RegisteredAgent.Status.values());

  private final long seed;
  private final SplittableRandom random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final Deque<String> trace = new ArrayDeque<>();
  private ManualScheduler scheduler = new ManualScheduler();
  private final SimStore store;
  private Arbiter arbiter;
  private final boolean inline;
  private final boolean storeStaysAway;
  private final Ejection ejection;
  private final @Nullable TenantBudget budget;
  private final Guards guards;
  private final Breaker breaker;
  private final @Nullable RateLimit agentRate;
  private final @Nullable RateLimit tenantRate;
  private final int queueCapacity;

  private final List<TaskHandle> handles = new ArrayList<>();
  private final Map<String, TaskHandle> byKey = new HashMap<>();
  private final Map<String, List<TaskEvent>> heard = new LinkedHashMap<>();
  private final Map<String, TaskResult> toldEnds = new HashMap<>();
  private final Map<RoutingDecision, Integer> outcomes = new LinkedHashMap<>();

  /* The decisions of lives before, of which this life has told an outcome. */
  private final Set<Long> earlierOutcomes = new HashSet<>();

  /* The decisions that have had an outcome, and those that a dead process left to the next one. */
  private final Set<Long> settled = new HashSet<>();
  private Set<Long> owed = new HashSet<>();
  private final Set<String> called = new HashSet<>();
  private final Map<String, Integer> working = new HashMap<>();
  private final Map<String, Integer> registrations = new HashMap<>();
  private final Map<String, List<Verdict>> verdicts = new HashMap<>();
  private final Map<String, Integer> standing = new HashMap<>();
  private final Set<String> decided = new HashSet<>();
  private final Map<String, String> questions = new HashMap<>();
  private final Set<String> cancelled = new HashSet<>();
  private final Set<TaskHandle> checked = new HashSet<>();
  private final Set<String> kinds = new TreeSet<>();

  /* What the agents said of the tenant with a budget, and the calls that have begun. */
  private final Map<Assignment, Double> said = new LinkedHashMap<>();
  private final Set<Assignment> open = new HashSet<>();

  /* Attempts of the spender whose report the engine has not read: they may have said their cost. */
  private final Set<Assignment> unread = new HashSet<>();
  private double saidBefore;
  private boolean hasDied;
  private int counted;
  private int countedBefore;
  private int openBefore;
  private final Map<Instant, Limit> limits = new HashMap<>();

  /* Of a period: the most that was allowed, and the calls that ran when it was reached. */
  private static final class Limit {
    double most;
    int running = -1;
  }

  /* When tasks of this life are over at the latest, and for how many ticks they are late. */
  private final Map<TaskHandle, Long> deadlines = new LinkedHashMap<>();
  private final Map<TaskHandle, Integer> late = new HashMap<>();

  /* In some worlds all threads of the executor are busy for a while; null in the others. */
  private final @Nullable Busy busy;

  private record Busy(long from, long to) {}

  /* Counts the processes: what belongs to a dead one does nothing. */
  private int life;
  private boolean starting;
  private boolean faults = true;
  private boolean closed;
  private long nanos = 1_000_000;
  private long wallSkew;
  private long order;
  private long hash = 17;
  private int submitted;
  private int deciding;
  private @Nullable String broken;

  private record Event(long at, long order, String what, Runnable body) {}

  /** A broken invariant: the seed, what does not hold, and the last steps. */
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1L;

    Broken(long seed, String what, Iterable<String> steps) {
      super("seed " + seed + ": " + what + "\n  " + String.join("\n  ", steps));
    }
  }

  SimWorld(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.inline = below(5) == 0;
    this.storeStaysAway = below(20) == 0;
    this.ejection =
        below(2) == 0
            ? Ejection.none()
            : new Ejection(1 + below(3), Duration.ofSeconds(2), Duration.ofSeconds(9));
    this.budget = below(2) == 0 ? null : newBudget();
    this.guards = below(3) > 0 ? Guards.none() : newGuards();
    // A listener that is skipped cannot check what it does not hear: it does not throw then.
    this.breaker =
        below(4) > 0 ? Breaker.none() : new Breaker(2 + below(4), 0.4, time(900), time(3_000), 1);
    this.agentRate = below(4) > 0 ? null : RateLimit.of(1 + below(4), time(2_000));
    RateLimit rate = RateLimit.of(1 + below(4), time(2_000));
    this.tenantRate = below(4) > 0 ? null : below(3) == 0 ? rate.refusing() : rate;
    this.queueCapacity = below(4) == 0 ? 1 + below(3) : TASKS;
    this.busy = busy(new SplittableRandom(seed + 4));
    this.store = new SimStore(this);
    this.arbiter = begin();
  }

  /* By a chance of its own, so that the worlds without it stay what they were. */
  private static @Nullable Busy busy(SplittableRandom own) {
    long from = own.nextInt(4_000) * 1_000_000L;
    return own.nextInt(5) > 0 ? null : new Busy(from, from + own.nextInt(20_000) * 1_000_000L);
  }

  private Guards newGuards() {
    Guards all = Guards.none().sameMessage(2 + below(3)).sameWorkOnce();
    all = below(2) == 0 ? all : all.stall(Duration.ofSeconds(1 + below(10)));
    all = below(2) == 0 ? all : all.submissions(3 + below(5), Duration.ofSeconds(2));
    return below(2) == 0 ? all : all.attempts(2 + below(5), Duration.ofSeconds(1));
  }

  private TenantBudget newBudget() {
    TaskBudget.AtLimit[] running = TaskBudget.AtLimit.values();
    TenantBudget.AtLimit[] others = TenantBudget.AtLimit.values();
    return TenantBudget.per(
            PERIOD,
            TaskBudget.ofCost(5 + below(30))
                .withCalls(2 + below(9))
                .atLimit(running[below(running.length)]))
        .atLimit(others[below(others.length)]);
  }

  /* A process begins: a new arbiter over the same store. */
  private Arbiter begin() {
    int own = life;
    ArbiterBuilder builder =
        Arbiter.builder()
            .sources(
                new Sources(
                    () -> BEGIN.plusNanos(nanos + wallSkew),
                    () -> nanos,
                    new SplittableRandom(seed + 1_000_003L * own)))
            .scheduler(scheduler)
            .executor(inline ? Runnable::run : this::execute)
            .store(store)
            .constitution(new SimConstitution())
            .router(new SimRouter())
            .listener(event -> hear(event, own))
            .concurrency(PLACES)
            .queueCapacity(queueCapacity)
            .guards(guards)
            .breaker(breaker)
            .fallbacks(2)
            .attemptLimit(ATTEMPT_LIMIT)
            .ejection(ejection)
            .hedging(new Hedging(Duration.ofSeconds(4), .5))
            .closeLimit(Duration.ZERO);
    for (int i = 0; i < 4; i++) {
      String id = "agent-" + i;
      builder.asyncAgent(profile(id), new SimAgent());
      registrations.merge(id, 1, Integer::sum);
    }
    if (agentRate != null) {
      builder.agentRate(agentRate);
    }
    if (tenantRate != null) {
      builder.tenantRate(SPENDER, tenantRate);
    }
    if (budget != null) {
      TaskBudget endless = TaskBudget.ofCost(1e9);
      builder.tenantBudget(SPENDER, budget);
      builder.tenantBudget(SPENDER, TenantBudget.per(Duration.ofDays(3_000), endless));
    }
    return builder.build();
  }

  /* Chance and time. */

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** One fault in so many calls, while there are faults. */
  boolean fault(int in) {
    return faults && below(in) == 0;
  }

  void later(int millis, String what, Runnable body) {
    events.add(new Event(nanos + millis * 1_000_000L, order++, what, body));
  }

  /** Does something later, unless the process has died by then. */
  void laterInThisLife(int millis, String what, Runnable body) {
    int own = life;
    later(
        millis,
        what,
        () -> {
          if (own == life) {
            body.run();
          }
        });
  }

  /* The run. */

  long run() {
    tick();
    later(1_000, "a person looks", this::person);
    for (int i = 0; i < TASKS; i++) {
      later(below(4_000), "submit", this::submit);
    }
    for (int i = 0; i < 15; i++) {
      later(below(8_000), "churn", this::churn);
    }
    if (below(4) == 0) {
      later(below(8_000), "stall", () -> nanos += Duration.ofSeconds(63).toNanos());
    }
    if (below(4) == 0) {
      later(below(8_000), "clock", () -> wallSkew += (below(2) * 2 - 1) * 3_600_000_000_000L);
    }
    if (storeStaysAway) {
      later(
          below(8_000),
          "the store goes",
          () -> store.lose(new IllegalStateException("gone"), false));
    }
    for (int deaths = below(3); deaths > 0; deaths--) {
      later(below(9_000), "the process dies", this::die);
    }
    later(10_000, "all is mended", this::mend);
    long until = nanos + HEALED.toNanos();
    while (!events.isEmpty() && nanos < until && !(isQuiet() && !faults)) {
      Event next = events.poll();
      nanos = Math.max(nanos, next.at);
      if (!next.what.equals("tick")) {
        note(next.what);
      }
      next.body.run();
      boolean unused = Thread.interrupted();
      checkAlways();
    }
    faults = false;
    checkQuiet();
    arbiter.close();
    closed = true;
    checkClosed();
    return hash;
  }

  /* What was neither kept nor told is gone; nobody will hear of it again. */
  private void die() {
    life++;
    hasDied = true;
    saidBefore = said();
    said.clear();
    open.clear();
    unread.clear();
    store.die();
    owed = store.keptDecisions();
    owed.removeAll(settled);
    scheduler = new ManualScheduler();
    List<TaskHandle> before = List.copyOf(handles);
    handles.clear();
    deadlines.clear();
    late.clear();
    byKey.clear();
    working.clear();
    registrations.clear();
    outcomes.values().removeIf(times -> times == 0);
    earlierOutcomes.clear();
    before.forEach(handle -> forget(name(handle.task())));
    // A caller need not have heard that its task was accepted.
    toldEnds
        .entrySet()
        .removeIf(told -> isUnrecorded(told.getValue()) && !store.ends.containsKey(told.getKey()));
    // An end that was kept and not told, perhaps of a task that no caller has heard of.
    store.ends.forEach((name, kept) -> toldEnds.putIfAbsent(name, kept.get(0)));
    nanos += below(5_000) * 1_000_000L;
    starting = true;
    arbiter = begin();
    starting = false;
    tick();
    for (TaskHandle old : before) {
      Task task = old.task();
      arbiter
          .find(task.tenant(), task.id())
          .ifPresentOrElse(handles::add, () -> breaks(name(task) + " is lost"));
    }
  }

  /* A task that had not ended goes on: what was cancelled or judged is unknown to the next process. */
  private void forget(String name) {
    List<TaskResult> kept = store.ends.getOrDefault(name, List.of());
    TaskResult told = toldEnds.remove(name);
    check(
        !kept.isEmpty() || told == null || isUnrecorded(told),
        () -> name + " was told and is not kept");
    if (kept.isEmpty()) {
      cancelled.remove(name);
      standing.remove(name);
    } else {
      toldEnds.put(name, kept.get(0));
      if (told == null || isUnrecorded(told)) {
        cancelled.remove(name);
      }
      if (told != null && isUnrecorded(told)) {
        // The store had kept the end after all, and its verdict was withdrawn meanwhile.
        standing.put(name, kept.get(0) instanceof TaskResult.Completed ? 1 : 0);
      }
    }
  }

  /* Looks after the tasks that wait because their effect is unknown, and answers questions. */
  private void person() {
    for (ApprovalRequest request : arbiter.approvals().open()) {
      if (decided.contains(request.id())) {
        breaks("request " + request.id() + " is open after its decision was kept");
      }
      if (!faults || below(3) > 0) {
        answer(request);
      }
    }
    for (List<TaskEvent> all : List.copyOf(heard.values())) {
      Task task = all.get(0).task();
      arbiter
          .find(task.tenant(), task.id())
          .filter(handle -> handle.waitsFor().isPresent())
          .ifPresent(
              handle -> {
                if (below(2) == 0) {
                  boolean unused = handle.runAgain();
                } else {
                  cancel(handle);
                }
              });
    }
    raiseBudget();
    later(1_000 + below(3_000), "a person looks", this::person);
  }

  /* At last a person lets everything go on, even if the clock went back into an earlier period. */
  private void raiseBudget() {
    if (budget != null && (!faults || below(6) == 0)) {
      try {
        arbiter.raise(SPENDER, PERIOD, Answer.raise("eve", TaskBudget.ofCost(1e6)));
      } catch (IllegalArgumentException refused) {
        note("refused: " + refused.getMessage());
      }
    }
  }

  private void answer(ApprovalRequest request) {
    Answer answer = answerTo(request);
    questions.put(request.id(), request.question().text());
    note("decides " + request.id() + " of " + request.task() + ": " + answer.kind());
    try {
      CompletionStage<?> unused =
          arbiter
              .approvals()
              .decide(request, answer)
              .whenComplete(
                  (approval, error) -> {
                    if (error == null) {
                      decided.add(request.id());
                    }
                  });
      if (below(4) == 0) {
        CompletionStage<?> second = arbiter.approvals().decide(request, answer);
        check(second == null, () -> request.id() + " was decided twice");
      }
    } catch (IllegalStateException | IllegalArgumentException refused) {
      note("refused: " + refused.getMessage());
    }
  }

  private Answer answerTo(ApprovalRequest request) {
    if (below(5) == 0) {
      return Answer.deny("eve", "no");
    }
    return switch (request.point()) {
      case START -> below(2) == 0 ? Answer.approve("eve") : Answer.edit("eve", "edited");
      case RESULT -> Answer.approve("eve");
      case INPUT -> Answer.reply("eve", "this one");
      case BUDGET, TENANT_BUDGET ->
          Answer.raise("eve", TaskBudget.ofCost(1 + below(200)).atLimit(TaskBudget.AtLimit.ASK));
    };
  }

  private boolean isQuiet() {
    Arbiter.Stats stats = arbiter.stats();
    return submitted == TASKS
        && stats.inFlight() + stats.waiting() == 0
        && toldEnds.keySet().containsAll(heard.keySet())
        && handles.stream().allMatch(handle -> handle.state().isEnd())
        && handles.stream().allMatch(SimWorld::isDone);
  }

  private static boolean isDone(TaskHandle handle) {
    return handle.result().toCompletableFuture().isDone();
  }

  private void tick() {
    laterInThisLife(
        50,
        "tick",
        () -> {
          scheduler.tick();
          checkDeadlines();
          tick();
        });
  }

  private void note(String step) {
    trace.addLast((nanos / 1_000_000) + " ms " + step);
    if (trace.size() > LAST_STEPS) {
      trace.removeFirst();
    }
  }

  /* The executor. */

  private void execute(Runnable work) {
    if (fault(40)) {
      throw new OutOfMemoryError("unable to create native thread (simulated)");
    }
    if (fault(60)) {
      throw new RejectedExecutionException("full (simulated)");
    }
    if (fault(80)) {
      note("the executor drops work");
      return;
    }
    int after = below(3) == 0 ? below(50) : 0;
    if (busy != null && nanos >= busy.from && nanos < busy.to) {
      after += (int) ((busy.to - nanos) / 1_000_000);
    }
    laterInThisLife(after, "work", work);
  }

  /* The callers. */

  private void submit() {
    int number = submitted++;
    Task.Builder task =
        Task.builder(below(8) == 0 ? "forbidden" : "fix")
            .tenant(below(2) == 0 ? "acme" : "zeta")
            .priority(1 + below(10))
            .payload("p" + number);
    if (below(3) == 0) {
      task.deadline(Duration.ofMillis(100 + below(30_000)));
    }
    if (below(5) == 0) {
      task.approval(Question.of("May it?").to("one", "two").within(time(4_000)));
    }
    if (below(8) == 0) {
      task.notBefore(BEGIN.plusNanos(nanos + wallSkew).plus(time(8_000)));
    }
    if (below(5) == 0) {
      TaskBudget.AtLimit[] all = TaskBudget.AtLimit.values();
      task.budget(
          TaskBudget.ofCost(1 + below(12)).withCalls(1 + below(6)).atLimit(all[below(all.length)]));
    }
    if (below(3) == 0) {
      task.deadlinePauses();
    }
    if (below(4) == 0) {
      task.bestOf(2 + below(3));
    }
    if (below(4) == 0) {
      task.hedged();
    }
    String key = below(4) == 0 ? "key-" + below(3) : "";
    if (!key.isEmpty()) {
      task = Task.builder("fix").tenant("acme").payload(key).idempotencyKey(key);
    }
    try {
      CompletionStage<TaskHandle> accepted = arbiter.submitAsync(task.build());
      CompletionStage<?> unused =
          accepted.whenComplete(
              (handle, error) -> {
                if (handle != null) {
                  accepted(handle);
                }
              });
    } catch (RuntimeException refused) {
      note("refused: " + refused.getMessage());
    }
  }

  private Duration time(int most) {
    return Duration.ofMillis(1 + below(most));
  }

  private void accepted(TaskHandle handle) {
    String key = handle.task().idempotencyKey();
    if (!key.isEmpty()) {
      TaskHandle first = byKey.putIfAbsent(key, handle);
      if (first != null && first != handle && !first.state().isEnd()) {
        breaks("two tasks for " + key);
      }
      if (first == handle) {
        return;
      }
      byKey.put(key, handle);
    }
    if (handles.contains(handle)) {
      return;
    }
    handles.add(handle);
    Task task = handle.task();
    if (!task.terms().deadlinePauses() && task.deadline().isPresent()) {
      deadlines.put(handle, nanos + task.deadline().get().toNanos());
    }
    if (below(5) == 0) {
      laterInThisLife(below(5_000), "cancel " + handle.id(), () -> cancel(handle));
    }
  }

  private void cancel(TaskHandle handle) {
    boolean willEnd = handle.cancel("asked");
    if (willEnd) {
      cancelled.add(name(handle.task()));
    }
  }

  /* The registry. */

  private AgentProfile profile(String id) {
    AgentProfile.Builder profile = AgentProfile.builder(id).capacity(1 + below(3));
    return below(2) == 0 ? profile.build() : profile.idempotent().build();
  }

  private void register(String id) {
    arbiter.agents().registerAsync(profile(id), new SimAgent());
    registrations.merge(id, 1, Integer::sum);
  }

  private void mend() {
    faults = false;
    for (int i = 0; i < 4; i++) {
      String id = "agent-" + i;
      if (arbiter.agents().find(id).isEmpty()) {
        register(id);
      }
      arbiter.agents().setStatus(id, RegisteredAgent.Status.AVAILABLE);
    }
  }

  private void churn() {
    if (starting) {
      return;
    }
    try {
      churn("agent-" + below(4));
    } catch (IllegalStateException | IllegalArgumentException overtaken) {
      note("churn: " + overtaken.getMessage());
    }
  }

  private void churn(String id) {
    boolean known = arbiter.agents().find(id).isPresent();
    switch (known ? below(5) : 5) {
      case 0 -> arbiter.agents().retire(id);
      case 1 -> arbiter.agents().update(AgentProfile.builder(id).capacity(1 + below(3)).build());
      case 2 -> arbiter.agents().setStatus(id, STATUSES.get(below(STATUSES.size())));
      case 4 -> arbiter.agents().limit(id, BEGIN.plusNanos(nanos + wallSkew).plus(time(9_000)));
      case 3 -> {
        arbiter.agents().retire(id);
        register(id);
      }
      default -> register(id);
    }
  }

  /* The neighbours. */

  private final class SimAgent implements AsyncAgent {
    @Override
    public CompletionStage<WorkReport> start(Assignment assignment) {
      begins(assignment);
      WorkReport report =
          new WorkReport(
              below(6) == 0 ? "bad" : "good", List.of(), List.of(), Usage.cost(below(10)));
      said(assignment, Math.max(report.usage().cost(), 1));
      CompletableFuture<WorkReport> stage = new CompletableFuture<>();
      CompletableFuture<?> unused = stage.whenComplete((value, error) -> ends(assignment));
      switch (faults ? below(22) : 21) {
        case 14 ->
            stage.completeExceptionally(
                AgentException.quota("limit", BEGIN.plusNanos(nanos + wallSkew).plus(time(6_000))));
        case 15 ->
            stage.completeExceptionally(
                new AgentException("cut off", Usage.cost(1))
                    .failure(FailureCause.CONNECTIVITY)
                    .effect(below(2) == 0 ? Effect.NONE : Effect.POSSIBLE));
        case 16, 17 -> {
          asks(assignment, stage, report, below(3));
          if (below(4) > 0) {
            return stage;
          }
        }
        case 18 -> {
          if (assignment.resumeToken().isEmpty()) {
            stage.complete(
                WorkReport.waiting(Question.of("What now?").within(time(9_000)), "token"));
          }
        }
        case 19, 20 -> {
          boolean goesOn = true;
          for (int i = below(4); i >= 0 && goesOn; i--) {
            Usage more = Usage.cost(below(4));
            said(assignment, assignment.meter().total().cost() + more.cost());
            CompletableFuture<Boolean> mayGoOn =
                assignment.progress(more, "on").toCompletableFuture();
            goesOn = mayGoOn.isDone() && !mayGoOn.isCompletedExceptionally() && mayGoOn.join();
          }
        }
        case 0 -> {
          ends(assignment);
          throw new AssertionError("the agent throws an Error");
        }
        case 1 -> stage.completeExceptionally(new IllegalStateException("the agent fails"));
        case 2 -> note("the agent " + assignment.agent() + " never answers");
        case 3 -> Thread.currentThread().interrupt();
        case 4 -> {
          ends(assignment);
          return new OnlyStage(report);
        }
        case 5 ->
            arbiter
                .submitAsync(Task.builder("fix").payload("from an agent").build())
                .whenComplete(
                    (handle, error) -> {
                      if (handle != null) {
                        accepted(handle);
                      }
                    });
        case 6 -> churn();
        case 7 -> nanos += below(2_000) * 1_000_000L;
        default -> {}
      }
      if (below(2) == 0) {
        stage.complete(report);
      } else {
        laterInThisLife(
            below(15_000),
            "report of " + assignment.task().id(),
            () -> {
              stage.complete(report);
              stage.complete(report);
            });
      }
      return stage;
    }

    /* Asks, works for a while, perhaps asks another question, and reports. */
    private void asks(
        Assignment assignment, CompletableFuture<WorkReport> stage, WorkReport report, int more) {
      String text = "Which of " + more + "?";
      Question question = Question.of(text).to("one", "two").within(time(5_000));
      CompletionStage<?> unused =
          assignment
              .ask(question)
              .whenComplete(
                  (answer, error) -> {
                    String asked = answer == null ? text : questions.get(answer.request());
                    check(
                        text.equals(asked),
                        () -> "'" + text + "' was answered by what was said to '" + asked + "'");
                    if (below(3) == 0) {
                      return;
                    }
                    laterInThisLife(
                        below(2) * below(2_000),
                        "goes on with " + assignment.task().id(),
                        () -> {
                          if (more > 0) {
                            asks(assignment, stage, report, more - 1);
                          } else {
                            stage.complete(report);
                          }
                        });
                  });
    }

    private void begins(Assignment assignment) {
      String name = name(assignment.task());
      String attempt = name + " " + assignment.attempt();
      note("call of " + assignment.agent() + " for " + attempt.replace(KeptValue.APART, '/'));
      if (closed) {
        breaks("an agent is called after close");
      }
      if (toldEnds.containsKey(name)) {
        breaks("an agent is called after the end of " + attempt);
      }
      boolean mayBegin =
          assignment.task().terms().approval().isEmpty()
              || assignment.approvals().stream()
                  .anyMatch(a -> a.point() == ApprovalRequest.Point.START && !a.isDenial());
      check(mayBegin, () -> attempt + " was not approved by a person");
      if (!store.started.contains(attempt)) {
        breaks("an agent is called before the store has kept it: " + attempt);
      }
      called.add(attempt);
      if (assignment.task().tenant().equals(SPENDER)) {
        counted++;
        open.add(assignment);
        unread.add(assignment);
        said(assignment, 0);
      }
      int now = working.merge(assignment.agent(), 1, Integer::sum);
      // The slots of each registration, old ones included; and reports that are being told now.
      if (now > 3 * registrations.getOrDefault(assignment.agent(), 0) + 3) {
        breaks(assignment.agent() + " works on " + now + " tasks at once");
      }
    }

    private void said(Assignment assignment, double cost) {
      if (assignment.task().tenant().equals(SPENDER)) {
        said.merge(assignment, cost, Math::max);
      }
    }

    private void ends(Assignment assignment) {
      open.remove(assignment);
      working.merge(assignment.agent(), -1, Integer::sum);
    }
  }

  /** A stage that is no future. */
  private static final class OnlyStage extends CompletableFuture<WorkReport> {
    OnlyStage(WorkReport report) {
      complete(report);
    }

    @Override
    public CompletableFuture<WorkReport> toCompletableFuture() {
      throw new UnsupportedOperationException();
    }
  }

  private final class SimConstitution implements Constitution {
    @Override
    public Admission admit(Task task) {
      if (fault(40)) {
        throw new IllegalStateException("no rules today");
      }
      return task.type().equals("forbidden")
          ? new Admission.Refused(List.of(Finding.error("type", "", "forbidden")))
          : new Admission.Admitted("sha256:1", List.of());
    }

    @Override
    public String specDigest(Task task) {
      if (fault(60)) {
        throw new StackOverflowError("simulated");
      }
      return fault(60) ? "sha256:2" : "sha256:1";
    }

    @Override
    public Optional<Question> asks(Assignment assignment, WorkReport report) {
      if (fault(60)) {
        throw new IllegalStateException("no questions today");
      }
      return assignment.task().payload().endsWith("7")
          ? Optional.of(Question.of("Is it right?").within(Duration.ofSeconds(8)))
          : Optional.empty();
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      check(report.pending().isEmpty(), () -> "work that is not done is judged");
      if (fault(40)) {
        throw new OutOfMemoryError("simulated");
      }
      Verdict verdict =
          report.output().equals("bad")
              ? new Verdict.Denied(List.of(Finding.error("bad", "", "bad")), Seal.none())
              : new Verdict.Approved(List.of(), (1 + below(9)) / 10.0, Seal.none());
      verdicts.computeIfAbsent(name(assignment.task()), key -> new ArrayList<>()).add(verdict);
      standing.merge(name(assignment.task()), verdict.passed() ? 1 : 0, Integer::sum);
      return verdict;
    }

    @Override
    public void withdraw(Assignment assignment, Verdict verdict, String reason) {
      standing.merge(name(assignment.task()), -1, Integer::sum);
      if (fault(10)) {
        throw new IllegalStateException("the log is full");
      }
    }
  }

  private final class SimRouter implements Router {
    @Override
    public RoutingDecision route(RoutingRequest request) {
      if (fault(60)) {
        throw new AssertionError("the router throws an Error");
      }
      if (fault(60)) {
        throw new RefusedException("too dear");
      }
      String agent =
          fault(60)
              ? "stranger"
              : request.candidates().get(below(request.candidates().size())).id();
      RoutingDecision decision = new SimDecision(deciding++, agent);
      note("decision " + decision.id() + " for " + request.task().id() + ": " + agent);
      if (!agent.equals("stranger")) {
        outcomes.put(decision, 0);
      }
      return decision;
    }

    @Override
    public void learn(Outcome outcome) {
      note("outcome of decision " + outcome.decision().id() + ": " + outcome.kind());
      settled.add(outcome.decision().id());
      Integer times = outcomes.computeIfPresent(outcome.decision(), (d, before) -> before + 1);
      check(times == null || times == 1, () -> "two outcomes of " + outcome.decision());
      if (outcome.decision() instanceof KeptDecision kept) {
        check(earlierOutcomes.add(kept.id()), () -> "two outcomes of " + kept);
      }
      if (fault(30)) {
        throw new NoClassDefFoundError("simulated");
      }
    }
  }

  private record SimDecision(long id, String agent) implements RoutingDecision {
    @Override
    public String policy() {
      return "random";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "chance";
    }

    @Override
    public List<Scored> candidates() {
      return List.of();
    }
  }

  private void hear(ArbiterEvent event, int of) {
    if (of != life) {
      breaks("a dead process tells " + event);
    }
    hash = 31 * hash + fingerprint(event).hashCode();
    if (event instanceof TaskEvent step) {
      heard(step);
    }
    if (fault(50) && !breaker.isOn()) {
      throw new IllegalStateException("the listener throws");
    }
    // Nor does it cancel: work that goes on within its call would make it slow.
    if (fault(100) && !handles.isEmpty() && !breaker.isOn()) {
      cancel(handles.get(below(handles.size())));
    }
  }

  private static String fingerprint(ArbiterEvent event) {
    return event instanceof TaskEvent step
        ? step.task().id() + step.state() + step.step().attempt() + step.nanoTime()
        : event.getClass().getSimpleName() + event.nanoTime();
  }

  /** The kinds of events that were heard, an end of an attempt with its cause. */
  Set<String> kinds() {
    return kinds;
  }

  private void heard(TaskEvent step) {
    String name = name(step.task());
    kinds.add(
        step instanceof TaskEvent.AttemptEnded ended
            ? "AttemptEnded " + ended.failure().cause()
            : step.getClass().getSimpleName());
    List<TaskEvent> all = heard.computeIfAbsent(name, key -> new ArrayList<>());
    note(
        name.replace(KeptValue.APART, '/')
            + " "
            + step.getClass().getSimpleName()
            + " "
            + step.state());
    TaskState before = all.isEmpty() ? null : all.get(all.size() - 1).state();
    boolean legal =
        step instanceof TaskEvent.Recovered
            || (before == TaskState.WAITING && step.state() == before)
            || (isOfSeveral(step) && step.state() == before)
            || (before == null
                ? step.state() == TaskState.RECEIVED
                : before.mayBecome(step.state()))
            || (step instanceof TaskEvent.Concluded told && isUnrecorded(told.result()));
    if (!legal) {
      breaks(name + " went from " + before + " to " + step.state());
    }
    all.add(step);
    if (endsCall(step)) {
      boolean isOver = step instanceof TaskEvent.Concluded;
      unread.removeIf(
          call ->
              name(call.task()).equals(name)
                  && (isOver || call.attempt() == step.step().attempt()));
    }
    if (step instanceof TaskEvent.Concluded concluded
        && toldEnds.put(name, concluded.result()) != null) {
      breaks("two ends were told of " + name);
    }
  }

  private static boolean endsCall(TaskEvent step) {
    return step instanceof TaskEvent.Executed
        || step instanceof TaskEvent.AttemptEnded
        || step instanceof TaskEvent.Concluded
        || (step instanceof TaskEvent.Routing routing && routing.failed().isPresent());
  }

  private static boolean isOfSeveral(TaskEvent step) {
    return step instanceof TaskEvent.AttemptEnded
        || step instanceof TaskEvent.Joined
        || (step instanceof TaskEvent.Executing && step.step().attempt() > 1);
  }

  /* The invariants. */

  private void breaks(String what) {
    if (broken == null) {
      broken = what.replace(KeptValue.APART, '/');
    }
  }

  private void check(boolean holds, Supplier<String> what) {
    if (!holds) {
      breaks(what.get());
    }
  }

  private void checkAlways() {
    Arbiter.Stats stats = arbiter.stats();
    check(stats.inFlight() <= PLACES, () -> "more tasks in flight than places: " + stats);
    check(stats.inFlight() >= 0 && stats.waiting() >= 0, () -> "negative counts: " + stats);
    checkBudget();
    for (RegisteredAgent agent : arbiter.agents().all()) {
      check(agent.active() >= 0, () -> agent.id() + " has negative slots");
    }
    for (TaskHandle handle : handles) {
      if (isDone(handle) && checked.add(handle)) {
        checkEnd(handle, handle.result().toCompletableFuture().join());
      }
    }
    raise();
  }

  /* Nothing but a store that is away holds up a deadline for long. */
  private void checkDeadlines() {
    deadlines.forEach(
        (handle, end) -> {
          if (store.isAway() || nanos < end || handle.state().isEnd()) {
            late.remove(handle);
          } else {
            int ticks = late.merge(handle, 1, Integer::sum);
            check(ticks < MOST_LATE, () -> name(handle.task()) + " goes on after its deadline");
          }
        });
  }

  private double said() {
    return saidBefore + said.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /* Nothing counts twice, nothing is forgotten, and a limit holds but for the reports on the way. */
  private void checkBudget() {
    if (budget == null) {
      return;
    }
    TenantBudget.Balance all = balance(Duration.ofDays(3_000));
    check(
        all.spent().usage().cost() <= said() + 1e-6,
        () -> all.spent() + " was counted, and " + said() + " was said");
    check(
        hasDied || all.spent().calls() >= counted,
        () -> counted + " calls began, " + all.spent().calls() + " were counted");
    TenantBudget.Balance now = balance(PERIOD);
    // A clock that is set back comes into an earlier period again.
    Limit limit = limits.computeIfAbsent(now.begins(), begin -> new Limit());
    limit.most = Math.max(limit.most, now.limits().cost());
    double over = now.spent().usage().cost() - limit.most;
    if (over < 0) {
      limit.running = -1;
    } else if (limit.running < 0) {
      limit.running = openBefore + counted - countedBefore + 1;
    }
    countedBefore = counted;
    Set<Assignment> toCome = new HashSet<>(open);
    toCome.addAll(unread);
    openBefore = toCome.size();
    check(
        over < 0 || over <= DEAREST * limit.running,
        () -> now + " is over by " + over + " with " + limit.running + " attempts");
  }

  private TenantBudget.Balance balance(Duration period) {
    return arbiter.balances(SPENDER).stream()
        .filter(balance -> balance.budget().period().equals(period))
        .findFirst()
        .orElseThrow();
  }

  /* The neighbours throw other exceptions than these. */
  private static boolean isOwnFault(TaskResult.Failed failed) {
    return failed.cause() == FailureCause.INTERNAL
        && Stream.of("IllegalArgument", "NullPointer", "OutOfBounds", "NoSuchElement", "ClassCast")
            .anyMatch(failed.message()::contains);
  }

  private void checkEnd(TaskHandle handle, TaskResult result) {
    String name = name(handle.task());
    check(
        handle.state() == result.state(), () -> name + " is " + handle.state() + ", not " + result);
    check(
        result.equals(toldEnds.get(name)),
        () -> name + " is " + result + ", and told " + toldEnds.get(name));
    if (!isUnrecorded(result)) {
      List<TaskResult> kept = store.ends.getOrDefault(name, List.of());
      check(kept.equals(List.of(result)), () -> name + " kept " + kept + " and not once " + result);
    }
    if (result instanceof TaskResult.Failed failed) {
      check(!isOwnFault(failed), () -> name + " failed by a fault of the engine: " + failed);
    }
    if (result instanceof TaskResult.Completed completed) {
      check(
          completed.verdict().passed()
              && verdicts.getOrDefault(name, List.of()).contains(completed.verdict()),
          () -> name + " completed without a verdict");
    }
    int expected = result instanceof TaskResult.Completed ? 1 : 0;
    check(
        standing.getOrDefault(name, 0) == expected,
        () -> name + " has " + standing.get(name) + " standing verdicts, result " + result);
    if (cancelled.contains(name)) {
      check(result instanceof TaskResult.Cancelled, () -> name + " was cancelled and is " + result);
    }
  }

  private static boolean isUnrecorded(@Nullable TaskResult result) {
    return result instanceof TaskResult.Failed failed
        ? failed.cause() == FailureCause.UNRECORDED
        : result instanceof TaskResult.Cancelled cancel && cancel.reason().contains("no record");
  }

  private void checkQuiet() {
    for (TaskHandle handle : handles) {
      check(isDone(handle), () -> name(handle.task()) + " never ended; it is " + handle);
    }
    raise();
    for (TaskHandle handle : handles) {
      checkEnd(handle, handle.result().toCompletableFuture().join());
    }
    outcomes.forEach(
        (decision, times) -> check(times == 1, () -> times + " outcomes of " + decision));
    owed.removeAll(settled);
    check(owed.isEmpty(), () -> "no outcomes of decisions that were kept: " + owed);
    check(
        arbiter.approvals().open().isEmpty(),
        () -> "requests of ended tasks are open: " + arbiter.approvals().open());
    check(arbiter.stats().inFlight() == 0, () -> "places are lost: " + arbiter.stats());
    check(arbiter.stats().waiting() == 0, () -> "tasks wait for ever: " + arbiter.stats());
    for (RegisteredAgent agent : arbiter.agents().all()) {
      int now = Objects.requireNonNullElse(working.get(agent.id()), 0);
      check(
          agent.active() <= Math.max(0, now),
          () -> agent.id() + " has " + agent.active() + " slots taken and works on " + now);
    }
    store.ends.forEach(
        (name, ends) -> check(ends.size() == 1, () -> name + " ended twice: " + ends));
    raise();
  }

  private void checkClosed() {
    check(arbiter.stats().inFlight() == 0, () -> "places are lost after close");
    raise();
  }

  private void raise() {
    if (broken != null) {
      throw new Broken(seed, broken, trace);
    }
  }

  private static String name(Task task) {
    return task.tenant() + KeptValue.APART + task.id();
  }
}
