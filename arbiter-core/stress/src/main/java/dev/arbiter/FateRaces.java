/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Races for the end of a task: its caller cancels it while it completes. */
public final class FateRaces {
  private static final int MANY = 1_000_000;

  /* The report that the agent returns to the thread that submits. */
  private static final ThreadLocal<CompletableFuture<WorkReport>> REPORT = new ThreadLocal<>();

  private FateRaces() {}

  /** A task whose agent works, in an engine that works on the calling threads. */
  static final class Submitted {
    private static final class Shared {
      static final dev.arbiter.Arbiter ENGINE = engine();
    }

    private final CompletableFuture<WorkReport> report = new CompletableFuture<>();
    private final AtomicInteger ends = new AtomicInteger();
    private final TaskRun run;

    private Submitted(dev.arbiter.Arbiter engine) {
      REPORT.set(report);
      this.run = (TaskRun) engine.submit(Task.builder("fix").build());
      run.subscribe(
          event -> {
            if (event instanceof TaskEvent.Concluded) {
              ends.incrementAndGet();
            }
          });
    }

    private static dev.arbiter.Arbiter engine() {
      return dev.arbiter.Arbiter.builder()
          .asyncAgent(
              AgentProfile.builder("ada").capacity(MANY).build(), assignment -> REPORT.get())
          .withoutConstitution()
          .concurrency(MANY)
          .executor(Runnable::run)
          .scheduler(Parts.noScheduler())
          .build();
    }

    /** A task in an engine that all such tasks share. */
    static Submitted shared() {
      return new Submitted(Shared.ENGINE);
    }

    /** A task in an engine of its own. */
    static Submitted alone() {
      return new Submitted(engine());
    }

    TaskRun run() {
      return run;
    }

    void report() {
      boolean unused = report.complete(WorkReport.of("done"));
    }

    int ends() {
      return ends.get();
    }

    boolean isCancelled() {
      return run.result().toCompletableFuture().getNow(null) instanceof TaskResult.Cancelled;
    }

    /** What the run still has: 1 is a place, 2 a slot. */
    int leaks() {
      return (run.hasPlace() ? 1 : 0) + (run.seat() != null || run.attempt() != null ? 2 : 0);
    }
  }

  /** A cancellation against the decision of the end: one of them wins, and both know which. */
  @JCStressTest
  @Outcome(id = "true, false, true", expect = Expect.ACCEPTABLE, desc = "cancelled")
  @Outcome(id = "false, true, false", expect = Expect.ACCEPTABLE, desc = "decided")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both win, or none does")
  @State
  public static class CancelAgainstDecide {
    private final TaskRun run = Parts.run(Parts.pipeline());

    /** Cancels. */
    @Actor
    public void cancel(ZZZ_Result result) {
      result.r1 = run.cancel("race");
    }

    /** Decides. */
    @Actor
    public void decide(ZZZ_Result result) {
      result.r2 = run.decide();
    }

    /** Looks. */
    @org.openjdk.jcstress.annotations.Arbiter
    public void look(ZZZ_Result result) {
      result.r3 = run.cancelReason() != null;
    }
  }

  /** Two cancellations: both are told that the task is cancelled; the end cannot be decided. */
  @JCStressTest
  @Outcome(id = "true, true, false", expect = Expect.ACCEPTABLE, desc = "cancelled once")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a cancelled task can complete")
  @State
  public static class TwoCancels {
    private final TaskRun run = Parts.run(Parts.pipeline());

    /** Cancels. */
    @Actor
    public void one(ZZZ_Result result) {
      result.r1 = run.cancel("one");
    }

    /** Cancels. */
    @Actor
    public void other(ZZZ_Result result) {
      result.r2 = run.cancel("other");
    }

    /** Decides. */
    @org.openjdk.jcstress.annotations.Arbiter
    public void look(ZZZ_Result result) {
      result.r3 = run.decide();
    }
  }

  /**
   * A whole engine: the report of an agent comes while the caller cancels. Shows whether the
   * cancellation was accepted, whether the result is Cancelled, the ends that a listener heard, and
   * what the run still has.
   */
  @JCStressTest
  @Outcome(id = "1, 1, 1, 0", expect = Expect.ACCEPTABLE, desc = "cancelled")
  @Outcome(id = "0, 0, 1, 0", expect = Expect.ACCEPTABLE, desc = "completed")
  @Outcome(expect = Expect.FORBIDDEN, desc = "the answer is wrong, no end, two ends, or a leak")
  @State
  public static class CancelAgainstReport {
    private final Submitted task = Submitted.shared();

    /** Cancels. */
    @Actor
    public void cancel(IIII_Result result) {
      result.r1 = task.run().cancel("race") ? 1 : 0;
    }

    /** Reports. */
    @Actor
    public void report() {
      task.report();
    }

    /** Looks. */
    @org.openjdk.jcstress.annotations.Arbiter
    public void look(IIII_Result result) {
      result.r2 = task.isCancelled() ? 1 : 0;
      result.r3 = task.ends();
      result.r4 = task.leaks();
    }
  }
}
