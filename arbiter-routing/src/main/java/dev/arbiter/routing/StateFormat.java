/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/** Writes and reads a learned state as bytes. */
final class StateFormat {
  /*
   * Magic and version, policy, totals, agents, types with their agents, CRC-32. Names are in
   * modified UTF-8, numbers big-endian; a list begins with its length. A length is checked before
   * anything is allocated for it. Only finite numbers are accepted.
   */
  private static final int MAGIC = 0x41524c53;
  private static final int VERSION = 1;
  private static final int MOST_SUMS = 64;

  private StateFormat() {}

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
