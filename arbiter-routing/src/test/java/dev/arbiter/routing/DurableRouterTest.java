/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A router over a store goes on after a restart with what it has learned. */
class DurableRouterTest {
  private final Map<String, byte[]> disk = new ConcurrentHashMap<>();
  private final Map<String, byte[]> ends = new ConcurrentHashMap<>();

  /** Keeps the states and the ends, and no events. */
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
        } else if (change.kind() == Change.Kind.END) {
          ends.put(change.key(), value.bytes());
        }
      }
    }

    @Override
    public byte @Nullable [] find(String key) {
      return ends.get(key);
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

  /** Dies while an agent works; the snapshot is of before, or of the first minute, or is none. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void a_decision_of_a_dead_process_has_one_outcome_and_holds_no_money(int snapshots)
      throws Exception {
    AtomicLong skipped = new AtomicLong();
    Sources real = Sources.system(4);
    Sources sources =
        new Sources(real.clock(), () -> real.nanoTime().getAsLong() + skipped.get(), real.random());
    AgentProfile ada = AgentProfile.builder("ada").price(2).idempotent().build();
    if (snapshots == 1) {
      try (Arbiter before = limited(sources).agent(ada, a -> paid()).build()) {
        before.submit(Task.builder("fix").build()).await(Duration.ofSeconds(20));
      }
    }
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        limited(sources)
            .asyncAgent(
                ada,
                a -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .closeLimit(Duration.ZERO)
            .build();
    first.submit(Task.builder("fix").id("T-1").build());
    assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
    if (snapshots == 2) {
      skipped.set(TimeUnit.SECONDS.toNanos(61));
      for (int i = 0; i < 2_000 && !disk.containsKey("Dbandit-router"); i++) {
        Thread.sleep(5);
      }
      assertThat(disk).containsKey("Dbandit-router");
    }
    Map<String, byte[]> left = Map.copyOf(disk);
    first.close();
    disk.clear();
    disk.putAll(left);
    ends.clear();

    BanditRouter router = limitedRouter(Sources.system(5));
    try (Arbiter second = limited(sources).router(router).agent(ada, a -> paid()).build()) {
      second.find("default", "T-1").orElseThrow().await(Duration.ofSeconds(20));
    }

    assertThat(router.ignoredOutcomes()).isZero();
    assertThat(router.outstandingDecisions()).isZero();
    assertThat(router.spending().reserved()).isZero();
    assertThat(router.spending().spent()).isCloseTo(snapshots == 1 ? 3 : 1.5, within(1e-6));
  }

  private static WorkReport paid() {
    return WorkReport.of("done").withUsage(Usage.cost(1.5));
  }

  private ArbiterBuilder limited(Sources sources) {
    return Arbiter.builder()
        .withoutConstitution()
        .sources(sources)
        .router(limitedRouter(sources))
        .store(Store.of(new Disk()));
  }

  private static BanditRouter limitedRouter(Sources sources) {
    return BanditRouter.builder()
        .policy(BanditPolicy.ucb1())
        .sources(sources)
        .spendingLimit(100, 100)
        .build();
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
