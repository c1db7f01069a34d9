/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.agent.RegisteredAgent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Makes one report of many runs. */
final class ReplaySummary {
  private final ReplayPlan plan;
  private final List<RunTally> runs;

  ReplaySummary(ReplayPlan plan, List<RunTally> runs) {
    this.plan = plan;
    this.runs = runs;
  }

  ReplayReport report() {
    List<ReplayReport.Bucket> curve = new ArrayList<>();
    for (int bucket = 0; bucket < plan.buckets(); bucket++) {
      curve.add(bucket(bucket));
    }
    return new ReplayReport(
        runs.size(),
        plan.steps(),
        Estimate.mean(values(RunTally::firstChoice)),
        Estimate.mean(values(RunTally::afterFallback)),
        Estimate.mean(values(RunTally::spend)),
        Arrays.stream(values(RunTally::spend)).boxed().toList(),
        Estimate.average(values(RunTally::refusedShare)),
        Estimate.mean(values(run -> run.regret(plan.buckets() - 1))),
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
        Estimate.average(success),
        Math.sqrt(Estimate.variance(success)),
        Estimate.average(regret),
        Math.sqrt(Estimate.variance(regret)),
        shares(bucket, bucket + 1));
  }

  private Map<String, Double> shares(int from, int to) {
    double steps = plan.start(to) - plan.start(from);
    Map<String, Double> shares = new LinkedHashMap<>();
    for (RegisteredAgent agent : plan.matrix().registered()) {
      long count = 0;
      for (RunTally run : runs) {
        for (int bucket = from; bucket < to; bucket++) {
          count += run.chosen(bucket, agent.number());
        }
      }
      shares.put(agent.id(), count / steps / runs.size());
    }
    return shares;
  }

  private double[] values(ToDoubleFunction<RunTally> of) {
    return runs.stream().mapToDouble(of).toArray();
  }
}
