/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Agents that fail in a row are taken out of service, and come back one task at a time. */
class EjectionTest {
  private static final Ejection FIVE = Ejection.standard();

  private final WaitingWorld world = new WaitingWorld();
  private boolean broken = true;
  private int calls;
  private final List<CompletableFuture<WorkReport>> working = new ArrayList<>();

  private WorkReport ada(Assignment assignment) {
    calls++;
    if (broken) {
      throw new IllegalStateException("down");
    }
    return WorkReport.of("ada");
  }

  private CompletableFuture<WorkReport> works(Assignment assignment) {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    working.add(report);
    return report;
  }

  /** Chooses ada wherever it can. */
  private static final class ToAda implements Router {
    private final Router others = Router.leastLoaded();

    @Override
    public RoutingDecision route(RoutingRequest request) {
      List<dev.arbiter.agent.RegisteredAgent> ada =
          request.candidates().stream().filter(agent -> agent.id().equals("ada")).toList();
      return others.route(
          ada.isEmpty()
              ? request
              : new RoutingRequest(
                  request.task(),
                  ada,
                  request.performance(),
                  request.failed(),
                  request.exclusions()));
    }
  }

  private ArbiterBuilder arbiter() {
    return world.arbiter().ejection(FIVE).router(new ToAda());
  }

  private static TaskResult run(Arbiter arbiter) throws InterruptedException {
    return arbiter.submit(Task.builder("fix").build()).await(SOON);
  }

  private static Status status(Arbiter arbiter) {
    return arbiter.agents().find("ada").orElseThrow().status();
  }

  @Test
  void an_agent_that_fails_in_a_row_gets_no_task_for_a_while() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .agent(AgentProfile.of("ada"), this::ada)
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      for (int i = 0; i < 20; i++) {
        assertThat(run(arbiter).state()).isEqualTo(TaskState.COMPLETED);
      }
      assertThat(calls).isEqualTo(5);
      assertThat(status(arbiter)).isEqualTo(Status.EJECTED);

      world.pass(Duration.ofSeconds(31));
      assertThat(status(arbiter)).isEqualTo(Status.AVAILABLE);
      assertThat(run(arbiter).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls).isEqualTo(6);
      assertThat(status(arbiter)).isEqualTo(Status.EJECTED);
      world.pass(Duration.ofSeconds(31));
      assertThat(status(arbiter)).as("twice as long").isEqualTo(Status.EJECTED);
      world.pass(Duration.ofSeconds(31));

