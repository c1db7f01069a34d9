/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.learning.FailureModes.Aftermath;
import dev.arbiter.learning.FailureModes.Followed;
import dev.arbiter.learning.FailureModes.Frequency;
import dev.arbiter.learning.FailureModes.Trend;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The ways in which one agent failed at one type of task; not thread-safe. */
final class ModeCounts {
  private static final FailureMode[] MODES = FailureMode.values();
  private static final Aftermath[] AFTERMATHS = Aftermath.values();
  private static final int RECENT = 128;
  private static final int FEWEST = 32;
  private static final int EXAMPLES = 3;
  private static final double Z = 1.96;

  private final Map<FailureMode, Counted> counted = new EnumMap<>(FailureMode.class);
  private final Deque<Attempt> last = new ArrayDeque<>();
  private long attempts;

  /** One of the last attempts, and a bit for each way in which it failed. */
  private static final class Attempt {
    private final String task;
    private final int number;
    private int modes;

    Attempt(String task, int number, int modes) {
      this.task = task;
      this.number = number;
      this.modes = modes;
    }
  }

  private static final class Counted {
    private long count;
    private final Map<Aftermath, Followed> followed = new EnumMap<>(Aftermath.class);
    private final Deque<String> examples = new ArrayDeque<>();
  }

  private static int bit(FailureMode mode) {
    int at = 0;
    while (MODES[at] != mode) {
      at++;
    }
    return 1 << at;
  }

  void attempt(String task, int number) {
    attempts++;
    last.addLast(new Attempt(task, number, 0));
    if (last.size() > RECENT) {
      last.removeFirst();
    }
  }

  /** Counts a way of an attempt. One that is not among the last is counted, and moves no trend. */
  void add(String task, int number, FailureMode mode) {
    Counted of = counted.computeIfAbsent(mode, m -> new Counted());
    of.count++;
    of.examples.addLast(task);
    if (of.examples.size() > EXAMPLES) {
      of.examples.removeFirst();
    }
    for (Attempt attempt : last) {
      if (attempt.number == number && attempt.task.equals(task)) {
        attempt.modes |= bit(mode);
      }
    }
  }

  void followed(FailureMode mode, Aftermath aftermath, boolean completed) {
    Counted of = counted.get(mode);
    if (of != null) {
      Followed before = of.followed.getOrDefault(aftermath, new Followed(0, 0));
      of.followed.put(
          aftermath, new Followed(before.times() + 1, before.completed() + (completed ? 1 : 0)));
    }
  }

  List<Frequency> frequencies(String agent, String type) {
    List<Frequency> all = new ArrayList<>();
    counted.forEach(
        (mode, of) -> {
          /* A host may note ways of attempts that it did not run here. */
          long among = Math.max(attempts, of.count);
          all.add(
              new Frequency(
                  agent,
                  type,
                  mode,
                  of.count,
                  among,
                  Wilson.lower(of.count, among, Z),
                  Wilson.upper(of.count, among, Z),
                  trend(mode),
                  of.followed,
                  List.copyOf(of.examples)));
        });
    return all;
  }

  /* Newcombe's interval of the difference of two shares, made of Wilson's (method 10, 1998). */
  private Trend trend(FailureMode mode) {
    int half = last.size() / 2;
    if (half < FEWEST) {
      return Trend.LEVEL;
    }
    int at = 0;
    long before = 0;
    long after = 0;
    for (Attempt attempt : last) {
      boolean is = (attempt.modes & bit(mode)) != 0;
      before += is && at < half ? 1 : 0;
      after += is && at >= half ? 1 : 0;
      at++;
    }
    int rest = last.size() - half;
    double was = before / (double) half;
    double is = after / (double) rest;
    double low =
        is
            - was
            - Math.hypot(is - Wilson.lower(after, rest, Z), Wilson.upper(before, half, Z) - was);
    double high =
        is
            - was
            + Math.hypot(Wilson.upper(after, rest, Z) - is, was - Wilson.lower(before, half, Z));
    return low > 0 ? Trend.RISING : high < 0 ? Trend.FALLING : Trend.LEVEL;
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeLong(attempts);
    out.writeInt(last.size());
    for (Attempt attempt : last) {
      out.writeUTF(attempt.task);
      out.writeInt(attempt.number);
      out.writeInt(attempt.modes);
    }
    out.writeInt(counted.size());
    for (Map.Entry<FailureMode, Counted> entry : counted.entrySet()) {
      Counted of = entry.getValue();
      out.writeUTF(entry.getKey().code());
      out.writeLong(of.count);
      for (Aftermath aftermath : AFTERMATHS) {
        Followed followed = of.followed.getOrDefault(aftermath, new Followed(0, 0));
        out.writeLong(followed.times());
        out.writeLong(followed.completed());
      }
      out.writeInt(of.examples.size());
      for (String example : of.examples) {
        out.writeUTF(example);
      }
    }
  }

  static ModeCounts read(DataInputStream in) throws IOException {
    ModeCounts counts = new ModeCounts();
    counts.attempts = in.readLong();
    int recent = in.readInt();
    for (int i = 0; i < recent; i++) {
      counts.last.addLast(new Attempt(in.readUTF(), in.readInt(), in.readInt()));
    }
    int modes = in.readInt();
    for (int i = 0; i < modes; i++) {
      Counted of = new Counted();
      counts.counted.put(FailureMode.ofCode(in.readUTF()).orElseThrow(), of);
      of.count = in.readLong();
      for (Aftermath aftermath : AFTERMATHS) {
        Followed followed = new Followed(in.readLong(), in.readLong());
        if (followed.times() > 0) {
          of.followed.put(aftermath, followed);
        }
      }
      int examples = in.readInt();
      for (int e = 0; e < examples; e++) {
        of.examples.addLast(in.readUTF());
      }
    }
    return counts;
  }
}
