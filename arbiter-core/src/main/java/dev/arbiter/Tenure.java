/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.LogLimiter;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import dev.arbiter.spi.Store.ShardLostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write the store, which the store gives and takes. Thread-safe.
 *
 * <p>An append that throws, returns null or fails is one thing: the batch is not kept, and the run
 * waits until the store comes back.
 */
final class Tenure {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final LogLimiter log;
  private final AtomicLong failures = new AtomicLong();
  private volatile @Nullable Shard shard;

  /* Why the store is away; empty while it can be written. */
  private volatile String away = "the store has not given a shard yet";

  Tenure(LongSupplier nanoTime) {
    this.log = new LogLimiter(nanoTime);
  }

  void begin(Shard given) {
    shard = given;
  }

  /** The runs are recovered: new tasks may come. */
  void ready() {
    away = "";
  }

  /** Ends the tenure; does nothing if another has begun. */
  void end(Shard lost, @Nullable Throwable why) {
    if (shard == lost) {
      shard = null;
      if (why == null) {
        away = "the store is closed";
      } else {
        failed(why);
      }
    }
  }

  /** The shard of this tenure; null while there is none. */
  @Nullable Shard shard() {
    return shard;
  }

  /** Appends to the shard of a run, which may be that of an older tenure: then it fails. */
  static CompletionStage<@Nullable Void> append(
      @Nullable Shard to, List<Change> batch, Level level) {
    if (to == null) {
      return CompletableFuture.failedFuture(new ShardLostException("the store is away", null));
    }
    CompletionStage<@Nullable Void> stage;
    try {
      stage = to.append(batch, level);
    } catch (Throwable e) {
      stage = CompletableFuture.failedFuture(e);
    }
    return stage != null
        ? stage
        : CompletableFuture.failedFuture(new IllegalStateException("the store returned null"));
  }

  /** Whether a batch is kept already, as memory does at once. */
  static boolean isKept(CompletionStage<?> stage) {
    return stage instanceof CompletableFuture<?> done
        && done.isDone()
        && !done.isCompletedExceptionally();
  }

  /** Appends what no run waits for; a failure is counted. */
  void note(Change change, Level level) {
    CompletionStage<@Nullable Void> unused =
        append(shard, List.of(change), level)
            .whenComplete(
                (kept, error) -> {
                  if (error != null) {
                    count(error);
                  }
                });
  }

  /** Counts a batch that was not kept. */
  void failed(Throwable error) {
    if (away.isEmpty()) {
      away = inWords(error);
    }
    count(error);
  }

  /** What the store says of its failure: a lost shard says so itself. */
  static String inWords(Throwable error) {
    return error instanceof ShardLostException
        ? String.valueOf(error.getMessage())
        : "the store failed: " + error;
  }

  private void count(Throwable error) {
    failures.incrementAndGet();
    if (log.passes()) {
      LOG.error("the store did not keep a batch; its tasks wait for the store", error);
    }
  }

  /** Notes that a batch was kept: a store that failed once and went on is back. */
  void kept() {
    if (!away.isEmpty() && shard != null) {
      away = "";
    }
  }

  long failures() {
    return failures.get();
  }

  /** Why the store is away; the empty text if it is not. */
  String why() {
    return away;
  }
}
