/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.internal.Require;
import dev.arbiter.routing.evaluation.ReplayRun.ReplayPlan;
import dev.arbiter.routing.evaluation.ReplayRun.ReplaySummary;
import dev.arbiter.routing.evaluation.ReplayRun.RunTotals;
import dev.arbiter.spi.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;

/**
 * Runs routers over an {@link OutcomeMatrix}, as if the recorded tasks came in again.
 *
 * <p>A router is offered the agents that have a record of the task and have arrived, and learns the
 * recorded outcome of its choice. A task without such an agent, or refused by the router, stays
 * unsolved and costs no regret. If an agent has several trials of a task, chance selects one. Load
 * is not replayed: all agents are free at all times. Every step has a task of its own, with a fresh
 * id, so a router cannot see that a recorded task comes again.
 *
 * <p>Immutable and thread-safe. Equal seeds give equal reports on any executor, and give different
 * routers the same tasks in the same order with the same luck. A step builds one task, no profile,
 * and no list unless it falls back.
 */
public final class ReplayEvaluator {
  private final ReplayPlan plan;
  private final int runs;
  private final long seed;
  private final Executor executor;

  private ReplayEvaluator(Builder builder) {
    this.plan = builder.plan();
    this.runs = builder.runs;
    this.seed = builder.seed;
    this.executor = builder.executor;
  }

  /** A builder with defaults for everything but the recorded outcomes. */
  public static Builder builder(OutcomeMatrix matrix) {
    return new Builder(matrix);
  }

  /**
   * Runs new routers over the matrix, and waits for all runs; the calling thread takes part.
   *
   * @param router makes the router of one run from the run's seed; one that is {@code
   *     AutoCloseable} is closed after its run
   * @throws IllegalStateException if a router throws, or chooses an agent that is no candidate, or
   *     the calling thread is interrupted
   */
  public ReplayReport evaluate(LongFunction<Router> router) {
    List<FutureTask<RunTotals>> all = new ArrayList<>(runs);
    for (int run = 0; run < runs; run++) {
      long runSeed = seed + run;
      all.add(new FutureTask<>(() -> new ReplayRun(plan, router.apply(runSeed), runSeed).run()));
    }
    all.forEach(executor::execute);
    all.forEach(FutureTask::run);
    List<RunTotals> totals = new ArrayList<>(runs);
    for (FutureTask<RunTotals> run : all) {
      totals.add(result(run));
    }
    return new ReplaySummary(plan, totals).report();
  }

  private static RunTotals result(FutureTask<RunTotals> run) {
    try {
      return run.get();
    } catch (ExecutionException failure) {
      throw new IllegalStateException(
          "a run of the replay failed: " + failure.getCause(), failure.getCause());
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while runs of the replay went on", interrupt);
    }
  }

  /**
   * Collects the parts of a {@link ReplayEvaluator}; not thread-safe. A setter throws {@code
   * IllegalArgumentException} for a value outside its range.
   */
  public static final class Builder {
    private final OutcomeMatrix matrix;
    private int runs = 50;
    private long seed = 1;
    private int draws;
    private int delay;
    private int fallbacks;
    private int buckets = 50;
    private ToDoubleFunction<String> arrival = agent -> 0;
    private Executor executor = Runnable::run;

    private Builder(OutcomeMatrix matrix) {
      this.matrix = matrix;
    }

    /**
     * Sets the number of independent runs, at least 1, default 50; with 1 standard errors are NaN.
     */
    public Builder runs(int runs) {
      this.runs = atLeast(1, "runs", runs);
      return this;
    }

    /** Sets the seed of the first run, default 1; each further run takes the next number. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Draws as many tasks in a run, at least 1, with replacement; by default a run is one pass over
     * all tasks in random order.
     */
    public Builder draws(int tasks) {
      this.draws = atLeast(1, "draws", tasks);
      return this;
    }

    /**
     * Sets how many further tasks are routed before the router learns the last outcome of a task,
     * at least 0, default 0. A failure that is followed by a fallback is learned at once.
     */
    public Builder delay(int tasks) {
      this.delay = atLeast(0, "delay", tasks);
      return this;
    }

    /** Sets how many other agents are tried after a failure, at least 0, default 0. */
    public Builder fallbacks(int agents) {
      this.fallbacks = atLeast(0, "fallbacks", agents);
      return this;
    }

    /**
     * Sets when agents arrive, default at the start.
     *
     * @param share from an agent's id to the share of a run's steps before its arrival, in [0,1];
     *     at 1 it never arrives
     */
    public Builder arrival(ToDoubleFunction<String> share) {
      this.arrival = share;
      return this;
    }

    /**
     * Sets the number of parts of the learning curve, at least 1, default 50; at most one a step.
     */
    public Builder buckets(int parts) {
      this.buckets = atLeast(1, "buckets", parts);
      return this;
    }

    /**
     * Sets an executor that helps the calling thread, default none. It gets each run as one task;
     * the calling thread does those that it drops or delays.
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Builds the evaluator.
     *
     * @throws IllegalArgumentException if an arrival is not in [0,1]
     */
    public ReplayEvaluator build() {
      return new ReplayEvaluator(this);
    }

    private ReplayPlan plan() {
      int steps = draws > 0 ? draws : matrix.size();
      Arrivals arrivals = new Arrivals(matrix, arrivalSteps(steps));
      return new ReplayPlan(
          matrix, arrivals, steps, draws > 0, delay, fallbacks, Math.min(buckets, steps));
    }

    private int[] arrivalSteps(int steps) {
      int[] from = new int[matrix.registered.size()];
      for (int agent = 0; agent < from.length; agent++) {
        String id = matrix.registered.get(agent).id();
        double share = arrival.applyAsDouble(id);
        Require.that(
            share >= 0 && share <= 1,
            "arrival of agent '%s' must be in [0,1], got %s; give the share of steps that are over"
                + " when it arrives",
            id,
            share);
        from[agent] = (int) Math.round(share * steps);
      }
      return from;
    }

    private static int atLeast(int least, String what, int value) {
      Require.that(value >= least, "replay.%s must be at least %d, got %d", what, least, value);
      return value;
    }
  }
}
