/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.evaluation.OutcomeMatrix.RecordedTask;
import dev.arbiter.routing.evaluation.OutcomeMatrix.RecordedTrial;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One run of one router over a matrix. */
final class ReplayRun {
  /*
   * The order of tasks and the luck of each trial depend on the seed alone, never on the router. Two
   * routers under the same seed face the same tasks and the same luck, so their difference is far
   * less noisy than either result.
   */
  private final ReplayPlan plan;
  private final Router router;
  private final SplittableRandom random;
  private final RunTotals totals;
  private final String name;
  private final Queue<Late> underway = new ArrayDeque<>();

  private int step;

  private record Late(Outcome outcome, int due) {}

  ReplayRun(ReplayPlan plan, Router router, long seed) {
    this.plan = plan;
    this.router = router;
    this.random = new SplittableRandom(seed).split();
    this.totals = new RunTotals(plan);
    this.name = "replay-" + Long.toHexString(seed) + "-";
  }

  RunTotals run() throws Exception {
    int[] order = plan.order(random);
    for (step = 0; step < order.length; step++) {
      step(order[step]);
      learnWhatIsDue();
    }
    if (router instanceof AutoCloseable closeable) {
      closeable.close();
    }
    return totals;
  }

  private void step(int task) {
    long luck = random.nextLong();
    List<RegisteredAgent> candidates = plan.arrivals().candidates(step, task);
    List<RoutingDecision> failed = List.of();
    Task fresh = fresh(plan.matrix().tasks.get(task).task);
    while (!candidates.isEmpty() && failed.size() <= plan.fallbacks()) {
      RecordedTask recorded = plan.matrix().tasks.get(task);
      RoutingDecision decision = route(fresh, candidates, failed);
      if (decision == null) {
        return;
      }
      RegisteredAgent chosen = find(decision, candidates, recorded);
      RecordedTrial trial = recorded.trial(chosen.number(), luck);
      boolean last = trial.success() || candidates.size() == 1 || failed.size() == plan.fallbacks();
      tell(outcome(decision, fresh, failed.size() + 1, trial), last ? step + plan.delay() : step);
      if (failed.isEmpty()) {
        double regret = plan.arrivals().best(step, task) - recorded.rate(chosen.number());
        totals.first(step, chosen.number(), trial, regret);
      } else {
        totals.count(trial);
      }
      if (trial.success()) {
        return;
      }
      failed = with(failed, decision);
      candidates = without(candidates, chosen);
    }
  }

  /* Under an id of this step, so that a router cannot see that a task comes again. */
  private Task fresh(Task recorded) {
    return recorded.withId(name + step);
  }

  /* Null if the router refuses the task. */
  private @Nullable RoutingDecision route(
      Task task, List<RegisteredAgent> candidates, List<RoutingDecision> failed) {
    try {
      return router.route(new RoutingRequest(task, candidates, PerformanceView.empty(), failed));
    } catch (Router.RefusedException e) {
      totals.refused++;
      return null;
    }
  }

  private static Outcome outcome(
      RoutingDecision decision, Task task, int attempt, RecordedTrial trial) {
    Outcome.Kind kind = trial.success() ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
    return new Outcome(decision, task, attempt, kind, trial.reward(), trial.cost(), trial.time());
  }

  /* A failure that is followed by a fallback is never late. */
  private void tell(Outcome outcome, int due) {
    if (due == step) {
      router.learn(outcome);
    } else {
      underway.add(new Late(outcome, due));
    }
  }

  private void learnWhatIsDue() {
    for (Late next = underway.peek(); next != null && next.due <= step; next = underway.peek()) {
      router.learn(next.outcome);
      underway.remove();
    }
  }

