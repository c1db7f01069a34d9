/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Slots.Seat;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Explores the interleavings of two threads with two or three operations each: the parts are
 * linearizable against the same code on one thread, and keep their invariants. Each thread uses a
 * seat or run of its own, as the engine does.
 */
class LinearizableTest {
  private static final int SCENARIOS = 20;
  private static final int INTERLEAVINGS = 1_000;
  private static final int THREADS = 8;

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(SCENARIOS)
        .invocationsPerIteration(INTERLEAVINGS);
  }

  /* A run for each thread, of two tenants and three priorities. */
  private static TaskRun[] runs() {
    TaskRun[] runs = new TaskRun[THREADS];
    for (int i = 0; i < THREADS; i++) {
      Task task = Task.builder("fix").id("" + i).tenant("t" + i % 2).priority(1 + i % 3).build();
      runs[i] = Parts.idle(task);
    }
    return runs;
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** Seats at an agent with one slot or two. */
  public static class Agent {
    private final Slots slots = Parts.slots(1);
    private final TaskRun[] runs = runs();
    private final @Nullable Seat[] seats = new Seat[THREADS];

    /** Asks for a slot. */
    @Operation
    public void request(@Param(gen = ThreadIdGen.class) int thread) {
      if (seats[thread] == null) {
        seats[thread] = SlotsRaces.seat(slots, runs[thread]);
      }
    }

    /** Ends the seat; tells which thread's seat got the slot. */
    @Operation
    public String giveBack(@Param(gen = ThreadIdGen.class) int thread) {
      Seat own = seats[thread];
      Seat next = own == null ? null : slots.giveBack(own);
      seats[thread] = null;
      return next == null ? "none" : next.run().id();
    }

    /** Looks at the seat. */
    @Operation
    public String look(@Param(gen = ThreadIdGen.class) int thread) {
      Seat own = seats[thread];
      return own == null ? "none" : own.state().name();
    }

    /** Opens one slot or two; tells how many seats changed. */
    @Operation
    public int set(boolean two) {
      return slots.set(two ? 2 : 1, true).size();
    }

    /** Retires; tells how many seats were sent away. */
    @Operation
    public int dismiss() {
      return slots.dismiss().size();
    }

    /** What is taken is held, and no seat waits beside a free slot. */
    @Validate
    public void isConserved() {
      check(slots.active() == count(Seat.State.HELD), "active is not held");
      check(slots.queued() == count(Seat.State.WAITING), "queued is not waiting");
      check(slots.queued() == 0 || slots.active() > 0, "waits beside a free slot");
    }

    private int count(Seat.State state) {
      return (int) Stream.of(seats).filter(seat -> seat != null && seat.state() == state).count();
    }
  }

  @Test
  void seats_are_linearizable_and_slots_are_conserved() {
    options().check(Agent.class);
  }

  /** One call of an agent, and a seat that waits for its slot. */
  public static class Call {
    private final Pipeline pipeline = Parts.pipeline();
    private final Slots slots = Parts.slots(1);
    private final Seat seat = SlotsRaces.seat(slots);
    private final Seat waits = SlotsRaces.seat(slots);
    private final Attempt attempt = Parts.attempt(pipeline, seat);
    private boolean begun;
    private boolean neverCalled;
    private final AtomicInteger told = new AtomicInteger();

    /** Begins the call. */
    @Operation
    public boolean begin() {
      boolean now = attempt.begin(AttemptRaces.CALLER);
      begun |= now;
      return now;
    }

    /** Ends the call, if it has begun. */
    @Operation
    public void end() {
      if (begun && attempt.over()) {
        told.addAndGet(slots.giveBack(seat) == waits ? 1 : 0);
      }
    }

    /** Abandons the attempt. */
    @Operation
    public void abandon() {
      if (attempt.abandon() == waits) {
        neverCalled = true;
        told.incrementAndGet();
      }
    }

    /** Loses patience, if the attempt is abandoned. */
    @Operation
    public void hang() {
      if (attempt.outlives()) {
        told.addAndGet(attempt.hang().contains(waits) ? 1 : 0);
      }
    }

    /** The seat that waits is told once, as soon as the slot is free or is held in vain. */
    @Validate
    public void isToldOnce() {
      boolean changed = waits.state() != Seat.State.WAITING;
      check(told.get() == (changed ? 1 : 0), "told " + told);
      int held = seat.state() == Seat.State.HELD ? 1 : 0;
      held += waits.state() == Seat.State.HELD ? 1 : 0;
      check(slots.active() == held, "active is not held");
      int abandoned = attempt.outlives() ? 1 : 0;
      check(slots.abandoned() == abandoned, "abandoned " + slots.abandoned());
      check(held > 0 || changed, "waits beside a free slot");
      check(!slots.isStuck() || changed, "waits in vain");
      check(!neverCalled || !begun, "called without its slot");
    }
  }

  @Test
  void the_slot_of_a_call_goes_back_once() {
    options().check(Call.class);
  }

  /** One place and a line with room for one, runs of two tenants and two priorities. */
  public static class Places {
    private final Line line = new Line(1, 1);
    private final TaskRun[] runs = runs();
    private final boolean[] came = new boolean[THREADS];

    /** Reserves room. */
    @Operation
    public boolean reserve(@Param(gen = ThreadIdGen.class) int thread) {
      return !came[thread] && !runs[thread].isReserved() && line.reserve(runs[thread]);
    }

    /** Comes to the line. */
    @Operation
    public boolean enter(@Param(gen = ThreadIdGen.class) int thread) {
      came[thread] = true;
      return line.enter(runs[thread]);
    }

    /** Leaves; tells which run is next. */
    @Operation
    public String leave(@Param(gen = ThreadIdGen.class) int thread) {
      came[thread] = false;
      TaskRun next = line.leave(runs[thread]);
      return next == null ? "none" : next.id();
    }

    /** Places are conserved, and no run waits beside a free one. */
    @Validate
    public void isConserved() {
      int placed = 0;
      int all = 0;
      for (int i = 0; i < THREADS; i++) {
        placed += runs[i].hasPlace() ? 1 : 0;
        all += came[i] ? 1 : 0;
      }
      check(line.taken() == placed && placed <= 1, "taken " + line.taken());
      check(line.waiting() == all - placed, "waiting " + line.waiting());
      check(line.waiting() == 0 || placed == 1, "waits beside a free place");
    }
  }

  @Test
  void places_are_linearizable_and_conserved() {
    options().check(Places.class);
  }

  /** Submissions under one idempotency key, with room for one ended task. */
  public static class Keys {
    private static final Task TASK = Task.builder("fix").idempotencyKey("key").build();

    private final Submissions submissions =
        new Submissions(new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(1)), 1);
    private final TaskRun[] runs = new TaskRun[THREADS];

    /** Makes the runs. */
    public Keys() {
      for (int i = 0; i < THREADS; i++) {
        runs[i] = Parts.idle(TASK.withId("" + i));
      }
    }

    /** Submits; tells which run has the key. */
    @Operation
    public int add(@Param(gen = ThreadIdGen.class) int thread) {
      TaskRun first = submissions.add(runs[thread], TASK);
      return first == null ? thread : Integer.parseInt(first.id());
    }

    /** Ends the run of this thread. */
    @Operation
    public void end(@Param(gen = ThreadIdGen.class) int thread) {
      submissions.remove(runs[thread], true);
    }

    /** One run at most has the key. */
    @Validate
    public void isOne() {
      check(submissions.all().size() <= 1, "runs " + submissions.all());
    }
  }

  @Test
  void two_submissions_under_one_key_are_one_run() {
    options().check(Keys.class);
  }

  /** An id whose task has ended, and is removed while the id is used again. */
  public static class Ids {
    private static final Task TASK = Task.builder("fix").id("T-1").build();

    private final Submissions submissions =
        new Submissions(new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(1)), 1);
    private final TaskRun ended = Parts.idle(TASK);

    /** Ends the first task. */
    public Ids() {
      submissions.add(ended, TASK);
      ended.complete(new TaskResult.Cancelled(TASK, ""));
    }

    /** Removes the ended task. */
    @Operation(runOnce = true)
    public void remove() {
      submissions.remove(ended, true);
    }

    /** Submits; the first succeeds. */
    @Operation
    public boolean add() {
      try {
        return submissions.add(Parts.idle(TASK), TASK) == null;
      } catch (IllegalStateException refused) {
        return false;
      }
    }

    /** One run at most has the id. */
    @Validate
    public void isOne() {
      check(submissions.all().size() <= 1, "runs " + submissions.all());
    }
  }

  @Test
  void an_id_is_free_when_its_task_has_ended() {
    options().check(Ids.class);
  }

  /** A run that two threads post to, and that one of them drives. */
  public static class Box {
    private final MailboxRaces.Run run = new MailboxRaces.Run();
    private final AtomicInteger posted = new AtomicInteger();

    /** Posts, and drives if the run rested. */
    @Operation
    public void tell() {
      run.tell();
      posted.incrementAndGet();
    }

    /** All news is read by one at a time, and the run rests. */
    @Validate
    public void isRead() {
      run.check(posted.get());
    }
  }

  @Test
  void no_news_is_lost_and_one_thread_drives() {
    options().actorsBefore(0).actorsAfter(0).check(Box.class);
  }

  @Test
  void no_news_of_three_threads_is_lost() {
    options().threads(3).actorsPerThread(2).actorsBefore(0).actorsAfter(0).check(Box.class);
  }

  /** A whole engine on the calling threads, with one task whose agent is asynchronous. */
  public static class Engine {
    private final FateRaces.Submitted task = FateRaces.Submitted.alone();
    private final AtomicInteger yes = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    /** Cancels. */
    @Operation
    public boolean cancel() {
      boolean cancelled = task.run().cancel("race");
      asked.incrementAndGet();
      yes.addAndGet(cancelled ? 1 : 0);
      return cancelled;
    }

    /** Reports, once: a second report returns while the first is still driven. */
    @Operation(runOnce = true)
    public void report() {
      asked.incrementAndGet();
      task.report();
    }

    /** An accepted cancellation, and no other, is the result. */
    @Validate
    public void isTrue() {
      check(task.ends() == (asked.get() > 0 ? 1 : 0), "ends " + task.ends());
      check(task.isCancelled() == yes.get() > 0, "cancelled " + task.isCancelled());
      check(task.leaks() == 0, "leaks");
    }
  }

  @Test
  void cancel_against_complete_is_linearizable() {
    options().actorsBefore(0).check(Engine.class);
  }
}
