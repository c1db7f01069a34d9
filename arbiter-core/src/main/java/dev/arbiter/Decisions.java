/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one run, one for each attempt, oldest first. Each gets one outcome: the run
 * settles it. A decision may be taken back, and the store may bring it again.
 */
final class Decisions {
  private List<RoutingDecision> all = List.of();
  private List<RoutingDecision> settled = List.of();

  /* Those that were taken back, as long as the store may bring them again. */
  private List<RoutingDecision> takenBack = List.of();

  /** All of them, in a list that nobody changes. */
  List<RoutingDecision> all() {
    return all;
  }

  /** How many there are, which is the number of the last attempt. */
  int size() {
    return all.size();
  }

  /** The decision of the attempt with this number, from 1. */
  RoutingDecision of(int number) {
    return all.get(number - 1);
  }

  /**
   * The decision of the attempt with this number; null before the first, and for one that was
   * dropped, which the store may bring back.
   */
  @Nullable RoutingDecision find(int number) {
    return number == 0 || number > all.size() ? null : of(number);
  }

  /** Those of the attempts from this number on; of all of them for 0 if there is none. */
  List<RoutingDecision> from(int number) {
    return number == 0 ? List.of() : all.subList(number - 1, all.size());
  }

  void add(RoutingDecision next) {
    all = plus(all, next);
  }

  /** Takes back those from this number on: they are made again as these numbers. */
  void takeBack(int number) {
    for (RoutingDecision decision : from(number)) {
      takenBack = plus(takenBack, decision);
    }
    all = List.copyOf(all.subList(0, number - 1));
  }

  /** Drops the last one, whose agent was not called. */
  void dropLast() {
    all = List.copyOf(all.subList(0, all.size() - 1));
  }

  /** Takes those that the store has kept; one of this process stays as the router made it. */
  void rewind(List<RoutingDecision> kept) {
    List<RoutingDecision> merged = new ArrayList<>(kept);
    for (int i = 0; i < Math.min(kept.size(), all.size()); i++) {
      if (isSame(all.get(i), kept.get(i))) {
        merged.set(i, all.get(i));
      }
    }
    all = List.copyOf(merged);
  }

  /** An agent is called: what was taken back before is forgotten. */
  void called() {
    takenBack = List.of();
  }

  /** The store has kept all of these: it brings back no decision of before. */
  void kept() {
    takenBack = List.of();
    if (settled.size() > all.size()) {
      settled = settled.stream().filter(one -> all.stream().anyMatch(d -> isSame(d, one))).toList();
    }
  }

  /** Whether these were taken back, and the store has brought them again. */
  boolean wereTakenBack(List<RoutingDecision> kept) {
    return kept.stream().allMatch(one -> takenBack.stream().anyMatch(back -> isSame(back, one)));
  }

  /** Settles a decision; false if it was settled before. */
  boolean settle(RoutingDecision decision) {
    if (isSettled(decision)) {
      return false;
    }
    settled = plus(settled, decision);
    return true;
  }

  /** Whether it has its outcome. The store gives back the same decision as another object. */
  boolean isSettled(RoutingDecision decision) {
    boolean isKept = decision instanceof KeptDecision;
    for (int i = 0; i < settled.size(); i++) {
      if (settled.get(i) == decision || (isKept && isSame(settled.get(i), decision))) {
        return true;
      }
    }
    return false;
  }

  /** Forgets everything. */
  void letGo() {
    all = List.of();
    settled = List.of();
    takenBack = List.of();
  }

  static boolean isSame(RoutingDecision one, RoutingDecision other) {
    return one.id() == other.id() && one.agent().equals(other.agent());
  }

  /* Most runs have one decision, and a list that nobody changes can be given away. */
  private static List<RoutingDecision> plus(List<RoutingDecision> list, RoutingDecision next) {
    if (list.isEmpty()) {
      return List.of(next);
    }
    List<RoutingDecision> longer = new ArrayList<>(list);
    longer.add(next);
    return List.copyOf(longer);
  }
}