  private static RegisteredAgent find(
      RoutingDecision decision, List<RegisteredAgent> candidates, RecordedTask recorded) {
    String id = decision.agent();
    for (RegisteredAgent candidate : candidates) {
      if (candidate.id().equals(id)) {
        return candidate;
      }
    }
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            "policy '%s' chose agent '%s' for task '%s', who is not among its %d candidates; a router"
                + " must choose one of RoutingRequest.candidates()",
            decision.policy(),
            id,
            recorded.task.id(),
            candidates.size()));
  }

  private static List<RoutingDecision> with(List<RoutingDecision> failed, RoutingDecision last) {
    List<RoutingDecision> all = new ArrayList<>(failed);
    all.add(last);
    return List.copyOf(all);
  }

  private static List<RegisteredAgent> without(List<RegisteredAgent> all, RegisteredAgent one) {
    List<RegisteredAgent> rest = new ArrayList<>(all);
    rest.remove(one);
    return List.copyOf(rest);
  }

  /** The results of one run. */
  static final class RunTotals {
    private final ReplayPlan plan;
    private final int[][] chosen;
    private final int[] solvedFirst;
    private final double[] regret;
    private double spent;
    private int solved;
    private int refused;

    RunTotals(ReplayPlan plan) {
      this.plan = plan;
      this.chosen = new int[plan.buckets()][plan.matrix().registered.size()];
      this.solvedFirst = new int[plan.buckets()];
      this.regret = new double[plan.buckets()];
    }

    void first(int step, int agent, RecordedTrial trial, double newRegret) {
      int bucket = plan.bucket(step);
      chosen[bucket][agent]++;
      regret[bucket] += newRegret;
      solvedFirst[bucket] += trial.success() ? 1 : 0;
      count(trial);
    }

    private void count(RecordedTrial trial) {
      spent += trial.cost();
      solved += trial.success() ? 1 : 0;
    }

    double firstChoice() {
      double sum = 0;
      for (int count : solvedFirst) {
        sum += count;
      }
      return sum / plan.steps();
    }

    double firstChoice(int bucket) {
      return solvedFirst[bucket] / (double) (plan.start(bucket + 1) - plan.start(bucket));
    }

    /** From the first step to the last of a bucket. */
    double regret(int bucket) {
      double sum = 0;
      for (int i = 0; i <= bucket; i++) {
        sum += regret[i];
      }
      return sum;
    }
  }

  /** Makes one report of many runs. */
  record ReplaySummary(ReplayPlan plan, List<RunTotals> runs) {
    ReplayReport report() {
      List<ReplayReport.Bucket> curve = new ArrayList<>();
      for (int bucket = 0; bucket < plan.buckets(); bucket++) {
        curve.add(bucket(bucket));
      }
      return new ReplayReport(
          runs.size(),
          plan.steps(),
          IntervalEstimate.mean(values(RunTotals::firstChoice)),
          IntervalEstimate.mean(perTask(run -> run.solved)),
          IntervalEstimate.mean(perTask(run -> run.spent)),
          Arrays.stream(perTask(run -> run.spent)).boxed().toList(),
          IntervalEstimate.average(perTask(run -> run.refused)),
          IntervalEstimate.mean(values(run -> run.regret(plan.buckets() - 1))),
          shares(0, plan.buckets()),
          plan.matrix().references(),
          curve);
    }

    private ReplayReport.Bucket bucket(int bucket) {
      double[] success = values(run -> run.firstChoice(bucket));
      double[] regret = values(run -> run.regret(bucket));
      return new ReplayReport.Bucket(
          plan.start(bucket),
          plan.start(bucket + 1),
          IntervalEstimate.average(success),
          Math.sqrt(IntervalEstimate.variance(success)),
          IntervalEstimate.average(regret),
          Math.sqrt(IntervalEstimate.variance(regret)),
          shares(bucket, bucket + 1));
    }

    private Map<String, Double> shares(int from, int to) {
      double steps = plan.start(to) - plan.start(from);
      Map<String, Double> shares = new LinkedHashMap<>();
      for (RegisteredAgent agent : plan.matrix().registered) {
        long count = 0;
        for (RunTotals run : runs) {
          for (int bucket = from; bucket < to; bucket++) {
            count += run.chosen[bucket][agent.number()];
          }
        }
        shares.put(agent.id(), count / steps / runs.size());
      }
      return shares;
    }

    private double[] perTask(ToDoubleFunction<RunTotals> of) {
      return values(run -> of.applyAsDouble(run) / plan.steps());
    }

    private double[] values(ToDoubleFunction<RunTotals> of) {
      return runs.stream().mapToDouble(of).toArray();
    }
  }

  /** What all runs of a replay have in common. */
  record ReplayPlan(
      OutcomeMatrix matrix,
      Arrivals arrivals,
      int steps,
      boolean withReplacement,
      int delay,
      int fallbacks,
      int buckets) {
    /** The number of the task at each step. */
    int[] order(SplittableRandom random) {
      int[] order = new int[steps];
      for (int step = 0; step < steps; step++) {
        order[step] = withReplacement ? random.nextInt(matrix.size()) : step;
      }
      for (int step = withReplacement ? 0 : steps - 1; step > 0; step--) {
        int other = random.nextInt(step + 1);
        int task = order[step];
        order[step] = order[other];
        order[other] = task;
      }
      return order;
    }

    int bucket(int step) {
      return (int) ((long) step * buckets / steps);
    }

    /** The first step of a bucket; of the one after the last, how many steps there are. */
    int start(int bucket) {
      return (int) (((long) bucket * steps + buckets - 1) / buckets);
    }
  }
}
