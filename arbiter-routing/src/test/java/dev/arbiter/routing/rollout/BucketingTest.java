/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.task.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketingTest {
  private static final int KEYS = 100_000;

  @Test
  void a_lot_is_the_same_in_every_process_and_version() {
    assertThat(new Bucketing("thompson").of(task(42))).isEqualTo(0.4468839370820479);
  }

  @Test
  void the_idempotency_key_goes_before_the_id() {
    Bucketing bucketing = new Bucketing("thompson");
    Task first = Task.builder("work").id("T-1").idempotencyKey("order-7").build();
    Task again = Task.builder("work").id("T-2").idempotencyKey("order-7").build();

    assertThat(bucketing.of(again)).isEqualTo(bucketing.of(first));
    assertThat(bucketing.of(first)).isNotEqualTo(bucketing.of(task(1)));
  }

  @Test
  void the_same_key_of_another_tenant_is_another_task() {
    Bucketing bucketing = new Bucketing("thompson");
    Task ours = Task.builder("work").id("b-1").tenant("a").build();
    Task theirs = Task.builder("work").id("-1").tenant("ab").build();

    assertThat(bucketing.of(theirs)).isNotEqualTo(bucketing.of(ours));
  }

  @ParameterizedTest
  @ValueSource(doubles = {.001, .01, .1, .5, .9})
  void the_share_of_100_000_keys_is_within_4_standard_errors(double share) {
    Bucketing bucketing = new Bucketing("thompson");

    int below = 0;
    for (int i = 0; i < KEYS; i++) {
      below += bucketing.of(task(i)) < share ? 1 : 0;
    }

    assertThat(below / (double) KEYS).isCloseTo(share, within(4 * error(share)));
  }

  @Test
  void rollouts_of_different_names_pick_their_tasks_independently_within_4_standard_errors() {
    Bucketing first = new Bucketing("a");
    Bucketing second = new Bucketing("b");

    int both = 0;
    for (int i = 0; i < KEYS; i++) {
      both += first.of(task(i)) < .3 && second.of(task(i)) < .3 ? 1 : 0;
    }

    assertThat(both / (double) KEYS).isCloseTo(.09, within(4 * error(.09)));
  }

  private static Task task(int number) {
    return Task.builder("work").id("T-" + number).build();
  }

  private static double error(double share) {
    return Math.sqrt(share * (1 - share) / KEYS);
  }
}
