/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Caws;
import dev.arbiter.example.replay.Outcomes.RecordedTask;
import dev.arbiter.example.replay.Outcomes.Trial;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Evidence;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Usage;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One pass over all tasks in random order, through a whole arbiter: recorded outcomes stand for the
 * agents' work, and a quality gate for whether it stands.
 */
final class Replay {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final String POLICY =
      """
      version: 1
      risk_tiers:
        "1": {max_files: 10, max_loc: 500}
        "2": {max_files: 20, max_loc: 1000}
        "3": {max_files: 40, max_loc: 2000}
      gates:
        budget_limit: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
        tests_pass: {enabled: true, mode: block}
      """;
  private static final String SPEC =
      """
      id: REPLAY-1
      title: Solve a recorded task
      risk_tier: 3
      mode: fix
      blast_radius: {modules: [any]}
      operational_rollback_slo: 1h
      scope: {in: ["src/"], out: []}
      invariants: [the recorded tests decide]
      acceptance:
        - {id: A1, given: a recorded task, when: an agent works on it, then: its tests pass}
      non_functional: {performance: []}
      contracts: []
      """;

  private final Outcomes outcomes;
  private final BanditPolicy policy;
  private final int fallbacks;

  Replay(Outcomes outcomes, BanditPolicy policy, int fallbacks) {
    this.outcomes = outcomes;
    this.policy = policy;
    this.fallbacks = fallbacks;
  }

  /**
   * What one pass came to.
   *
   * @param first share of tasks the first choice solved
   * @param all share of tasks solved, fallbacks included
   * @param shares share of first choices by agent
   */
  record Pass(double first, double all, Map<String, Double> shares) {}

  Pass run(long seed) throws InterruptedException {
    List<RecordedTask> order = new ArrayList<>(outcomes.tasks());
    Collections.shuffle(order, new Random(seed));
    SplittableRandom chance = new SplittableRandom(seed);
    AtomicLong nanos = new AtomicLong();
    Sources sources = new Sources(() -> Instant.EPOCH.plusNanos(nanos.get()), nanos::get, chance);
    Map<String, RecordedTask> byId = new HashMap<>();
    order.forEach(task -> byId.put(task.id(), task));
    Map<String, Integer> chosen = new HashMap<>();
    int first = 0;
    int all = 0;
    try (Caws caws =
            Caws.builder().policy(POLICY).spec(SPEC).sources(sources).sealHashedOnly().build();
        Arbiter arbiter = arbiter(byId, chosen, caws, sources, chance, nanos)) {
      for (RecordedTask task : order) {
        TaskResult result = arbiter.submit(task(task)).await(SOON);
        if (result instanceof TaskResult.Completed completed) {
          all++;
          first += completed.attempts() == 1 ? 1 : 0;
        }
      }
    }
    double tasks = order.size();
    Map<String, Double> shares = new HashMap<>();
    chosen.forEach((agent, count) -> shares.put(agent, count / tasks));
    return new Pass(first / tasks, all / tasks, shares);
  }

  private static Task task(RecordedTask task) {
    return Task.builder(task.category())
        .id(task.id())
        .requires(task.id())
        .spec(SpecRef.id("REPLAY-1"))
        .build();
  }

  private Arbiter arbiter(
      Map<String, RecordedTask> byId,
      Map<String, Integer> chosen,
      Caws caws,
      Sources sources,
      SplittableRandom chance,
      AtomicLong nanos) {
    ArbiterBuilder builder =
        Arbiter.builder()
            .constitution(caws)
            .router(BanditRouter.builder().policy(policy).sources(sources).build())
            .sources(sources)
            .fallbacks(fallbacks)
            .executor(Runnable::run);
    for (String agent : outcomes.agents()) {
      builder.agent(
          profile(agent),
          assignment -> {
            if (assignment.attempt() == 1) {
              chosen.merge(agent, 1, Integer::sum);
            }
            return report(byId, assignment, chance, nanos);
          });
    }
    return builder.build();
  }

  /* What an agent was never tried at it cannot be given: each recorded task is a capability. */
  private AgentProfile profile(String agent) {
    AgentProfile.Builder profile = AgentProfile.builder(agent);
    for (RecordedTask task : outcomes.tasks()) {
      if (task.trials().containsKey(agent)) {
        profile.capability(task.id());
      }
    }
    return profile.build();
  }

  private static WorkReport report(
      Map<String, RecordedTask> byId,
      Assignment assignment,
      SplittableRandom chance,
      AtomicLong nanos) {
    RecordedTask task = byId.get(assignment.task().id());
    if (task == null) {
      throw new IllegalStateException("task '" + assignment.task().id() + "' was not recorded");
    }
    Trial trial = task.draw(assignment.agent(), chance);
    nanos.addAndGet((long) (trial.seconds() * 1e9));
    return WorkReport.of("recorded")
        .withUsage(Usage.cost(trial.cost()))
        .withEvidence(Evidence.of("tests_pass", trial.success(), "as recorded"));
  }
}
