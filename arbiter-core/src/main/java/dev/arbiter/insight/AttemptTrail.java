/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import dev.arbiter.insight.AgentInsights.Figures;
import dev.arbiter.insight.AgentInsights.Relationship;
import dev.arbiter.insight.AgentInsights.Trend;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The last attempts of one agent, and what people thought of its work. Its lock guards it. */
final class AttemptTrail {
  private static final int MOST = 100;
  private static final int MOST_TYPES = 32;
  private static final int MOST_OTHERS = 16;
  private static final int LAST = 3;
  private static final int LEAST_FOR_TREND = 5;
  private static final double DEAD_BAND = .05;

  private final Deque<Attempted> attempts = new ArrayDeque<>();
  private final Deque<Timed> times = new ArrayDeque<>();
  private final Deque<Rated> ratings = new ArrayDeque<>();
  private final Map<String, int[]> after = new LinkedHashMap<>();
  private long lastAt;

  /** How an attempt ended; the rules are those that denied it. */
  record Attempted(
      long at,
      String type,
      Kind kind,
      double quality,
      double cost,
      String cause,
      List<String> rules) {
    boolean succeeded() {
      return kind == Kind.SUCCESS;
    }
  }

  enum Kind {
    SUCCESS,
    FAILURE,
    VIOLATION
  }

  private record Rated(long at, String type, int stars) {}

  private record Timed(long at, String type, long nanos) {}

  synchronized void add(Attempted attempt) {
    attempts.addLast(attempt);
    if (attempts.size() > MOST) {
      attempts.removeFirst();
    }
    lastAt = attempt.at;
  }

  /** It reported after so many nanoseconds. */
  synchronized void took(long at, String type, long nanos) {
    times.addLast(new Timed(at, type, nanos));
    if (times.size() > MOST) {
      times.removeFirst();
    }
  }

  synchronized void rate(long at, String type, int stars) {
    ratings.addLast(new Rated(at, type, stars));
    if (ratings.size() > MOST) {
      ratings.removeFirst();
    }
  }

  /** It tried a task at which another had failed. */
  synchronized void followed(String other, boolean succeeded) {
    int[] counts = after.remove(other);
    if (counts == null) {
      counts = new int[2];
    }
    counts[0]++;
    counts[1] += succeeded ? 1 : 0;
    after.put(other, counts);
    if (after.size() > MOST_OTHERS) {
      Iterator<String> oldest = after.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  long lastAt() {
    return lastAt;
  }

  /** The attempts since a time, the oldest first. */
  synchronized List<Attempted> since(long begin) {
    List<Attempted> recent = new ArrayList<>(attempts.size());
    for (Attempted attempt : attempts) {
      if (attempt.at >= begin) {
        recent.add(attempt);
      }
    }
    return recent;
  }

  synchronized Figures figures(long begin, String type) {
    List<Attempted> of = new ArrayList<>();
    for (Attempted attempt : since(begin)) {
      if (type.isEmpty() || attempt.type.equals(type)) {
        of.add(attempt);
      }
    }
    int rated = 0;
    double stars = 0;
    for (Rated rating : ratings) {
      if (rating.at >= begin && (type.isEmpty() || rating.type.equals(type))) {
        rated++;
        stars += rating.stars;
      }
    }
    double n = of.size();
    double latency =
        times.stream()
            .filter(one -> one.at >= begin && (type.isEmpty() || one.type.equals(type)))
            .mapToLong(Timed::nanos)
            .average()
            .orElse(0);
    double good = of.stream().filter(Attempted::succeeded).count();
    return new Figures(
        of.size(),
        good / n,
        of.stream().filter(attempt -> attempt.kind == Kind.VIOLATION).count() / n,
        of.stream().filter(Attempted::succeeded).mapToDouble(Attempted::quality).sum() / good,
        Duration.ofNanos((long) latency),
        of.stream().mapToDouble(Attempted::cost).sum() / n,
        rated,
        stars / rated,
        trend(of));
  }

  private static Trend trend(List<Attempted> of) {
    if (of.size() < LEAST_FOR_TREND) {
      return Trend.STABLE;
    }
    int border = of.size() - LAST;
    double change = rate(of.subList(border, of.size())) - rate(of.subList(0, border));
    if (Math.abs(change) <= DEAD_BAND) {
      return Trend.STABLE;
    }
    return change > 0 ? Trend.IMPROVING : Trend.DECLINING;
  }

  private static double rate(List<Attempted> of) {
    return of.stream().filter(Attempted::succeeded).count() / (double) of.size();
  }

  synchronized Map<String, Figures> byType(long begin) {
    Map<String, Figures> byType = new TreeMap<>();
    for (Attempted attempt : since(begin)) {
      if (byType.size() < MOST_TYPES && !byType.containsKey(attempt.type)) {
        byType.put(attempt.type, figures(begin, attempt.type));
      }
    }
    return byType;
  }

  synchronized List<Relationship> relationships() {
    List<Relationship> all = new ArrayList<>(after.size());
    after.forEach(
        (other, counts) ->
            all.add(new Relationship(other, counts[0], counts[1] / (double) counts[0])));
    return all;
  }

  synchronized void writeTo(DataOutput out) throws IOException {
    out.writeInt(attempts.size());
    for (Attempted attempt : attempts) {
      out.writeLong(attempt.at);
      out.writeUTF(attempt.type);
      out.writeUTF(attempt.kind.name());
      out.writeDouble(attempt.quality);
      out.writeDouble(attempt.cost);
      out.writeUTF(attempt.cause);
      out.writeInt(attempt.rules.size());
      for (String rule : attempt.rules) {
        out.writeUTF(rule);
      }
    }
    out.writeInt(times.size());
    for (Timed one : times) {
      out.writeLong(one.at);
      out.writeUTF(one.type);
      out.writeLong(one.nanos);
    }
    out.writeInt(ratings.size());
    for (Rated rating : ratings) {
      out.writeLong(rating.at);
      out.writeUTF(rating.type);
      out.writeByte(rating.stars);
    }
    out.writeInt(after.size());
    for (Map.Entry<String, int[]> other : after.entrySet()) {
      out.writeUTF(other.getKey());
      out.writeInt(other.getValue()[0]);
      out.writeInt(other.getValue()[1]);
    }
  }

  static AttemptTrail readFrom(DataInput in) throws IOException {
    AttemptTrail trail = new AttemptTrail();
    for (int i = in.readInt(); i > 0; i--) {
      trail.add(attempted(in));
    }
    for (int i = in.readInt(); i > 0; i--) {
      trail.took(in.readLong(), in.readUTF(), in.readLong());
    }
    for (int i = in.readInt(); i > 0; i--) {
      trail.rate(in.readLong(), in.readUTF(), in.readByte());
    }
    for (int i = in.readInt(); i > 0; i--) {
      trail.after.put(in.readUTF(), new int[] {in.readInt(), in.readInt()});
    }
    return trail;
  }

  private static Attempted attempted(DataInput in) throws IOException {
    long at = in.readLong();
    String type = in.readUTF();
    Kind kind = Kind.valueOf(in.readUTF());
    double quality = in.readDouble();
    double cost = in.readDouble();
    String cause = in.readUTF();
    List<String> rules = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      rules.add(in.readUTF());
    }
    return new Attempted(at, type, kind, quality, cost, cause, rules);
  }
}
