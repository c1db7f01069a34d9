/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Gives every type of task a category, a number; past a cap it takes those used least. */
public final class TaskTypeIndex {
  /*
   * Past the cap a sixteenth of all categories is taken at once: those used least, and of equals
   * those used longest ago. A flood of types that come once takes the places of its own. Counts are
   * halved when as many were taken as there are, so a type that is not used any more goes in the end.
   */
  private static final int TAKEN = 16;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<@Nullable String> names = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();
  private final int cap;
  private final IntConsumer forget;
  private long[] uses = new long[16];
  private long[] last = new long[16];
  private long now;
  private long rounds;

  /**
   * An index without types.
   *
   * @param cap most categories
   * @param forget called with a category that was taken from its type
   */
  public TaskTypeIndex(int cap, IntConsumer forget) {
    this.cap = cap;
    this.forget = forget;
  }

  /** The category of a type, which is used now. */
  public int number(String type) {
    Integer known = numbers.get(type);
    int number = known == null ? newNumber(type) : known;
    uses[number]++;
    last[number] = ++now;
    return number;
  }

  private int newNumber(String type) {
    if (free.isEmpty() && names.size() >= cap) {
      take();
    }
    int number = free.isEmpty() ? names.size() : free.remove(free.size() - 1);
    set(number, type);
    return number;
  }

  private void set(int number, String type) {
    while (names.size() <= number) {
      names.add(null);
    }
    if (number >= uses.length) {
      int length = Math.max(number + 1, 2 * uses.length);
      uses = Arrays.copyOf(uses, length);
      last = Arrays.copyOf(last, length);
    }
    names.set(number, type);
    numbers.put(type, number);
    uses[number] = 0;
  }

  private void take() {
    List<Integer> least = new ArrayList<>(numbers.values());
    least.sort(
        Comparator.<Integer>comparingLong(number -> uses[number])
            .thenComparingLong(number -> last[number]));
    for (int number : least.subList(0, Math.max(1, cap / TAKEN))) {
      String name = names.set(number, null);
      numbers.remove(name);
      free.add(number);
      forget.accept(number);
    }
    rounds++;
    for (int number = 0; number < names.size() && rounds % TAKEN == 0; number++) {
      uses[number] /= 2;
    }
  }

  /** The category of a type, which is not used now; -1 for none. */
  public int find(String type) {
    return numbers.getOrDefault(type, -1);
  }

  /** The type of a category; null if it has none now. */
  public @Nullable String name(int number) {
    return number < names.size() ? names.get(number) : null;
  }

  /** Number, uses and last use of every type, and how often numbers were taken. */
  public Map<String, double[]> state() {
    Map<String, double[]> state = new HashMap<>();
    numbers.forEach(
        (type, number) ->
            state.put(type, new double[] {number, uses[number], last[number], rounds}));
    return state;
  }

  /** Goes on from a state; before the first type is used. */
  public void state(Map<String, double[]> state) {
    state.forEach(
        (type, known) -> {
          int number = (int) known[0];
          if (number >= 0 && number < cap && name(number) == null && !numbers.containsKey(type)) {
            set(number, type);
            uses[number] = (long) known[1];
            last[number] = (long) known[2];
            now = Math.max(now, last[number]);
            rounds = (long) known[3];
          }
        });
    free.clear();
    for (int number = names.size() - 1; number >= 0; number--) {
      if (names.get(number) == null) {
        free.add(number);
      }
    }
  }
}
