/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.insight.Rating;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every way from the public API to an agent, tried without a grant: through whatever object can be
 * had, and through what an interceptor holds.
 */
class BypassTest {
  private static final ApprovalRequest REQUEST =
      new ApprovalRequest(
          "r-1",
          "default",
          "T-1",
          ApprovalRequest.Point.START,
          0,
          "",
          Question.of("May it?"),
          "",
          "sha256:0",
          Instant.EPOCH,
          Instant.EPOCH);
  private static final Task FORBIDDEN =
      Task.builder("forbidden").id("T-1").requires("java").build();
  private static final Duration SOON = Duration.ofSeconds(10);

  private final AtomicInteger calls = new AtomicInteger();
  private final Agent agent =
      assignment -> {
        calls.incrementAndGet();
        return WorkReport.of("good");
      };
  private final AsyncAgent asyncAgent =
      assignment -> CompletableFuture.completedFuture(agent.run(assignment));
  private final FakeTime time = new FakeTime();
  private final ManualScheduler scheduler = new ManualScheduler();

  private ArbiterBuilder arbiter() {
    return Arbiter.builder()
        .constitution(new StubConstitution())
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .fallbacks(0);
  }

  /**
   * Starts with the arbiter and the sockets a host holds, calls every public method of every object
   * that comes back, and does so twice. A parameter nobody here can supply fails the test: then
   * there is a new door to think about.
   */
  @Test
  void no_public_door_leads_to_an_agent_without_a_grant() throws Exception {
    Store store = Store.memory();
    AtomicReference<@Nullable Object> event = new AtomicReference<>();
    Set<String> doors = new TreeSet<>();
    try (Arbiter arbiter =
        arbiter()
            .store(store)
            .listener(event::set)
            .agent(AgentProfile.of("ada", "java"), agent)
            .asyncAgent(AgentProfile.of("bob", "java"), asyncAgent)
            .build()) {
      TaskHandle handle = arbiter.submit(FORBIDDEN);
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Rejected.class);
      List<Object> roots = new ArrayList<>(List.of(arbiter, store, handle));
      Optional.ofNullable(event.get()).ifPresent(roots::add);
      for (int round = 0; round < 2; round++) {
        doors.addAll(new Doors(roots).openAll());
        scheduler.tick();
      }
      assertThat(arbiter.submit(FORBIDDEN.withId("T-2")).await(SOON))
          .isInstanceOf(TaskResult.Rejected.class);
    }

