/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives every agent a row in a policy's arrays, and gives the rows of the longest unseen to others
 * when there are too many.
 */
final class Arms {
  /*
   * An agent keeps its row for its id, across re-registration. The registry's numbers are a short
   * cut from agent to row without a map: the number's last owner is compared by reference first.
   */
  static final int MOST = 100_000;

  private final int most;
  private final Rows rows;
  private final Map<String, Integer> byId = new HashMap<>();
  private String[] idOfNumber = new String[16];
  private int[] rowOfNumber = new int[16];
  private String[] idOfRow = new String[16];
  private long[] lastSeen = new long[16];
  private int used;
  private int free;
  private int[] freeRows = new int[16];

  /** Somebody with arrays over the rows. */
  interface Rows {
    /** Makes the arrays at least this long. */
    void grow(int length);

    /** Forgets a row. */
    void clear(int row);
  }

  Arms(Rows rows) {
    this(rows, MOST);
  }

  Arms(Rows rows, int most) {
    this.rows = rows;
    this.most = most;
    rows.grow(idOfRow.length);
  }

  int size() {
    return byId.size();
  }

  /** The row of an agent, a new one if it has none. */
  int row(RegisteredAgent agent, long now) {
    int number = agent.number();
    String id = agent.id();
    if (number < idOfNumber.length && id.equals(idOfNumber[number])) {
      int row = rowOfNumber[number];
      if (id.equals(idOfRow[row])) {
        lastSeen[row] = now;
        return row;
      }
    }
    return remember(id, number, now);
  }

  /** Tells whether a row is still the agent's. */
  boolean holds(int row, String id) {
    return id.equals(idOfRow[row]);
  }

  /** Makes room for so many agents that are seen together. */
  void makeRoom(List<RegisteredAgent> agents) {
    if (byId.size() + agents.size() > most && byId.size() > agents.size()) {
      evict(Math.max(agents.size(), byId.size() / 16));
    }
  }

  private int remember(String id, int number, long now) {
    Integer known = byId.get(id);
    int row = known != null ? known : newRow(id);
    if (number >= idOfNumber.length) {
      int length = Math.max(number + 1, 2 * idOfNumber.length);
      idOfNumber = Arrays.copyOf(idOfNumber, length);
      rowOfNumber = Arrays.copyOf(rowOfNumber, length);
    }
    idOfNumber[number] = id;
    rowOfNumber[number] = row;
    lastSeen[row] = now;
    return row;
  }

  private int newRow(String id) {
    int row = free > 0 ? freeRows[--free] : used++;
    if (row >= idOfRow.length) {
      int length = 2 * idOfRow.length;
      idOfRow = Arrays.copyOf(idOfRow, length);
      lastSeen = Arrays.copyOf(lastSeen, length);
      freeRows = Arrays.copyOf(freeRows, length);
      rows.grow(length);
    }
    idOfRow[row] = id;
    byId.put(id, row);
    return row;
  }

  private void evict(int count) {
    long[] ages = byId.values().stream().mapToLong(row -> lastSeen[row]).sorted().toArray();
    long threshold = ages[Math.min(count, ages.length) - 1];
    byId.values()
        .removeIf(
            row -> {
              boolean old = lastSeen[row] <= threshold;
              if (old) {
                idOfRow[row] = "";
                rows.clear(row);
                freeRows[free++] = row;
              }
              return old;
            });
  }
}
