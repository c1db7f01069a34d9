/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.evaluation.ReplayRun.RunTotals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

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
        IntervalEstimate.mean(values(RunTotals::afterFallback)),
        IntervalEstimate.mean(values(RunTotals::spend)),
        Arrays.stream(values(RunTotals::spend)).boxed().toList(),
        IntervalEstimate.average(values(RunTotals::refusedShare)),
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
    for (RegisteredAgent agent : plan.matrix().registered()) {
      long count = 0;
      for (RunTotals run : runs) {
        for (int bucket = from; bucket < to; bucket++) {
          count += run.chosen(bucket, agent.number());
        }
      }
      shares.put(agent.id(), count / steps / runs.size());
    }
    return shares;
  }

  private double[] values(ToDoubleFunction<RunTotals> of) {
    return runs.stream().mapToDouble(of).toArray();
  }
}