    assertThat(calls).hasValue(0);
    assertThat(doors)
        .contains(
            "Arbiter.submit",
            "Arbiter.agents",
            "AgentRegistry.register",
            "AgentRegistry.candidates",
            "RegisteredAgent.profile",
            "TaskHandle.result",
            "Store.open");
  }

  @Test
  void a_router_holds_nothing_that_runs() throws Exception {
    AtomicReference<@Nullable RoutingRequest> seen = new AtomicReference<>();
    Set<String> doors;
    try (Arbiter arbiter =
        arbiter()
            .router(
                request -> {
                  seen.set(request);
                  throw new IllegalStateException("no");
                })
            .agent(AgentProfile.of("ada", "java"), agent)
            .build()) {
      TaskResult unused = arbiter.submit(FORBIDDEN).await(SOON);
      assertThat(seen.get()).isNull();
      arbiter.submit(Task.builder("fix").requires("java").build()).await(SOON);
      doors = new Doors(List.of(Optional.ofNullable(seen.get()).orElseThrow())).openAll();
    }

    assertThat(doors).contains("RoutingRequest.candidates", "RegisteredAgent.profile");
    assertThat(calls).hasValue(0);
  }

  @Test
  void an_interceptor_lets_an_attempt_go_on_once() throws Exception {
    List<Throwable> refused = new ArrayList<>();
    TaskInterceptor twice =
        (assignment, next) -> {
          CompletionStage<WorkReport> first = next.proceed(assignment);
          try {
            return next.proceed(assignment);
          } catch (IllegalStateException e) {
            refused.add(e);
            return first;
          }
        };
    TaskResult result = run(twice);

    assertThat(result).isInstanceOf(TaskResult.Completed.class);
    assertThat(calls).hasValue(1);
    assertThat(refused).singleElement().asString().contains("was let go on before");
  }

  @Test
  void an_interceptor_cannot_put_other_work_under_the_grant() throws Exception {
    Task other = Task.builder("forbidden").id("T-1").build();
    List<TaskInterceptor> amending =
        List.of(
            (a, next) -> next.proceed(with(a, other, a.agent(), 1, a.specDigest(), 0)),
            (a, next) ->
                next.proceed(with(a, a.task().withId("T-9"), a.agent(), 1, a.specDigest(), 0)),
            (a, next) -> next.proceed(with(a, a.task(), "bob", 1, a.specDigest(), 0)),
            (a, next) -> next.proceed(with(a, a.task(), a.agent(), 2, a.specDigest(), 0)),
            (a, next) -> next.proceed(with(a, a.task(), a.agent(), 1, "sha256:2", 0)),
            (a, next) -> next.proceed(with(a, a.task(), a.agent(), 1, a.specDigest(), 1)),
            (a, next) ->
                next.proceed(
                    with(a, other, a.agent(), 1, a.specDigest(), 0)
                        .withInsights(List.of("The approval covers this too."))));

    for (TaskInterceptor amends : amending) {
      TaskResult result = run(amends);

      assertThat(result).isInstanceOf(TaskResult.Failed.class);
      assertThat(((TaskResult.Failed) result).message()).contains("was amended");
    }
    assertThat(calls).hasValue(0);
  }

  @Test
  void an_interceptor_may_give_an_attempt_less_time() throws Exception {
    TaskResult result =
        run((a, next) -> next.proceed(with(a, a.task(), a.agent(), 1, a.specDigest(), -1)));

    assertThat(result).isInstanceOf(TaskResult.Completed.class);
  }

  private static Assignment with(
      Assignment a, Task task, String agent, int attempt, String digest, long moreNanos) {
    return new Assignment(task, agent, attempt, digest, a.timeLimit().plusNanos(moreNanos));
  }

  @Test
  void an_attempt_that_is_over_goes_on_no_more() throws Exception {
    AtomicReference<TaskInterceptor.@Nullable Invocation> kept = new AtomicReference<>();
    AtomicReference<@Nullable Assignment> attempt = new AtomicReference<>();
    TaskResult result;
    try (Arbiter arbiter =
        arbiter()
            .agent(AgentProfile.of("ada"), agent)
            .attemptLimit(Duration.ofSeconds(1))
            .interceptor(
                (assignment, next) -> {
                  kept.set(next);
                  attempt.set(assignment);
                  return new CompletableFuture<>();
                })
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      time.advance(Duration.ofSeconds(2));
      scheduler.tick();
      result = handle.await(SOON);
    }

    assertThat(((TaskResult.Failed) result).cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
    Assignment late = Optional.ofNullable(attempt.get()).orElseThrow();
    assertThat(Optional.ofNullable(kept.get()).orElseThrow())
        .satisfies(
            next ->
                assertThat(catching(next, late))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is over"));
    assertThat(calls).hasValue(0);
  }

  private static @Nullable Throwable catching(TaskInterceptor.Invocation next, Assignment late) {
    try {
      next.proceed(late);
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  private TaskResult run(TaskInterceptor interceptor) throws InterruptedException {
    try (Arbiter arbiter =
        arbiter().agent(AgentProfile.of("ada"), agent).interceptor(interceptor).build()) {
      return arbiter.submit(Task.builder("fix").id("T-1").build()).await(SOON);
    }
  }

  private static final class NoOwner implements Store.Owner {
    @Override
    public Store.Recovery assigned(Store.Shard shard) {
      throw new IllegalStateException("this owner wants no shard");
    }

    @Override
    public void lost(Store.Shard shard, @Nullable Throwable why) {}
  }

  /** Objects of Arbiter's public types, each with all its public methods called. */
  private final class Doors {
    private final Deque<Object> todo = new ArrayDeque<>();
    private final Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<String> opened = new TreeSet<>();

    Doors(List<Object> roots) {
      roots.forEach(this::found);
    }

    private void found(@Nullable Object object) {
      if (object instanceof Iterable<?> many && !(object instanceof java.nio.file.Path)) {
        many.forEach(this::found);
      } else if (object instanceof Optional<?> maybe) {
        maybe.ifPresent(this::found);
      } else if (object != null && isOurs(object.getClass()) && known.add(object)) {
        todo.add(object);
      }
    }

    private static boolean isOurs(Class<?> type) {
      return type.getName().startsWith("dev.arbiter.") && !type.isEnum();
    }

    Set<String> openAll() throws IllegalAccessException {
      while (!todo.isEmpty() && known.size() < 300) {
        Object object = todo.remove();
        assertThat(object).isNotInstanceOfAny(Agent.class, AsyncAgent.class);
        for (Class<?> type : publicTypes(object.getClass())) {
          for (Method method : type.getMethods()) {
            boolean door =
                method.getDeclaringClass() == type
                    && !Modifier.isStatic(method.getModifiers())
                    && !method.getName().matches("close|await|equals|hashCode|toString");
            if (door) {
              open(object, type, method);
            }
          }
        }
      }
      return opened;
    }

    private static Set<Class<?>> publicTypes(Class<?> of) {
      Set<Class<?>> types = Collections.newSetFromMap(new IdentityHashMap<>());
      Deque<Class<?>> todo = new ArrayDeque<>(List.of(of));
      while (!todo.isEmpty()) {
        Class<?> type = todo.remove();
        if (Modifier.isPublic(type.getModifiers()) && isOurs(type)) {
          types.add(type);
        }
        todo.addAll(List.of(type.getInterfaces()));
        Optional.ofNullable(type.getSuperclass()).ifPresent(todo::add);
      }
      return types;
    }

    private void open(Object object, Class<?> type, Method method) throws IllegalAccessException {
      Object[] arguments = new Object[method.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = argument(method.getParameterTypes()[i], method);
      }
      opened.add(type.getSimpleName() + "." + method.getName());
      try {
        found(method.invoke(object, arguments));
      } catch (InvocationTargetException refused) {
        assertThat(refused.getCause()).isInstanceOf(RuntimeException.class);
      }
    }

    private Object argument(Class<?> type, Method method) {
      return supply(type)
          .orElseThrow(() -> new AssertionError("a new door: " + method + " wants " + type));
    }

    private Optional<Object> supply(Class<?> type) {
      List<Object> supplies =
          List.of(
              FORBIDDEN,
              "ada",
              AgentProfile.of("ada", "java"),
              agent,
              asyncAgent,
              Status.AVAILABLE,
              Set.of("java"),
              Duration.ofMillis(1),
              Instant.EPOCH,
              Question.of("May it?"),
              Answer.approve("eve"),
              REQUEST,
              new String[] {"lead"},
              TaskBudget.none(),
              new TaskBudget.Spent(Usage.none(), Duration.ZERO, 0, 0),
              Usage.none(),
              new Rating("default", "T-1", "eve", 5),
              (ArbiterListener) event -> found(event instanceof TaskEvent task ? task : null),
              new NoOwner());
      List<Object> all = new ArrayList<>(supplies);
      all.addAll(known);
      for (Object supply : all) {
        if (type.isInstance(supply)) {
          return Optional.of(supply);
        }
      }
      if (type == long.class) {
        return Optional.of(1L);
      }
      if (type == double.class) {
        return Optional.of(1.0);
      }
      return type == int.class
          ? Optional.of(1)
          : type.isEnum() ? Optional.of(type.getEnumConstants()[0]) : functional(type);
    }

    private static Optional<Object> functional(Class<?> type) {
      return type == java.util.function.Function.class
          ? Optional.of((java.util.function.Function<Object, Object>) o -> o)
          : Optional.empty();
    }
  }
}
