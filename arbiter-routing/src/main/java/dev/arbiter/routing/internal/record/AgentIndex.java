/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** Gives every agent a row; past a cap it takes the rows of the agents seen longest ago. */
public final class AgentIndex {
  /*
   * A row belongs to an id, so an agent that retires and comes back finds its record. The
   * registry's number saves the hash lookup; another agent may get the number later, so the id is
   * compared. Past the cap a sixteenth of all rows, those seen longest ago, are taken at once,
   * because finding them takes a look at all; no more of those seen at one moment, such as a merge.
   * An agent seen at this very moment keeps its row, so a request with more candidates than the cap
   * still gets its rows.
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

  public AgentIndex(int cap, IntConsumer forget) {
    this.cap = cap;
    this.forget = forget;
  }

  /** One more than the highest row in use. */
  public int size() {
    return size;
  }

  /** Changes whenever a row was taken from an agent. */
  public int evictions() {
    return evictions;
  }

  /** The row of an agent, which is seen now. */
  public int row(RegisteredAgent agent, long now) {
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
  public int row(String id, long now) {
    int row = rowOf(id, now);
    seen[row] = now;
    return row;
  }

  /** Calls back with every agent and its row. */
  public void forEach(ObjIntConsumer<String> action) {
    rows.forEach(action::accept);
  }

  /** The row of an agent, or -1. */
  public int find(String id) {
    return rows.getOrDefault(id, -1);
  }

  /** The agent of a row; null if it has none now. */
  public @Nullable String id(int row) {
    return row < 0 || row >= size ? null : ids[row];
  }

  /** Whether a row is still an agent's. */
  public boolean isRowOf(int row, String id) {
    return id.equals(ids[row]);
  }

  /** Whether the next new agent takes the row of another. */
  public boolean isFull() {
    return freeCount == 0 && size >= cap;
  }

  /** When the agent of a row was seen last. */
  public long seen(int row) {
    return seen[row];
  }

  /** Sets when the agent of a row was seen last. */
  public void seen(int row, long when) {
    seen[row] = when;
  }

  /** Notes that the agent of a row was seen at a time. */
  public void touch(int row, long when) {
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
    int most = size / 16 + 1;
    long limit = Math.min(oldest[most - 1], now - 1);
    int ties = (int) Arrays.stream(oldest, 0, most).filter(when -> when == limit).count();
    free = new int[most];
    for (int row = size - 1; row >= 0; row--) {
      String id = ids[row];
      if (id != null && (seen[row] < limit || (seen[row] == limit && ties-- > 0))) {
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
