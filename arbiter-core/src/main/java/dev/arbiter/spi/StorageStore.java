/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.internal.Require;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store over the storage of one machine. One thread writes: it takes all batches that wait, and
 * has them kept in one step. Other threads complete their stages.
 */
final class StorageStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(Store.class);
  private static final String EPOCH = "#epoch";

  /* So many changes at most go into one step, so that the first stage does not wait for long. */
  private static final int MOST_CHANGES = 4_096;

  /* And so many bytes, unless one batch has more: a storage makes one record of a step. */
  private static final long MOST_BYTES = 8 << 20;

  /* A larger value is refused by itself: the storage would refuse it again after each tenure. */
  private static final int MOST_OF_A_VALUE = 100_000_000;
  private static final Duration SHORTEST_RETENTION = Duration.ofMinutes(1);

  /* No value is older; a longer one would reach behind the first instant that there is. */
  private static final Duration LONGEST_RETENTION = Duration.ofDays(365_000);
  private static final long IDLE = 60_000;

  /* Often, so that each time there is little to remove and batches do not wait for it. */
  private static final long FORGET_EVERY = 1_000;
  private static final long FIRST_PAUSE = 100;
  private static final long LONGEST_PAUSE = 2_000;

  private final Storage storage;
  private final Duration retention;
  private final InstantSource clock;
  private final List<Waiting> queue = new ArrayList<>();
  private final Executor teller =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          StorageStore::daemon);
  private @Nullable Owner owner;
  private @Nullable Thread writer;
  private volatile @Nullable Tenure tenure;
  private boolean closing;

  /* Only the thread of the writer uses these three after open. */
  private boolean holdsStorage;
  private long epoch;
  private Instant forgotten = Instant.EPOCH;

  StorageStore(Storage storage, Duration retention, InstantSource clock) {
    Objects.requireNonNull(storage, "store.storage must not be null");
    Objects.requireNonNull(retention, "store.retention must not be null");
    Objects.requireNonNull(clock, "store.clock must not be null");
    Require.that(
        retention.compareTo(SHORTEST_RETENTION) >= 0,
        "store.retention must be at least a minute, got %s",
        retention);
    this.storage = storage;
    this.retention = retention.compareTo(LONGEST_RETENTION) < 0 ? retention : LONGEST_RETENTION;
    this.clock = clock;
  }

  private static Thread daemon(Runnable body) {
    Thread thread = new Thread(body, "arbiter-store-kept");
    thread.setDaemon(true);
    return thread;
  }

  private record Waiting(
      List<Change> batch, long bytes, Level level, CompletableFuture<@Nullable Void> stage) {}

  @Override
  public void open(Owner newOwner) {
    synchronized (this) {
      if (owner != null) {
        throw new IllegalStateException("the store is open already; give each arbiter its own");
      }
      owner = newOwner;
      closing = false;
    }
    Thread thread = new Thread(this::work, "arbiter-store");
    thread.setDaemon(true);
    try {
      begin(newOwner);
      thread.start();
    } catch (IllegalStateException | Error e) {
      leave();
      throw e;
    } catch (Exception e) {
      leave();
      throw new IllegalStateException("the store cannot be opened: " + e.getMessage(), e);
    }
    writer = thread;
  }

  /* Nobody else closes a store that could not be opened. */
  private void leave() {
    synchronized (this) {
      owner = null;
      tenure = null;
    }
    closeStorage();
  }

  /* Opens the storage, and gives the owner what it has kept. */
  private void begin(Owner to) throws Exception {
    Map<String, byte[]> kept = new HashMap<>();
    storage.open(kept::put);
    holdsStorage = true;
    byte[] last = kept.remove(EPOCH);
    epoch = 1 + Math.max(epoch, last == null ? 0 : ByteBuffer.wrap(last).getLong());
    byte[] next = ByteBuffer.allocate(Long.BYTES).putLong(epoch).array();
    storage.append(List.of(new Change(Change.Kind.STATE, EPOCH, Value.of(next))), true);
    Tenure begun = new Tenure(epoch);
    tenure = begun;
    Recovery recovery = to.assigned(begun);
    kept.forEach(recovery::entry);
    recovery.ready();
  }

  @Override
  public byte @Nullable [] find(String key) {
    try {
      return storage.find(key);
    } catch (Exception e) {
      throw new IllegalStateException("the store cannot be read: " + e.getMessage(), e);
    }
  }

  /** Closes after everything that was appended is kept. */
  @Override
  public void close() {
    Thread thread;
    synchronized (this) {
      closing = true;
      thread = writer;
      notifyAll();
    }
    if (thread == null) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /* The thread of the writer. */

  private void work() {
    try {
      boolean open = true;
      while (open) {
        open = tenure == null ? comeBack() : keepAll();
      }
    } finally {
      end(null);
      closeStorage();
      synchronized (this) {
        owner = null;
      }
    }
  }

  /* Keeps what waits; false if the store was closed and nothing waits any more. */
  private boolean keepAll() {
    List<Waiting> taken = take();
    if (taken.isEmpty()) {
      return !isClosing() && forgetOld();
    }
    List<Change> changes = new ArrayList<>();
    boolean force = false;
    for (Waiting waiting : taken) {
      changes.addAll(waiting.batch);
      force |= waiting.level == Level.DURABLE;
    }
    try {
      storage.append(changes, force);
    } catch (Throwable e) {
      tell(() -> fail(taken, e));
      end(e);
      return true;
    }
    tell(() -> taken.forEach(waiting -> waiting.stage.complete(null)));
    return forgetOld();
  }

  /*
   * What hangs on a stage may call an agent that waits for this very store, if the executor of the
   * host works on the calling thread. So it never runs on the thread of the writer.
   */
  private void tell(Runnable stages) {
    try {
      teller.execute(stages);
    } catch (Throwable e) {
      LOG.warn("no thread for the stages of a batch; the writer completes them", e);
      stages.run();
    }
  }

  private synchronized List<Waiting> take() {
    if (queue.isEmpty() && !closing) {
      pause(IDLE);
    }
    int count = 0;
    int changes = 0;
    long bytes = 0;
    while (count < queue.size() && changes < MOST_CHANGES) {
      Waiting waiting = queue.get(count);
      bytes += waiting.bytes;
      if (count > 0 && bytes > MOST_BYTES) {
        break;
      }
      changes += waiting.batch.size();
      count++;
    }
    List<Waiting> first = queue.subList(0, count);
    List<Waiting> taken = List.copyOf(first);
    first.clear();
    return taken;
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private boolean forgetOld() {
    Instant now = clock.instant();
    boolean isBack = now.isBefore(forgotten);
    if (!isBack && forgotten.plusMillis(FORGET_EVERY).isAfter(now)) {
      return true;
    }
    forgotten = now;
    try {
      storage.forget(now.minus(retention));
    } catch (Throwable e) {
      end(e);
    }
    return true;
  }

  /* Opens the storage again after an error; false if the store was closed meanwhile. */
  private boolean comeBack() {
    closeStorage();
    long pause = FIRST_PAUSE;
    while (true) {
      Owner told;
      synchronized (this) {
        pause(pause);
        told = owner;
        if (closing || told == null) {
          return false;
        }
      }
      try {
        begin(told);
        LOG.info("the store is back");
        return true;
      } catch (Throwable e) {
        LOG.warn("the store cannot be opened yet; it is tried again: {}", e.toString());
        Tenure begun = tenure;
        if (begun != null) {
          end(e);
        }
        closeStorage();
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
      }
    }
  }

  @SuppressWarnings("WaitNotInLoop") // woken too early, the caller looks again and comes back
  private synchronized void pause(long millis) {
    try {
      if (!closing) {
        wait(millis);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a host that ends; close() ends it in order.
    }
  }

  /* Ends the tenure: what waits fails, and the owner hears of it. */
  private void end(@Nullable Throwable why) {
    Tenure ended;
    Owner told;
    List<Waiting> waiting;
    synchronized (this) {
      ended = tenure;
      told = owner;
      tenure = null;
      waiting = List.copyOf(queue);
      queue.clear();
    }
    tell(() -> fail(waiting, why));
    if (ended != null && told != null) {
      told.lost(ended, why);
    }
  }

  private static void fail(List<Waiting> all, @Nullable Throwable why) {
    for (Waiting waiting : all) {
      waiting.stage.completeExceptionally(lost(why));
    }
  }

  private static ShardLostException lost(@Nullable Throwable why) {
    return new ShardLostException(
        why == null ? "the store is closed" : "the store failed: " + words(why), why);
  }

  /* The message of a storage names it and the next step. */
  private static String words(Throwable why) {
    String said = why.getMessage();
    return why instanceof IllegalStateException && said != null ? said : why.toString();
  }

  /* A storage that refused to open may be that of another store. */
  private void closeStorage() {
    if (!holdsStorage) {
      return;
    }
    holdsStorage = false;
    try {
      storage.close();
    } catch (Throwable e) {
      LOG.warn("the storage could not be closed", e);
    }
  }

  private final class Tenure implements Shard {
    private final long number;

    Tenure(long number) {
      this.number = number;
    }

    @Override
    public long epoch() {
      return number;
    }

    @Override
    public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
      List<Change> encoded = new ArrayList<>(batch.size());
      long bytes = 0;
      for (Change change : batch) {
        Encoded value = Encoded.of(change.value());
        int size = value == null ? 0 : value.bytes().length;
        Require.that(
            size <= MOST_OF_A_VALUE, "a storage keeps at most 100 MB of a value, got %s", size);
        bytes += size;
        encoded.add(new Change(change.kind(), change.key(), value));
      }
      CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
      synchronized (StorageStore.this) {
        if (tenure != this || closing) {
          return CompletableFuture.failedFuture(lost(null));
        }
        queue.add(new Waiting(encoded, bytes, level, stage));
        if (queue.size() == 1) {
          StorageStore.this.notifyAll();
        }
      }
      return stage;
    }
  }
}
