/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The system of record of all tasks: an end that is not in the store did not happen.
 *
 * <p>Threads: {@link Shard#append} is called from many threads, and never waits for a disk or a
 * network. Stages complete on any thread. The methods of {@link Owner} and {@link Recovery} are
 * called one at a time.
 *
 * <p>Order: batches take effect in the order in which append was entered; each batch whole or not
 * at all.
 *
 * <p>Errors, one rule: the first batch that is not kept ends the tenure. Every stage that is not
 * complete fails with {@link ShardLostException}, the owner hears {@link Owner#lost}, and the old
 * shard refuses everything. When the store can be written again, it calls {@link Owner#assigned}
 * with a new shard and gives back what it has kept. So memory that ran ahead of the store is thrown
 * away.
 *
 * <p>Crash: recovery sees every batch whose {@link Level#DURABLE} stage completed, everything that
 * was appended before it, and perhaps more; never a part of a batch, never a batch without those
 * before it.
 */
public interface Store extends AutoCloseable {

  /**
   * Opens the store for its owner; calls {@link Owner#assigned} before it returns, or later. If it
   * throws, the store is as it was before: closed, or open for the owner that it has.
   *
   * @param owner receives shard and recovery until {@link #close} has returned
   * @throws IllegalStateException if it is open already
   */
  void open(Owner owner);

  /**
   * Closes the store; does nothing more if it is closed. Later appends fail with {@link
   * ShardLostException}. Another owner may open it when this method has returned, except to a
   * thread of the store itself.
   */
  @Override
  void close();

  /**
   * {@return whether anything is left when the process ends} If not, the engine saves itself the
   * work: its batches are empty.
   */
  default boolean isKept() {
    return true;
  }

  /**
   * Finds the newest END value of a key. Takes as long as a read of the store.
   *
   * @param key the key
   * @return the bytes; null if there is none, or the store keeps none
   * @throws IllegalStateException if the store cannot be read now
   */
  default byte @Nullable [] find(String key) {
    return null;
  }

  /** {@return a new store in memory; it loses everything when the process ends} */
  static Store memory() {
    return new MemoryStore();
  }

  /**
   * {@return a store over a storage of one machine; ended tasks are kept for 24 hours}
   *
   * @param storage the storage, which the store opens and closes
   */
  static Store of(Storage storage) {
    return of(storage, Duration.ofHours(24), Sources.system().clock());
  }

  /**
   * {@return a store over a storage of one machine}
   *
   * @param storage the storage, which the store opens and closes
   * @param retention how long events and ends are kept, at least a minute
   * @param clock tells when they have become too old
   */
  static Store of(Storage storage, Duration retention, InstantSource clock) {
    return new StorageStore(storage, retention, clock);
  }

  /** How much a caller waits for. */
  enum Level {
    /**
     * The stage completes when the batch has its place in the order. A crash may lose it, but no
     * later durable batch is kept without it.
     */
    BUFFERED,
    /** The stage completes when the batch survives a crash, as far as the store can promise. */
    DURABLE
  }

  /**
   * One thing to keep.
   *
   * @param kind the kind
   * @param key the task or agent it is about
   * @param value the value; null forgets the key
   */
  record Change(Kind kind, String key, @Nullable Value value) {

    /** The kind of a change. */
    public enum Kind {
      /** The newest value of a key: recovery returns it. */
      STATE,
      /** An event: appended to the history. */
      EVENT,
      /** The result of a task: appended to the history, and found by key. */
      END
    }
  }

  /** A value to keep. Immutable; becomes bytes when a store asks for them. */
  interface Value {
    /** {@return the bytes, which only the engine reads} */
    byte[] bytes();

    /** {@return what people and queries want to know of it} */
    Columns columns();

    /**
     * {@return a value of these bytes, without columns}
     *
     * @param bytes the bytes; the caller does not change them
     */
    static Value of(byte[] bytes) {
      return new Encoded(bytes, Columns.none());
    }
  }

  /** The tasks of one owner while it may write them. */
  interface Shard {
    /** {@return a number that grows with every tenure} */
    long epoch();

    /**
     * Appends a batch.
     *
     * @param batch at least one change, in order; the store does not change the list
     * @param level how much the stage waits for
     * @return a stage, never null; it fails with {@link ShardLostException} if the tenure ended
     * @throws IllegalArgumentException if a value is larger than the store takes, 100 MB for one
     *     over a {@link Storage}; the tenure goes on
     */
    CompletionStage<@Nullable Void> append(List<Change> batch, Level level);
  }

  /** The engine, as a store sees it. */
  interface Owner {
    /**
     * The shard may be written from now on.
     *
     * @param shard the shard
     * @return receives each kept STATE once, in no order
     */
    Recovery assigned(Shard shard);

    /**
     * The shard may not be written any more.
     *
     * @param shard the shard
     * @param why the error; null if the store was closed
     */
    void lost(Shard shard, @Nullable Throwable why);
  }

  /** Receives what a store has kept. */
  interface Recovery {
    /**
     * Receives one kept value.
     *
     * @param key the key
     * @param value the bytes of the value
     * @throws IllegalStateException if an engine of a newer version wrote it
     */
    void entry(String key, byte[] value);

    /** Ends the recovery; the shard may be written when this method has returned. */
    void ready();
  }

  /** The tenure of a shard has ended; the batch may have been kept or not. */
  final class ShardLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what happened
     * @param cause why; may be null
     */
    public ShardLostException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
