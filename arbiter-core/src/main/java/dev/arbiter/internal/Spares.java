/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps objects that are expensive to make, such as digests and buffers, for their next use.
 * Thread-safe; takes no lock. Taking and giving cost two atomic steps.
 *
 * @param <T> the objects
 */
public final class Spares<T> {
  /*
   * Not a ThreadLocal: a thread of the host keeps the values of a ThreadLocal until its map is
   * cleaned, and with a value its class and class loader, long after the library was closed and
   * unloaded. Here everything hangs on this object. A thread looks in one place, chosen by its id;
   * places lie a cache line apart.
   */
  private static final int APART = 16;
  private static final int PLACES =
      Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors() - 1);

  private final AtomicReferenceArray<@Nullable T> kept = new AtomicReferenceArray<>(PLACES * APART);
  private final Supplier<T> maker;

  /**
   * Begins with none.
   *
   * @param maker makes one when none is kept
   */
  public Spares(Supplier<T> maker) {
    this.maker = maker;
  }

  /** {@return an object that no other thread has until it is given back} */
  public T take() {
    T spare = kept.getAndSet(place(), null);
    return spare == null ? maker.get() : spare;
  }

  /**
   * Gives an object back. One that is never given back is garbage like any other.
   *
   * @param spare no longer used by the caller
   */
  public void give(T spare) {
    kept.setRelease(place(), spare);
  }

  private static int place() {
    long mixed = Thread.currentThread().getId() * 0x9E3779B97F4A7C15L;
    return ((int) (mixed >>> 32) & (PLACES - 1)) * APART;
  }
}
