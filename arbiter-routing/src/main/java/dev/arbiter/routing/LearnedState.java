/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.record.Prices;
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
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

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
    return Format.read(in);
  }

  /**
   * Writes the state, with a version and a checksum; does not close the stream.
   *
   * @throws IOException if it cannot be written
   */
  public void writeTo(OutputStream out) throws IOException {
    Format.write(this, out);
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
   * These sums less those before. An agent's highest numbers are no sums: each is kept if it grew.
   * Agents not known any more are left out, because other routers need not make room when this one
   * did.
   */
  LearnedState minus(LearnedState before) {
    Map<String, double[]> changes = new TreeMap<>();
    agents.forEach(
        (id, sums) -> {
          double[] less = before.agents.getOrDefault(id, new double[sums.length]);
          double[] change = minus(sums, less);
          for (int i = sums.length - Prices.HIGHEST; i < sums.length; i++) {
            change[i] = sums[i] > less[i] ? sums[i] : 0;
          }
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

  /** Writes and reads a learned state as bytes. */
  private static final class Format {
    /*
     * Magic and version, policy, totals, agents, types with their agents, CRC-32. Names are in
     * modified UTF-8, numbers big-endian; a list begins with its length. A length is checked before
     * anything is allocated for it. Only finite numbers are accepted.
     */
    private static final int MAGIC = 0x41524c53;
    private static final int VERSION = 1;
    private static final int MOST_SUMS = 64;

    private Format() {}

    static void write(LearnedState state, OutputStream out) throws IOException {
      CRC32 crc = new CRC32();
      DataOutputStream data = new DataOutputStream(new CheckedOutputStream(out, crc));
      data.writeInt(MAGIC);
      data.writeInt(VERSION);
      data.writeUTF(state.policy());
      write(state.totals(), data);
      write(state.agents(), data);
      data.writeInt(state.types().size());
      for (Map.Entry<String, Map<String, double[]>> type : state.types().entrySet()) {
        data.writeUTF(type.getKey());
        write(type.getValue(), data);
      }
      data.writeLong(crc.getValue());
      data.flush();
    }

    private static void write(Map<String, double[]> all, DataOutputStream data) throws IOException {
      data.writeInt(all.size());
      for (Map.Entry<String, double[]> entry : all.entrySet()) {
        data.writeUTF(entry.getKey());
        write(entry.getValue(), data);
      }
    }

    private static void write(double[] sums, DataOutputStream data) throws IOException {
      data.writeInt(sums.length);
      for (double sum : sums) {
        data.writeDouble(sum);
      }
    }

    static LearnedState read(InputStream in) throws IOException {
      CRC32 crc = new CRC32();
      DataInputStream data = new DataInputStream(new CheckedInputStream(in, crc));
      if (data.readInt() != MAGIC) {
        throw new IOException("this is no learned state of a router; read what writeTo wrote");
      }
      int version = data.readInt();
      if (version != VERSION) {
        throw new IOException(
            "the learned state is of version " + version + ", this library reads " + VERSION);
      }
      String policy = data.readUTF();
      double[] totals = sums(data);
      Map<String, double[]> agents = agents(data);
      Map<String, Map<String, double[]>> types = new TreeMap<>();
      int count = length(data, BanditRouter.MOST_TYPES + 1, "types");
      for (int i = 0; i < count; i++) {
        types.put(data.readUTF(), agents(data));
      }
      long expected = crc.getValue();
      if (data.readLong() != expected) {
        throw damaged("its checksum does not fit");
      }
      return new LearnedState(policy, totals, agents, types);
    }

    private static Map<String, double[]> agents(DataInputStream data) throws IOException {
      Map<String, double[]> agents = new TreeMap<>();
      int count = length(data, BanditRouter.MOST_AGENTS, "agents");
      for (int i = 0; i < count; i++) {
        agents.put(data.readUTF(), sums(data));
      }
      return agents;
    }

    private static double[] sums(DataInputStream data) throws IOException {
      double[] sums = new double[length(data, MOST_SUMS, "sums")];
      for (int i = 0; i < sums.length; i++) {
        sums[i] = data.readDouble();
        if (!Double.isFinite(sums[i])) {
          throw damaged("a sum in it is " + sums[i]);
        }
      }
      return sums;
    }

    private static int length(DataInputStream data, int most, String what) throws IOException {
      int length = data.readInt();
      if (length < 0 || length > most) {
        throw damaged("it claims " + length + " " + what + ", at most " + most + " can be");
      }
      return length;
    }

    private static IOException damaged(String how) {
      return new IOException("the learned state is damaged: " + how + "; take an older one");
    }
  }
}
