/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Owner;
import dev.arbiter.spi.Store.Recovery;
import dev.arbiter.spi.Store.Shard;
import dev.arbiter.spi.Store.ShardLostException;
import dev.arbiter.spi.Store.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tenures of a store over a storage that fails when the test says so. */
class StoreTenuresTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final Disk disk = new Disk();
  private final Engine engine = new Engine();
  private volatile Instant now = Instant.parse("2026-06-01T00:00:00Z");
  private final Store store = Store.of(disk, DAY, () -> now);

  @AfterEach
  void closeStore() {
    store.close();
  }

  /** A storage in a map. Each failure is thrown once, by the next call that it is about. */
  private static final class Disk implements Storage {
    private final Map<String, byte[]> kept = new TreeMap<>();
    private final BlockingQueue<Exception> failingOpens = new LinkedBlockingQueue<>();
    private final BlockingQueue<Exception> failingAppends = new LinkedBlockingQueue<>();
    private final BlockingQueue<Exception> failingForgets = new LinkedBlockingQueue<>();
    private final BlockingQueue<Exception> failingCloses = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> entered = new LinkedBlockingQueue<>();
    private final List<Integer> steps = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Boolean> forced = new LinkedBlockingQueue<>();
    private final BlockingQueue<Instant> forgotten = new LinkedBlockingQueue<>();
    private final AtomicInteger opens = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private static void fail(BlockingQueue<Exception> failures) throws Exception {
      Exception failure = failures.poll();
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public void open(BiConsumer<String, byte[]> told) throws Exception {
      opens.incrementAndGet();
      fail(failingOpens);
      kept.forEach(told);
    }

    @Override
    public void append(List<Change> batch, boolean force) throws Exception {
      entered.add(batch.size());
      gate.await();
      fail(failingAppends);
      forced.add(force);
      steps.add(batch.size());
      for (Change change : batch) {
        Value value = change.value();
        if (value == null) {
          kept.remove(change.key());
        } else {
          kept.put(change.key(), value.bytes());
        }
      }
    }

    @Override
    public byte @Nullable [] find(String key) throws Exception {
      fail(failingOpens);
      return kept.get(key);
    }

    @Override
    public void forget(Instant before) throws Exception {
      fail(failingForgets);
      forgotten.add(before);
    }

    @Override
    public void close() throws Exception {
      closes.incrementAndGet();
      fail(failingCloses);
    }
  }

  private record Lost(Shard shard, Optional<Throwable> why) {}

  /** What an arbiter hears of its store. */
  private static final class Engine implements Owner {
    private final BlockingQueue<Shard> shards = new LinkedBlockingQueue<>();
    private final BlockingQueue<Lost> lost = new LinkedBlockingQueue<>();
    private volatile Map<String, String> recovered = Map.of();

    @Override
    public Recovery assigned(Shard shard) {
      Map<String, String> entries = new HashMap<>();
      return new Recovery() {
        @Override
        public void entry(String key, byte[] value) {
          entries.put(key, new String(value, StandardCharsets.UTF_8));
        }

        @Override
        public void ready() {
          recovered = Map.copyOf(entries);
          shards.add(shard);
        }
      };
    }

    @Override
    public void lost(Shard shard, @Nullable Throwable why) {
      lost.add(new Lost(shard, Optional.ofNullable(why)));
    }
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    return Objects.requireNonNull(queue.poll(20, TimeUnit.SECONDS), "nothing came");
  }

  private Shard opened() throws InterruptedException {
    store.open(engine);
    return next(engine.shards);
  }

  private static CompletableFuture<@Nullable Void> append(
      Shard shard, String key, @Nullable String value, Level level) {
    Value bytes = value == null ? null : Value.of(value.getBytes(StandardCharsets.UTF_8));
    return shard
        .append(List.of(new Change(Change.Kind.STATE, key, bytes)), level)
        .toCompletableFuture();
  }

  private static CompletableFuture<@Nullable Void> append(Shard shard, String key, String value) {
    return append(shard, key, value, Level.DURABLE);
  }

  private static void keep(Shard shard, String key, String value) throws Exception {
    append(shard, key, value).get(20, TimeUnit.SECONDS);
  }

  private static ShardLostException lost(CompletableFuture<@Nullable Void> stage) {
    try {
      stage.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return (ShardLostException) Objects.requireNonNull(e.getCause());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    throw new IllegalStateException("it was kept");
  }

  @Test
  void the_next_owner_gets_what_was_kept_and_a_higher_number() throws Exception {
    Shard first = opened();
    keep(first, "a", "1");
    keep(first, "b", "2");
    append(first, "a", null, Level.DURABLE).get(20, TimeUnit.SECONDS);
    store.close();

    Store other = Store.of(disk, DAY, () -> now);
    other.open(engine);
    Shard second = next(engine.shards);
    other.close();

    assertThat(engine.recovered).isEqualTo(Map.of("b", "2"));
    assertThat(second.epoch()).isGreaterThan(first.epoch());
  }

  @Test
  void a_store_may_be_opened_again_after_it_was_closed() throws Exception {
    Shard first = opened();
    store.close();
    Shard second = opened();

    assertThat(second.epoch()).isGreaterThan(first.epoch());
    keep(second, "a", "1");
    assertThat(lost(append(first, "a", "2"))).hasMessage("the store is closed");
  }

  @Test
  void a_store_has_one_owner_at_a_time() throws Exception {
    Shard shard = opened();

    assertThatThrownBy(() -> store.open(new Engine()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("give each arbiter its own");
    keep(shard, "a", "1");
    assertThat(disk.opens).hasValue(1);
  }

  @Test
  void what_was_appended_before_the_close_is_kept() throws Exception {
    Shard shard = opened();
    disk.gate = new CountDownLatch(1);
    CompletableFuture<@Nullable Void> first = append(shard, "a", "1");
    CompletableFuture<@Nullable Void> second = append(shard, "b", "2");
    Thread closing = new Thread(store::close);
    closing.start();
    disk.gate.countDown();
    closing.join();

    assertThat(first.get(20, TimeUnit.SECONDS)).isNull();
    assertThat(second.get(20, TimeUnit.SECONDS)).isNull();
    assertThat(disk.kept).containsKeys("a", "b");
    assertThat(next(engine.lost)).isEqualTo(new Lost(shard, Optional.empty()));
    assertThat(disk.closes).hasValue(1);
    assertThat(lost(append(shard, "c", "3"))).hasMessage("the store is closed");
  }

  @Test
  void a_second_close_or_one_before_the_opening_does_nothing() throws Exception {
    store.close();
    assertThat(disk.closes).hasValue(0);
    opened();
    store.close();
    store.close();

    assertThat(disk.closes).hasValue(1);
    assertThat(engine.lost).hasSize(1);
  }

  @Test
  void an_interrupt_of_who_closes_is_kept_for_the_caller() throws Exception {
    opened();
    Thread.currentThread().interrupt();

    store.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(disk.closes).hasValue(1);
  }

  @Test
  void a_batch_that_is_not_kept_ends_the_tenure_and_the_store_comes_back() throws Exception {
    Shard first = opened();
    keep(first, "a", "1");
    IOException full = new IOException("the disk is full");
    disk.failingAppends.add(full);

    ShardLostException lost = lost(append(first, "a", "2"));

    assertThat(lost).hasMessage("the store failed: java.io.IOException: the disk is full");
    assertThat(lost).hasCause(full);
    assertThat(next(engine.lost)).isEqualTo(new Lost(first, Optional.of(full)));
    Shard second = next(engine.shards);
    assertThat(second.epoch()).isGreaterThan(first.epoch());
    assertThat(engine.recovered).as("what it has kept").isEqualTo(Map.of("a", "1"));
    assertThat(lost(append(first, "a", "3"))).hasMessage("the store is closed");
    keep(second, "a", "4");
    assertThat(disk.closes).as("it was closed before it was opened again").hasValue(1);
  }

  /** Its message names the thing and the next step. */
  @Test
  void a_storage_that_says_what_is_wrong_is_quoted() throws Exception {
    Shard shard = opened();
    disk.failingAppends.add(new IllegalStateException("the file is locked; end the other"));

    assertThat(lost(append(shard, "a", "1")))
        .hasMessage("the store failed: the file is locked; end the other");
    Shard again = next(engine.shards);
    disk.failingAppends.add(new IllegalStateException());
    assertThat(lost(append(again, "a", "1")))
        .hasMessage("the store failed: java.lang.IllegalStateException");
  }

  @Test
  void what_waits_behind_a_batch_that_fails_fails_with_it() throws Exception {
    Shard shard = opened();
    disk.gate = new CountDownLatch(1);
    disk.failingAppends.add(new IOException("no"));
    CompletableFuture<@Nullable Void> first = append(shard, "a", "1");
    CompletableFuture<@Nullable Void> second = append(shard, "b", "2");
    disk.gate.countDown();

    assertThat(lost(first)).hasMessageContaining("no");
    assertThat(lost(second)).hasMessageContaining("no");
    next(engine.shards);
    assertThat(engine.recovered).isEmpty();
  }

  @Test
  void a_storage_that_cannot_be_opened_yet_is_tried_again() throws Exception {
    Shard first = opened();
    disk.failingOpens.addAll(List.of(new IOException("one"), new IOException("two")));
    disk.failingAppends.add(new IOException("no"));
    assertThat(lost(append(first, "a", "1"))).isNotNull();

    Shard second = next(engine.shards);

    assertThat(disk.opens).hasValue(4);
    keep(second, "a", "2");
    assertThat(engine.lost).as("one tenure was lost").hasSize(1);
  }

  /** The number of the tenure is kept before the tenure begins. */
  @Test
  void a_storage_that_does_not_keep_the_number_of_a_tenure_begins_none() throws Exception {
    Shard first = opened();
    disk.failingAppends.addAll(List.of(new IOException("no"), new IOException("nor this")));
    assertThat(lost(append(first, "a", "1"))).hasMessageContaining("no");

    Shard second = next(engine.shards);

    keep(second, "a", "2");
    assertThat(engine.lost).hasSize(1);
    assertThat(disk.closes).as("closed after each attempt").hasValue(2);
  }

  @Test
  void a_storage_that_cannot_forget_ends_the_tenure() throws Exception {
    IOException worn = new IOException("worn out");
    Shard first = opened();
    disk.failingForgets.add(worn);
    keep(first, "a", "1");

    assertThat(next(engine.lost)).isEqualTo(new Lost(first, Optional.of(worn)));
    keep(next(engine.shards), "a", "2");
  }

  @Test
  void a_storage_that_cannot_be_closed_is_left_and_opened_again() throws Exception {
    Shard first = opened();
    disk.failingCloses.add(new IOException("stuck"));
    disk.failingAppends.add(new IOException("no"));
    assertThat(lost(append(first, "a", "1"))).isNotNull();

    keep(next(engine.shards), "a", "2");
  }

  @Test
  void a_store_that_is_away_can_be_closed() throws Exception {
    Shard first = opened();
    for (int i = 0; i < 100; i++) {
      disk.failingOpens.add(new IOException("away"));
    }
    disk.failingAppends.add(new IOException("no"));
    assertThat(lost(append(first, "a", "1"))).isNotNull();

    store.close();

    assertThat(engine.shards).isEmpty();
    assertThat(disk.closes).as("and not twice").hasValue(1);
  }

  @Test
  void a_storage_that_refuses_to_open_is_not_closed_and_says_why() {
    disk.failingOpens.add(new IOException("no such folder"));
    assertThatThrownBy(() -> store.open(engine))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the store cannot be opened: no such folder");
    disk.failingOpens.add(new IllegalStateException("the file is of another store"));
    assertThatThrownBy(() -> store.open(engine)).hasMessage("the file is of another store");

    assertThat(disk.closes).hasValue(0);
    assertThat(engine.shards).isEmpty();
  }

  @Test
  void a_store_that_could_not_be_opened_can_be_opened_later() throws Exception {
    disk.failingOpens.add(new IOException("not yet"));
    assertThatThrownBy(() -> store.open(engine)).hasMessageContaining("not yet");

    keep(opened(), "a", "1");
  }

  @Test
  void a_storage_whose_owner_cannot_begin_is_closed() {
    RuntimeException problem = new IllegalStateException("no memory for that");
    Owner broken =
        new Owner() {
          @Override
          public Recovery assigned(Shard shard) {
            throw problem;
          }

          @Override
          public void lost(Shard shard, @Nullable Throwable why) {
            throw new IllegalStateException("it never began");
          }
        };

    assertThatThrownBy(() -> store.open(broken)).isSameAs(problem);
    assertThat(disk.closes).hasValue(1);
  }

  @Test
  void the_disk_is_forced_if_one_of_a_step_must_survive_a_crash() throws Exception {
    Shard shard = opened();
    assertThat(next(disk.forced)).as("the number of the tenure").isTrue();

    append(shard, "a", "1", Level.BUFFERED).get(20, TimeUnit.SECONDS);
    assertThat(next(disk.forced)).isFalse();
    append(shard, "a", "2", Level.DURABLE).get(20, TimeUnit.SECONDS);
    assertThat(next(disk.forced)).isTrue();

    disk.gate = new CountDownLatch(1);
    CompletableFuture<@Nullable Void> unused = append(shard, "a", "3", Level.BUFFERED);
    CompletableFuture<@Nullable Void> durable = append(shard, "a", "4", Level.DURABLE);
    CompletableFuture<@Nullable Void> buffered = append(shard, "a", "5", Level.BUFFERED);
    disk.gate.countDown();
    durable.get(20, TimeUnit.SECONDS);
    buffered.get(20, TimeUnit.SECONDS);
    assertThat(disk.forced).as("the step with the durable one").contains(true);
  }

  @Test
  void a_value_is_found_by_its_key_and_a_storage_that_cannot_look_says_why() throws Exception {
    Shard shard = opened();
    keep(shard, "a", "1");

    assertThat(store.find("a")).asString(StandardCharsets.UTF_8).isEqualTo("1");
    assertThat(store.find("b")).isNull();
    assertThat(store.isKept()).isTrue();
    disk.failingOpens.add(new IOException("torn"));
    assertThatThrownBy(() -> store.find("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the store cannot be read: torn");
  }

  /** With an executor that works on the calling thread, an agent may wait for its own store. */
  @Test
  void what_hangs_on_a_stage_may_wait_for_the_store() throws Exception {
    Shard shard = opened();
    CompletableFuture<Boolean> both = new CompletableFuture<>();
    disk.gate = new CountDownLatch(1);
    CompletableFuture<@Nullable Void> first = append(shard, "a", "1");
    CompletableFuture<@Nullable Void> unused =
        first.thenRun(
            () -> {
              try {
                keep(shard, "b", "2");
                both.complete(true);
              } catch (Exception e) {
                both.completeExceptionally(e);
              }
            });
    disk.gate.countDown();

    assertThat(both.get(40, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void what_is_older_than_the_retention_is_forgotten_once_a_second() throws Exception {
    Shard shard = opened();
    keep(shard, "a", "1");
    assertThat(next(disk.forgotten)).isEqualTo(now.minus(DAY));

    now = now.plusMillis(999);
    keep(shard, "a", "2");
    keep(shard, "a", "3");
    assertThat(disk.forgotten).as("too soon").isEmpty();
    now = now.plusMillis(1);
    keep(shard, "a", "4");
    assertThat(next(disk.forgotten)).isEqualTo(now.minus(DAY));
  }

  @Test
  void a_retention_is_at_least_a_minute() {
    assertThat(Store.of(disk, Duration.ofMinutes(1), () -> now)).isNotNull();
    assertThatThrownBy(() -> Store.of(disk, Duration.ofMinutes(1).minusNanos(1), () -> now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("store.retention must be at least a minute, got PT59.999999999S");
  }

  @Test
  void by_default_a_day_is_kept_by_the_clock_of_the_machine() throws Exception {
    Instant begin = Sources.system().clock().instant();
    Store plain = Store.of(disk);
    plain.open(engine);
    keep(next(engine.shards), "a", "1");

    assertThat(next(disk.forgotten)).isAfterOrEqualTo(begin.minus(DAY));
    plain.close();
  }

  /** A step that has 4,096 changes takes no more. */
  @Test
  void many_changes_go_in_several_steps_and_a_large_batch_in_one() throws Exception {
    Shard shard = opened();
    assertThat(next(disk.entered)).as("the number of the tenure").isEqualTo(1);
    disk.gate = new CountDownLatch(1);
    CompletableFuture<@Nullable Void> first = append(shard, "first", "x");
    assertThat(next(disk.entered)).as("what follows waits behind it").isEqualTo(1);
    List<CompletableFuture<@Nullable Void>> stages = new ArrayList<>();
    List<Change> many = new ArrayList<>();
    for (int i = 0; i < 4_095; i++) {
      many.add(new Change(Change.Kind.STATE, "k" + i, Value.of(new byte[1])));
    }
    stages.add(shard.append(many, Level.BUFFERED).toCompletableFuture());
    stages.add(append(shard, "one", "x", Level.BUFFERED));
    stages.add(append(shard, "late", "x", Level.BUFFERED));
    disk.gate.countDown();
    first.get(20, TimeUnit.SECONDS);
    for (CompletableFuture<@Nullable Void> stage : stages) {
      stage.get(20, TimeUnit.SECONDS);
    }

    assertThat(disk.steps).endsWith(4_096, 1);
    assertThat(disk.kept).hasSize(4_095 + 3 + 1);
  }

  /** 4 threads, 250 batches each. */
  @Test
  void no_batch_of_many_threads_is_lost() throws Exception {
    Shard shard = opened();
    AtomicBoolean failed = new AtomicBoolean();
    CountDownLatch done = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      String name = "t" + t + "-";
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 250; i++) {
                    CompletableFuture<@Nullable Void> stage = append(shard, name + i, "x");
                    if (i % 50 == 0) {
                      stage.get(20, TimeUnit.SECONDS);
                    }
                  }
                } catch (Exception e) {
                  failed.set(true);
                } finally {
                  done.countDown();
                }
              });
      thread.start();
    }
    done.await();
    store.close();

    assertThat(failed).isFalse();
    assertThat(disk.kept).hasSize(1_000 + 1);
  }
}
