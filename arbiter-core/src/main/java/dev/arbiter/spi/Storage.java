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
 * in one batch. {@code StorageContract} of arbiter-tck has a test for each sentence here.
 *
 * <p>Threads: one thread at a time calls open, append, forget and close. {@link #find} may be
 * called by any thread at any time. A thread in find may be interrupted; that harms at most its own
 * call.
 *
 * <p>Keys: 1 to 600 characters, none of them NUL. Two keys are the same if all their characters
 * are: case, a blank at the end, and a letter written in two characters make them different. A
 * storage that cannot keep a key, such as one with half of a surrogate pair, refuses the batch; it
 * never changes a key. The keys of STATE, EVENT and END values are apart.
 *
 * <p>Values: 0 bytes to 100 MB. Their arrays are never changed, neither those that are given to the
 * storage nor those that it gives back. {@link Columns} are for people and queries, and hold any
 * text: a storage may shorten or replace what its columns cannot hold, and keeps the batch.
 *
 * <p>Order: batches are kept in the order of their append, each whole or not at all. Within a batch
 * a later change wins over an earlier one.
 *
 * <p>Crash: {@link #open} finds every batch that was forced, everything that was appended before
 * it, and perhaps more; never a part of a batch, never a batch without those before it.
 *
 * <p>Errors: any exception from append or forget ends the use of this storage. It is closed, and
 * opened again after a pause; what was appended since may have been kept or not. So a storage
 * throws away a connection whose state it does not know, and makes a new one when it is opened.
 * After a sync that failed, the memory of the system may have bytes that the disk has not, and the
 * next sync says nothing of it: the storage writes them again when it is opened. What is damaged is
 * not passed over: open refuses, and names the place.
 *
 * <p>Ownership: {@link #open} takes a lock that ends with the process, and refuses while another
 * process, or another storage of this one, holds it. A refusal takes nothing from the holder.
 */
public interface Storage {

  /**
   * Takes the storage for this process, and gives back what it has kept. A storage that refused or
   * could not be read is not open, holds no lock, and can be opened again.
   *
   * @param kept receives the newest STATE value of each key that has one, once, in any order
   * @throws IllegalStateException if another holds it (the message names the process), if it is
   *     open already, or if its format is newer than the storage knows (the message names both
   *     versions)
   * @throws Exception if it cannot be read
   */
  void open(BiConsumer<String, byte[]> kept) throws Exception;

  /**
   * Keeps a batch of changes: all, or none. A STATE without a value forgets its key; an EVENT or
   * END has a value always. {@link #find} sees the batch when this method has returned.
   *
   * @param batch at least one change, in order; neither changed nor used after this method
   * @param force whether the batch, and all before it, must survive a crash of the process and of
   *     the machine when this method returns
   * @throws Exception if it was not kept, or if that is not known; also if it is not open
   */
  void append(List<Change> batch, boolean force) throws Exception;

  /**
   * Finds the newest END value of a key: the one that was appended last. Runs at the same time as
   * any other method. An answer of null means that there is none, so a storage that is not open
   * throws.
   *
   * @param key the key
   * @return the bytes; null if there is none
   * @throws Exception if it cannot be read, or is not open
   */
  byte @Nullable [] find(String key) throws Exception;

  /**
   * Removes EVENT and END values that are older, by {@link Columns#at}. STATE values stay, however
   * old. An END value that is older is not found any more, and no value that was appended before it
   * under its key is found in its place; its room may be used again later. The clock may step back:
   * each call removes only what is older than its own instant, and all of that.
   *
   * @param before the first instant that is kept
   * @throws Exception if they cannot be removed, or if it is not open
   */
  void forget(Instant before) throws Exception;

  /**
   * Gives the storage back; does nothing if it is not open. What was appended is kept, forced or
   * not. It can be opened again.
   *
   * @throws Exception if it cannot be closed; it counts as closed
   */
  void close() throws Exception;
}
