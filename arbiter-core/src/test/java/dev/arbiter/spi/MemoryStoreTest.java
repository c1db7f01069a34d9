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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A store that forgets all with the process, and nothing before. */
class MemoryStoreTest {
  private final Store store = Store.memory();
  private final Engine engine = new Engine();

  /** What an arbiter hears of its store. */
  private static final class Engine implements Owner {
    private final Map<String, String> recovered = new HashMap<>();
    private final List<Shard> shards = new ArrayList<>();
    private final List<Shard> lost = new ArrayList<>();
    private boolean isReady;
    private @Nullable RuntimeException problem;

    @Override
    public Recovery assigned(Shard shard) {
      shards.add(shard);
      recovered.clear();
      isReady = false;
      return new Recovery() {
        @Override
        public void entry(String key, byte[] value) {
          assertThat(isReady).as("entries come before the end").isFalse();
          recovered.put(key, new String(value, StandardCharsets.UTF_8));
        }

        @Override
        public void ready() {
          if (problem != null) {
            throw problem;
          }
          isReady = true;
        }
      };
    }

    @Override
    public void lost(Shard shard, @Nullable Throwable why) {
      assertThat(why).as("closed in order").isNull();
      lost.add(shard);
    }

    Shard shard() {
      return shards.get(shards.size() - 1);
    }
  }

  private static Change change(Change.Kind kind, String key, @Nullable String value) {
    Value bytes = value == null ? null : Value.of(value.getBytes(StandardCharsets.UTF_8));
    return new Change(kind, key, bytes);
  }

  private void keep(Change... changes) {
    assertThat(engine.shard().append(List.of(changes), Level.DURABLE).toCompletableFuture())
        .isCompletedWithValue(null);
  }

  private void reopen() {
    store.close();
    store.open(engine);
  }

  @Test
  void a_new_store_has_nothing_and_is_ready_at_once() {
    store.open(engine);

    assertThat(engine.recovered).isEmpty();
    assertThat(engine.isReady).isTrue();
    assertThat(store.isKept()).as("over the end of the process").isFalse();
  }

  @Test
  void states_are_kept_and_events_and_ends_are_not() {
    store.open(engine);
    keep(
        change(Change.Kind.STATE, "a", "1"),
        change(Change.Kind.EVENT, "b", "2"),
        change(Change.Kind.END, "c", "3"));

    reopen();

    assertThat(engine.recovered).isEqualTo(Map.of("a", "1"));
    assertThat(store.find("c")).isNull();
  }

  /** 300 batches of up to 5 changes over 10 keys, reopened now and then, against a map. */
  @Test
  void the_newest_state_of_each_key_comes_back() {
    SplittableRandom random = new SplittableRandom(17);
    Map<String, String> model = new HashMap<>();
    store.open(engine);
    for (int i = 0; i < 300; i++) {
      List<Change> batch = new ArrayList<>();
      for (int j = random.nextInt(6); j > 0; j--) {
        String key = "k" + random.nextInt(10);
        String value = random.nextInt(3) == 0 ? null : "v" + i + j;
        batch.add(change(Change.Kind.STATE, key, value));
        if (value == null) {
          model.remove(key);
        } else {
          model.put(key, value);
        }
      }
      keep(batch.toArray(new Change[0]));
      if (random.nextInt(10) == 0) {
        reopen();
        assertThat(engine.recovered).as("batch %s", i).isEqualTo(model);
      }
    }
    reopen();
    assertThat(engine.recovered).isEqualTo(model);
  }

  @Test
  void each_tenure_has_a_higher_number_and_ends_when_the_store_is_closed() {
    store.open(engine);
    Shard first = engine.shard();
    reopen();
    Shard second = engine.shard();

    assertThat(second.epoch()).isGreaterThan(first.epoch());
    assertThat(engine.lost).containsExactly(first);
    store.close();
    assertThat(engine.lost).containsExactly(first, second);
    store.close();
    assertThat(engine.lost).as("once").hasSize(2);
  }

  @Test
  void a_tenure_that_has_ended_keeps_nothing() {
    store.open(engine);
    Shard first = engine.shard();
    reopen();

    assertThatThrownBy(
            () ->
                first
                    .append(List.of(change(Change.Kind.STATE, "a", "late")), Level.BUFFERED)
                    .toCompletableFuture()
                    .join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ShardLostException.class)
        .hasMessageContaining("the store is closed");
    reopen();
    assertThat(engine.recovered).isEmpty();
  }

  @Test
  void a_store_has_one_owner_at_a_time() {
    store.open(engine);

    assertThatThrownBy(() -> store.open(new Engine()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("give each arbiter its own");
    keep(change(Change.Kind.STATE, "a", "1"));
  }

  @Test
  void an_owner_that_could_not_begin_leaves_the_store_to_another() {
    engine.problem = new IllegalStateException("no");
    assertThatThrownBy(() -> store.open(engine)).hasMessage("no");
    Shard begun = engine.shard();

    assertThat(begun.append(List.of(), Level.DURABLE).toCompletableFuture())
        .isCompletedExceptionally();
    Engine next = new Engine();
    store.open(next);
    assertThat(next.isReady).isTrue();
    assertThat(Objects.requireNonNull(next.shard()).epoch()).isGreaterThan(begun.epoch());
  }
}
