/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LineTest {
  @SuppressWarnings("NullAway") // no run of these is driven
  private static TaskRun run(String id, String tenant, int priority) {
    Task task = Task.builder("fix").id(id).tenant(tenant).priority(priority).build();
    return new TaskRun(null, task, Instant.EPOCH, 0);
  }

  private static String next(Line line, TaskRun leaving) {
    return Objects.requireNonNull(line.leave(leaving)).id();
  }

  @Test
  void a_free_place_is_taken_at_once_and_given_back() {
    Line line = new Line(1, 10);
    TaskRun first = run("a", "t", 5);
    TaskRun second = run("b", "t", 5);

    assertThat(line.enter(first)).isTrue();
    assertThat(line.enter(second)).isFalse();
    assertThat(line.taken()).isEqualTo(1);
    assertThat(line.waiting()).isEqualTo(1);
    assertThat(line.leave(first)).isSameAs(second);
    assertThat(line.leave(second)).isNull();
    assertThat(line.taken()).isZero();
  }

  @Test
  void a_higher_priority_goes_first_and_tenants_take_turns_within_one() {
    Line line = new Line(1, 10);
    TaskRun running = run("r", "t", 5);
    line.enter(running);
    TaskRun low = run("low", "a", 1);
    TaskRun a1 = run("a1", "a", 7);
    TaskRun a2 = run("a2", "a", 7);
    TaskRun b1 = run("b1", "b", 7);
    List.of(low, a1, a2, b1).forEach(line::enter);

    assertThat(next(line, running)).isEqualTo("a1");
    assertThat(next(line, a1)).isEqualTo("b1");
    assertThat(next(line, b1)).isEqualTo("a2");
    assertThat(next(line, a2)).isEqualTo("low");
  }

  /** Places come free every 100 ms; tenants take turns. */
  @Test
  void the_expected_wait_follows_the_line_and_the_pace() {
    Line line = new Line(1, 100);
    TaskRun running = run("r", "t", 5);
    line.enter(running);
    assertThat(line.expectedWait(running.task())).isZero();
    line.look(1);
    for (int i = 1; i <= 20; i++) {
      line.enter(run("a" + i, "a", 5));
    }
    for (int i = 0; i < 10; i++) {
      running = Objects.requireNonNull(line.leave(running));
    }
    line.look(1_000_000_001);

    assertThat(line.expectedWait(run("x", "a", 5).task())).isEqualTo(1_000_000_000);
    assertThat(line.expectedWait(run("x", "b", 5).task())).isZero();
    assertThat(line.expectedWait(run("x", "a", 6).task())).isZero();
    assertThat(line.expectedWait(run("x", "b", 1).task())).isEqualTo(1_000_000_000);
    line.enter(run("b1", "b", 5));
    assertThat(line.expectedWait(run("x", "b", 5).task())).isEqualTo(200_000_000);
    assertThat(line.expectedWait(run("x", "a", 4).task())).isEqualTo(1_100_000_000);
  }

  /** A flood of priority 10 that never ends: the one task of priority 1 begins all the same. */
  @Test
  void no_task_waits_for_ever() {
    Line line = new Line(1, 1_000);
    TaskRun running = run("r", "t", 10);
    line.enter(running);
    TaskRun low = run("low", "t", 1);
    for (int i = 0; i < 50; i++) {
      line.enter(run("before-" + i, "t", 10));
    }
    line.enter(low);
    int starts = 0;
    while (running != low && starts < 10_000) {
      line.enter(run("after-" + starts, "t", 10));
      running = Objects.requireNonNull(line.leave(running));
      starts++;
    }

    assertThat(running).isSameAs(low);
    assertThat(starts).isLessThanOrEqualTo(Line.FAIR_EVERY * 51);
  }

  /** The store comes back while a run waits for a place: it enters once more. */
  @Test
  void a_run_that_enters_again_stands_in_the_line_once() {
    Line line = new Line(1, 2);
    TaskRun running = run("r", "t", 5);
    TaskRun low = run("low", "t", 1);
    TaskRun same = run("same", "t", 5);
    List.of(running, low, same).forEach(line::enter);

    assertThat(line.enter(low)).isFalse();
    assertThat(line.enter(same)).isFalse();

    assertThat(line.waiting()).isEqualTo(2);
    assertThat(line.reserveInPlace(run("high", "t", 9))).isSameAs(low);
    assertThat(line.reserveInPlace(run("higher", "t", 9))).isSameAs(same);
    assertThat(line.reserveInPlace(run("highest", "t", 10))).isNull();
    line.look(1);
    assertThat(line.leave(running)).isNull();
    line.look(1_000_000_001);
    assertThat(line.expectedWait(run("x", "t", 1).task())).isZero();
  }

  @Test
  void a_run_that_leaves_the_line_is_never_called() {
    Line line = new Line(1, 10);
    TaskRun running = run("r", "t", 5);
    TaskRun gone = run("gone", "t", 9);
    TaskRun stays = run("stays", "t", 1);
    List.of(running, gone, stays).forEach(line::enter);

    assertThat(line.leave(gone)).isNull();
    assertThat(line.leave(gone)).isNull();
    assertThat(line.waiting()).isEqualTo(1);
    assertThat(line.leave(running)).isSameAs(stays);
  }

  @Test
  void a_full_line_reserves_no_more_room() {
    Line line = new Line(1, 1);
    TaskRun comes = run("a", "t", 5);
    TaskRun refused = run("b", "t", 5);
    TaskRun last = run("c", "t", 5);

    assertThat(line.reserve(comes)).isTrue();
    assertThat(line.reserve(refused)).isTrue();
    assertThat(line.reserve(last)).isFalse();
    line.enter(comes);
    assertThat(line.reserve(last)).isFalse();
    assertThat(line.expected()).isEqualTo(1);
    assertThat(line.leave(refused)).isNull();
    assertThat(line.leave(refused)).isNull();
    assertThat(line.reserve(last)).isTrue();
    assertThat(line.reserve(refused)).isFalse();
  }

  /** Its place came free between the two looks of the run that comes. */
  @Test
  void no_run_is_shed_for_one_that_has_room() {
    Line line = new Line(1, 2);
    TaskRun running = run("running", "t", 5);
    TaskRun first = run("first", "t", 1);
    TaskRun second = run("second", "t", 1);
    List.of(running, first, second).forEach(line::enter);
    TaskRun high = run("high", "t", 9);
    assertThat(line.reserve(high)).isFalse();
    assertThat(line.leave(running)).isSameAs(first);

    assertThat(line.reserveInPlace(high)).isNull();

    assertThat(high.isReserved()).isTrue();
    assertThat(line.waiting()).isEqualTo(1);
    assertThat(line.reserveInPlace(run("next", "t", 9))).as("full again").isSameAs(second);
  }

  /** Any order of comings and goings: never more than the places, and all that came is counted. */
  @Test
  void places_are_conserved() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Line line = new Line(3, 100);
      List<TaskRun> placed = new ArrayList<>();
      List<TaskRun> waiting = new ArrayList<>();
      for (int step = 0; step < 200; step++) {
        if (random.nextInt(2) == 0) {
          TaskRun run = run("" + step, "t" + random.nextInt(3), 1 + random.nextInt(10));
          (line.enter(run) ? placed : waiting).add(run);
        } else if (!placed.isEmpty() && random.nextInt(3) > 0) {
          @Nullable TaskRun next = line.leave(placed.remove(random.nextInt(placed.size())));
          if (next != null) {
            assertThat(waiting.remove(next)).isTrue();
            placed.add(next);
          }
        } else if (!waiting.isEmpty()) {
          assertThat(line.leave(waiting.remove(random.nextInt(waiting.size())))).isNull();
        }
        assertThat(line.taken()).isEqualTo(placed.size()).isLessThanOrEqualTo(3);
        assertThat(line.waiting()).isEqualTo(waiting.size());
        assertThat(waiting.isEmpty() || placed.size() == 3).isTrue();
      }
    }
  }
}
