/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.spi.Store.Change;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A place on one machine that keeps what it is given: what an integrator writes for a database or a
 * file. {@link Store#of(Storage)} makes a store of it, with one thread that writes all that waits
 * in one batch.
 *
 * <p>Threads: one thread at a time calls open, append, forget and close. {@link #find} may be
 * called by any thread while the storage is open.
 *
 * <p>Order: batches are kept in the order of their append, each whole or not at all.
 *
 * <p>Errors: any exception from append or forget ends the use of this storage. It is closed, and
 * opened again after a pause; what was appended since may have been kept or not. So a storage
 * throws away a connection whose state it does not know, and makes a new one when it is opened.
 *
 * <p>Ownership: {@link #open} takes a lock that ends with the process, and refuses while another
 * process holds it.
 */
public interface Storage {

  /**
   * Takes the storage for this process, and gives back what it has kept.
   *
   * @param kept receives each key with a STATE value once, in any order
   * @throws IllegalStateException if another process has it, or its format is newer; the message
   *     names both
   * @throws Exception if it cannot be read
   */
  void open(BiConsumer<String, byte[]> kept) throws Exception;

  /**
   * Keeps a batch of changes: all, or none.
   *
   * @param batch at least one change, in order
   * @param force whether the batch, and all before it, must survive a crash when this method
   *     returns
   * @throws Exception if it was not kept, or if that is not known
   */
  void append(List<Change> batch, boolean force) throws Exception;

  /**
   * Finds the newest END value of a key.
   *
   * @param key the key
   * @return the bytes; null if there is none
   * @throws Exception if it cannot be read
   */
  byte @Nullable [] find(String key) throws Exception;

  /**
   * Removes EVENT and END values that are older. STATE values stay.
   *
   * @param before the first instant that is kept
   * @throws Exception if they cannot be removed
   */
  void forget(Instant before) throws Exception;

  /**
   * Gives the storage back; does nothing if it is not open. It can be opened again.
   *
   * @throws Exception if it cannot be closed; it counts as closed
   */
  void close() throws Exception;
}
