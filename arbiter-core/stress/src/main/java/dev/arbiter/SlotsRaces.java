/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Slots.Seat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Races at the slots of one agent. Each result shows: slots taken, seats that wait, how often the
 * watched seat was told to a caller, and its state (0 waits, 1 held, 2 gone, 3 given back).
 */
public final class SlotsRaces {
  private SlotsRaces() {}

  @SuppressWarnings("NullAway") // slots never look at run or agent
  static Seat seat(Slots slots) {
    return seat(slots, null);
  }

  @SuppressWarnings("NullAway")
  static Seat seat(Slots slots, TaskRun run) {
    return slots.request(run, null);
  }

  private static int told(@Nullable Seat next, Seat watched) {
    return next == watched ? 1 : 0;
  }

  private static int told(List<Seat> changed, Seat watched) {
    return (int) changed.stream().filter(seat -> seat == watched).count();
  }

  private static void show(IIII_Result result, Slots slots, int told, Seat watched) {
    result.r1 = slots.active();
    result.r2 = slots.queued();
    result.r3 = told;
    result.r4 =
        switch (watched.state()) {
          case WAITING -> 0;
          case HELD -> 1;
          case GONE -> 2;
          case GIVEN_BACK -> 3;
        };
  }

  /** One slot, held; it is given back while another run asks for it. */
  @JCStressTest
  @Outcome(id = "1, 0, 0, 1", expect = Expect.ACCEPTABLE, desc = "free when it was asked for")
  @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "handed on, and told so")
  @Outcome(expect = Expect.FORBIDDEN, desc = "waits beside a free slot, or too many slots")
  @State
  public static class GiveBackAgainstRequest {
    private final Slots slots = new Slots(1, new AtomicInteger());
    private final Seat held = seat(slots);
    private @Nullable Seat handedOn;
    private @Nullable Seat asked;

    /** Gives back. */
    @Actor
    public void giveBack() {
      handedOn = slots.giveBack(held);
    }

    /** Asks. */
    @Actor
    public void request() {
      asked = seat(slots);
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      if (asked != null) {
        show(result, slots, told(handedOn, asked), asked);
      }
    }
  }

  /** The slot of the last seat is given back while the agent is retired. */
  @JCStressTest
  @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "handed on before")
  @Outcome(id = "0, 0, 1, 2", expect = Expect.ACCEPTABLE, desc = "sent away before")
  @Outcome(expect = Expect.FORBIDDEN, desc = "told twice or never, or a slot is lost")
  @State
  public static class GiveBackAgainstDismiss {
    private final Slots slots = new Slots(1, new AtomicInteger());
    private final Seat held = seat(slots);
    private final Seat waits = seat(slots);
    private int first;
    private int second;

    /** Gives back. */
    @Actor
    public void giveBack() {
      first = told(slots.giveBack(held), waits);
    }

    /** Retires. */
    @Actor
    public void dismiss() {
      second = told(slots.dismiss(), waits);
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      show(result, slots, first + second, waits);
    }
  }

  /** A slot is given back while the agent gets a second one; two seats wait. */
  @JCStressTest
  @Outcome(id = "2, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "both seats held, the last told")
  @Outcome(expect = Expect.FORBIDDEN, desc = "told twice or never, or a slot is lost")
  @State
  public static class GiveBackAgainstSet {
    private final Slots slots = new Slots(1, new AtomicInteger());
    private final Seat held = seat(slots);
    private final Seat next = seat(slots);
    private final Seat last = seat(slots);
    private int first;
    private int second;

    /** Gives back. */
    @Actor
    public void giveBack() {
      first = told(slots.giveBack(held), last);
    }

    /** Adds a slot. */
    @Actor
    public void set() {
      second = told(slots.set(2, true), last);
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      boolean both = next.state() == Seat.State.HELD;
      show(result, slots, both ? first + second : -1, last);
    }
  }

  /** A seat ends while it waits and the slot is handed on; a third seat waits behind it. */
  @JCStressTest
  @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the third has the slot")
  @Outcome(expect = Expect.FORBIDDEN, desc = "the slot is lost, or given twice")
  @State
  public static class HandOnAgainstEnd {
    private final Slots slots = new Slots(1, new AtomicInteger());
    private final Seat held = seat(slots);
    private final Seat ends = seat(slots);
    private final Seat third = seat(slots);
    private int first;
    private int second;

    /** Hands on. */
    @Actor
    public void giveBack() {
      first = told(slots.giveBack(held), third);
    }

    /** Ends the seat that is next. */
    @Actor
    public void end() {
      second = told(slots.giveBack(ends), third);
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      show(result, slots, first + second, third);
    }
  }

  /** One seat is ended twice. */
  @JCStressTest
  @Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the slot went on once")
  @Outcome(expect = Expect.FORBIDDEN, desc = "the slot was counted twice")
  @State
  public static class TwoEndsOfOneSeat {
    private final Slots slots = new Slots(1, new AtomicInteger());
    private final Seat held = seat(slots);
    private final Seat waits = seat(slots);
    private final Seat last = seat(slots);
    private int first;
    private int second;

    /** Ends. */
    @Actor
    public void one() {
      first = told(slots.giveBack(held), waits);
    }

    /** Ends. */
    @Actor
    public void other() {
      second = told(slots.giveBack(held), waits);
    }

    /** Looks; the last seat still waits, and leaves here. */
    @Arbiter
    public void look(IIII_Result result) {
      slots.giveBack(last);
      show(result, slots, first + second, waits);
    }
  }

  /** Two slots, one held by a call that hangs: it returns while the other call hangs too. */
  @JCStressTest
  @Outcome(id = "2, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "got the slot that came back")
  @Outcome(id = "1, 0, 1, 2", expect = Expect.ACCEPTABLE, desc = "sent away before it came back")
  @Outcome(expect = Expect.FORBIDDEN, desc = "told twice or never, or waits in vain")
  @State
  public static class HangAgainstReturn {
    private final AtomicInteger stuck = new AtomicInteger();
    private final Slots slots = new Slots(2, stuck);
    private final Seat abandoned = seat(slots);
    private final Seat other = seat(slots);
    private final Seat waits = seat(slots);
    private int first;
    private int second;

    /** The first hangs, the other is abandoned. */
    public HangAgainstReturn() {
      slots.abandon();
      first = slots.hang().size();
      slots.abandon();
    }

    /** The call that hung returns. */
    @Actor
    public void returned() {
      slots.abandonedReturned(true);
      first = told(slots.giveBack(abandoned), waits);
    }

    /** The other call hangs. */
    @Actor
    public void hang() {
      second = told(slots.hang(), waits);
    }

    /** Looks: one call hangs, so the agent is not stuck. */
    @Arbiter
    public void look(IIII_Result result) {
      boolean right = stuck.get() == 0 && other.state() == Seat.State.HELD;
      show(result, slots, right ? first + second : -1, waits);
    }
  }

  /** The only call hangs while a run asks for its slot: it must not wait in vain. */
  @JCStressTest
  @Outcome(id = "1, 0, 1, 2", expect = Expect.ACCEPTABLE, desc = "asked first, then sent away")
  @Outcome(id = "1, 0, 0, 2", expect = Expect.ACCEPTABLE, desc = "refused")
  @Outcome(expect = Expect.FORBIDDEN, desc = "waits in vain")
  @State
  public static class HangAgainstRequest {
    private final Slots slots = new Slots(1, new AtomicInteger());
    private final Seat held = seat(slots);
    private List<Seat> away = List.of();
    private @Nullable Seat asked;

    /** Hangs. */
    @Actor
    public void hang() {
      slots.abandon();
      away = slots.hang();
    }

    /** Asks. */
    @Actor
    public void request() {
      asked = seat(slots);
    }

    /** Looks. */
    @Arbiter
    public void look(IIII_Result result) {
      if (asked != null && held.state() == Seat.State.HELD) {
        show(result, slots, told(away, asked), asked);
      }
    }
  }
}
