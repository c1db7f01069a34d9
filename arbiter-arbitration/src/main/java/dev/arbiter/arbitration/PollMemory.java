/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * The newest polls of a ballot, bounded. Not thread-safe.
 *
 * <p>At most {@value #MOST_POLLS} polls, {@value #MOST_NAMES} agents and as many types. When there
 * is no room for a new name, names that are in no poll are forgotten; if there are none, a new
 * agent is left out of the poll, and a new type is counted among all types only.
 */
final class PollMemory {
  static final int MOST_POLLS = 2_000;
  static final int MOST_NAMES = 256;
  private static final int MAGIC = 0x41524250; // ARBP
  private static final int VERSION = 1;

  private final ArrayDeque<Poll> polls = new ArrayDeque<>();
  private final Map<String, Integer> agents = new LinkedHashMap<>();
  private final Map<String, Integer> types = new LinkedHashMap<>();

  PollMemory copy() {
    PollMemory copy = new PollMemory();
    copy.polls.addAll(polls);
    copy.agents.putAll(agents);
    copy.types.putAll(types);
    return copy;
  }

  List<Poll> polls() {
    return new ArrayList<>(polls);
  }

  int size() {
    return polls.size();
  }

  Map<String, Integer> agents() {
    return agents;
  }

  Map<String, Integer> types() {
    return types;
  }

  /** The row of a type, -1 if it is not known. */
  int type(String name) {
    return types.getOrDefault(name, -1);
  }

  /** Makes room for agents, as far as there is room. */
  void introduce(List<String> names) {
    names.forEach(name -> row(agents, name));
  }

  /**
   * Remembers a poll.
   *
   * @param groups for each agent the number of its answer, -1 for an abstention
   * @param right the number of the right answer, -1 for none of them
   */
  void add(String type, List<String> names, int[] groups, int right, int count) {
    if (count > Poll.MOST_GROUPS) {
      return;
    }
    int typeRow = row(types, type);
    names.forEach(name -> row(agents, name));
    int[] rows = names.stream().mapToInt(name -> agents.getOrDefault(name, -1)).toArray();
    int[] known = IntStream.range(0, rows.length).filter(i -> rows[i] >= 0).toArray();
    byte[] votes = new byte[known.length];
    for (int i = 0; i < known.length; i++) {
      votes[i] = (byte) groups[known[i]];
    }
    if (polls.size() == MOST_POLLS) {
      polls.removeFirst();
    }
    polls.add(
        new Poll(typeRow, Arrays.stream(known).map(i -> rows[i]).toArray(), votes, right, count));
  }

  private int row(Map<String, Integer> index, String name) {
    if (!index.containsKey(name) && index.size() >= MOST_NAMES) {
      if (index == agents) {
        forgetAgents();
      } else {
        forgetTypes();
      }
    }
    if (!index.containsKey(name) && index.size() < MOST_NAMES) {
      index.put(name, index.size());
    }
    return index.getOrDefault(name, -1);
  }

  /* Each forgets names that are in no poll, and numbers the others anew; of the full list only,
   * so that a type that was just added stays while agents are forgotten. */
  private void forgetAgents() {
    int[] numbers = kept(agents, polls.stream().flatMapToInt(p -> Arrays.stream(p.agents())));
    replace(poll -> poll.withAgents(numbers));
  }

  private void forgetTypes() {
    int[] numbers = kept(types, polls.stream().mapToInt(Poll::type).filter(type -> type >= 0));
    replace(poll -> poll.type() < 0 ? poll : poll.withType(numbers[poll.type()]));
  }

  private void replace(UnaryOperator<Poll> change) {
    List<Poll> old = polls();
    polls.clear();
    old.forEach(poll -> polls.add(change.apply(poll)));
  }

  private static int[] kept(Map<String, Integer> index, IntStream used) {
    boolean[] isUsed = new boolean[index.size()];
    used.forEach(row -> isUsed[row] = true);
    int[] renumbered = new int[index.size()];
    Map<String, Integer> old = new LinkedHashMap<>(index);
    index.clear();
    old.forEach(
        (name, row) -> {
          if (isUsed[row]) {
            renumbered[row] = index.size();
            index.put(name, index.size());
          }
        });
    return renumbered;
  }

  /** Asked, answered, right: of one agent at one type, of all types if that is empty. */
  int[] record(String agent, String type) {
    int[] sums = new int[3];
    int row = agents.getOrDefault(agent, -1);
    int typeRow = type(type);
    for (Poll poll : polls) {
      if ((type.isEmpty() || (typeRow >= 0 && poll.type() == typeRow)) && poll.asked(row)) {
        int group = poll.group(row);
        sums[0]++;
        sums[1] += group >= 0 ? 1 : 0;
        sums[2] += group >= 0 && group == poll.right() ? 1 : 0;
      }
    }
    return sums;
  }

  byte[] bytes() {
    try {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(content);
      writeNames(out, agents);
      writeNames(out, types);
      out.writeInt(polls.size());
      for (Poll poll : polls) {
        out.writeShort(poll.type());
        out.writeShort(poll.agents().length);
        for (int i = 0; i < poll.agents().length; i++) {
          out.writeShort(poll.agents()[i]);
          out.writeByte(poll.groups()[i]);
        }
        out.writeByte(poll.right());
        out.writeByte(poll.count());
      }
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      DataOutputStream head = new DataOutputStream(whole);
      head.writeInt(MAGIC);
      head.writeByte(VERSION);
      head.writeInt((int) checksum(content.toByteArray()));
      content.writeTo(whole);
      return whole.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }

  private static void writeNames(DataOutputStream out, Map<String, Integer> index)
      throws IOException {
    out.writeInt(index.size());
    for (String name : index.keySet()) {
      out.writeUTF(name);
    }
  }

  private static long checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return crc.getValue();
  }

  /**
   * Reads what {@link #bytes} gave.
   *
   * @throws IllegalArgumentException if it is something else, damaged, or of a later version
   */
  static PollMemory read(byte[] bytes) {
    PollMemory memory = new PollMemory();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      check(in.readInt() == MAGIC, "does not begin as one");
      check(in.readByte() == VERSION, "is of another version");
      check(
          in.readInt() == (int) checksum(Arrays.copyOfRange(bytes, 9, bytes.length)),
          "was changed");
      readNames(in, memory.agents);
      readNames(in, memory.types);
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        memory.polls.add(readPoll(in, memory));
      }
      check(in.read() < 0, "is too long");
      return memory;
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("the snapshot of a ballot is cut off", e);
    }
  }

  private static Poll readPoll(DataInputStream in, PollMemory memory) throws IOException {
    int type = in.readShort();
    int voters = in.readShort();
    check(voters >= 0 && voters <= MOST_NAMES, "has a poll of " + voters + " agents");
    int[] agents = new int[voters];
    byte[] groups = new byte[voters];
    for (int i = 0; i < voters; i++) {
      agents[i] = in.readShort();
      groups[i] = in.readByte();
    }
    Poll poll = new Poll(type, agents, groups, in.readByte(), in.readByte());
    check(type >= -1 && type < memory.types.size(), "names no type");
    for (int i = 0; i < voters; i++) {
      check(agents[i] >= 0 && agents[i] < memory.agents.size(), "names no agent");
      check(groups[i] >= -1 && groups[i] < poll.count(), "names no answer");
    }
    check(poll.right() >= -1 && poll.right() < poll.count(), "names no answer");
    return poll;
  }

  private static void readNames(DataInputStream in, Map<String, Integer> index) throws IOException {
    int count = in.readInt();
    check(count >= 0 && count <= MOST_NAMES, "has " + count + " names");
    for (int i = 0; i < count; i++) {
      index.put(in.readUTF(), index.size());
    }
    check(index.size() == count, "has a name twice");
  }

  private static void check(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException("the snapshot of a ballot " + what);
    }
  }

  /**
   * The polls among some agents only, to which all of them were asked; rows are those given.
   *
   * @param closed whether answers keep their numbers, because they are there without a vote too
   */
  List<Poll> among(List<String> names, boolean closed) {
    List<Poll> some = new ArrayList<>();
    int[] rows = names.stream().mapToInt(name -> agents.getOrDefault(name, -1)).toArray();
    for (Poll poll : polls) {
      if (Arrays.stream(rows).allMatch(row -> row >= 0 && poll.asked(row))) {
        some.add(closed ? part(poll, rows) : renumbered(part(poll, rows)));
      }
    }
    return some;
  }

  private static Poll part(Poll poll, int[] rows) {
    byte[] groups = new byte[rows.length];
    for (int i = 0; i < rows.length; i++) {
      groups[i] = (byte) poll.group(rows[i]);
    }
    int[] numbers = IntStream.range(0, rows.length).toArray();
    return new Poll(poll.type(), numbers, groups, poll.right(), poll.count());
  }

  /* Leaves out the answers that none of these agents gave. */
  private static Poll renumbered(Poll poll) {
    Map<Integer, Integer> numbers = new HashMap<>();
    byte[] groups = new byte[poll.groups().length];
    for (int i = 0; i < groups.length; i++) {
      int group = poll.groups()[i];
      if (group >= 0) {
        numbers.putIfAbsent(group, numbers.size());
      }
      groups[i] = (byte) numbers.getOrDefault(group, -1).intValue();
    }
    int right = numbers.getOrDefault(poll.right(), -1);
    return new Poll(poll.type(), poll.agents(), groups, right, numbers.size());
  }
}
