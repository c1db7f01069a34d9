/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.TaskResult.FailureCause;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pauses of retries, and their budget. */
class RetriesTest {
  private static final Duration BASE = Duration.ofMillis(100);

  private static RetryPolicy policy(int most, double ratio, int burst) {
    return new RetryPolicy(most, BASE, Duration.ofMillis(300), ratio, burst);
  }

  @Test
  void pauses_are_spread_evenly_below_a_limit_that_doubles() {
    long[] limits = {100, 200, 300, 300};
    for (int retry = 0; retry < limits.length; retry++) {
      Retries retries = new Retries(policy(4, 1, 10_000), 7);
      double sum = 0;
      long most = 0;
      for (int i = 0; i < 4_000; i++) {
        long pause = retries.pause(retry);
        assertThat(pause).isBetween(0L, limits[retry] * 1_000_000);
        sum += pause;
        most = Math.max(most, pause);
      }
      double limit = limits[retry] * 1e6;
      assertThat(sum / 4_000).isBetween(.47 * limit, .53 * limit);
      assertThat((double) most).isGreaterThan(.99 * limit);
    }
  }

  @Test
  void an_attempt_has_so_many_retries() {
    Retries retries = new Retries(policy(2, 1, 10), 7);
    assertThat(retries.pause(1)).isNotNegative();
    assertThat(retries.pause(2)).isEqualTo(-1);
    assertThat(new Retries(RetryPolicy.none(), 7).pause(0)).isEqualTo(-1);
    assertThat(new Retries(RetryPolicy.none(), 7).isOn()).isFalse();
    assertThat(retries.isOn()).isTrue();
  }

  @Test
  void a_burst_without_bounds_is_one() {
    Ration ration = new Ration(.1, Integer.MAX_VALUE);
    for (int i = 0; i < 1_000; i++) {
      ration.earn();
      assertThat(ration.take()).isTrue();
    }
  }

  @Test
  void the_budget_begins_with_a_burst_and_grows_by_a_ratio() {
    Retries retries = new Retries(policy(1, .5, 3), 7);
    for (int i = 0; i < 3; i++) {
      assertThat(retries.pause(0)).isNotNegative();
    }
    assertThat(retries.pause(0)).isEqualTo(-1);
    retries.called();
    assertThat(retries.pause(0)).as("half a retry").isEqualTo(-1);
    retries.called();
    assertThat(retries.pause(0)).isNotNegative();
    assertThat(retries.pause(0)).isEqualTo(-1);
  }

  @Test
  void the_budget_does_not_grow_without_end() {
    Retries retries = new Retries(policy(1, 1, 3), 7);
    for (int i = 0; i < 1_000; i++) {
      retries.called();
    }
    int given = 0;
    while (retries.pause(0) >= 0) {
      given++;
    }
    assertThat(given).isEqualTo(30);
    retries.called();
    assertThat(retries.pause(0)).as("it grows again").isNotNegative();
  }

  @Test
  void a_retry_that_is_given_back_is_left_for_others() {
    Retries retries = new Retries(policy(1, 0, 1), 7);
    for (int i = 0; i < 5; i++) {
      assertThat(retries.pause(0)).isNotNegative();
      assertThat(retries.pause(0)).isEqualTo(-1);
      retries.giveBack();
    }
  }

  @Test
  void an_attempt_without_a_retry_left_uses_up_none() {
    Retries retries = new Retries(policy(1, 0, 1), 7);

    assertThat(retries.pause(1)).isEqualTo(-1);
    assertThat(retries.pause(0)).isNotNegative();
  }

  @Test
  void what_passes_by_itself_is_retried() {
    Set<FailureCause> passing =
        Arrays.stream(FailureCause.values()).filter(Retries::passes).collect(Collectors.toSet());
    assertThat(passing)
        .isEqualTo(
            EnumSet.of(
                FailureCause.CONNECTIVITY,
                FailureCause.RATE,
                FailureCause.RESOURCE,
                FailureCause.AGENT_TIMEOUT));
  }

  @Test
  void a_policy_says_what_is_wrong_with_it() {
    assertThatThrownBy(() -> policy(-1, 0, 0)).hasMessageContaining("at least 0");
    assertThatThrownBy(() -> policy(1, 1.5, 0)).hasMessageContaining("0 to 1");
    assertThatThrownBy(() -> policy(1, Double.NaN, 0)).hasMessageContaining("0 to 1");
    assertThatThrownBy(() -> policy(1, 0, -1)).hasMessageContaining("burst");
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, BASE, 0, 0))
        .hasMessageContaining("positive");
    assertThatThrownBy(() -> new RetryPolicy(1, BASE, Duration.ofMillis(1), 0, 0))
        .hasMessageContaining("longest");
  }
}
