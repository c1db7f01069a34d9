/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that a run makes at once. The run looks at one of them, and its own fields are about
 * that one; a round has the others. Only the thread that drives the run changes it.
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

  /** What a run knows of one of its attempts. */
  static final class Lane {
    final int number;
    Slots.@Nullable Seat seat;
    @Nullable Attempt attempt;
    @Nullable Grant grant;
    @Nullable WorkReport report;
    long nanos;
    Usage used = Usage.none();
    TaskRun.@Nullable Passed passed;
    boolean needsPerson;

    Lane(int number) {
      this.number = number;
    }

    /** Whether its agent works, or its end was not read yet. */
    boolean works() {
      return attempt != null;
    }

    /** Whether its work was not looked at yet, as after a restart. */
    boolean isToJudge() {
      return report != null && passed == null && !needsPerson;
    }

    double quality() {
      return passed == null ? -1 : passed.verdict().quality();
    }
  }

  int first() {
    return first;
  }

  List<Lane> others() {
    return others;
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
