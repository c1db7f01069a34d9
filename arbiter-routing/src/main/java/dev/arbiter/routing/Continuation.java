/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.internal.Require;
import dev.arbiter.routing.internal.record.AgentIndex;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;

/**
 * All that a router goes on with after a restart beside its sums: written to a {@link
 * LearnedState}, or restored from one.
 *
 * <p>A part of the router names each of its values once, with a way to read it and one to set it.
 * So no value can be written and not restored. A value that a state does not have is left as it is.
 */
final class Continuation {
  private final Map<String, Map<String, double[]>> values;
  private final boolean writes;
  private final AgentIndex agents;
  private final String prefix;

  private Continuation(
      Map<String, Map<String, double[]>> values, boolean writes, AgentIndex agents, String prefix) {
    this.values = values;
    this.writes = writes;
    this.agents = agents;
    this.prefix = prefix;
  }

  /** Writes to a map that is empty. */
  static Continuation to(Map<String, Map<String, double[]>> values, AgentIndex agents) {
    return new Continuation(values, true, agents, "");
  }

  /** Restores from a map. */
  static Continuation from(Map<String, Map<String, double[]>> values, AgentIndex agents) {
    return new Continuation(values, false, agents, "");
  }

  /** The same for a part inside another part. */
  Continuation within(String part) {
    return new Continuation(values, writes, agents, prefix + part + "/");
  }

  /** The rows of all agents, in the order of their ids, so that sums over them are the same. */
  int[] order() {
    Map<String, Integer> rows = new TreeMap<>();
    agents.forEach(rows::put);
    return rows.values().stream().mapToInt(Integer::intValue).toArray();
  }

  /** Some numbers, always as many. */
  void numbers(String name, Supplier<double[]> now, Consumer<double[]> restore) {
    named(
        name,
        () -> Map.of("", now.get()),
        known -> {
          double[] numbers = known.getOrDefault("", new double[0]);
          Require.that(
              numbers.length == now.get().length,
              "the learned state has %s numbers for '%s' and the router %s; it is of another"
                  + " version or setting, start without a state",
              numbers.length,
              prefix + name,
              now.get().length);
          restore.accept(numbers);
        });
  }

  /** Numbers of every agent; an agent whose numbers are all 0 is left out. */
  void rows(String name, IntFunction<double[]> now, ObjIntConsumer<double[]> restore) {
    named(name, () -> written(now), known -> restore(known, restore));
  }

  private Map<String, double[]> written(IntFunction<double[]> now) {
    Map<String, double[]> written = new HashMap<>();
    agents.forEach(
        (id, row) -> {
          double[] numbers = now.apply(row);
          if (!LearnedState.isZero(numbers)) {
            written.put(id, numbers);
          }
        });
    return written;
  }

  private void restore(Map<String, double[]> known, ObjIntConsumer<double[]> restore) {
    known.forEach(
        (id, numbers) -> {
          int row = agents.find(id);
          if (row >= 0) {
            restore.accept(numbers, row);
          }
        });
  }

  /** Numbers by a name of their own. */
  void named(
      String name, Supplier<Map<String, double[]>> now, Consumer<Map<String, double[]>> restore) {
    if (writes) {
      values.put(prefix + name, now.get());
    } else if (values.containsKey(prefix + name)) {
      restore.accept(values.getOrDefault(prefix + name, Map.of()));
    }
  }
}
