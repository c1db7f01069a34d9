/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PerformanceTrackerTest {

  /**
   * 400 tasks through a real engine on its own threads, two agents, the first of which always
   * throws.
   */
  @Test
  void counts_every_attempt_of_an_arbiter_once() throws Exception {
    PerformanceTracker tracker = PerformanceTracker.create();
    List<TaskHandle> handles = new ArrayList<>();
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(
                AgentProfile.of("bob"),
                work -> {
                  throw new IllegalStateException("bob is out");
                })
            .agent(AgentProfile.of("ada"), work -> WorkReport.of("ok").withUsage(Usage.cost(0.5)))
            .withoutConstitution()
            .listener(tracker)
            .build()) {
      for (int i = 0; i < 400; i++) {
        handles.add(arbiter.submit(Task.builder("format").build()));
      }
      for (TaskHandle handle : handles) {
        assertThat(handle.await(Duration.ofSeconds(30))).isInstanceOf(TaskResult.Completed.class);
      }
    }
    tracker.flush();

    Performance ada = tracker.performance("ada", "format", Window.LONG);
    assertThat(ada.count()).isEqualTo(400);
    assertThat(ada.successRate()).isEqualTo(1);
    assertThat(ada.cost()).isEqualTo(200);
    Performance bob = tracker.performance("bob", "format", Window.LONG);
    assertThat(bob.successRate()).isZero();
    assertThat(tracker.stats().claimed()).isEqualTo(400 + bob.count());
    assertThat(tracker.stats().delivered()).isEqualTo(400 + bob.count());
    assertThat(tracker.stats().open()).isZero();
  }

  /** 50 times: 4 threads start and complete without a pause, one reads, the tracker is closed. */
  @Test
  void fifty_starts_and_stops_under_load_lose_nothing() throws InterruptedException {
    for (int cycle = 0; cycle < 50; cycle++) {
      PerformanceTracker tracker = PerformanceTracker.builder().slots(64).build();
      AtomicLong completed = new AtomicLong();
      AtomicBoolean stop = new AtomicBoolean();
      CountDownLatch warm = new CountDownLatch(4);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        String agent = "agent-" + t;
        threads.add(
            new Thread(
                () -> {
                  long count = 0;
                  while (!stop.get()) {
                    tracker.start(agent, "format").complete();
                    if (++count == 1_000) {
                      warm.countDown();
                    }
                  }
                  completed.addAndGet(count);
                }));
      }
      threads.forEach(Thread::start);
      for (int read = 0; read < 20; read++) {
        tracker.performance("agent-0", "format", Window.REALTIME);
      }
      warm.await();

      tracker.close();
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }

      PerformanceTracker.Stats stats = tracker.stats();
      assertThat(stats.delivered()).isEqualTo(stats.claimed());
      assertThat(stats.claimed() + stats.dropped()).isEqualTo(completed.get());
      long inWindows = 0;
      for (int t = 0; t < 4; t++) {
        inWindows += tracker.performance("agent-" + t, "", Window.LONG).count();
      }
      assertThat(inWindows).isEqualTo(stats.delivered());
    }
  }

  @Test
  void answers_again_without_folding_and_notices_what_is_new() {
    FakeTime time = new FakeTime();
    PerformanceTracker tracker = PerformanceTracker.builder().sources(time.sources()).build();
    tracker.start("ada", "format").complete();

    Performance first = tracker.performance("ada", "format", Window.SHORT);
    Performance again = tracker.performance("ada", "format", Window.SHORT);
    tracker.start("ada", "format").complete();
    Performance after = tracker.performance("ada", "format", Window.SHORT);

    assertThat(again).isSameAs(first);
    assertThat(after.count()).isEqualTo(2);
  }

  /** The clock stops the thread that folds; a reader must come back, with its last answer. */
  @Test
  void a_reader_never_waits_for_a_stalled_fold() throws InterruptedException {
    StallingClock clock = new StallingClock();
    PerformanceTracker tracker =
        PerformanceTracker.builder()
            .sources(new Sources(clock, System::nanoTime, new java.util.SplittableRandom(1)))
            .build();
    tracker.start("ada", "format").complete();
    assertThat(tracker.performance("ada", "format", Window.SHORT).count()).isEqualTo(1);
    tracker.start("ada", "format").complete();
    Thread folding = clock.stall(tracker::flush);

    Performance stale = tracker.performance("ada", "format", Window.SHORT);
    clock.goOn();
    folding.join();

    assertThat(stale.count()).isEqualTo(1);
    assertThat(tracker.performance("ada", "format", Window.SHORT).count()).isEqualTo(2);
  }

  @Test
  void still_answers_after_the_close() {
    PerformanceTracker tracker = PerformanceTracker.create();
    tracker.start("ada", "format").complete();

    tracker.close();
    tracker.start("ada", "format").complete();

    assertThat(tracker.performance("ada", "format", Window.REALTIME).count()).isEqualTo(1);
    assertThat(tracker.stats().dropped()).isEqualTo(1);
  }
}
