/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Slots.Seat;
import dev.arbiter.task.WorkReport;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Races at one call of an agent. Each result shows: slots taken, calls abandoned, whether the slot
 * went back by the attempt (1), by its call (2) or twice (3), 8 more if the agent was called after
 * that, and whether no interrupted call is counted.
 */
public final class AttemptRaces {
  /* Never started: an interrupt does nothing to it. */
  static final Thread CALLER = new Thread(() -> {});

  private AttemptRaces() {}

  /** An attempt with the only slot of its agent, and a seat that waits for that slot. */
  abstract static class Called {
    private final Pipeline pipeline = Parts.pipeline();
    private final Slots slots = Parts.slots(1);
    private final Seat seat = SlotsRaces.seat(slots);
    private final Seat waits = SlotsRaces.seat(slots);
    private final CompletableFuture<@Nullable WorkReport> report = new CompletableFuture<>();
    final Attempt attempt = Parts.attempt(pipeline, seat);
    private int byAttempt;
    private int byCall;
    private int late;
    private boolean called;

    boolean begin() {
      boolean begun = attempt.begin(CALLER);
      called |= begun;
      return begun;
    }

    void returned() {
      attempt.returned(report);
    }

    /** Ends the call, as the pipeline does. */
    void end() {
      if (attempt.over()) {
        byCall += slots.giveBack(seat) == waits ? 2 : 0;
      }
    }

    /** Abandons the attempt, and has no patience. */
    void abandonIt() {
      boolean next = attempt.abandon() == waits;
      late = next ? 8 : 0;
      byAttempt = next || attempt.hang().contains(waits) ? 1 : 0;
    }

    void show(IIII_Result result) {
      result.r1 = slots.active();
      result.r2 = slots.abandoned();
      result.r3 = byAttempt + byCall + (called ? late : 0);
      result.r4 = pipeline.allAnswered() ? 1 : 0;
    }
  }

  /** A call begins while its run ends. The seat that waits gets the slot, or is sent away. */
  @JCStressTest
  @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "never called: the slot went on")
  @Outcome(id = "0, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "called: sent away, then returned")
  @Outcome(id = "1, 0, 2, 1", expect = Expect.ACCEPTABLE, desc = "over before it was abandoned")
  @Outcome(expect = Expect.FORBIDDEN, desc = "the slot went back twice or never")
  @State
  public static class BeginAgainstAbandon extends Called {
    /** Calls. */
    @Actor
    public void call() {
      if (begin()) {
        returned();
        end();
      }
    }

    /** Abandons. */
    @Actor
    public void abandon() {
      abandonIt();
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      show(result);
    }
  }

  /** The report of an asynchronous agent comes while its run ends. */
  @JCStressTest
  @Outcome(id = "1, 0, 2, 1", expect = Expect.ACCEPTABLE, desc = "over before it was abandoned")
  @Outcome(id = "0, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "sent away, then returned")
  @Outcome(expect = Expect.FORBIDDEN, desc = "the slot went back twice or never")
  @State
  public static class ReportAgainstAbandon extends Called {
    /** Calls. */
    public ReportAgainstAbandon() {
      begin();
      returned();
    }

    /** Reports. */
    @Actor
    public void report() {
      end();
    }

    /** Abandons. */
    @Actor
    public void abandon() {
      abandonIt();
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      show(result);
    }
  }

  /** Two threads have the same call to make, and the run is not ended. */
  @JCStressTest
  @Outcome(id = "1, 0, 2, 1", expect = Expect.ACCEPTABLE, desc = "called once")
  @Outcome(expect = Expect.FORBIDDEN, desc = "called twice or never")
  @State
  public static class TwoCalls extends Called {
    private int one;
    private int other;

    private int callOnce() {
      boolean begun = begin();
      if (begun) {
        returned();
        end();
      }
      return begun ? 1 : 0;
    }

    /** Calls. */
    @Actor
    public void one() {
      one = callOnce();
    }

    /** Calls. */
    @Actor
    public void other() {
      other = callOnce();
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      show(result);
      result.r4 = one + other;
    }
  }
}
