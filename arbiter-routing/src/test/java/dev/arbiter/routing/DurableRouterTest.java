/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A router over a store goes on after a restart with what it has learned. */
class DurableRouterTest {
  private final Map<String, byte[]> disk = new HashMap<>();

  /** Keeps the states, and nothing else. */
  private final class Disk implements Storage {
    @Override
    public void open(BiConsumer<String, byte[]> kept) {
      disk.forEach(kept);
    }

    @Override
    public void append(List<Change> batch, boolean force) {
      for (Change change : batch) {
        Store.Value value = change.value();
        if (value == null) {
          disk.remove(change.key());
        } else if (change.kind() == Change.Kind.STATE) {
          disk.put(change.key(), value.bytes());
        }
      }
    }

    @Override
    public byte @Nullable [] find(String key) {
      return null;
    }

    @Override
    public void forget(Instant before) {}

    @Override
    public void close() {}
  }

  private Arbiter over(BanditRouter router) {
    return Arbiter.builder()
        .withoutConstitution()
        .router(router)
        .store(Store.of(new Disk()))
        .agent(AgentProfile.of("good"), a -> WorkReport.of("done"))
        .agent(
            AgentProfile.of("bad"),
            a -> {
              throw new IllegalStateException("cannot");
            })
        .build();
  }

  private static BanditRouter router(BanditPolicy policy) {
    return BanditRouter.builder().policy(policy).sources(Sources.system(4)).build();
  }

  @Test
  void what_was_learned_is_there_after_a_restart() throws Exception {
    BanditRouter first = router(BanditPolicy.ucb1());
    try (Arbiter arbiter = over(first)) {
      for (int i = 0; i < 50; i++) {
        arbiter.submit(Task.builder("fix").build()).await(Duration.ofSeconds(20));
      }
    }
    BanditRouter second = router(BanditPolicy.ucb1());
    try (Arbiter arbiter = over(second)) {
      assertThat(arbiter.stats().waiting()).isZero();
      assertThat(second.specialties("good")).isEqualTo(first.specialties("good")).isNotEmpty();
    }
  }

  @Test
  void a_state_of_another_policy_is_refused_by_name() {
    over(router(BanditPolicy.ucb1())).close();

    assertThatThrownBy(() -> over(router(BanditPolicy.thompson())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("bandit-router")
        .hasMessageContaining("durableName");
  }
}
