/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.internal.Require;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.routing.internal.record.Audits;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.routing.internal.record.TaskTypeIndex;
import dev.arbiter.routing.internal.record.TypeRecords;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Converts the learned state of a router between its arrays and {@link LearnedState}.
 *
 * @param grow makes room for more agents
 * @param continues writes or restores all that is not in the sums
 */
record StateCodec(
    String policy,
    LearnedSums learned,
    AgentIndex agentIndex,
    TaskTypeIndex categories,
    Prices prices,
    Audits audits,
    IntConsumer grow,
    Consumer<Continuation> continues) {
  /*
   * An agent's sums are the learner's, then those of Prices, then those of Audits. Last come the
   * cost of its dearest task and the time of its longest, which are no sums: of two, the higher one
   * stays. A delta is added to the sums here; forgetting on several sides could make a sum negative,
   * then it is 0.
   */
  private static final String TYPES = "types";

  /** The sums, and all that a router goes on with after a restart. */
  LearnedState whole() {
    Map<String, Map<String, double[]>> own = new TreeMap<>();
    own.put(TYPES, categories.state());
    continues.accept(Continuation.to(own, agentIndex));
    return state().with(own);
  }

  /**
   * Goes on from a state; comes before the first decision.
   *
   * @throws IllegalArgumentException if it is of another policy
   */
  void restore(LearnedState whole, long now) {
    require(whole);
    categories.state(whole.own().getOrDefault(TYPES, Map.of()));
    add(whole, now);
    continues.accept(Continuation.from(whole.own(), agentIndex));
  }

  /** The sums alone. */
  LearnedState state() {
    Map<String, double[]> agents = new TreeMap<>();
    Map<String, Map<String, double[]>> types = new TreeMap<>();
    agentIndex.forEach(
        (id, row) -> {
          double[] highest = prices.highest(row);
          agents.put(id, joined(learned.sums(row), prices.sums(row), audits.sums(row), highest));
          addTypes(types, id, row);
        });
    return new LearnedState(policy, learned.totals(), agents, types);
  }

  private void addTypes(Map<String, Map<String, double[]>> types, String id, int row) {
    TypeRecords records = learned.types();
    if (records == null) {
      return;
    }
    for (int category : records.seen(row)) {
      String type = categories.name(category);
      double[] sums = records.sums(category, row);
      if (type != null && sums.length > 0) {
        types.computeIfAbsent(type, t -> new TreeMap<>()).put(id, sums);
      }
    }
  }

  private static double[] joined(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }

  /**
   * Checks that a state can be added.
   *
   * @throws IllegalArgumentException if it is of another policy
   */
  void require(LearnedState change) {
    LearnedSums.Widths widths = learned.widths();
    int agent = widths.agent() + Prices.SUMS + Audits.SUMS + Prices.HIGHEST;
    boolean fits =
        change.policy().equals(policy)
            && change.totals().length == widths.total()
            && change.agents().values().stream().allMatch(sums -> sums.length == agent)
            && change.types().values().stream()
                .flatMap(own -> own.values().stream())
                .allMatch(sums -> sums.length == widths.type());
    Require.that(
        fits,
        "the learned state is of policy '%s', or of another version of it, and the router's is '%s';"
            + " give the router that policy, or start without a state",
        change.policy(),
        policy);
  }

  /**
   * Adds sums to those there are.
   *
   * @throws IllegalArgumentException if they are of another policy
   */
  void add(LearnedState change, long now) {
    require(change);
    Map<String, Integer> rows = new HashMap<>();
    change.agents().keySet().forEach(id -> rows.put(id, agentIndex.row(id, now)));
    grow.accept(agentIndex.size());
    learned.addTotals(change.totals());
    change.agents().forEach((id, sums) -> add(rows.getOrDefault(id, 0), sums));
    change.types().forEach((type, own) -> add(category(type), rows, own));
  }

  private int category(String type) {
    int known = categories.find(type);
    return known < 0 ? categories.number(type) : known;
  }

  private void add(int row, double[] sums) {
    int prices = learned.widths().agent();
    int audits = prices + Prices.SUMS;
    int highest = audits + Audits.SUMS;
    learned.add(row, Arrays.copyOf(sums, prices));
    this.prices.add(
        row,
        Arrays.copyOfRange(sums, prices, audits),
        Arrays.copyOfRange(sums, highest, highest + Prices.HIGHEST));
    this.audits.add(row, Arrays.copyOfRange(sums, audits, highest));
  }

  private void add(int category, Map<String, Integer> rows, Map<String, double[]> own) {
    own.forEach(
        (id, sums) -> {
          Integer row = rows.get(id);
          if (row != null) {
            learned.add(category, row, sums);
          }
        });
  }
}
