/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * All that a rollout goes on with after a restart.
 *
 * @param name of the rollout
 * @param mode the mode
 * @param share of the candidate
 * @param state whether it is over
 * @param reason of the state
 * @param comparison its numbers: which one it is, its share, tasks, outcomes
 * @param guards the metric of each guard
 * @param counts since the rollout was built
 * @param lastFault of the candidate
 */
record SavedRollout(
    String name,
    Rollout.Mode mode,
    double share,
    Rollout.State state,
    String reason,
    List<Double> comparison,
    List<String> guards,
    List<Double> counts,
    String lastFault) {
  /* Magic, version, the components in their order, CRC-32. A list begins with its length. */
  private static final int MAGIC = 0x41524c52;
  private static final int VERSION = 1;
  private static final int MOST_NUMBERS = 64;
  private static final int LONGEST_TEXT = 1_000;

  void writeTo(OutputStream out) throws IOException {
    CRC32 crc = new CRC32();
    DataOutputStream data = new DataOutputStream(new CheckedOutputStream(out, crc));
    data.writeInt(MAGIC);
    data.writeInt(VERSION);
    data.writeUTF(cut(name));
    data.writeUTF(mode.name());
    data.writeDouble(share);
    data.writeUTF(state.name());
    data.writeUTF(cut(reason));
    write(comparison, data);
    data.writeInt(guards.size());
    for (String guard : guards) {
      data.writeUTF(guard);
    }
    write(counts, data);
    data.writeUTF(cut(lastFault));
    data.writeLong(crc.getValue());
    data.flush();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }

  private static void write(List<Double> numbers, DataOutputStream data) throws IOException {
    data.writeInt(numbers.size());
    for (double number : numbers) {
      data.writeDouble(number);
    }
  }

  static SavedRollout read(InputStream in) throws IOException {
    CRC32 crc = new CRC32();
    DataInputStream data = new DataInputStream(new CheckedInputStream(in, crc));
    if (data.readInt() != MAGIC) {
      throw new IOException("this is no rollout; read what Rollout.writeTo wrote");
    }
    int version = data.readInt();
    if (version != VERSION) {
      throw new IOException(
          "the rollout is of version " + version + ", this library reads " + VERSION);
    }
    String name = data.readUTF();
    String mode = data.readUTF();
    double share = data.readDouble();
    String state = data.readUTF();
    String reason = data.readUTF();
    List<Double> comparison = numbers(data);
    List<String> guards = new ArrayList<>();
    int count = length(data);
    for (int i = 0; i < count; i++) {
      guards.add(data.readUTF());
    }
    List<Double> counts = numbers(data);
    String lastFault = data.readUTF();
    long expected = crc.getValue();
    if (data.readLong() != expected) {
      throw new IOException("the rollout is damaged: its checksum does not fit; take an older one");
    }
    return new SavedRollout(
        name,
        Rollout.Mode.valueOf(mode),
        share,
        Rollout.State.valueOf(state),
        reason,
        comparison,
        guards,
        counts,
        lastFault);
  }

  private static List<Double> numbers(DataInputStream data) throws IOException {
    List<Double> numbers = new ArrayList<>();
    int count = length(data);
    for (int i = 0; i < count; i++) {
      numbers.add(data.readDouble());
    }
    return numbers;
  }

  private static int length(DataInputStream data) throws IOException {
    int length = data.readInt();
    if (length < 0 || length > MOST_NUMBERS) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "the rollout is damaged: it claims %d numbers, at most %d can be; take an older one",
              length,
              MOST_NUMBERS));
    }
    return length;
  }
}
