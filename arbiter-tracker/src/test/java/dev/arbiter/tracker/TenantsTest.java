/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.PerformanceView.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TenantsTest {
  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();

  @Test
  void attempts_for_one_tenant_are_told_from_those_for_another() {
    tracker.start("ada", "format", "acme", "T-1").complete();
    tracker.start("ada", "format", "acme", "T-2").fail();
    tracker.start("ada", "format", "zeta", "T-3").complete();

    assertThat(count("ada", "format", "acme")).isEqualTo(2);
    assertThat(count("ada", "format", "zeta")).isEqualTo(1);
    assertThat(count("ada", "format", "")).isEqualTo(3);
    assertThat(count("ada", "", "")).isEqualTo(3);
    assertThat(tracker.tenants("ada", "format")).containsExactly("acme", "zeta");
  }

  @Test
  void all_types_of_one_tenant_are_their_sum() {
    tracker.start("ada", "format", "acme", "T-1").complete();
    tracker.start("ada", "lint", "acme", "T-2").complete();
    tracker.start("ada", "lint", "zeta", "T-3").complete();

    assertThat(count("ada", "", "acme")).isEqualTo(2);
    assertThat(count("ada", "", "nobody")).isZero();
  }

  /** Whether folded or not when the second tenant comes, nothing may move from one to another. */
  @Test
  void every_sum_agrees_with_plain_counting_however_agents_types_and_tenants_come() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 50; round++) {
      PerformanceTracker one =
          PerformanceTracker.builder().sources(time.sources()).capacity(12).build();
      Map<List<String>, Integer> expected = new HashMap<>();
      for (int i = 0; i < 200; i++) {
        int most = 1 + i / 40;
        String agent = "agent-" + random.nextInt(most);
        String type = "type-" + random.nextInt(most);
        String tenant = "tenant-" + random.nextInt(most);
        one.start(agent, type, tenant, "").complete();
        for (List<String> key :
            List.of(
                List.of(agent, "", ""), List.of(agent, type, ""), List.of(agent, type, tenant))) {
          expected.merge(key, 1, Integer::sum);
        }
        if (random.nextInt(10) == 0) {
          one.flush();
          time.advance(Duration.ofSeconds(random.nextInt(20)));
        }
      }

      expected.forEach(
          (key, count) -> {
            long told = one.summary(key.get(0), key.get(1), key.get(2), Window.SHORT).successes();
            boolean known =
                one.agents().contains(key.get(0))
                    && (key.get(1).isEmpty() || one.taskTypes(key.get(0)).contains(key.get(1)))
                    && (key.get(2).isEmpty()
                        || one.tenants(key.get(0), key.get(1)).contains(key.get(2)));
            if (known && !key.get(2).isEmpty()) {
              assertThat(told).as("%s", key).isEqualTo((long) count);
            } else {
              assertThat(told).as("%s", key).isLessThanOrEqualTo(count);
            }
          });
      long own =
          one.agents().stream()
              .filter(agent -> !agent.equals(PerformanceTracker.OTHER))
              .mapToLong(agent -> one.summary(agent, "", Window.SHORT).successes())
              .sum();
      assertThat(own).isLessThanOrEqualTo(200);
      assertThat(one.stats().delivered()).isEqualTo(200);
    }
  }

  private long count(String agent, String taskType, String tenant) {
    return tracker.summary(agent, taskType, tenant, Window.REALTIME).performance().count();
  }
}
