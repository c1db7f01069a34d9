/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentException;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Real threads: four that work, one for time. */
class PanelTest {
  private static final Task TASK = Task.builder("t").id("t-1").payload("?").build();

  @Test
  void an_agent_that_blocks_is_interrupted_when_its_time_is_over() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try {
      Panel panel = Panel.of(threads, timer, Sources.system(1));
      Panelist stuck =
          Panelist.of(
              "stuck",
              "red",
              assignment -> {
                assignment.meter().add(Usage.cost(2));
                try {
                  never.await();
                } catch (InterruptedException e) {
                  interrupted.countDown();
                }
                return WorkReport.of("late").withUsage(Usage.cost(3));
              });
      Panelist quick = Panelist.of("quick", "blue", assignment -> WorkReport.of("42"));

      List<Reply> replies =
          panel
              .ask(TASK, List.of(stuck, quick), Limits.standard().withTime(Duration.ofMillis(300)))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);

      assertThat(replies).extracting(Reply::agent).containsExactly("stuck", "quick");
      assertThat(replies.get(0).note()).isEqualTo("no answer in time");
      assertThat(replies.get(0).work().usage().cost()).isEqualTo(2);
      assertThat(replies.get(1).text()).isEqualTo("42");
      assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(panel.lateUsage().cost()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
      timer.shutdownNow();
    }
  }

  @Test
  void what_an_abandoned_call_uses_up_afterwards_is_late() throws Exception {
    assertThat(
            late(
                assignment -> {
                  assignment.meter().add(Usage.cost(.4));
                  return WorkReport.of("late");
                }))
        .as("metered")
        .isEqualTo(.4);
    assertThat(
            late(
                assignment -> {
                  assignment.meter().add(Usage.cost(.4));
                  throw new IllegalStateException("late");
                }))
        .as("metered by one that fails")
        .isEqualTo(.4);
    assertThat(
            late(
                assignment -> {
                  assignment.meter().add(Usage.cost(.4));
                  return WorkReport.of("late").withUsage(Usage.cost(.6));
                }))
        .as("metered, and more is reported")
        .isEqualTo(.5);
    assertThat(
            late(
                assignment ->
                    WorkReport.waiting(Question.of("May I?"), "token").withUsage(Usage.cost(.6))))
        .as("by one that asks a person")
        .isEqualTo(.5);
  }

  /* The late usage of an agent that has metered 0.1 when its time is over, and then does the rest. */
  private static double late(Agent rest) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(1);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    CountDownLatch abandoned = new CountDownLatch(1);
    try {
      Panel panel = Panel.of(threads, timer, Sources.system(1));
      Panelist slow =
          Panelist.of(
              "slow",
              "red",
              assignment -> {
                assignment.meter().add(Usage.cost(.1));
                boolean isOver = false;
                while (!isOver) {
                  try {
                    isOver = abandoned.await(30, TimeUnit.SECONDS);
                  } catch (InterruptedException e) { // it does not heed this
                    isOver = false;
                  }
                }
                return rest.run(assignment);
              });
      List<Reply> replies =
          panel
              .ask(TASK, List.of(slow), Limits.standard().withTime(Duration.ofMillis(300)))
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      assertThat(replies.get(0).work().usage().cost()).isEqualTo(.1);
      abandoned.countDown();
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      return Math.round(panel.lateUsage().cost() * 1e9) / 1e9;
    } finally {
      threads.shutdownNow();
      timer.shutdownNow();
    }
  }

  @Test
  void the_first_exception_of_a_chain_that_says_it_tells_what_was_used() throws Exception {
    AgentException beneath = new AgentException("one request", Usage.cost(1));
    AgentException whole = new AgentException("the whole call", Usage.cost(3), beneath);
    assertThat(costOfFailure(whole)).isEqualTo(3);
    assertThat(costOfFailure(new IllegalStateException("down", beneath))).isEqualTo(1);
    assertThat(costOfFailure(new IllegalStateException("down"))).as("metered").isEqualTo(2);
  }

  private static double costOfFailure(Exception failure) throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      Panelist fails =
          Panelist.of(
              "fails",
              "red",
              assignment -> {
                assignment.meter().add(Usage.cost(2));
                throw failure;
              });
      return Panel.of(Runnable::run, timer, Sources.system(1))
          .ask(TASK, List.of(fails), Limits.standard())
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS)
          .get(0)
          .work()
          .usage()
          .cost();
    } finally {
      timer.shutdownNow();
    }
  }

  /* 200 arbitrations at once by four threads, which decide while others learn. */
  @Test
  void arbitrations_at_once_share_a_ballot_and_lose_no_outcome() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      Ballot ballot = Ballot.create();
      Arbitration arbitration =
          Arbitration.builder(Panel.of(threads, timer, Sources.system(1)), ballot)
              .sequential(.01)
              .build();
      List<Panelist> all =
          List.of(
              Panelist.of("ada", "red", assignment -> WorkReport.of("1")),
              Panelist.of("bob", "blue", assignment -> WorkReport.of("2")),
              Panelist.of("cy", "green", assignment -> WorkReport.of("1")));
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        CompletableFuture<Ruling> ruling = arbitration.arbitrate(TASK, all).toCompletableFuture();
        callers.add(ruling.thenAccept(done -> arbitration.learn(done, "1"::equals)));
      }
      for (Future<?> caller : callers) {
        caller.get(60, TimeUnit.SECONDS);
      }

      assertThat(ballot.outcomes()).isEqualTo(200);
      assertThat(ballot.bestFirst(List.of("bob", "cy", "ada")).get(2)).isEqualTo("bob");
    } finally {
      threads.shutdownNow();
      timer.shutdownNow();
    }
  }
}
