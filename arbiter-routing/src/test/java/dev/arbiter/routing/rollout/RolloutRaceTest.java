/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** 8 threads of 4,000 tasks each, who change mode and share and learn every outcome twice. */
class RolloutRaceTest {
  private static final int THREADS = 8;
  private static final int TASKS = 4_000;
  private final List<RegisteredAgent> agents = FakeAgent.several(2);
  private final ScriptedRouter current = ScriptedRouter.of("a0");
  private final ScriptedRouter candidate = ScriptedRouter.of("a1");
  private final Set<Long> ids = ConcurrentHashMap.newKeySet();
  private final Rollout rollout =
      Rollout.builder("race").current(current).candidate(candidate).percentage(.5).build();

  @Test
  void no_count_is_lost_and_no_outcome_counts_twice() throws Exception {
    race(this::routeAndLearn);

    RolloutStatus status = rollout.status();
    long all = (long) THREADS * TASKS;
    assertThat(ids).hasSize((int) all);
    assertThat(status.current().tasks() + status.candidate().tasks()).isEqualTo(all);
    assertThat(status.current().outcomes()).isEqualTo(status.current().tasks());
    assertThat(status.candidate().outcomes()).isEqualTo(status.candidate().tasks());
    assertThat(status.ignoredOutcomes()).isEqualTo(all);
    assertThat(current.learned).hasSize((int) status.current().tasks());
    assertThat(candidate.learned).hasSize((int) status.candidate().tasks());
    assertThat(candidate.asked)
        .hasSize((int) (status.candidate().tasks() + status.agreement().asked()));
    assertThat(Stream.of(current, candidate).flatMap(side -> side.learned.stream()))
        .extracting(Outcome::reward)
        .containsOnly(1.);
  }

  @Test
  void under_one_share_every_outcome_is_compared() throws Exception {
    race(
        thread -> {
          for (int i = 0; i < TASKS; i++) {
            learn(thread, i);
          }
        });

    RolloutStatus status = rollout.status();
    assertThat(status.current().compared()).isEqualTo(status.current().tasks());
    assertThat(status.candidate().compared()).isEqualTo(status.candidate().tasks());
  }

  @Test
  void only_one_of_many_ends_it() throws Exception {
    Set<Integer> ended = ConcurrentHashMap.newKeySet();

    race(
        thread -> {
          if (thread % 2 == 0 ? rollout.promote() : rollout.rollback()) {
            ended.add(thread);
          }
        });

    assertThat(ended).hasSize(1);
    assertThat(rollout.state())
        .isEqualTo(
            ended.iterator().next() % 2 == 0 ? Rollout.State.PROMOTED : Rollout.State.ROLLED_BACK);
  }

  private void routeAndLearn(int thread) {
    for (int i = 0; i < TASKS; i++) {
      if (i % 50 == thread) {
        change(i / 50);
      }
      learn(thread, i);
    }
  }

  private void change(int turn) {
    if (turn % 3 == 0) {
      rollout.shadow();
    } else if (turn % 3 == 1) {
      rollout.percentage(turn % 10 / 10.);
    } else {
      rollout.abTest(.5);
    }
  }

  private void learn(int thread, int number) {
    Task task = Task.builder("work").id(thread + "-" + number).build();
    RoutingDecision decision = rollout.route(Simulation.request(task, agents));
    ids.add(decision.id());
    rollout.learn(Simulation.outcome(decision, task, true));
    rollout.learn(Simulation.outcome(decision, task, false));
  }

  /** One thread's part. */
  @FunctionalInterface
  private interface Part {
    void run(int thread);
  }

  private static void race(Part part) throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CountDownLatch start = new CountDownLatch(THREADS);
      List<Future<?>> parts = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        parts.add(
            threads.submit(
                () -> {
                  start.countDown();
                  start.await();
                  part.run(thread);
                  return true;
                }));
      }
      for (Future<?> each : parts) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
  }
}
