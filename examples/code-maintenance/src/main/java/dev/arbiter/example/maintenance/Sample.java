/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.task.Evidence;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What uniform choice and the best fixed agent come to, found by running everybody on a sample. */
final class Sample {
  private final Map<ChoreType, Map<String, Double>> success = new EnumMap<>(ChoreType.class);
  private final Map<ChoreType, Integer> weights = new EnumMap<>(ChoreType.class);
  private final List<String> names;

  private Sample(List<String> names) {
    this.names = names;
  }

  /**
   * Runs every worker on some chores of each type, several at once.
   *
   * @param perType how many of each type
   * @param done told after each attempt
   */
  static Sample run(
      List<Chore> chores,
      List<Worker> workers,
      Gates gates,
      int perType,
      Executor executor,
      Runnable done) {
    Sample sample = new Sample(workers.stream().map(Worker::name).toList());
    chores.forEach(chore -> sample.weights.merge(chore.type(), 1, Integer::sum));
    Map<ChoreType, Map<String, List<CompletableFuture<Boolean>>>> running =
        new EnumMap<>(ChoreType.class);
    for (Chore chore : chosen(chores, perType)) {
      for (Worker worker : workers) {
        running
            .computeIfAbsent(chore.type(), type -> new LinkedHashMap<>())
            .computeIfAbsent(worker.name(), name -> new ArrayList<>())
            .add(
                CompletableFuture.supplyAsync(() -> stands(chore, worker, gates), executor)
                    .whenComplete((stands, error) -> done.run()));
      }
    }
    running.forEach(
        (type, byWorker) ->
            byWorker.forEach(
                (name, attempts) ->
                    sample
                        .success
                        .computeIfAbsent(type, t -> new LinkedHashMap<>())
                        .put(
                            name,
                            attempts.stream()
                                .mapToDouble(attempt -> attempt.join() ? 1 : 0)
                                .average()
                                .orElse(0))));
    return sample;
  }

  /** Attempts such a run makes. */
  static int attempts(List<Chore> chores, int workers, int perType) {
    return chosen(chores, perType).size() * workers;
  }

  private static List<Chore> chosen(List<Chore> chores, int perType) {
    Map<ChoreType, Integer> counts = new EnumMap<>(ChoreType.class);
    return chores.stream()
        .filter(chore -> counts.merge(chore.type(), 1, Integer::sum) <= perType)
        .toList();
  }

  /* The tool alone, without Arbiter and without a folder: the same gates, the same budget. */
  private static boolean stands(Chore chore, Worker worker, Gates gates) {
    Tool tool = worker.tool();
    if (tool == null) {
      return false;
    }
    try {
      String before = chore.source();
      String after = tool.apply(chore.type(), chore.path(), before);
      return LineDiff.of(chore.path(), before, after).lines() <= WorkingSpec.mostLines(chore.type())
          && gates.check(chore.type(), chore.path(), before, after, tool).stream()
              .allMatch(Evidence::passed);
    } catch (Exception e) {
      return false; // a tool that throws has not done it
    }
  }

  /** Success of choosing anybody. */
  double uniform(ChoreType type) {
    return success.getOrDefault(type, Map.of()).values().stream()
        .mapToDouble(share -> share)
        .average()
        .orElse(0);
  }

  double of(ChoreType type, String worker) {
    return success.getOrDefault(type, Map.of()).getOrDefault(worker, 0.0);
  }

  /** Over all chores, each type weighing as much as there is of it. */
  double uniform() {
    return weighted(this::uniform);
  }

  double of(String worker) {
    return weighted(type -> of(type, worker));
  }

  /** Who was sampled. */
  List<String> names() {
    return names;
  }

  String bestFixed() {
    String best = names.get(0);
    for (String name : names) {
      best = of(name) > of(best) ? name : best;
    }
    return best;
  }

  private double weighted(java.util.function.ToDoubleFunction<ChoreType> of) {
    double sum = 0;
    double all = 0;
    for (Map.Entry<ChoreType, Integer> weight : weights.entrySet()) {
      sum += weight.getValue() * of.applyAsDouble(weight.getKey());
      all += weight.getValue();
    }
    return all == 0 ? 0 : sum / all;
  }
}
