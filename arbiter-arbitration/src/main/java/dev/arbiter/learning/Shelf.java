/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The practices of one tenant, each with its trials; bounded, not thread-safe. */
final class Shelf {
  private static final int MOST_AGENTS = 64;
  private static final Comparator<Item> BEST_FIRST =
      Comparator.comparingDouble((Item item) -> item.practice.lowerBound())
          .reversed()
          .thenComparingLong(item -> item.number);

  private final Map<String, Item> byId = new LinkedHashMap<>();
  private final int capacity;
  private final double error;
  private final Room room;
  private long last;

  Shelf(int capacity, double error, Room room) {
    this.capacity = capacity;
    this.error = error;
    this.room = room;
  }

  /** How many trials there may be at all tenants together. */
  static final class Room {
    private static final int MOST_TRIALS = 100_000;
    private int taken;

    boolean take() {
      boolean isFree = taken < MOST_TRIALS;
      taken += isFree ? 1 : 0;
      return isFree;
    }

    void giveBack(int trials) {
      taken -= trials;
    }
  }

  /** A practice and what is known of it. */
  static final class Item {
    private final long number;
    private Practice practice;
    private final Trial overall;
    private final Map<String, Trial> byAgent = new HashMap<>();

    private Item(long number, Practice practice, Trial overall) {
      this.number = number;
      this.practice = practice;
      this.overall = overall;
    }

    Practice practice() {
      return practice;
    }

    Trial overall() {
      return overall;
    }

    void count(boolean passed) {
      practice = practice.with(passed ? 1 : 0, passed ? 0 : 1);
    }

    boolean isKept() {
      return byAgent.values().stream().anyMatch(trial -> trial.state() == Practice.State.KEPT);
    }

    private boolean isGone() {
      return overall.state() == Practice.State.DROPPED && !isKept();
    }

    List<Practice.Standing> standings() {
      return byAgent.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .map(entry -> entry.getValue().standing(entry.getKey()))
          .toList();
    }
  }

  /** A practice with its trial at one agent. */
  record Chosen(Item item, Trial trial) {}

  /** The practice that says the same about the same type of task; null if there is none. */
  @Nullable Practice like(String type, String text) {
    for (Item item : byId.values()) {
      Practice practice = item.practice;
      if (practice.taskType().equals(type)
          && (practice.text().equals(text) || PracticeText.isLike(practice.text(), text))) {
        return practice;
      }
    }
    return null;
  }

  /** Adds a practice that is like no other; null if there is no place. */
  @Nullable Practice add(String type, String text, Practice.Source source) {
    if (byId.size() >= capacity && !makePlace()) {
      return null;
    }
    return put(++last, new Practice("p-" + last, type, text, 0, 0, source));
  }

  private Practice put(long number, Practice practice) {
    byId.put(practice.id(), new Item(number, practice, new Trial(error)));
    return practice;
  }

  /* The worst of those that no agent is given any more goes. */
  private boolean makePlace() {
    Item worst = null;
    for (Item item : byId.values()) {
      if (item.isGone() && (worst == null || BEST_FIRST.compare(worst, item) < 0)) {
        worst = item;
      }
    }
    return worst != null && remove(worst.practice.id());
  }

  /** Gives a practice another text, which is compared anew; false if there is none of that id. */
  boolean edit(String id, String text) {
    Item item = byId.get(id);
    if (item == null) {
      return false;
    }
    if (!item.practice.text().equals(text)) {
      room.giveBack(item.byAgent.size());
      Practice old = item.practice;
      put(item.number, new Practice(id, old.taskType(), text, 0, 0, old.source()));
    }
    return true;
  }

  boolean remove(String id) {
    Item item = byId.remove(id);
    if (item == null) {
      return false;
    }
    room.giveBack(item.byAgent.size());
    return true;
  }

  @Nullable Item get(String id) {
    return byId.get(id);
  }

  /** All, the best first. */
  List<Item> ranked() {
    return byId.values().stream().sorted(BEST_FIRST).toList();
  }

  /** Forgets an agent that is no more. */
  void retire(String agent) {
    for (Item item : byId.values()) {
      if (item.byAgent.remove(agent) != null) {
        room.giveBack(1);
      }
    }
  }

  /**
   * The practices that compete for an attempt: at most so many, which fit. Those that are kept come
   * first, but one place is left for one on trial.
   */
  List<Chosen> chosen(String type, String agent, int most, int longest) {
    List<Item> kept = new ArrayList<>();
    List<Item> tried = new ArrayList<>();
    for (Item item : byId.values()) {
      if (item.practice.taskType().equals(type)) {
        Practice.State state = state(item, agent);
        if (state != Practice.State.DROPPED) {
          (state == Practice.State.KEPT ? kept : tried).add(item);
        }
      }
    }
    kept.sort(BEST_FIRST);
    tried.sort(BEST_FIRST);
    if (!tried.isEmpty() && kept.size() >= most) {
      kept.subList(most - 1, kept.size()).clear();
    }
    kept.addAll(tried);
    List<Chosen> chosen = new ArrayList<>();
    int length = 0;
    for (Item next : kept) {
      int more = next.practice.text().length();
      Trial trial = chosen.size() < most && length + more <= longest ? trial(next, agent) : null;
      if (trial != null) {
        chosen.add(new Chosen(next, trial));
        length += more;
      }
    }
    return chosen;
  }

  /* What helps nobody else is not begun at another agent, and goes on where it looks well. */
  private static Practice.State state(Item item, String agent) {
    Trial trial = item.byAgent.get(agent);
    boolean isOver = item.overall.state() == Practice.State.DROPPED;
    if (trial == null) {
      return isOver ? Practice.State.DROPPED : Practice.State.TRIAL;
    }
    if (isOver && trial.state() == Practice.State.TRIAL && !trial.isPromising()) {
      trial.drop("over all agents, " + item.overall.reason());
    }
    return trial.state();
  }

  private @Nullable Trial trial(Item item, String agent) {
    Trial trial = item.byAgent.get(agent);
    if (trial == null && item.byAgent.size() < MOST_AGENTS && room.take()) {
      trial = new Trial(error);
      item.byAgent.put(agent, trial);
    }
    return trial;
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeLong(last);
    out.writeInt(byId.size());
    for (Item item : byId.values()) {
      out.writeLong(item.number);
      Practice practice = item.practice;
      out.writeUTF(practice.id());
      out.writeUTF(practice.taskType());
      out.writeUTF(practice.text());
      out.writeLong(practice.helpful());
      out.writeLong(practice.harmful());
      out.writeUTF(practice.source().kind().name());
      out.writeUTF(practice.source().by());
      item.overall.writeTo(out);
      out.writeInt(item.byAgent.size());
      for (Map.Entry<String, Trial> entry : item.byAgent.entrySet()) {
        out.writeUTF(entry.getKey());
        entry.getValue().writeTo(out);
      }
    }
  }

  void read(DataInputStream in) throws IOException {
    last = in.readLong();
    int items = in.readInt();
    for (int i = 0; i < items; i++) {
      long number = in.readLong();
      Practice practice =
          new Practice(
              in.readUTF(),
              in.readUTF(),
              in.readUTF(),
              in.readLong(),
              in.readLong(),
              new Practice.Source(Practice.Source.Kind.valueOf(in.readUTF()), in.readUTF()));
      Item item = new Item(number, practice, Trial.read(in, error));
      int agents = in.readInt();
      for (int a = 0; a < agents && room.take(); a++) {
        item.byAgent.put(in.readUTF(), Trial.read(in, error));
      }
      byId.put(practice.id(), item);
    }
  }
}
