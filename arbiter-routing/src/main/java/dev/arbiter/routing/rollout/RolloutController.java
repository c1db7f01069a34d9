/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.LongAdder;

/** Holds the state of a rollout, and changes it by outcomes and callers; thread-safe. */
final class RolloutController {
  private final Object lock = new Object();
  private final RolloutCounts counts = new RolloutCounts();
  private final String name;
  private volatile RolloutState state;

  RolloutController(String name, RolloutState state) {
    this.name = name;
    this.state = state;
  }

  RolloutState now() {
    return state;
  }

  RolloutCounts counts() {
    return counts;
  }

  /** Adds the outcome of a first choice of a side. */
  void add(Comparison comparison, boolean byCandidate, Outcome outcome) {
    counts.outcome(byCandidate);
    synchronized (lock) {
      if (isOpen(comparison)) {
        comparison.add(byCandidate, outcome);
        judge(comparison);
      }
    }
  }

  /** Adds a first choice that the candidate failed to make. */
  void addFault(Comparison comparison) {
    counts.outcome(true);
    synchronized (lock) {
      if (isOpen(comparison)) {
        comparison.addFault();
        judge(comparison);
      }
    }
  }

  private boolean isOpen(Comparison comparison) {
    return state.isRunning() && state.comparison() == comparison;
  }

  private void judge(Comparison comparison) {
    Optional<String> harm = comparison.harm();
    if (harm.isPresent()) {
      state = state.rolledBack("because the candidate's " + harm.get());
      return;
    }
    Optional<String> gain =
        state.mode() == Rollout.Mode.AB_TEST ? comparison.gain() : Optional.empty();
    if (gain.isPresent()) {
      state = state.promoted("because the candidate's " + gain.get());
    }
  }

  /** Throws if the rollout is over. */
  void change(Rollout.Mode mode, double share) {
    synchronized (lock) {
      if (!state.isRunning()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "rollout '%s' cannot change to %s, it was %s; build a new rollout to go on",
                name,
                mode,
                state.reason()));
      }
      state = state.to(mode, share);
    }
  }

  /** Ends the rollout by hand; false if it is over already. */
  boolean end(boolean forCandidate) {
    synchronized (lock) {
      boolean running = state.isRunning();
      if (running) {
        state = forCandidate ? state.promoted("by hand") : state.rolledBack("by hand");
      }
      return running;
    }
  }

  SavedRollout saved() {
    synchronized (lock) {
      RolloutState now = state;
      return new SavedRollout(
          name,
          now.mode(),
          now.share(),
          now.state(),
          now.reason(),
          now.comparison().state(),
          now.comparison().metrics(),
          counts.state(),
          counts.lastFault);
    }
  }

  /**
   * Goes on from a state; comes before the first task.
   *
   * @throws IllegalArgumentException if it is of another rollout, or of other guards
   */
  void restore(SavedRollout saved) {
    List<String> guards = state.comparison().metrics();
    Require.that(
        saved.name().equals(name) && saved.guards().equals(guards),
        "the state is of rollout '%s' with guards %s, this is rollout '%s' with guards %s; build it"
            + " with the same, or start without a state",
        saved.name(),
        saved.guards(),
        name,
        guards);
    Comparison comparison = state.comparison().restored(saved.comparison());
    state =
        new RolloutState(saved.mode(), saved.share(), saved.state(), saved.reason(), comparison);
    counts.state(saved.counts(), saved.lastFault());
  }

  RolloutStatus status() {
    RolloutState now;
    Comparison seen;
    synchronized (lock) {
      now = state;
      seen = now.comparison().copy();
    }
    long both = counts.agreed.sum(); // before the number asked, so that it is never above
    return new RolloutStatus(
        name,
        now.mode(),
        now.share(),
        now.state(),
        now.reason(),
        counts.side(false, seen.reward(false)),
        counts.side(true, seen.reward(true)),
        seen.interval(),
        seen.guards(),
        seen.split(),
        new RolloutStatus.Agreement(counts.asked.sum(), both),
        counts.faults.sum(),
        counts.lastFault,
        counts.ignored.sum());
  }

  /** What a rollout counts since it was built; thread-safe. */
  static final class RolloutCounts {
    private final LongAdder currentTasks = new LongAdder();
    private final LongAdder candidateTasks = new LongAdder();
    private final LongAdder currentOutcomes = new LongAdder();
    private final LongAdder candidateOutcomes = new LongAdder();
    private final LongAdder asked = new LongAdder();
    private final LongAdder agreed = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private volatile String lastFault = "";

    void task(boolean byCandidate, Comparison comparison) {
      (byCandidate ? candidateTasks : currentTasks).increment();
      comparison.task(byCandidate);
    }

    void outcome(boolean byCandidate) {
      (byCandidate ? candidateOutcomes : currentOutcomes).increment();
    }

    void shadowed(boolean agrees) {
      asked.increment();
      if (agrees) {
        agreed.increment();
      }
    }

    void fault(Throwable error) {
      faults.increment();
      lastFault = error.toString();
    }

    void ignored() {
      ignored.increment();
    }

    private List<LongAdder> all() {
      return List.of(
          currentTasks,
          candidateTasks,
          currentOutcomes,
          candidateOutcomes,
          asked,
          agreed,
          faults,
          ignored);
    }

    List<Double> state() {
      return all().stream().map(count -> (double) count.sum()).toList();
    }

    void state(List<Double> state, String fault) {
      for (int i = 0; i < state.size(); i++) {
        all().get(i).add(state.get(i).longValue());
      }
      lastFault = fault;
    }

    RolloutStatus.Side side(boolean candidate, EProcess reward) {
      return new RolloutStatus.Side(
          (candidate ? candidateTasks : currentTasks).sum(),
          (candidate ? candidateOutcomes : currentOutcomes).sum(),
          reward.count(),
          reward.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(reward.mean()));
    }
  }

  /**
   * The state of a rollout; replaced as a whole.
   *
   * @param mode which router decides
   * @param share the part of new tasks that goes to the candidate
   * @param state whether the rollout is over
   * @param reason of the state, in one sentence
   * @param comparison for the outcomes of decisions made now, guarded by the rollout's lock
   */
  record RolloutState(
      Rollout.Mode mode, double share, Rollout.State state, String reason, Comparison comparison) {
    /** Another share begins another comparison: its tasks are of another time. */
    RolloutState to(Rollout.Mode newMode, double newShare) {
      Comparison next = newShare == share ? comparison : comparison.next(newShare);
      return new RolloutState(newMode, newShare, state, reason, next);
    }

    RolloutState rolledBack(String why) {
      return new RolloutState(mode, 0, Rollout.State.ROLLED_BACK, "rolled back " + why, comparison);
    }

    RolloutState promoted(String why) {
      return new RolloutState(mode, 1, Rollout.State.PROMOTED, "promoted " + why, comparison);
    }

    boolean isRunning() {
      return state == Rollout.State.RUNNING;
    }

    boolean isShadow() {
      return isRunning() && mode == Rollout.Mode.SHADOW;
    }
  }
}
