/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * An immutable list of which a changed copy shares all but the changed part. For large lists that
 * change at one place at a time. Thread-safe; holds no null.
 *
 * <p>A read takes two steps. A changed copy takes a 64th of the elements and 128 more.
 */
public final class SharedList<E> extends AbstractList<E> implements RandomAccess {
  private static final int BITS = 7;
  private static final int CHUNK = 1 << BITS;
  private static final int MASK = CHUNK - 1;

  private final Object[][] chunks;
  private final int size;

  private SharedList(Object[][] chunks, int size) {
    this.chunks = chunks;
    this.size = size;
  }

  /** A list of these elements. */
  public static <E> SharedList<E> of(Collection<? extends E> elements) {
    int size = elements.size();
    Object[][] chunks = new Object[(size + MASK) >>> BITS][];
    Iterator<? extends E> next = elements.iterator();
    for (int i = 0; i < size; i++) {
      if ((i & MASK) == 0) {
        chunks[i >>> BITS] = new Object[Math.min(CHUNK, size - i)];
      }
      chunks[i >>> BITS][i & MASK] = Objects.requireNonNull(next.next());
    }
    return new SharedList<>(chunks, size);
  }

  /** A copy with another element at a place. */
  public SharedList<E> with(int place, E element) {
    Objects.checkIndex(place, size);
    Object[][] changed = chunks.clone();
    changed[place >>> BITS] = changed[place >>> BITS].clone();
    changed[place >>> BITS][place & MASK] = Objects.requireNonNull(element);
    return new SharedList<>(changed, size);
  }

  @Override
  @SuppressWarnings("unchecked") // the factories put only elements in
  public E get(int place) {
    Objects.checkIndex(place, size);
    return (E) chunks[place >>> BITS][place & MASK];
  }

  @Override
  public int size() {
    return size;
  }

  /**
   * The places at which another list holds another object. Shared parts are not compared.
   *
   * @param most how many places to report
   * @return null if there are more, or the lists differ in size
   */
  public int @Nullable [] differences(SharedList<E> other, int most) {
    if (other.size != size) {
      return null;
    }
    int[] places = new int[most];
    int count = 0;
    for (int chunk = 0; chunk < chunks.length; chunk++) {
      Object[] mine = chunks[chunk];
      Object[] others = other.chunks[chunk];
      for (int i = 0; mine != others && i < mine.length; i++) {
        if (mine[i] != others[i]) {
          if (count == most) {
            return null;
          }
          places[count++] = chunk * CHUNK + i;
        }
      }
    }
    return Arrays.copyOf(places, count);
  }
}
