/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tasks an arbiter knows, by id and by idempotency key. */
class SubmissionsTest {
  private final FakeTime time = new FakeTime();
  private final Submissions submissions = new Submissions(time.sources(), 2);

  @SuppressWarnings("NullAway") // nobody drives the run
  private TaskRun run(Task task) {
    return new TaskRun(null, task, time.sources().clock().instant(), 0);
  }

  private static Task task(String id) {
    return Task.builder("fix").id(id).tenant("acme").build();
  }

  private static Task keyed(String key) {
    return Task.builder("fix").tenant("acme").idempotencyKey(key).build();
  }

  private TaskRun submit(Task asked) {
    TaskRun run = run(submissions.named(asked));
    TaskRun first = submissions.add(run, asked);
    return first == null ? run : first;
  }

  private void end(TaskRun run) {
    run.complete(new TaskResult.Cancelled(run.task(), "enough", Usage.none()));
    submissions.remove(run, true);
  }

  /* Ids. */

  @Test
  void a_task_keeps_the_id_that_it_has() {
    Task task = task("T-1");
    assertThat(submissions.named(task)).isSameAs(task);
  }

  @Test
  void a_task_without_an_id_gets_a_new_one() {
    Task task = Task.builder("fix").build();
    String first = submissions.named(task).id();
    String second = submissions.named(task).id();

    assertThat(first).matches("t-[0-9a-z]+-1");
    assertThat(second).isEqualTo(first.substring(0, first.length() - 1) + "2");
  }

  @Test
  void a_task_with_a_key_gets_the_same_id_each_time_of_its_tenant_and_key() {
    String id = submissions.named(keyed("k")).id();
    assertThat(id).matches("k-[0-9a-f]{26}");
    assertThat(new Submissions(new FakeTime().sources(), 9).named(keyed("k")).id()).isEqualTo(id);
    assertThat(submissions.named(keyed("l")).id()).isNotEqualTo(id);
    Task other = Task.builder("fix").tenant("other").idempotencyKey("k").build();
    assertThat(submissions.named(other).id()).isNotEqualTo(id);
  }

  @Test
  void an_id_is_used_once_at_a_time() {
    TaskRun first = run(task("T-1"));
    assertThat(submissions.add(first, task("T-1"))).isNull();
    assertThat(submissions.find(first.key())).isSameAs(first);

    assertThatThrownBy(() -> submit(task("T-1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "task 'T-1' of tenant 'acme' was submitted before and is RECEIVED; use another id");
    assertThat(submissions.all()).containsExactly(first);
    TaskRun elsewhere = submit(Task.builder("fix").id("T-1").tenant("other").build());
    assertThat(submissions.all()).containsExactlyInAnyOrder(first, elsewhere);
    assertThat(submissions.size()).isEqualTo(2);
  }

  @Test
  void an_id_may_be_used_again_as_soon_as_its_task_has_ended() {
    TaskRun first = submit(task("T-1"));
    first.complete(new TaskResult.Cancelled(first.task(), "enough", Usage.none()));

    TaskRun second = submit(task("T-1"));

    assertThat(second).isNotSameAs(first);
    submissions.remove(first, true);
    assertThat(submissions.find(second.key()))
        .as("the earlier one is removed late")
        .isSameAs(second);
    submissions.remove(second, true);
    assertThat(submissions.find(second.key())).isNull();
    assertThat(submissions.size()).isZero();
  }

  /* Keys. */

  @Test
  void the_same_key_gives_the_run_that_has_it() {
    TaskRun first = submit(keyed("k"));

    assertThat(submit(keyed("k"))).isSameAs(first);
    assertThat(submissions.size()).isEqualTo(1);
    assertThat(submit(keyed("l"))).isNotSameAs(first);
    assertThat(submit(Task.builder("fix").tenant("other").idempotencyKey("k").build()))
        .isNotSameAs(first);
  }

  @Test
  void the_same_key_for_another_task_is_refused() {
    TaskRun first = submit(keyed("k"));
    Task other = Task.builder("break").tenant("acme").idempotencyKey("k").build();

    assertThatThrownBy(() -> submit(other))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "idempotency key 'k' of tenant 'acme' was used for task '"
                + first.task().id()
                + "', which differs; use a new key");
  }

  @Test
  void a_caller_that_tries_again_in_another_trace_gets_the_same_run() {
    TaskRun first = submit(keyed("k"));
    Task again = keyed("k").withCorrelationId("another-trace");
    assertThat(submit(again)).isSameAs(first);
  }

  @Test
  void a_key_is_free_if_its_task_was_never_accepted() {
    TaskRun refused = submit(keyed("k"));
    submissions.remove(refused, false);

    assertThat(submit(keyed("k"))).isNotSameAs(refused);
  }

  @Test
  void a_task_whose_id_is_taken_does_not_keep_its_key() {
    TaskRun first = submit(task("T-1"));
    Task keyed = Task.builder("fix").id("T-1").tenant("acme").idempotencyKey("k").build();
    assertThatThrownBy(() -> submit(keyed)).isInstanceOf(IllegalStateException.class);

    assertThat(submissions.find(first.key())).isSameAs(first);
    TaskRun next = run(keyed.withId("T-2"));
    assertThat(submissions.add(next, next.task())).isNull();
  }

  @Test
  void an_ended_task_is_known_by_its_key_for_a_day() {
    TaskRun first = submit(keyed("k"));
    end(first);
    time.advance(Duration.ofHours(24).minusNanos(1));
    assertThat(submit(keyed("k"))).isSameAs(first);
    assertThat(submissions.size()).isZero();

    time.advance(Duration.ofNanos(1));
    TaskRun next = submit(keyed("k"));

    assertThat(next).isNotSameAs(first);
    end(next);
    time.advance(Duration.ofHours(23));
    assertThat(submit(keyed("k"))).as("a day from its own end").isSameAs(next);
  }

  @Test
  void an_end_that_is_told_late_does_not_free_the_key_of_the_next_task() {
    TaskRun first = submit(keyed("k"));
    submissions.remove(first, false);
    TaskRun next = submit(keyed("k"));

    submissions.remove(first, true);

    assertThat(submit(keyed("k"))).isSameAs(next);
  }

  /** Keys at random, against a list of the newest ends. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void the_newest_ended_keys_are_known(long seed) {
    Random random = new Random(seed);
    Map<String, TaskRun> live = new HashMap<>();
    Map<String, TaskRun> over = new HashMap<>();
    Deque<String> newest = new ArrayDeque<>();
    for (int i = 0; i < 500; i++) {
      String key = "k" + random.nextInt(6);
      TaskRun run = submit(keyed(key));
      @Nullable TaskRun known = live.get(key);
      if (known == null && newest.contains(key)) {
        known = over.get(key);
      }
      if (known != null) {
        assertThat(run).as("seed %s, step %s", seed, i).isSameAs(known);
      } else {
        assertThat(live.values()).doesNotContain(run);
        assertThat(over.values()).as("seed %s, step %s", seed, i).doesNotContain(run);
        live.put(key, run);
      }
      List<String> ending = new ArrayList<>(live.keySet());
      if (random.nextBoolean() && !ending.isEmpty()) {
        String ends = ending.get(random.nextInt(ending.size()));
        TaskRun ended = live.remove(ends);
        end(Objects.requireNonNull(ended));
        over.put(ends, ended);
        newest.remove(ends);
        newest.addLast(ends);
        if (newest.size() > 2) {
          newest.removeFirst();
        }
      }
      assertThat(submissions.size()).isEqualTo(live.size());
    }
  }
}
