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
 * agent; and all else that the router goes on with after a restart.
 *
 * <p>Immutable and safe to share. Two states are equal if all their sums are, to the last bit. An
 * agent takes about 300 bytes and its id, and 100 bytes and its id for each type of task it was
 * seen at: 10,000 agents at ten types are some 15 MB.
 */
public final class LearnedState {
  private final String policy;
  private final double[] totals;
  private final Map<String, double[]> agents;
  private final Map<String, Map<String, double[]>> types;
  private final Map<String, Map<String, double[]>> own;

  /** A state of sums alone; shares all arrays and maps, which must not change any more. */
  LearnedState(
      String policy,
      double[] totals,
      Map<String, double[]> agents,
      Map<String, Map<String, double[]>> types) {
    this(policy, totals, agents, types, Map.of());
  }

  private LearnedState(
      String policy,
      double[] totals,
      Map<String, double[]> agents,
      Map<String, Map<String, double[]>> types,
      Map<String, Map<String, double[]>> own) {
    this.policy = policy;
    this.totals = totals;
    this.agents = agents;
    this.types = types;
    this.own = own;
  }

  /** These sums, and what a router goes on with beside them. */
  LearnedState with(Map<String, Map<String, double[]>> newOwn) {
    return new LearnedState(policy, totals, agents, types, newOwn);
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

  /** All that is no sum, by name; see {@link Continuation}. */
  Map<String, Map<String, double[]>> own() {
    return own;
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

  static boolean isZero(double[] sums) {
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
   * @param epoch tells a replica from itself before a restart; drawn when the router is built
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
      CRC32 crc = new CRC32();
      CheckedInputStream checked = new CheckedInputStream(in, crc);
      DataInputStream data = new DataInputStream(checked);
      if (data.readInt() != Format.DELTA_MAGIC) {
        throw new IOException(
            "this is no delta of a router, or one of version 1, which had no checksum; exchange"
                + " deltas between routers of one version of this library");
      }
      Format.requireVersion(data.readInt(), Format.VERSION, "delta");
      Delta delta =
          new Delta(data.readUTF(), data.readLong(), data.readLong(), LearnedState.read(checked));
      Format.requireEnd(data, crc);
      return delta;
    }

    /**
     * Writes the delta, with a version and a checksum; does not close the stream.
     *
     * @throws IOException if it cannot be written
     */
    public void writeTo(OutputStream out) throws IOException {
      CRC32 crc = new CRC32();
      CheckedOutputStream checked = new CheckedOutputStream(out, crc);
      DataOutputStream data = new DataOutputStream(checked);
      data.writeInt(Format.DELTA_MAGIC);
      data.writeInt(Format.VERSION);
      data.writeUTF(replica);
      data.writeLong(epoch);
      data.writeLong(sequence);
      change.writeTo(checked);
      data.writeLong(crc.getValue());
      data.flush();
    }
  }

  /** Writes and reads a learned state as bytes. */
  private static final class Format {
    /*
     * Magic and version, policy, totals, agents, types with their agents, all that is no sum, CRC-32.
     * Names are in modified UTF-8, numbers big-endian; a list begins with its length. A length is
     * checked before anything is allocated for it. Only finite numbers are accepted. Version 1 had
     * nothing but sums, and no longest time of an agent, the last of its numbers. Earlier snapshots
     * wrote an empty list for a record at a type that had fallen to nothing; it is passed over.
     */
    private static final int MAGIC = 0x41524c53;
    private static final int DELTA_MAGIC = 0x41524c44;
    private static final int VERSION = 2;
    private static final int OLDEST_VERSION = 1;
    private static final int MOST_SUMS = 64;
    private static final int MOST_OWN = 4 * (BanditRouter.MOST_TYPES + 1);
    private static final int MOST_NUMBERS = 4 * (BanditRouter.MOST_TYPES + 1);

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
      data.writeInt(state.own().size());
      for (Map.Entry<String, Map<String, double[]>> own : state.own().entrySet()) {
        data.writeUTF(own.getKey());
        write(new TreeMap<>(own.getValue()), data);
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
      requireVersion(version, OLDEST_VERSION, "state");
      String policy = data.readUTF();
      double[] totals = sums(data, MOST_SUMS);
      Map<String, double[]> agents = agents(data, MOST_SUMS);
      if (version == OLDEST_VERSION) {
        agents.replaceAll((id, sums) -> Arrays.copyOf(sums, sums.length + 1));
      }
      Map<String, Map<String, double[]>> types =
          groups(data, BanditRouter.MOST_TYPES + 1, "types", MOST_SUMS);
      types.values().forEach(own -> own.values().removeIf(sums -> sums.length == 0));
      Map<String, Map<String, double[]>> own =
          version == OLDEST_VERSION ? Map.of() : groups(data, MOST_OWN, "parts", MOST_NUMBERS);
      requireEnd(data, crc);
      return new LearnedState(policy, totals, agents, types, own);
    }

    static void requireVersion(int version, int oldest, String what) throws IOException {
      if (version < oldest || version > VERSION) {
        throw new IOException(
            "the learned "
                + what
                + " is of version "
                + version
                + ", this library reads "
                + VERSION);
      }
    }

    static void requireEnd(DataInputStream data, CRC32 crc) throws IOException {
      long expected = crc.getValue();
      if (data.readLong() != expected) {
        throw damaged("its checksum does not fit");
      }
    }

    private static Map<String, Map<String, double[]>> groups(
        DataInputStream data, int most, String what, int mostNumbers) throws IOException {
      Map<String, Map<String, double[]>> groups = new TreeMap<>();
      int count = length(data, most, what);
      for (int i = 0; i < count; i++) {
        groups.put(data.readUTF(), agents(data, mostNumbers));
      }
      return groups;
    }

    private static Map<String, double[]> agents(DataInputStream data, int mostNumbers)
        throws IOException {
      Map<String, double[]> agents = new TreeMap<>();
      int count = length(data, BanditRouter.MOST_AGENTS, "agents");
      for (int i = 0; i < count; i++) {
        agents.put(data.readUTF(), sums(data, mostNumbers));
      }
      return agents;
    }

    private static double[] sums(DataInputStream data, int most) throws IOException {
      double[] sums = new double[length(data, most, "sums")];
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