      broken = false;
      assertThat(((TaskResult.Completed) run(arbiter)).agent()).isEqualTo("ada");
      broken = true;
      for (int i = 0; i < 4; i++) {
        assertThat(run(arbiter).state()).isEqualTo(TaskState.COMPLETED);
      }
      assertThat(status(arbiter)).as("it begins anew").isEqualTo(Status.AVAILABLE);
    }
  }

  @Test
  void the_last_agent_is_never_ejected() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .fallbacks(0)
            .agent(AgentProfile.of("ada", "java"), this::ada)
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      for (int i = 0; i < 20; i++) {
        assertThat(run(arbiter).state()).isEqualTo(TaskState.FAILED);
      }
      assertThat(calls).as("nobody else has its capability").isEqualTo(20);

      arbiter.agents().register(AgentProfile.of("cyd", "java"), work -> WorkReport.of("cyd"));
      assertThat(run(arbiter).state()).isEqualTo(TaskState.FAILED);
      assertThat(status(arbiter)).isEqualTo(Status.EJECTED);
      arbiter.agents().setStatus("ada", Status.AVAILABLE);
      assertThat(run(arbiter).state()).as("a host has looked").isEqualTo(TaskState.FAILED);
      assertThat(status(arbiter)).isEqualTo(Status.AVAILABLE);
    }
  }

  /** Whatever is in flight when it comes back: one call at a time, and it always comes back. */
  @Test
  void an_agent_that_comes_back_works_at_one_task_at_a_time() throws Exception {
    boolean[] fails = {true};
    try (Arbiter arbiter =
        arbiter()
            .asyncAgent(
                AgentProfile.builder("ada").capacity(50).build(),
                work -> {
                  calls++;
                  if (fails[0]) {
                    return CompletableFuture.failedFuture(new IllegalStateException("down"));
                  }
                  return works(work);
                })
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      for (int i = 0; i < 5; i++) {
        assertThat(run(arbiter).state()).isEqualTo(TaskState.COMPLETED);
      }
      fails[0] = false;
      world.pass(Duration.ofSeconds(31));
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        handles.add(arbiter.submit(Task.builder("fix").build()));
      }
      assertThat(working).hasSize(1);
      working.get(0).complete(WorkReport.of("ada"));
      assertThat(working).as("all of its slots").hasSize(20);
      working.forEach(report -> report.complete(WorkReport.of("ada")));
      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
    }
  }

  /** Its slot would go to the next in its line, if the failure were told only afterwards. */
  @Test
  void a_failed_trial_is_the_only_call_of_that_trial() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .asyncAgent(AgentProfile.builder("ada").capacity(50).build(), this::works)
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      for (int i = 0; i < 5; i++) {
        TaskHandle unused = arbiter.submit(Task.builder("fix").build());
        working.get(i).completeExceptionally(new IllegalStateException("down"));
      }
      world.pass(Duration.ofSeconds(31));
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        handles.add(arbiter.submit(Task.builder("fix").build()));
      }
      assertThat(working).as("the trial").hasSize(6);

      working.get(5).completeExceptionally(new IllegalStateException("down"));

      assertThat(working).as("nobody else").hasSize(6);
      assertThat(status(arbiter)).isEqualTo(Status.EJECTED);
      for (TaskHandle handle : handles) {
        assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
      }
    }
  }

  @Test
  void late_results_of_calls_from_before_do_not_count() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .fallbacks(0)
            .asyncAgent(AgentProfile.builder("ada").capacity(50).build(), this::works)
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      for (int i = 0; i < 10; i++) {
        TaskHandle unused = arbiter.submit(Task.builder("fix").build());
      }
      world.time.advance(Duration.ofSeconds(1));
      for (int i = 0; i < 5; i++) {
        working.get(i).completeExceptionally(new IllegalStateException("down"));
      }
      assertThat(status(arbiter)).isEqualTo(Status.EJECTED);
      world.pass(Duration.ofSeconds(31));
      assertThat(status(arbiter).takesWork()).isTrue();
      working.get(5).completeExceptionally(new IllegalStateException("old"));
      working.get(6).complete(WorkReport.of("old"));
      assertThat(status(arbiter).takesWork()).isTrue();
      TaskHandle probe = arbiter.submit(Task.builder("fix").build());
      TaskHandle second = arbiter.submit(Task.builder("fix").build());
      assertThat(working).as("three old calls hold the slots").hasSize(10);
      working.subList(7, 10).forEach(report -> report.complete(WorkReport.of("old")));
      assertThat(working).as("a success of before ends no suspicion").hasSize(11);
      working.get(10).complete(WorkReport.of("ada"));
      assertThat(working).hasSize(12);
      working.get(11).complete(WorkReport.of("ada"));
      assertThat(probe.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(second.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** Threads race for the first call of an agent that comes back. */
  @Test
  void probes_are_never_over_the_limit() throws Exception {
    AtomicInteger working = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger probes = new AtomicInteger();
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .router(new ToAda())
            .ejection(new Ejection(1, Duration.ofMillis(1), Duration.ofMillis(1)))
            .asyncAgent(
                AgentProfile.builder("ada").capacity(64).build(),
                work -> {
                  most.accumulateAndGet(working.incrementAndGet(), Math::max);
                  probes.incrementAndGet();
                  return fails(working);
                })
            .agent(AgentProfile.builder("bob").capacity(64).build(), work -> WorkReport.of("bob"))
            .build()) {
      assertThat(run(arbiter).state()).isEqualTo(TaskState.COMPLETED);
      most.set(0);
      CountDownLatch done = new CountDownLatch(4);
      for (int caller = 0; caller < 4; caller++) {
        callers.execute(
            () -> {
              for (int i = 0; i < 2_500 || (probes.get() < 20 && i < 1_000_000); i++) {
                TaskHandle handle = arbiter.submit(Task.builder("fix").build());
                if (i % 50 == 0) {
                  handle.result().toCompletableFuture().join();
                }
              }
              done.countDown();
            });
      }
      assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      callers.shutdown();
    }
    assertThat(most.get()).isEqualTo(1);
    assertThat(probes.get()).isGreaterThanOrEqualTo(20);
  }

  private static CompletionStage<WorkReport> fails(AtomicInteger working) {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    CompletableFuture<?> unused =
        CompletableFuture.runAsync(
            () -> {
              working.decrementAndGet();
              report.completeExceptionally(new IllegalStateException("down"));
            });
    return report;
  }

  /** Others than those that count show that the agent is there; a time-out shows nothing. */
  @Test
  void a_time_out_that_does_not_count_breaks_no_row() throws Exception {
    FailureCause[] cause = {FailureCause.CONNECTIVITY};
    try (Arbiter arbiter =
        arbiter()
            .ejection(Ejection.outages())
            .retries(RetryPolicy.none())
            .agent(
                AgentProfile.of("ada"),
                work -> {
                  throw new AgentException("down", Usage.none()).failure(cause[0]);
                })
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      run(arbiter, 4);
      cause[0] = FailureCause.AGENT_ERROR;
      run(arbiter, 1);
      cause[0] = FailureCause.CONNECTIVITY;
      run(arbiter, 4);
      cause[0] = FailureCause.AGENT_TIMEOUT;
      run(arbiter, 9);
      assertThat(status(arbiter)).isEqualTo(Status.AVAILABLE);
      cause[0] = FailureCause.CONNECTIVITY;
      run(arbiter, 1);
      assertThat(status(arbiter)).isEqualTo(Status.EJECTED);
    }
  }

  private static void run(Arbiter arbiter, int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      assertThat(run(arbiter).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void after_a_restart_an_ejected_agent_comes_back_one_task_at_a_time() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first =
        world
            .arbiter(disk)
            .ejection(FIVE)
            .router(new ToAda())
            .agent(AgentProfile.of("ada"), this::ada)
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      run(first, 5);
      assertThat(status(first)).isEqualTo(Status.EJECTED);
    }
    List<CompletableFuture<WorkReport>> working = new ArrayList<>();
    try (Arbiter second =
        world
            .arbiter(disk.cut())
            .ejection(FIVE)
            .router(new ToAda())
            .asyncAgent(
                AgentProfile.builder("ada").capacity(50).build(),
                work -> {
                  CompletableFuture<WorkReport> report = new CompletableFuture<>();
                  working.add(report);
                  return report;
                })
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      assertThat(status(second)).isEqualTo(Status.EJECTED);
      world.pass(Duration.ofSeconds(31));
      assertThat(status(second)).isEqualTo(Status.AVAILABLE);
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        handles.add(second.submit(Task.builder("fix").build()));
      }
      WaitingWorld.until(
          () -> handles.stream().allMatch(handle -> handle.state() != TaskState.RECEIVED));
      WaitingWorld.until(() -> !working.isEmpty());
      assertThat(second.agents().find("ada").orElseThrow().active()).isEqualTo(50);
      assertThat(working).hasSize(1);
      working.get(0).completeExceptionally(new IllegalStateException("down"));
      WaitingWorld.until(() -> status(second) == Status.EJECTED);
      world.pass(Duration.ofSeconds(31));
      assertThat(status(second)).as("twice as long").isEqualTo(Status.EJECTED);
    }
  }

  @Test
  void a_clock_that_is_set_back_keeps_no_agent_away() throws Exception {
    Sources own = world.time.sources();
    Duration[] back = {Duration.ZERO};
    Sources stepping =
        new Sources(
            () -> own.clock().instant().minus(back[0]), own.nanoTime(), new SplittableRandom(7));
    try (Arbiter arbiter =
        arbiter()
            .sources(stepping)
            .agent(AgentProfile.of("ada"), this::ada)
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      run(arbiter, 5);
      arbiter.agents().limit("bob", stepping.clock().instant().plusSeconds(60));
      back[0] = Duration.ofDays(1);
      world.pass(Duration.ofSeconds(29));
      assertThat(status(arbiter)).isEqualTo(Status.EJECTED);

      world.pass(Duration.ofSeconds(2));

      assertThat(status(arbiter)).isEqualTo(Status.AVAILABLE);
      assertThat(arbiter.agents().find("bob").orElseThrow().status()).isEqualTo(Status.LIMITED);
      world.pass(Duration.ofSeconds(30));
      assertThat(arbiter.agents().find("bob").orElseThrow().status()).isEqualTo(Status.AVAILABLE);
    }
  }

  @Test
  void a_policy_says_what_is_wrong_with_it() {
    assertThatThrownBy(() -> new Ejection(0, Duration.ofSeconds(1), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
    assertThatThrownBy(() -> new Ejection(1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("longest");
  }
}
