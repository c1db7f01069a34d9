/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.Arrays;
import java.util.stream.LongStream;

/** Remembers the keys of recent attempts. Not thread-safe. */
public final class RecentKeys {
  /*
   * Two tables of open addressing, at most half full. When the younger is full, it becomes the
   * elder, and the elder, emptied, the younger. So a key is remembered for at least the given
   * number of others and at most twice as many. The tables are created when the first key comes.
   */
  private final int remembered;
  private long[] younger = {};
  private long[] elder = {};
  private int count;

  public RecentKeys(int remembered) {
    this.remembered = remembered;
  }

  /** Adds a key other than 0; false if it is remembered. */
  public boolean add(long key) {
    if (remembered == 0) {
      return true;
    }
    if (younger.length == 0) {
      younger = new long[Integer.highestOneBit(4 * remembered - 1)];
      elder = new long[younger.length];
    }
    int place = place(younger, key);
    if (younger[place] == key || elder[place(elder, key)] == key) {
      return false;
    }
    if (count == remembered) {
      turn();
      place = place(younger, key);
    }
    younger[place] = key;
    count++;
    return true;
  }

  /** The keys, those that are remembered longest first; at most so many. */
  long[] keys(int most) {
    long[] all =
        LongStream.concat(Arrays.stream(elder), Arrays.stream(younger))
            .filter(key -> key != 0)
            .toArray();
    return Arrays.copyOfRange(all, Math.max(0, all.length - most), all.length);
  }

  private void turn() {
    long[] emptied = elder;
    elder = younger;
    Arrays.fill(emptied, 0);
    younger = emptied;
    count = 0;
  }

  /** Where the key is, or else would be. */
  private static int place(long[] table, long key) {
    int place = (int) (key ^ key >>> 32) & (table.length - 1);
    while (table[place] != 0 && table[place] != key) {
      place = (place + 1) & (table.length - 1);
    }
    return place;
  }

  /** The key of a name, never 0: FNV-1a (Fowler, Noll, Vo) over its characters, mixed. */
  public static long key(String name) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001B3L;
    }
    hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
    hash ^= hash >>> 32;
    return hash == 0 ? 1 : hash;
  }
}
