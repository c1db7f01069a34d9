/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is too old goes, also while a batch always waits. */
class RetentionTest {
  private static final long BEGIN = 1_000_000;
  private static final int TIMES = 5;
  private static final int IN_FLIGHT = 64;

  private final AtomicLong seconds = new AtomicLong(BEGIN);
  private final CountDownLatch forgotten = new CountDownLatch(TIMES);
  private final AtomicReference<Instant> before = new AtomicReference<>(Instant.EPOCH);
  private final AtomicReference<@Nullable Shard> shard = new AtomicReference<>();

  @Test
  void a_busy_store_forgets_too() throws Exception {
    Store store =
        Store.of(
            new Endless(),
            Duration.ofMinutes(1),
            () -> Instant.ofEpochSecond(seconds.incrementAndGet()));
    store.open(new Owner());
    for (int i = 0; i < IN_FLIGHT; i++) {
      again();
    }

    assertThat(forgotten.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(before.get()).isAfter(Instant.ofEpochSecond(BEGIN - 60));
    assertThat(before.get()).isBefore(Instant.ofEpochSecond(seconds.get() - 59));
    store.close();
  }

  /* Each batch that is kept appends the next one. */
  private void again() {
    if (forgotten.getCount() > 0) {
      Change change = new Change(Change.Kind.EVENT, "e", Store.Value.of(new byte[0]));
      CompletionStage<?> unused =
          Objects.requireNonNull(shard.get())
              .append(List.of(change), Level.BUFFERED)
              .thenRun(this::again);
    }
  }

  /** Has room for everything. */
  private final class Endless implements Storage {
    @Override
    public void open(BiConsumer<String, byte[]> kept) {}

    @Override
    public void append(List<Change> batch, boolean force) {}

    @Override
    public byte @Nullable [] find(String key) {
      return null;
    }

    @Override
    public void forget(Instant first) {
      before.set(first);
      forgotten.countDown();
    }

    @Override
    public void close() {}
  }

  /** Remembers its shard. */
  private final class Owner implements Store.Owner, Store.Recovery {
    @Override
    public Store.Recovery assigned(Shard given) {
      shard.set(given);
      return this;
    }

    @Override
    public void lost(Shard lost, @Nullable Throwable why) {}

    @Override
    public void entry(String key, byte[] value) {}

    @Override
    public void ready() {}
  }
}
