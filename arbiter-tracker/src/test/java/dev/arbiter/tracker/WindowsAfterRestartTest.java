/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tracker goes on after a restart with the windows of the one before. */
class WindowsAfterRestartTest {
  private final FakeTime time = new FakeTime();

  private PerformanceTracker.Builder builder() {
    return PerformanceTracker.builder().sources(time.sources()).capacity(12).tenantCapacity(8);
  }

  private PerformanceTracker restarted(byte[] snapshot) {
    PerformanceTracker tracker = builder().build();
    tracker.restore(snapshot);
    return tracker;
  }

  /**
   * Events of any kind and age; quality and cost are exact in binary, so sums have no order. A late
   * one has a present one beside it: a restart leaves out names that are in no window.
   */
  private void event(PerformanceTracker tracker, SplittableRandom random, int most) {
    String agent = "agent-" + random.nextInt(most);
    String type = random.nextInt(9) == 0 ? "" : "type-" + random.nextInt(most);
    String tenant = "tenant-" + random.nextInt(most);
    if (random.nextInt(4) == 0) {
      Instant late = time.now().minusSeconds(random.nextInt(700_000));
      event(tracker, random, agent, type, tenant, late);
    }
    event(tracker, random, agent, type, tenant, time.now());
  }

  private void event(
      PerformanceTracker tracker,
      SplittableRandom random,
      String agent,
      String type,
      String tenant,
      Instant at) {
    tracker.record(
        "",
        new FinishedAttempt(
            agent,
            type,
            tenant,
            at,
            Duration.ofMillis(1 + random.nextInt(10_000)),
            random.nextInt(3) > 0,
            random.nextInt(8) / 8.0,
            new Usage(
                random.nextInt(100),
                random.nextInt(10),
                random.nextInt(64) / 64.0,
                Duration.ZERO)));
    if (random.nextInt(10) == 0) {
      tracker.events().sampled(agent, .5, 1 << 20);
    }
  }

  private static void assertSame(PerformanceTracker one, PerformanceTracker other) {
    assertThat(other.agents()).isEqualTo(one.agents());
    assertThat(other.stats().series()).isEqualTo(one.stats().series());
    for (String agent : one.agents()) {
      assertThat(other.taskTypes(agent)).isEqualTo(one.taskTypes(agent));
      for (Window window : Window.values()) {
        assertThat(other.summary(agent, "", window))
            .as("%s %s", agent, window)
            .isEqualTo(one.summary(agent, "", window));
        for (String type : one.taskTypes(agent)) {
          assertThat(other.tenants(agent, type)).isEqualTo(one.tenants(agent, type));
          assertThat(other.summary(agent, type, window))
              .as("%s %s %s", agent, type, window)
              .isEqualTo(one.summary(agent, type, window));
          for (String tenant : one.tenants(agent, type)) {
            assertThat(other.summary(agent, type, tenant, window))
                .as("%s %s %s %s", agent, type, tenant, window)
                .isEqualTo(one.summary(agent, type, tenant, window));
          }
        }
      }
    }
  }

  /** Whatever comes before and after the restart, all answers are those of a tracker without. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void a_restart_changes_no_answer(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PerformanceTracker one = builder().build();
    PerformanceTracker other = builder().build();
    for (int i = 0; i < 600; i++) {
      int most = 1 + i / 150;
      long event = random.nextLong();
      event(one, new SplittableRandom(event), most);
      event(other, new SplittableRandom(event), most);
      if (random.nextInt(10) == 0) {
        time.advance(Duration.ofSeconds(random.nextInt(i % 100 == 0 ? 100_000 : 20)));
      }
      if (random.nextInt(25) == 0) {
        other = restarted(other.snapshot());
      }
      if (random.nextInt(50) == 0) {
        assertSame(one, other);
      }
    }
    other = restarted(other.snapshot());
    assertSame(one, other);
    time.advance(Duration.ofDays(8));
    assertThat(other.summary("agent-0", "", Window.LONG).successes()).isZero();
  }

  @Test
  void windows_are_as_old_as_they_are() {
    PerformanceTracker one = builder().build();
    one.start("ada", "format").complete();
    byte[] snapshot = one.snapshot();
    time.advance(Duration.ofMinutes(30));

    PerformanceTracker other = restarted(snapshot);

    assertThat(other.summary("ada", "format", Window.REALTIME).successes()).isZero();
    assertThat(other.summary("ada", "format", Window.SHORT).successes()).isEqualTo(1);
  }

  @Test
  void a_clock_that_was_set_back_meanwhile_turns_no_window_back() {
    PerformanceTracker one = builder().build();
    one.start("ada", "format").complete();
    byte[] snapshot = one.snapshot();
    time.setBack(Duration.ofHours(3));

    PerformanceTracker other = restarted(snapshot);
    other.start("ada", "format").complete();

    assertThat(other.summary("ada", "format", Window.REALTIME).successes()).isEqualTo(2);
    time.advance(Duration.ofMinutes(6));
    assertThat(other.summary("ada", "format", Window.REALTIME).successes()).isZero();
  }

  @Test
  void an_id_that_comes_again_after_the_restart_counts_once() {
    PerformanceTracker one = builder().build();
    one.record("A-1", Attempts.at(time.now()));

    PerformanceTracker other = restarted(one.snapshot());
    other.record("A-1", Attempts.at(time.now()));
    other.record("A-2", Attempts.at(time.now()));

    assertThat(other.summary("ada", "format", Window.SHORT).successes()).isEqualTo(2);
    assertThat(other.health().duplicates()).isEqualTo(1);
  }

  @Test
  void a_tracker_that_has_begun_takes_no_snapshot() {
    PerformanceTracker one = builder().build();
    one.start("ada", "format").complete();
    PerformanceTracker begun = builder().build();
    begun.start("bob", "format").complete();

    begun.restore(one.snapshot());

    assertThat(begun.agents()).doesNotContain("ada");
  }

  /** Twelve tenants a week, each with its own name, fit over and over. */
  @Test
  void names_that_are_in_no_window_take_no_capacity_after_a_restart() {
    PerformanceTracker tracker =
        PerformanceTracker.builder().sources(time.sources()).capacity(12).build();
    for (int week = 0; week < 5; week++) {
      for (int i = 0; i < 12; i++) {
        tracker.start("ada", "format", "tenant-" + week + "-" + i, "").complete();
      }
      assertThat(tracker.tenants("ada", "format")).hasSize(12).contains("tenant-" + week + "-0");
      byte[] snapshot = week % 2 == 0 ? tracker.snapshot() : new byte[0];
      time.advance(Duration.ofDays(8));
      byte[] later = week % 2 == 0 ? snapshot : tracker.snapshot();
      tracker = PerformanceTracker.builder().sources(time.sources()).capacity(12).build();
      tracker.restore(later);
      assertThat(tracker.stats().series()).as("week %s", week).isZero();
    }
  }

