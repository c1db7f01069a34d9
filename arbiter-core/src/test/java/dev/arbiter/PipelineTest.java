/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The column admit, route, run, judge, conclude, learn: each part of it fails in every way, and
 * does what it likes with the arbiter. Whatever happens, a task ends once, and gives everything
 * back.
 */
class PipelineTest {
  private static final Task TASK = Task.builder("fix").id("T-1").build();

  private final WaitingWorld world = new WaitingWorld();
  private final List<RoutingDecision> decisions = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<TaskEvent> events = new ArrayList<>();
  private final List<String> withdrawn = new ArrayList<>();
  private final Set<Part> faulty = EnumSet.noneOf(Part.class);
  private Supplier<Throwable> fault = () -> new IllegalStateException("fault");
  private Runnable meanwhile = () -> {};
  private Part where = Part.LISTENER;
  private int calls;

  /** What the engine calls for a task, in this order. */
  private enum Part {
    ADMIT,
    ROUTE,
    DIGEST,
    AGENT,
    ASKS,
    JUDGE,
    LISTENER,
    LEARN
  }

  private void at(Part part) {
    if (part == where) {
      Runnable once = meanwhile;
      meanwhile = () -> {};
      once.run();
    }
    if (faulty.contains(part)) {
      sneak(fault.get());
    }
  }

  /* A part of the host may throw anything, also what its method does not declare. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable error) throws T {
    throw (T) error;
  }

  private final class Rules implements Constitution {
    @Override
    public Admission admit(Task task) {
      at(Part.ADMIT);
      return new Admission.Admitted("sha256:1", List.of());
    }

    @Override
    public String specDigest(Task task) {
      at(Part.DIGEST);
      return "sha256:1";
    }

    @Override
    public Optional<Question> asks(Assignment assignment, WorkReport report) {
      at(Part.ASKS);
      return Optional.empty();
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      at(Part.JUDGE);
      return report.output().equals("bad")
          ? new Verdict.Denied(List.of(Finding.error("bad", "", "bad")), Seal.none())
          : new Verdict.Approved(List.of(), 1, Seal.none());
    }

    @Override
    public void withdraw(Assignment assignment, Verdict verdict, String reason) {
      withdrawn.add(assignment.agent());
    }
  }

  private final class Choice implements Router {
    private final Router router = Router.leastLoaded();

    @Override
    public RoutingDecision route(RoutingRequest request) {
      at(Part.ROUTE);
      RoutingDecision decision = router.route(request);
      decisions.add(decision);
      return decision;
    }

    @Override
    public void learn(Outcome outcome) {
      outcomes.add(outcome);
      at(Part.LEARN);
    }
  }

  private final class Ear implements ArbiterListener {
    @Override
    public void on(ArbiterEvent event) {
      if (event instanceof TaskEvent step) {
        if (step.task().id().equals("T-1")) {
          events.add(step);
        }
        at(Part.LISTENER);
      }
    }
  }

  private Arbiter arbiter(String... outputs) {
    ArbiterBuilder builder =
        world
            .arbiter()
            .constitution(new Rules())
            .router(new Choice())
            .listener(new Ear())
            .concurrency(1)
            .queueCapacity(9);
    for (int i = 0; i < outputs.length; i++) {
      String output = outputs[i];
      builder.agent(
          AgentProfile.builder("a" + i).capacity(1).build(),
          assignment -> {
            calls++;
            at(Part.AGENT);
            return WorkReport.of(output);
          });
    }
    return builder.build();
  }

  /* What holds for every task that has ended, whatever became of it. */
  private void endedOnce(Arbiter arbiter, TaskResult result) {
    assertThat(events)
        .filteredOn(TaskEvent.Concluded.class::isInstance)
        .singleElement()
        .isEqualTo(events.get(events.size() - 1))
        .extracting(end -> ((TaskEvent.Concluded) end).result())
        .isEqualTo(result);
    TaskState before = null;
    for (TaskEvent event : events) {
      TaskState next = event.state();
      assertThat(before == null || before == next || before.mayBecome(next))
          .as("%s after %s", next, before)
          .isTrue();
      before = next;
    }
    assertThat(outcomes)
        .extracting(Outcome::decision)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(decisions);
    assertThat(arbiter.agents().all()).allMatch(agent -> agent.active() == 0);
    assertThat(arbiter.stats().inFlight()).isZero();
    assertThat(arbiter.stats().waiting()).isZero();
  }

