/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.HealthReport.Component;
import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Admission;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A constitution or a listener that fails or blocks again and again is not called for a while. */
class BreakerTest {
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final Breaker FOUR = new Breaker(4, 0.5, Duration.ofSeconds(2), PAUSE, 2);

  private final WaitingWorld world = new WaitingWorld();
  private final List<Outcome> outcomes = new ArrayList<>();
  private boolean broken = true;
  private int asked;

  private final class Broken extends StubConstitution {
    @Override
    public Admission admit(Task task) {
      asked++;
      if (broken) {
        throw new IllegalStateException("no rules today");
      }
      return super.admit(task);
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      if (report.output().equals("hard")) {
        throw new StackOverflowError("too hard");
      }
      return super.judge(assignment, report);
    }
  }

  private final class Listening implements Router {
    private final Router inner = Router.leastLoaded();

    @Override
    public RoutingDecision route(RoutingRequest request) {
      return inner.route(request);
    }

    @Override
    public void learn(Outcome outcome) {
      outcomes.add(outcome);
    }
  }

  private static Task task() {
    return Task.builder("fix").build();
  }

  private static Component health(Arbiter arbiter, String name) {
    return arbiter.health().components().stream()
        .filter(component -> component.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private ArbiterBuilder arbiter() {
    return world
        .arbiter()
        .breaker(FOUR)
        .router(new Listening())
        .fallbacks(0)
        .constitution(new Broken())
        .agent(
            AgentProfile.of("ada"),
            assignment -> WorkReport.of(assignment.task().type().equals("hard") ? "hard" : "good"));
  }

  @Test
  void nothing_passes_while_the_breaker_of_the_constitution_is_open() throws Exception {
    try (Arbiter arbiter = arbiter().build()) {
      for (int i = 0; i < 10; i++) {
        assertThat(arbiter.submit(task()).await(SOON).state()).isEqualTo(TaskState.REJECTED);
      }
      assertThat(asked).isEqualTo(4);
      Component validator = health(arbiter, "caws_validator");
      assertThat(validator.level()).isEqualTo(Level.UNHEALTHY);
      assertThat(validator.detail()).contains("the constitution").contains("breaker is open");
      TaskResult.Rejected rejected = (TaskResult.Rejected) arbiter.submit(task()).await(SOON);
      assertThat(rejected.findings().get(0).message()).contains("breaker is open");

      broken = false;
      world.pass(PAUSE.plusSeconds(1));
      // A task makes two calls that count: to admit, and to judge.
      assertThat(arbiter.submit(task()).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(asked).isEqualTo(5);
      assertThat(health(arbiter, "caws_validator").detail()).doesNotContain("breaker");
    }
  }

  /** Nobody submits any more: what was admitted before must get its verdict all the same. */
  @Test
  void work_that_is_done_after_the_pause_is_the_probe() throws Exception {
    broken = false;
    List<CompletableFuture<WorkReport>> reports = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .breaker(FOUR)
            .constitution(new Broken())
            .asyncAgent(
                AgentProfile.of("ada"),
                assignment -> {
                  reports.add(new CompletableFuture<>());
                  return reports.get(reports.size() - 1);
                })
            .build()) {
      TaskHandle first = arbiter.submit(task());
      TaskHandle second = arbiter.submit(task());
      broken = true;
      for (int i = 0; i < 4; i++) {
        TaskResult unused = arbiter.submit(task()).await(SOON);
      }
      assertThat(health(arbiter, "caws_validator").level()).isEqualTo(Level.UNHEALTHY);
      broken = false;
      world.pass(PAUSE.plusSeconds(1));

      assertThat(health(arbiter, "caws_validator").level()).isEqualTo(Level.DEGRADED);
      assertThat(health(arbiter, "caws_validator").detail()).contains("tried again");
      reports.get(0).complete(WorkReport.of("good"));
      reports.get(1).complete(WorkReport.of("good"));

      assertThat(first.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(second.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(health(arbiter, "caws_validator").detail()).doesNotContain("breaker");
    }
  }

  @Test
  void looking_uses_up_no_probe() {
    FakeTime time = new FakeTime();
    Fuse fuse = new Fuse("it", new Breaker(2, 1, PAUSE, PAUSE, 1), time.sources().nanoTime());
    open(fuse);
    assertThatThrownBy(fuse::requireClosed).isInstanceOf(Fuse.OpenException.class);
    time.advance(PAUSE.plusMillis(1));
    for (int i = 0; i < 5; i++) {
      fuse.requireClosed();
      assertThat(fuse.trouble()).contains("tried again");
    }
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isFalse();
  }

  /** A share of half of four calls: one that failed and one that was as slow as the limit. */
  @Test
  void calls_that_failed_and_calls_that_were_slow_add_up() {
    FakeTime time = new FakeTime();
    Fuse fuse = new Fuse("it", FOUR, time.sources().nanoTime());
    assertThatThrownBy(
            () ->
                fuse.<String>call(
                    () -> {
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    for (int millis : new int[] {2_000, 1_999, 0}) {
      String unused =
          fuse.call(
              () -> {
                time.advance(Duration.ofMillis(millis));
                return "well";
              });
    }
    assertThat(fuse.isOpen()).isTrue();
  }

  /** A limit above that of Resilience4j itself. */
  @Test
  void calls_below_the_limit_are_not_slow() {
    FakeTime time = new FakeTime();
    Duration slow = Duration.ofMinutes(10);
    Fuse fuse = new Fuse("it", new Breaker(4, 1, slow, PAUSE, 2), time.sources().nanoTime());
    for (int i = 0; i < 8; i++) {
      String unused =
          fuse.call(
              () -> {
                time.advance(slow.minusNanos(1));
                return "well";
              });
    }
    assertThat(fuse.isOpen()).isFalse();
  }

  @Test
  void probes_that_fail_open_it_again() throws Exception {
    try (Arbiter arbiter = arbiter().build()) {
      for (int i = 0; i < 5; i++) {
        TaskResult unused = arbiter.submit(task()).await(SOON);
      }
      world.pass(PAUSE.plusSeconds(1));
      for (int i = 0; i < 5; i++) {
        TaskResult unused = arbiter.submit(task()).await(SOON);
      }
      assertThat(asked).isEqualTo(6);
      assertThat(health(arbiter, "caws_validator").level()).isEqualTo(Level.UNHEALTHY);
    }
  }

  @Test
  void a_constitution_that_admits_and_cannot_judge_opens_its_breaker() throws Exception {
    broken = false;
    try (Arbiter arbiter = arbiter().build()) {
      List<TaskResult> ends = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        ends.add(arbiter.submit(Task.builder("hard").build()).await(SOON));
      }
      // Two of four calls have failed.
      assertThat(outcomes).hasSize(2);
      assertThat(ends.subList(2, 6))
          .allMatch(end -> end.state() == TaskState.REJECTED, "nothing passes");
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
    }
  }

  @Test
  void work_that_is_done_when_it_opens_fails_without_blame() throws Exception {
    broken = false;
    List<CompletableFuture<WorkReport>> reports = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .breaker(FOUR)
            .router(new Listening())
            .constitution(new Broken())
            .asyncAgent(
                AgentProfile.of("ada"),
                assignment -> {
                  reports.add(new CompletableFuture<>());
                  return reports.get(reports.size() - 1);
                })
            .build()) {
      TaskHandle handle = arbiter.submit(task());
      broken = true;
      for (int i = 0; i < 5; i++) {
        TaskResult unused = arbiter.submit(task()).await(SOON);
      }
      reports.get(0).complete(WorkReport.of("good"));
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.INTERNAL);
      assertThat(failed.message()).contains("breaker is open").contains("nothing passes");
      assertThat(outcomes).extracting(Outcome::kind).containsExactly(Outcome.Kind.INFRASTRUCTURE);
    }
  }

  @Test
  void a_listener_that_throws_is_skipped_and_others_are_not() throws Exception {
    AtomicInteger throwing = new AtomicInteger();
    AtomicInteger good = new AtomicInteger();
    try (Arbiter arbiter =
        world
            .arbiter()
            .breaker(FOUR)
            .listener(
                event -> {
                  throwing.incrementAndGet();
                  throw new AssertionError("no");
                })
            .listener(event -> good.incrementAndGet())
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      for (int i = 0; i < 10; i++) {
        assertThat(arbiter.submit(task()).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
      assertThat(throwing).hasValue(4);
      assertThat(good).hasValueGreaterThan(80);
      assertThat(arbiter.stats().listenerErrors()).isEqualTo(4);
      Component tracker = health(arbiter, "performance_tracker");
      assertThat(tracker.level()).isEqualTo(Level.DEGRADED);
      assertThat(tracker.detail()).contains("events were skipped");
      world.pass(PAUSE.plusSeconds(1));
      TaskResult unused = arbiter.submit(task()).await(SOON);
      assertThat(throwing).hasValue(6);
    }
  }

  @Test
  void a_listener_that_blocks_is_skipped() throws Exception {
    AtomicInteger slow = new AtomicInteger();
    try (Arbiter arbiter =
        world
            .arbiter()
            .breaker(FOUR)
            .listener(
                event -> {
                  slow.incrementAndGet();
                  world.time.advance(Duration.ofSeconds(3));
                })
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      for (int i = 0; i < 5; i++) {
        TaskResult unused = arbiter.submit(task()).await(SOON);
      }
      assertThat(slow).hasValue(4);
      assertThat(health(arbiter, "performance_tracker").level()).isEqualTo(Level.DEGRADED);
    }
  }

  /** A permit is given back whatever is thrown: errors, too, and by nested calls. */
  @Test
  void permits_come_back_whatever_is_thrown() {
    FakeTime time = new FakeTime();
    Fuse fuse = new Fuse("it", new Breaker(2, 1, PAUSE, PAUSE, 1), time.sources().nanoTime());
    for (int i = 0; i < 100; i++) {
      int round = i;
      assertThatThrownBy(
              () ->
                  fuse.<String>call(
                      () -> {
                        if (round % 2 == 0) {
                          throw new OutOfMemoryError("simulated");
                        }
                        throw new IllegalStateException("no");
                      }))
          .isNotInstanceOf(Fuse.OpenException.class);
      if (i > 0) {
        assertThat(fuse.isOpen()).isTrue();
        assertThatThrownBy(() -> fuse.call(() -> "")).isInstanceOf(Fuse.OpenException.class);
        time.advance(PAUSE.plusMillis(1));
      }
    }
    assertThat(fuse.call(() -> "well")).isEqualTo("well");
    assertThat(fuse.trouble()).isEmpty();
  }

  @Test
  void a_half_open_breaker_is_left_though_its_probe_never_returns() {
    FakeTime time = new FakeTime();
    Fuse fuse = new Fuse("it", new Breaker(2, 1, PAUSE, PAUSE, 1), time.sources().nanoTime());
    open(fuse);
    for (int i = 0; i < 5; i++) {
      time.advance(PAUSE.plusMillis(1));
      assertThat(fuse.enter()).as("the probe of round %s", i).isTrue();
      assertThat(fuse.enter()).isFalse();
      assertThat(fuse.trouble()).contains("tried again");
      time.advance(PAUSE.plusMillis(1));
      assertThat(fuse.enter()).isFalse();
      assertThat(fuse.isOpen()).isTrue();
    }
    time.advance(PAUSE.plusMillis(1));
    assertThat(fuse.call(() -> "well")).isEqualTo("well");
    assertThat(fuse.trouble()).isEmpty();
  }

  private static void open(Fuse fuse) {
    for (int i = 0; i < 2; i++) {
      assertThat(fuse.enter()).isTrue();
      fuse.leave(0, new IllegalStateException("no"));
    }
    assertThat(fuse.isOpen()).isTrue();
  }

  /** 8 threads, 10,000 rounds: a half-open breaker never lets more than its 3 probes through. */
  @Test
  void probes_are_never_more_than_allowed() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 10_000; round++) {
        FakeTime time = new FakeTime();
        Fuse fuse = new Fuse("it", new Breaker(2, 1, PAUSE, PAUSE, 3), time.sources().nanoTime());
        open(fuse);
        time.advance(PAUSE.plusMillis(1));
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> entered = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          entered.add(
              pool.submit(
                  () -> {
                    start.await();
                    return fuse.enter();
                  }));
        }
        start.countDown();
        int probes = 0;
        for (Future<Boolean> one : entered) {
          probes += one.get() ? 1 : 0;
        }
        assertThat(probes).as("round %s", round).isEqualTo(3);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void wrong_breakers_are_refused() {
    assertThatThrownBy(() -> new Breaker(1, 0.5, PAUSE, PAUSE, 1)).hasMessageContaining("calls");
    assertThatThrownBy(() -> new Breaker(5, Double.NaN, PAUSE, PAUSE, 1))
        .hasMessageContaining("share");
    assertThatThrownBy(() -> new Breaker(5, 0.5, Duration.ZERO, PAUSE, 1))
        .hasMessageContaining("slow");
    assertThatThrownBy(() -> new Breaker(5, 0.5, PAUSE, Duration.ofDays(400), 1))
        .hasMessageContaining("pause");
    assertThatThrownBy(() -> new Breaker(5, 0.5, PAUSE, PAUSE, 0)).hasMessageContaining("probes");
    assertThat(Breaker.standard().isOn()).isTrue();
  }
}
