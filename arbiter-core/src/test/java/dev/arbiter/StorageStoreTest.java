/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import dev.arbiter.spi.Store.Value;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the store over a storage uses it. */
class StorageStoreTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final List<Instant> forgotten = new CopyOnWriteArrayList<>();
  private final List<Integer> steps = new CopyOnWriteArrayList<>();
  private final AtomicInteger losses = new AtomicInteger();
  private volatile Instant now = Instant.parse("2026-06-01T00:00:00Z");
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile @Nullable Shard shard;

  /** Notes the calls; an append waits for the gate. */
  private final class Noting implements Storage {
    @Override
    public void open(BiConsumer<String, byte[]> kept) {}

    @Override
    public void append(List<Change> batch, boolean force) throws InterruptedException {
      gate.await();
      steps.add(batch.size());
    }

    @Override
    public byte @Nullable [] find(String key) {
      return null;
    }

    @Override
    public void forget(Instant before) {
      forgotten.add(before);
    }

    @Override
    public void close() {}
  }

  private Store opened() {
    return opened(DAY);
  }

  private Store opened(Duration retention) {
    Store store = Store.of(new Noting(), retention, () -> now);
    open(store);
    return store;
  }

  private void open(Store store) {
    store.open(
        new Store.Owner() {
          @Override
          public Store.Recovery assigned(Shard given) {
            shard = given;
            return new Store.Recovery() {
              @Override
              public void entry(String key, byte[] value) {}

              @Override
              public void ready() {}
            };
          }

          @Override
          public void lost(Shard ended, @Nullable Throwable why) {
            losses.incrementAndGet();
          }
        });
  }

  private CompletionStage<@Nullable Void> append(int bytes) {
    Change change = new Change(Change.Kind.STATE, "k", Value.of(new byte[bytes]));
    return Objects.requireNonNull(shard).append(List.of(change), Level.DURABLE);
  }

  private void keep(int bytes) throws Exception {
    append(bytes).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** A storage may refuse it; then it would be refused again after each tenure, with all tasks. */
  @Test
  void a_value_that_no_storage_must_keep_ends_no_tenure() throws Exception {
    Store store = opened();
    assertThatThrownBy(() -> append(100_000_001))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("100 MB", "100000001");
    keep(1);
    assertThat(losses).hasValue(0);
    store.close();
  }

  @Test
  void a_store_of_nothing_is_refused() {
    assertThatThrownBy(() -> Store.of(new Noting(), nothing(), () -> now))
        .hasMessage("store.retention must not be null");
  }

  @SuppressWarnings("NullAway") // what a host may do
  private static Duration nothing() {
    return null;
  }

  @Test
  void a_store_whose_owner_could_not_begin_holds_no_storage() {
    ListStorage storage = new ListStorage();
    Store store = Store.of(storage, DAY, () -> now);
    Error missing = new NoClassDefFoundError("of a part that is restored");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  store.open(
                      new Store.Owner() {
                        @Override
                        public Store.Recovery assigned(Shard given) {
                          throw missing;
                        }

                        @Override
                        public void lost(Shard ended, @Nullable Throwable why) {}
                      }))
          .isSameAs(missing);
    }
    Store next = Store.of(storage, DAY, () -> now);
    assertThatCode(() -> open(next)).doesNotThrowAnyException();
    next.close();
  }

  @Test
  void a_clock_that_steps_back_does_not_end_the_forgetting() throws Exception {
    Store store = opened();
    Instant begin = now;
    now = now.plus(Duration.ofDays(300));
    keep(1);
    // The writer forgets after it has completed the batch.
    WaitingWorld.until(() -> forgotten.stream().anyMatch(before -> before.isAfter(begin)));
    now = begin;
    keep(1);
    now = now.plusSeconds(61);
    keep(1);
    keep(1);
    store.close();

    assertThat(forgotten).anyMatch(before -> before.isAfter(now));
    assertThat(forgotten.get(forgotten.size() - 1)).isBefore(now);
  }

  @Test
  void a_retention_without_end_forgets_nothing_and_keeps_the_store() throws Exception {
    Store store = opened(ChronoUnit.FOREVER.getDuration());
    keep(1);
    now = now.plusSeconds(61);
    keep(1);
    now = now.plusSeconds(61);
    keep(1);
    assertThat(losses).as("before it is closed").hasValue(0);
    store.close();

    assertThat(forgotten).isNotEmpty().allMatch(before -> before.isBefore(Instant.EPOCH));
  }

  @Test
  void large_batches_go_in_steps_of_a_few_megabytes() throws Exception {
    Store store = opened();
    gate = new CountDownLatch(1);
    List<CompletionStage<@Nullable Void>> stages = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      stages.add(append(1 << 20));
    }
    stages.add(append(20 << 20));
    stages.add(append(1));
    gate.countDown();
    for (CompletionStage<@Nullable Void> stage : stages) {
      stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
    store.close();

    assertThat(steps).allMatch(changes -> changes <= 8);
    assertThat(steps.stream().mapToInt(Integer::intValue).sum()).isEqualTo(43);
  }
}
