/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** Gives every agent a row in the arrays of a policy, and takes it back from the long unseen. */
final class AgentIndex {
  /*
   * A row belongs to an id, so an agent that retires and comes back finds what was learned of it.
   * The registry's number only saves the hash lookup: it may pass to another agent, so the id
   * under it is compared. Past the cap the sixteenth part of the rows that was seen longest ago is
   * given back at once, because finding them means looking at all; what is seen at this very
   * moment stays, so one request with more candidates than the cap still gets its rows.
   */
  private static final int MOST_NUMBERS = 1 << 20;

  private final Map<String, Integer> rows = new HashMap<>();
  private final IntConsumer forget;
  private final int cap;
  private @Nullable String[] ids = new String[16];
  private long[] seen = new long[16];
  private int[] byNumber = new int[16];
  private int[] free = new int[0];
  private int freeCount;
  private int size;
  private int evictions;
  private long fruitless = -1;

  AgentIndex(int cap, IntConsumer forget) {
    this.cap = cap;
    this.forget = forget;
  }

  /** One more than the highest row in use. */
  int size() {
    return size;
  }

  /** Changes whenever a row was taken from an agent. */
  int evictions() {
    return evictions;
  }

  int row(RegisteredAgent agent, long now) {
    String id = agent.id();
    int number = agent.number();
    boolean small = number >= 0 && number < MOST_NUMBERS;
    int row;
    if (small && number < byNumber.length && id.equals(ids[byNumber[number]])) {
      row = byNumber[number];
    } else {
      row = rowOf(id, now);
      if (small) {
        if (number >= byNumber.length) {
          byNumber = Arrays.copyOf(byNumber, Math.max(number + 1, 2 * byNumber.length));
        }
        byNumber[number] = row;
      }
    }
    seen[row] = now;
    return row;
  }

  /** The row of an agent by its id. */
  int row(String id, long now) {
    int row = rowOf(id, now);
    seen[row] = now;
    return row;
  }

  void forEach(ObjIntConsumer<String> action) {
    rows.forEach(action::accept);
  }

  /** The row of an agent, or -1. */
  int find(String id) {
    return rows.getOrDefault(id, -1);
  }

  boolean isRowOf(int row, String id) {
    return id.equals(ids[row]);
  }

  /** Whether the next new agent takes the row of another. */
  boolean isFull() {
    return freeCount == 0 && size >= cap;
  }

  void touch(int row, long when) {
    seen[row] = Math.max(seen[row], when);
  }

  private int rowOf(String id, long now) {
    Integer known = rows.get(id);
    if (known != null) {
      return known;
    }
    if (isFull() && fruitless != now) {
      evict(now);
    }
    int row = freeCount > 0 ? free[--freeCount] : size++;
    if (row >= ids.length) {
      ids = Arrays.copyOf(ids, 2 * ids.length);
      seen = Arrays.copyOf(seen, ids.length);
    }
    ids[row] = id;
    rows.put(id, row);
    return row;
  }

  private void evict(long now) {
    long[] oldest = Arrays.copyOf(seen, size);
    Arrays.sort(oldest);
    long limit = Math.min(oldest[size / 16], now - 1);
    free = new int[size];
    for (int row = size - 1; row >= 0; row--) {
      String id = ids[row];
      if (id != null && seen[row] <= limit) {
        rows.remove(id);
        ids[row] = null;
        free[freeCount++] = row;
        forget.accept(row);
      }
    }
    if (freeCount > 0) {
      evictions++;
    } else {
      fruitless = now;
    }
  }
}
