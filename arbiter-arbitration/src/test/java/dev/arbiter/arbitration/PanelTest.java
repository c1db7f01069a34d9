/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.Sources;
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