  private static Stream<Arguments> faults() {
    List<Supplier<Throwable>> kinds =
        List.of(
            () -> new IllegalStateException("fault"),
            () -> new IOException("fault"),
            () -> new InterruptedException("fault"),
            () -> new AssertionError("fault"),
            () -> new StackOverflowError("fault"),
            () -> new NoClassDefFoundError("fault"),
            () -> new OutOfMemoryError("fault"));
    List<Arguments> all = new ArrayList<>();
    for (Part part : Part.values()) {
      for (Supplier<Throwable> kind : kinds) {
        all.add(Arguments.of(part, kind.get().getClass().getSimpleName(), kind));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("faults")
  void a_part_that_fails_ends_the_task_rightly(Part part, String name, Supplier<Throwable> kind)
      throws Exception {
    fault = kind;
    faulty.add(part);
    try (Arbiter arbiter = arbiter("good", "good")) {
      TaskResult result = arbiter.submit(TASK).await(SOON);
      endedOnce(arbiter, result);
      switch (part) {
        case ADMIT -> assertThat(result).isInstanceOf(TaskResult.Rejected.class);
        case ROUTE, DIGEST, ASKS -> assertThat(cause(result)).isEqualTo(FailureCause.INTERNAL);
        case AGENT -> assertThat(cause(result)).isEqualTo(FailureCause.AGENT_ERROR);
        case JUDGE -> assertThat(cause(result)).isEqualTo(FailureCause.DENIED);
        case LISTENER, LEARN -> assertThat(result).isInstanceOf(TaskResult.Completed.class);
      }
      assertThat(calls).isEqualTo(called(part));
      assertThat(Thread.interrupted()).as("an interrupt is left behind").isFalse();

      // The next task is not disturbed.
      faulty.clear();
      assertThat(arbiter.submit(Task.builder("fix").build()).await(SOON).state())
          .isEqualTo(TaskState.COMPLETED);
    }
    assertThat(name).isNotEmpty();
  }

  private static int called(Part failed) {
    return switch (failed) {
      case ADMIT, ROUTE, DIGEST -> 0;
      case AGENT, JUDGE -> 2;
      case ASKS, LISTENER, LEARN -> 1;
    };
  }

  private static @Nullable FailureCause cause(TaskResult result) {
    return result instanceof TaskResult.Failed failed ? failed.cause() : null;
  }

  private static Stream<Part> parts() {
    return Stream.of(Part.values());
  }

  /**
   * From inside of a part, the task is cancelled: at once, or the verdict that came first stands.
   */
  @ParameterizedTest
  @MethodSource("parts")
  void a_part_may_cancel_its_task(Part part) throws Exception {
    List<Boolean> was = new ArrayList<>();
    where = part;
    try (Arbiter arbiter = arbiter("good", "good")) {
      meanwhile = () -> was.add(arbiter.find("default", "T-1").orElseThrow().cancel("from inside"));
      TaskResult result = arbiter.submit(TASK).await(SOON);
      endedOnce(arbiter, result);
      assertThat(was).hasSize(1);
      assertThat(result)
          .isInstanceOf(was.get(0) ? TaskResult.Cancelled.class : TaskResult.Completed.class);
      assertThat(was.get(0)).isEqualTo(part != Part.LEARN);
      // Work that was judged all the same has a verdict, which does not stand.
      assertThat(withdrawn).hasSize(part == Part.ASKS || part == Part.JUDGE ? 1 : 0);
    }
  }

  /** From inside of a part, another task is submitted; it waits for the only place. */
  @ParameterizedTest
  @MethodSource("parts")
  void a_part_may_submit_another_task(Part part) throws Exception {
    List<TaskHandle> others = new ArrayList<>();
    where = part;
    try (Arbiter arbiter = arbiter("good")) {
      meanwhile = () -> others.add(arbiter.submit(Task.builder("fix").id("T-2").build()));
      TaskResult result = arbiter.submit(TASK).await(SOON);
      assertThat(result.state()).isEqualTo(TaskState.COMPLETED);
      assertThat(others).hasSize(1);
      assertThat(others.get(0).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls).isEqualTo(2);
      endedOnce(arbiter, result);
    }
  }

  /** From inside of a part, agents come and go. */
  @ParameterizedTest
  @MethodSource("parts")
  void a_part_may_retire_the_agents(Part part) throws Exception {
    where = part;
    try (Arbiter arbiter = arbiter("good")) {
      meanwhile =
          () -> {
            arbiter.agents().retire("a0");
            arbiter.agents().register(AgentProfile.of("b0"), assignment -> WorkReport.of("good"));
          };
      TaskResult result = arbiter.submit(TASK).await(SOON);
      endedOnce(arbiter, result);
      assertThat(result.state()).isEqualTo(TaskState.COMPLETED);
      boolean isBefore = part.compareTo(Part.ROUTE) <= 0 || part == Part.LISTENER;
      assertThat(((TaskResult.Completed) result).agent()).isEqualTo(isBefore ? "b0" : "a0");
    }
  }

  /**
   * From inside of a part, the arbiter is closed: this task goes on and ends, and no other does.
   */
  @ParameterizedTest
  @MethodSource("parts")
  void a_part_may_close_the_arbiter(Part part) throws Exception {
    List<TaskHandle> others = new ArrayList<>();
    where = part;
    Arbiter arbiter = arbiter("good", "good");
    meanwhile =
        () -> {
          others.add(arbiter.submit(Task.builder("fix").id("T-2").build()));
          arbiter.close();
        };
    TaskResult result = arbiter.submit(TASK).await(SOON);
    arbiter.close();
    endedOnce(arbiter, result);
    assertThat(result.state()).isEqualTo(TaskState.COMPLETED);
    // Before the first has its place, and after it gave that back, the other one runs at once.
    boolean hasRoom = part == Part.LISTENER || part == Part.LEARN;
    assertThat(others.get(0).await(SOON).state())
        .isEqualTo(hasRoom ? TaskState.COMPLETED : TaskState.CANCELLED);
    assertThat(calls).isEqualTo(hasRoom ? 2 : 1);
  }

  @Test
  void a_denied_task_goes_to_each_agent_once_until_its_fallbacks_are_used_up() throws Exception {
    try (Arbiter arbiter = arbiter("bad", "bad", "good")) {
      TaskResult result = arbiter.submit(TASK).await(SOON);
      endedOnce(arbiter, result);
      assertThat(cause(result)).isEqualTo(FailureCause.DENIED);
      assertThat(decisions).extracting(RoutingDecision::agent).doesNotHaveDuplicates().hasSize(2);
      assertThat(outcomes).extracting(Outcome::kind).containsOnly(Outcome.Kind.VIOLATION);
      assertThat(calls).isEqualTo(2);
    }
  }
}
