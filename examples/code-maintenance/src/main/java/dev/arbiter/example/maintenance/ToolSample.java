/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static java.util.stream.Collectors.averagingDouble;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.arbiter.task.WorkReport.Evidence;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.ToDoubleFunction;

/**
 * The success of uniform choice and of the best fixed agent, measured by running every tool on a
 * sample of the chores.
 *
 * @param names of the tools
 * @param success share of the sampled chores that a tool does, by type and name
 * @param weights number of chores of each type
 */
record ToolSample(
    List<String> names, Map<ChoreType, Map<String, Double>> success, Map<ChoreType, Long> weights) {

  private record Attempt(ChoreType type, String worker, CompletableFuture<Boolean> success) {}

  /**
   * Runs every worker on some chores of each type, several at once.
   *
   * @param perType chores of each type
   * @param done called after each attempt
   */
  static ToolSample run(
      List<Chore> chores,
      List<Worker> workers,
      WorkChecks checks,
      int perType,
      Executor executor,
      Runnable done) {
    List<Attempt> attempts = new ArrayList<>();
    for (Chore chore : chosen(chores, perType)) {
      for (Worker worker : workers) {
        attempts.add(
            new Attempt(
                chore.type(),
                worker.name(),
                CompletableFuture.supplyAsync(() -> succeeds(chore, worker, checks), executor)
                    .whenComplete((success, error) -> done.run())));
      }
    }
    return new ToolSample(
        workers.stream().map(Worker::name).toList(),
        attempts.stream()
            .collect(
                groupingBy(
                    Attempt::type,
                    groupingBy(
                        Attempt::worker, averagingDouble(made -> made.success.join() ? 1 : 0)))),
        chores.stream().collect(groupingBy(Chore::type, counting())));
  }

  /** {@return the number of attempts of a run} */
  static int attempts(List<Chore> chores, int workers, int perType) {
    return chosen(chores, perType).size() * workers;
  }

  private static List<Chore> chosen(List<Chore> chores, int perType) {
    Map<ChoreType, Integer> counts = new EnumMap<>(ChoreType.class);
    return chores.stream()
        .filter(chore -> counts.merge(chore.type(), 1, Integer::sum) <= perType)
        .toList();
  }

  /* The tool alone, without Arbiter and without a folder: the same checks, the same budget. */
  private static boolean succeeds(Chore chore, Worker worker, WorkChecks checks) {
    Tool tool = worker.tool();
    if (tool == null) {
      return false;
    }
    try {
      String before = chore.source();
      String after = tool.apply(chore.type(), chore.path(), before);
      return LineDiff.of(chore.path(), before, after).lines() <= WorkingSpec.mostLines(chore.type())
          && checks.check(chore.type(), chore.path(), before, after, tool).stream()
              .allMatch(Evidence::passed);
    } catch (Exception e) {
      return false; // a tool that throws has not done the chore
    }
  }

  /** The success of uniform choice at one type. */
  double uniform(ChoreType type) {
    return success.getOrDefault(type, Map.of()).values().stream()
        .mapToDouble(share -> share)
        .average()
        .orElse(0);
  }

  /** The success of one tool at one type. */
  double of(ChoreType type, String worker) {
    return success.getOrDefault(type, Map.of()).getOrDefault(worker, 0.0);
  }

  /** The success of uniform choice over all chores; a type weighs as much as it has chores. */
  double uniform() {
    return weighted(this::uniform);
  }

  /** The success of one tool over all chores. */
  double of(String worker) {
    return weighted(type -> of(type, worker));
  }

  String bestFixed() {
    String best = names.get(0);
    for (String name : names) {
      best = of(name) > of(best) ? name : best;
    }
    return best;
  }

  private double weighted(ToDoubleFunction<ChoreType> of) {
    double sum = 0;
    double all = 0;
    for (Map.Entry<ChoreType, Long> weight : weights.entrySet()) {
      sum += weight.getValue() * of.applyAsDouble(weight.getKey());
      all += weight.getValue();
    }
    return all == 0 ? 0 : sum / all;
  }
}
