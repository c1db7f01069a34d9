/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

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
 * <p>A router is offered the agents that have a record of the task and have arrived, and is told
 * the recorded outcome of whom it chose. A task that nobody can take yet, or that the router
 * refuses, goes unsolved and costs no regret. Where an agent has several trials of a task, chance
 * picks one. Load is not replayed: all agents are free at all times.
 *
 * <p>Immutable and thread-safe. Equal seeds give equal reports on any executor, and put different
 * routers before the same tasks in the same order with the same luck. A step builds no profile, and
 * no list unless it falls back.
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

  /**
   * Starts an evaluator.
   *
   * @param matrix what was recorded
   * @return a builder with defaults for everything else
   */
  public static Builder builder(OutcomeMatrix matrix) {
    return new Builder(matrix);
  }

  /**
   * Runs new routers over the matrix, and waits for all runs; the calling thread takes part.
   *
   * @param router makes the router of one run from the run's seed; one that is {@code
   *     AutoCloseable} is closed when its run is over
   * @return what they came to
   * @throws IllegalStateException if a router throws, or chooses who is no candidate, or the
   *     calling thread is interrupted
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

  /** Collects the parts of a {@link ReplayEvaluator}; not thread-safe. */
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
     * Sets how many independent runs there are, default 50.
     *
     * @param runs at least 1; with one run the standard errors are NaN
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder runs(int runs) {
      this.runs = atLeast(1, "runs", runs);
      return this;
    }

    /**
     * Sets the seed of the first run, default 1; every further run takes the next number.
     *
     * @param seed any number
     * @return this
     */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Draws tasks with replacement; without this, a run is one pass over all tasks in random order.
     *
     * @param tasks how many to draw in a run, at least 1
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder draws(int tasks) {
      this.draws = atLeast(1, "draws", tasks);
      return this;
    }

    /**
     * Sets how many further tasks are routed before the last outcome of a task is told, default 0.
     * A failure that is followed by a fallback is told at once.
     *
     * @param tasks at least 0
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder delay(int tasks) {
      this.delay = atLeast(0, "delay", tasks);
      return this;
    }

    /**
     * Sets how many other agents are tried after a failure, default 0.
     *
     * @param agents at least 0
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder fallbacks(int agents) {
      this.fallbacks = atLeast(0, "fallbacks", agents);
      return this;
    }

    /**
     * Sets when agents arrive, default at the start.
     *
     * @param share from an agent's id to the share of a run's steps that are over when it arrives,
     *     in [0,1]; at 1 it never does
     * @return this
     */
    public Builder arrival(ToDoubleFunction<String> share) {
      this.arrival = share;
      return this;
    }

    /**
     * Sets in how many parts the learning curve is cut, default 50, and never more than steps.
     *
     * @param parts at least 1
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder buckets(int parts) {
      this.buckets = atLeast(1, "buckets", parts);
      return this;
    }

    /**
     * Sets who helps the calling thread, default nobody. Each run is handed in as one task; one
     * that is dropped or delayed is done by the calling thread.
     *
     * @param executor the executor, which need not run anything
     * @return this
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Builds the evaluator.
     *
     * @return the evaluator
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
      int[] from = new int[matrix.registered().size()];
      for (int agent = 0; agent < from.length; agent++) {
        String id = matrix.registered().get(agent).id();
        double share = arrival.applyAsDouble(id);
        if (!(share >= 0 && share <= 1)) {
          throw new IllegalArgumentException(
              "arrival of agent '"
                  + id
                  + "' must be in [0,1], got "
                  + share
                  + "; give the share of steps that are over when it arrives");
        }
        from[agent] = (int) Math.round(share * steps);
      }
      return from;
    }

    private static int atLeast(int least, String what, int value) {
      if (value < least) {
        throw new IllegalArgumentException(
            "replay." + what + " must be at least " + least + ", got " + value);
      }
      return value;
    }
  }
}
