/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The learned state of a {@link BanditRouter}: sums of outcomes by agent, and by type of task and
 * agent.
 *
 * <p>Immutable and safe to share. Two states are equal if all their sums are, to the last bit. An
 * agent takes about 110 bytes and its id, and 30 bytes and its id for each type of task it was seen
 * at: 10,000 agents at ten types are 5 MB.
 */
public final class LearnedState {
  private final String policy;
  private final double[] totals;
  private final Map<String, double[]> agents;
  private final Map<String, Map<String, double[]>> types;

  /** Shares all arrays and maps, which must not change any more. */
  LearnedState(
      String policy,
      double[] totals,
      Map<String, double[]> agents,
      Map<String, Map<String, double[]>> types) {
    this.policy = policy;
    this.totals = totals;
    this.agents = agents;
    this.types = types;
  }

  /**
   * Reads what {@link #writeTo} wrote; does not close the stream.
   *
   * @throws IOException if it cannot be read, was changed, or is of another version
   */
  public static LearnedState read(InputStream in) throws IOException {
    return StateFormat.read(in);
  }

  /**
   * Writes the state, with a version and a checksum; does not close the stream.
   *
   * @throws IOException if it cannot be written
   */
  public void writeTo(OutputStream out) throws IOException {
    StateFormat.write(this, out);
  }

  /** The name of the policy that learned this. */
  public String policy() {
    return policy;
  }

  double[] totals() {
    return totals;
  }

  Map<String, double[]> agents() {
    return agents;
  }

  Map<String, Map<String, double[]>> types() {
    return types;
  }

  /**
   * These sums less those before. An agent's last number is no sum: it is kept if it grew. Agents
   * not known any more are left out, because other routers need not make room when this one did.
   */
  LearnedState minus(LearnedState before) {
    Map<String, double[]> changes = new TreeMap<>();
    agents.forEach(
        (id, sums) -> {
          double[] less = before.agents.getOrDefault(id, new double[sums.length]);
          double[] change = minus(sums, less);
          int last = sums.length - 1;
          change[last] = sums[last] > less[last] ? sums[last] : 0;
          changes.put(id, change);
        });
    changes.values().removeIf(LearnedState::isZero);
    Map<String, Map<String, double[]>> byType = new TreeMap<>(types);
    before.types.keySet().forEach(type -> byType.putIfAbsent(type, Map.of()));
    byType.replaceAll((type, own) -> minus(own, before.types.getOrDefault(type, Map.of())));
    byType.values().removeIf(Map::isEmpty);
    return new LearnedState(policy, minus(totals, before.totals), changes, byType);
  }

  private Map<String, double[]> minus(Map<String, double[]> of, Map<String, double[]> less) {
    Map<String, double[]> rest = new TreeMap<>(of);
    less.forEach(
        (id, sums) -> {
          if (agents.containsKey(id)) {
            rest.putIfAbsent(id, new double[sums.length]);
          }
        });
    rest.replaceAll((id, sums) -> minus(sums, less.getOrDefault(id, new double[sums.length])));
    rest.values().removeIf(LearnedState::isZero);
    return rest;
  }

  private static double[] minus(double[] of, double[] less) {
    double[] rest = of.clone();
    for (int i = 0; i < rest.length; i++) {
      rest[i] -= less[i];
    }
    return rest;
  }

  private static boolean isZero(double[] sums) {
    for (double sum : sums) {
      if (sum != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LearnedState that && comparable().equals(that.comparable());
  }

  private List<Object> comparable() {
    Map<String, Object> byType = new TreeMap<>();
    types.forEach((type, own) -> byType.put(type, boxed(own)));
    return List.of(policy, boxed(Map.of("", totals)), boxed(agents), byType);
  }

  private static Map<String, List<Double>> boxed(Map<String, double[]> sums) {
    Map<String, List<Double>> lists = new TreeMap<>();
    sums.forEach((key, of) -> lists.put(key, Arrays.stream(of).boxed().toList()));
    return lists;
  }

  @Override
  public int hashCode() {
    return Objects.hash(policy, agents.keySet(), types.keySet());
  }

  @Override
  public String toString() {
    return policy + ", " + agents.size() + " agents, " + types.size() + " types of task";
  }

  /**
   * What one router learned between two calls of {@link BanditRouter#delta}, for others to add.
   *
   * <p>Deltas may be added in any order; a repeated one counts once.
   *
   * @param replica the router that learned it
   * @param epoch tells a replica from itself before a restart
   * @param sequence counts a replica's deltas within an epoch, from 1
   * @param change the sums to add; negative where more was forgotten than learned
   */
  public record Delta(String replica, long epoch, long sequence, LearnedState change) {
    /**
     * Reads what {@link #writeTo} wrote; does not close the stream.
     *
     * @throws IOException if it cannot be read, was changed, or is of another version
     */
    public static Delta read(InputStream in) throws IOException {
      DataInputStream data = new DataInputStream(in);
      return new Delta(data.readUTF(), data.readLong(), data.readLong(), LearnedState.read(in));
    }

    /**
     * Writes the delta; does not close the stream.
     *
     * @throws IOException if it cannot be written
     */
    public void writeTo(OutputStream out) throws IOException {
      DataOutputStream data = new DataOutputStream(out);
      data.writeUTF(replica);
      data.writeLong(epoch);
      data.writeLong(sequence);
      change.writeTo(out);
    }
  }
}
