/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.WorkReport.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that a run makes at once. The run looks at one of them, its lane; a round has the
 * lanes of the others. Only the thread that drives the run changes it.
 */
final class Round {
  private final int first;
  private final List<Lane> others = new ArrayList<>();

  /*
   * All whose agents were called, also those that have ended, as long as there are several. Read by
   * their agents' threads.
   */
  private final List<Attempt> called = new CopyOnWriteArrayList<>();

  /**
   * Begins a round.
   *
   * @param first the number of its first attempt
   */
  Round(int first) {
    this.first = first;
  }

  int first() {
    return first;
  }

  List<Lane> others() {
    return others;
  }

  /** The other attempt with this number; null if there is none. */
  @Nullable Lane laneOf(int number) {
    return others.stream().filter(lane -> lane.number == number).findFirst().orElse(null);
  }

  /** The other attempt whose agent this call is; null if there is none. */
  @Nullable Lane laneOf(Attempt called) {
    return others.stream().filter(lane -> lane.attempt == called).findFirst().orElse(null);
  }

  void called(Attempt attempt) {
    if (others.isEmpty()) {
      // The last one is called again: it counts what all calls before used up as its own past.
      called.clear();
    }
    called.add(attempt);
  }

  boolean isCalledBy(Thread thread) {
    return called.stream().anyMatch(attempt -> attempt.isCalledBy(thread));
  }

  /** How long the agents of the other attempts have worked, in nanoseconds. */
  long workedBesides(Attempt own) {
    long all = 0;
    for (Attempt other : called) {
      all += other == own ? 0 : other.worked();
    }
    return all;
  }

  /** An attempt whose agent works; null if none does. */
  @Nullable Attempt anyWorking() {
    return called.stream().filter(Attempt::isWorking).findFirst().orElse(null);
  }

  /** How many agents of other attempts work. */
  int workingBesides(Attempt own) {
    return (int) called.stream().filter(other -> other != own && other.isWorking()).count();
  }

  /** What the agents of the other attempts have metered. */
  Usage besides(Attempt own) {
    Usage all = Usage.none();
    for (Attempt other : called) {
      all = other == own ? all : all.plus(other.assignment().meter().total());
    }
    return all;
  }
}
