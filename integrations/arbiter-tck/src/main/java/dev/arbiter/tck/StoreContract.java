/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import dev.arbiter.spi.Store.ShardLostException;
import dev.arbiter.spi.Store.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The promises of every {@link Store}, as tests. */
public abstract class StoreContract {
  private static final int THREADS = 4;
  private static final int EACH = 250;
  private static final long SOON = 30;

  /** For subclasses. */
  protected StoreContract() {}

  /**
   * {@return a new, empty store that is not open}
   *
   * @throws Exception if it cannot be made
   */
  protected abstract Store newStore() throws Exception;

  /**
   * {@return a store over what a closed one has kept; the same object, if it can be opened again}
   *
   * @param closed a store that was opened and closed
   * @throws Exception if it cannot be made
   */
  protected abstract Store again(Store closed) throws Exception;

  /** What was durable is there again: the newest value of each key, forgotten keys not. */
  @Test
  protected void gives_back_the_newest_value_of_each_key() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    keep(owner.shard(), Level.DURABLE, state("a", "1"), state("b", "1"));
    keep(owner.shard(), Level.DURABLE, state("a", "2"), state("b", null), event("a", "e"));
    store.close();

    assertThat(kept(again(store))).containsExactlyInAnyOrderEntriesOf(Map.of("a", "2"));
  }

  /** No durable batch is kept without the buffered ones before it. */
  @Test
  protected void keeps_buffered_batches_before_a_durable_one() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    CompletionStage<@Nullable Void> unused =
        owner.shard().append(List.of(state("a", "1")), Level.BUFFERED);
    keep(owner.shard(), Level.DURABLE, state("b", "1"));
    store.close();

    assertThat(kept(again(store))).containsKeys("a", "b");
  }

  /** Batches of several threads are kept whole; those of one thread in its order. */
  @Test
  protected void keeps_batches_of_several_threads_whole_and_in_order() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    Shard shard = owner.shard();
    CountDownLatch done = new CountDownLatch(THREADS);
    for (int t = 0; t < THREADS; t++) {
      String key = "t" + t;
      new Thread(
              () -> {
                for (int i = 1; i <= EACH; i++) {
                  CompletionStage<@Nullable Void> unused =
                      shard.append(
                          List.of(state(key, "" + i), state(key + "+", "" + i)), Level.BUFFERED);
                }
                done.countDown();
              })
          .start();
    }
    assertThat(done.await(SOON, TimeUnit.SECONDS)).isTrue();
    keep(shard, Level.DURABLE, state("last", "1"));
    store.close();

    Map<String, String> kept = kept(again(store));
    assertThat(kept).hasSize(2 * THREADS + 1);
    for (int t = 0; t < THREADS; t++) {
      assertThat(kept).containsEntry("t" + t, "" + EACH).containsEntry("t" + t + "+", "" + EACH);
    }
  }

  /** After close, the shard refuses everything, and the owner has heard of it. */
  @Test
  protected void a_closed_store_refuses() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    Shard shard = owner.shard();
    store.close();

    assertThat(owner.lost).containsExactly(shard);
    assertThatThrownBy(() -> keep(shard, Level.DURABLE, state("a", "1")))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ShardLostException.class);
    assertThat(kept(again(store))).isEmpty();
  }

  /** Each tenure has a larger epoch; the shard of the one before refuses. */
  @Test
  protected void epochs_grow() throws Exception {
    Store store = newStore();
    Memory first = new Memory();
    store.open(first);
    Shard old = first.shard();
    store.close();
    Store reopened = again(store);
    Memory second = new Memory();
    reopened.open(second);

    assertThat(second.shard().epoch()).isGreaterThan(old.epoch());
    assertThatThrownBy(() -> keep(old, Level.BUFFERED, state("a", "1")))
        .hasCauseInstanceOf(ShardLostException.class);
    reopened.close();
  }

  /** A store has one owner. */
  @Test
  protected void an_open_store_cannot_be_opened() throws Exception {
    Store store = newStore();
    store.open(new Memory());

    assertThatThrownBy(() -> store.open(new Memory())).isInstanceOf(IllegalStateException.class);
    store.close();
  }

  /** A closed store opens again, and keeps what it kept. */
  @Test
  protected void values_last_over_many_openings() throws Exception {
    Store store = newStore();
    long epoch = Long.MIN_VALUE;
    for (int i = 0; i < 4; i++) {
      Memory owner = new Memory();
      store.open(owner);
      assertThat(owner.shard().epoch()).isGreaterThan(epoch);
      epoch = owner.shard().epoch();
      assertThat(owner.entries).hasSize(i);
      keep(owner.shard(), Level.BUFFERED, state("k" + i, "" + i));
      store.close();
      store = again(store);
    }
  }

  /** Within a batch, a later change wins; events and ends are no state. */
  @Test
  protected void a_later_change_of_a_batch_wins() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    keep(
        owner.shard(),
        Level.DURABLE,
        state("a", "1"),
        state("a", "2"),
        state("b", "1"),
        state("b", null),
        event("c", "1"),
        end("d", "1"));
    store.close();

    assertThat(kept(again(store))).containsExactlyInAnyOrderEntriesOf(Map.of("a", "2"));
  }

  /** Values without bytes, and of some MB, come back as they were. */
  @Test
  protected void values_of_any_size_are_kept() throws Exception {
    String large = "\u00e9".repeat(2 << 20);
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    keep(owner.shard(), Level.DURABLE, state("empty", ""), state("large", large));
    store.close();

    assertThat(kept(again(store)))
        .containsExactlyInAnyOrderEntriesOf(Map.of("empty", "", "large", large));
  }

  /** A store that is kept finds the newest end of a key, also in the next process. */
  @Test
  protected void finds_the_newest_end() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    keep(owner.shard(), Level.DURABLE, end("a", "1"), state("b", "1"), event("c", "1"));
    keep(owner.shard(), Level.DURABLE, end("a", "2"));
    if (!store.isKept()) {
      store.close();
      return;
    }
    assertThat(store.find("a")).isEqualTo("2".getBytes(UTF_8));
    assertThat(store.find("b")).isNull();
    assertThat(store.find("c")).isNull();
    store.close();
    assertThatThrownBy(() -> store.find("a")).isInstanceOf(IllegalStateException.class);

    Store reopened = again(store);
    Memory second = new Memory();
    reopened.open(second);
    second.shard();
    assertThat(reopened.find("a")).isEqualTo("2".getBytes(UTF_8));
    reopened.close();
  }

  /** A stage may be followed by another append; it does not wait for itself. */
  @Test
  protected void what_follows_a_stage_may_append() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    Shard shard = owner.shard();
    CompletionStage<@Nullable Void> last = shard.append(List.of(state("a", "0")), Level.DURABLE);
    for (int i = 1; i <= 20; i++) {
      String value = "" + i;
      last = last.thenCompose(kept -> shard.append(List.of(state("a", value)), Level.DURABLE));
    }
    last.toCompletableFuture().get(SOON, TimeUnit.SECONDS);
    store.close();

    assertThat(kept(again(store))).containsEntry("a", "20");
  }

  /** A close among appends completes every stage, and keeps each batch that was acknowledged. */
  @Test
  protected void a_close_leaves_no_stage_open() throws Exception {
    Store store = newStore();
    Memory owner = new Memory();
    store.open(owner);
    Shard shard = owner.shard();
    Map<String, CompletionStage<@Nullable Void>> stages = new ConcurrentHashMap<>();
    CountDownLatch begun = new CountDownLatch(THREADS * EACH / 2);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      String name = "t" + t + ".";
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < EACH; i++) {
                  Level level = i % 2 == 0 ? Level.DURABLE : Level.BUFFERED;
                  stages.put(name + i, shard.append(List.of(state(name + i, "1")), level));
                  begun.countDown();
                }
              });
      thread.start();
      threads.add(thread);
    }
    assertThat(begun.await(SOON, TimeUnit.SECONDS)).isTrue();
    store.close();
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(SOON));
    }

    Map<String, String> kept = kept(again(store));
    stages.forEach(
        (key, stage) -> {
          try {
            stage.toCompletableFuture().get(SOON, TimeUnit.SECONDS);
            assertThat(kept).containsKey(key);
          } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(ShardLostException.class);
          } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the stage of " + key + " is open after close", e);
          }
        });
  }

  private static Change state(String key, @Nullable String value) {
    return new Change(Change.Kind.STATE, key, value == null ? null : text(value));
  }

  private static Change event(String key, String value) {
    return new Change(Change.Kind.EVENT, key, text(value));
  }

  private static Change end(String key, String value) {
    return new Change(Change.Kind.END, key, text(value));
  }

  private static Value text(String value) {
    return Value.of(value.getBytes(UTF_8));
  }

  private static void keep(Shard shard, Level level, Change... batch)
      throws InterruptedException, ExecutionException, TimeoutException {
    shard.append(List.of(batch), level).toCompletableFuture().get(SOON, TimeUnit.SECONDS);
  }

  private static Map<String, String> kept(Store store) throws InterruptedException {
    Memory owner = new Memory();
    store.open(owner);
    assertThat(owner.ready.await(SOON, TimeUnit.SECONDS)).isTrue();
    store.close();
    return owner.entries;
  }

  /** Remembers what a store tells its owner. */
  private static final class Memory implements Store.Owner {
    private final Map<String, String> entries = new HashMap<>();
    private final List<Shard> lost = new ArrayList<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile @Nullable Shard shard;

    Shard shard() throws InterruptedException {
      assertThat(ready.await(SOON, TimeUnit.SECONDS)).isTrue();
      return Objects.requireNonNull(shard);
    }

    @Override
    public Store.Recovery assigned(Shard given) {
      shard = given;
      return new Store.Recovery() {
        @Override
        public void entry(String key, byte[] value) {
          assertThat(entries.put(key, new String(value, UTF_8))).as("each key once").isNull();
        }

        @Override
        public void ready() {
          ready.countDown();
        }
      };
    }

    @Override
    public void lost(Shard shard, @Nullable Throwable why) {
      lost.add(shard);
    }
  }
}