  /** Attempts without a series of their own go on at the agent, and not at its next tenant. */
  @Test
  void what_is_left_of_an_agent_is_not_given_to_a_newcomer() {
    PerformanceTracker one =
        PerformanceTracker.builder().sources(time.sources()).capacity(1).build();
    one.start("ada", "format", "old", "").complete();
    time.advance(Duration.ofDays(8));
    one.start("ada", "migrate", "other", "").complete();

    PerformanceTracker next =
        PerformanceTracker.builder().sources(time.sources()).capacity(1).build();
    next.restore(one.snapshot());
    assertThat(next.taskTypes("ada")).isEmpty();
    next.start("ada", "review", "new", "").complete();

    assertThat(next.summary("ada", "review", Window.SHORT).successes()).isEqualTo(1);
    assertThat(next.summary("ada", "", Window.SHORT).successes()).isEqualTo(2);
  }

  @Test
  void a_smaller_tracker_takes_what_fits() {
    PerformanceTracker one = builder().build();
    for (int i = 0; i < 10; i++) {
      one.start("agent-" + i, "format").complete();
    }

    PerformanceTracker small =
        PerformanceTracker.builder().sources(time.sources()).capacity(3).build();
    small.restore(one.snapshot());

    assertThat(small.stats().series()).isEqualTo(3);
    assertThat(small.summary("agent-2", "format", Window.SHORT).successes()).isEqualTo(1);
    assertThat(small.agents()).hasSize(4);
  }

  @Test
  void a_damaged_snapshot_is_refused_at_any_bit_and_changes_nothing() {
    PerformanceTracker one = builder().build();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      event(one, random, 3);
    }
    byte[] good = one.snapshot();
    PerformanceTracker other = builder().build();
    for (int bit = 0; bit < 8 * good.length; bit += 3) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> other.restore(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    for (int length = 0; length < good.length; length += 7) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> other.restore(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(other.agents()).containsExactly(PerformanceTracker.OTHER);
    other.restore(good);
    assertSame(one, other);
  }

  @Test
  void a_newer_snapshot_is_refused_by_its_version() {
    byte[] newer = builder().build().snapshot();
    newer[7] = 9;

    assertThatThrownBy(() -> builder().build().restore(newer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 9");
  }

  /* With an Arbiter. */

  private final Map<String, byte[]> disk = new ConcurrentHashMap<>();

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

  private Arbiter over(PerformanceTracker tracker) {
    return Arbiter.builder()
        .withoutConstitution()
        .listener(tracker)
        .store(Store.of(new Disk()))
        .agent(AgentProfile.of("ada"), a -> WorkReport.of("done"))
        .build();
  }

  @Test
  void an_arbiter_keeps_the_windows_of_its_tracker() throws Exception {
    PerformanceTracker first = PerformanceTracker.create();
    try (Arbiter arbiter = over(first)) {
      for (int i = 0; i < 20; i++) {
        arbiter.submit(Task.builder("fix").build()).await(Duration.ofSeconds(20));
      }
    }
    PerformanceTracker second = PerformanceTracker.create();
    try (Arbiter arbiter = over(second)) {
      assertThat(second.performance("ada", "fix", Window.MEDIUM))
          .isEqualTo(first.performance("ada", "fix", Window.MEDIUM));
      arbiter.submit(Task.builder("fix").build()).await(Duration.ofSeconds(20));
      assertThat(second.summary("ada", "fix", Window.MEDIUM).successes()).isEqualTo(21);
    }
  }

  @Test
  void windows_that_are_damaged_in_the_store_are_named() {
    over(PerformanceTracker.create()).close();
    byte[] damaged = disk.getOrDefault("Dtracker", new byte[0]);
    damaged[damaged.length - 1] ^= 1;

    assertThatThrownBy(() -> over(PerformanceTracker.create()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'tracker'")
        .hasMessageContaining("damaged");
  }
}
