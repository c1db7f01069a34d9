/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ListenersTest {
  private final FakeTime time = new FakeTime();
  private final List<FinishedAttempt> told = new ArrayList<>();

  @Test
  void are_told_all_there_is_to_know_of_an_attempt() {
    PerformanceTracker tracker = builder().listener(told::add).build();
    Usage usage = new Usage(120, 40, 0.5, Duration.ZERO);
    Task task = Task.builder("lint").tenant("acme").id("T-1").build();
    new Story(tracker, task, time.now())
        .given("ada")
        .reported(Duration.ofSeconds(2), usage)
        .deniedAndRoutedAgain()
        .given("bob")
        .reported(Duration.ofSeconds(1), usage)
        .completed(0.8);

    tracker.flush();

    assertThat(told)
        .containsExactly(
            new FinishedAttempt(
                "ada",
                "lint",
                "acme",
                time.now().plusSeconds(2),
                Duration.ofSeconds(2),
                false,
                0,
                usage),
            new FinishedAttempt(
                "bob",
                "lint",
                "acme",
                time.now().plusSeconds(3),
                Duration.ofSeconds(1),
                true,
                0.8,
                usage));
  }

  @Test
  void are_told_each_attempt_once_in_order_and_before_the_close_returns() {
    PerformanceTracker tracker = builder().slots(64).listener(told::add).build();
    for (int i = 0; i < 10_000; i++) {
      tracker.start("ada", "format").complete(1, Usage.cost(i));
    }

    tracker.close();

    assertThat(told).extracting(attempt -> attempt.usage().cost()).hasSize(10_000).isSorted();
    assertThat(new TreeSet<>(told.stream().map(attempt -> attempt.usage().cost()).toList()))
        .hasSize(10_000);
  }

  @Test
  void are_not_told_what_ended_for_no_fault_of_the_agent() {
    PerformanceTracker tracker = builder().listener(told::add).build();
    tracker.start("ada", "format").cancel();
    new Story(tracker, "T-1", time.now()).given("ada").cancelled();

    tracker.flush();

    assertThat(told).isEmpty();
    assertThat(tracker.summary("ada", "format", Window.REALTIME).excused()).isEqualTo(2);
  }

  @Test
  void that_throw_are_counted_and_harm_neither_others_nor_the_windows() {
    PerformanceTracker tracker =
        builder()
            .listener(
                attempt -> {
                  throw new IllegalStateException("no");
                })
            .listener(
                attempt -> {
                  throw new StackOverflowError();
                })
            .listener(told::add)
            .build();
    for (int i = 0; i < 10; i++) {
      tracker.start("ada", "format").complete();
    }

    assertThat(tracker.performance("ada", "format", Window.REALTIME).count()).isEqualTo(10);
    assertThat(told).hasSize(10);
    assertThat(tracker.health().listenerErrors()).isEqualTo(20);
    assertThat(tracker.health().isWell()).isFalse();
  }

  /** It must not; but if it does, nobody may hang or hear anything twice. */
  @Test
  void that_call_the_tracker_neither_hang_nor_hear_an_attempt_twice() {
    List<PerformanceTracker> own = new ArrayList<>();
    PerformanceTracker tracker =
        builder()
            .slots(64)
            .spillBytes(0)
            .listener(
                attempt -> {
                  told.add(attempt);
                  own.get(0).performance("ada", "format", Window.REALTIME);
                  own.get(0).flush();
                  if (told.size() < 5_000) {
                    own.get(0).start("bob", "format").complete();
                  }
                })
            .build();
    own.add(tracker);
    for (int i = 0; i < 1_000; i++) {
      tracker.start("ada", "format").complete();
    }

    tracker.close();

    PerformanceTracker.Stats stats = tracker.stats();
    assertThat(told.stream().filter(attempt -> attempt.agent().equals("ada"))).hasSize(1_000);
    assertThat(stats.delivered()).isEqualTo(stats.claimed()).isEqualTo(told.size());
  }

  @Test
  void with_a_flag_are_told_only_while_it_is_up() {
    TrackerFlags flags = new TrackerFlags(true, true, false, false);
    AttemptListener listener = told::add;
    PerformanceTracker tracker = builder().listener(listener.when(flags::training)).build();

    tracker.start("ada", "format").complete();
    tracker.flush();
    flags.training(true);
    tracker.start("bob", "format").complete();
    tracker.flush();

    assertThat(told).extracting(FinishedAttempt::agent).containsExactly("bob");
  }

  /** 20,000 tasks of two attempts each; the share of tasks told has deviation 0.0035. */
  @Test
  void of_a_share_are_told_whole_tasks_and_weights_that_add_up_to_all() {
    PerformanceTracker tracker = builder().tellShare(0.25).listener(told::add).build();
    for (int i = 0; i < 20_000; i++) {
      String id = "T-" + i;
      tracker.start("ada", "format", "acme", id).complete(1, Usage.cost(i));
      tracker.start("ada", "format", "acme", id).complete(1, Usage.cost(i));
    }
    tracker.flush();

    assertThat(told.stream().mapToDouble(FinishedAttempt::weight).sum())
        .isCloseTo(40_000, within(40_000 * 4 * 4 * 0.0031));
    for (int i = 0; i < told.size(); i += 2) {
      assertThat(told.get(i)).isEqualTo(told.get(i + 1));
      assertThat(told.get(i).weight()).isEqualTo(4);
    }
    assertThat(tracker.performance("ada", "format", Window.REALTIME).count()).isEqualTo(40_000);
  }

  @Test
  void on_two_nodes_are_told_of_the_same_tasks() {
    List<FinishedAttempt> toldThere = new ArrayList<>();
    PerformanceTracker here = builder().tellShare(0.5).listener(told::add).build();
    PerformanceTracker there = builder().tellShare(0.5).listener(toldThere::add).build();
    for (int i = 0; i < 1_000; i++) {
      here.start("ada", "format", "acme", "T-" + i).complete(1, Usage.cost(i));
      new Story(there, Task.builder("format").tenant("acme").id("T-" + i).build(), time.now())
          .given("ada")
          .reported(Duration.ZERO, Usage.cost(i))
          .completed(1);
    }
    here.flush();
    there.flush();

    assertThat(told).isEqualTo(toldThere).hasSizeBetween(400, 600);
  }

  @Test
  void of_a_share_hear_as_many_attempts_at_tasks_without_a_name() {
    PerformanceTracker tracker = builder().tellShare(0.5).listener(told::add).build();
    for (int i = 0; i < 10_000; i++) {
      tracker.start("ada", "format").complete();
    }
    tracker.flush();

    assertThat(told).hasSizeBetween(4_700, 5_300);
  }

  @Test
  void hear_of_attempts_even_while_windows_are_switched_off() {
    PerformanceTracker tracker = builder().listener(told::add).build();
    tracker.flags().aggregation(false);

    tracker.start("ada", "format").complete();
    tracker.flush();

    assertThat(told).hasSize(1);
    assertThat(tracker.performance("ada", "format", Window.REALTIME).count()).isZero();
  }

  private PerformanceTracker.Builder builder() {
    return PerformanceTracker.builder().sources(time.sources());
  }
}
