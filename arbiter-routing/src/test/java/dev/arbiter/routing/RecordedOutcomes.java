/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Which agents solved which tasks, read from a file: task_id, category, language, agent, success.
 */
final class RecordedOutcomes {
  /** One task, the agents that have a record of it, and who of them solved it. */
  record Row(Task task, List<RegisteredAgent> agents, Map<String, Boolean> solved) {}

  /** What one replay came to. */
  record Result(double firstChoice, double afterFallback) {}

  private final List<Row> rows;

  private RecordedOutcomes(List<Row> rows) {
    this.rows = rows;
  }

  static RecordedOutcomes read(Path file) throws IOException {
    Map<String, RegisteredAgent> agents = new LinkedHashMap<>();
    Map<String, Row> rows = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      String agent = cells[3];
      agents.computeIfAbsent(agent, id -> FakeAgent.of(id, agents.size()));
      Row row =
          rows.computeIfAbsent(
              cells[0],
              id ->
                  new Row(
                      Task.builder(cells[1]).id(id).build(),
                      new ArrayList<>(),
                      new LinkedHashMap<>()));
      row.solved().put(agent, cells[4].equals("1"));
    }
    List<Row> complete = new ArrayList<>();
    for (Row row : rows.values()) {
      List<RegisteredAgent> able = new ArrayList<>(agents.values());
      able.removeIf(agent -> !row.solved().containsKey(agent.id()));
      complete.add(new Row(row.task(), List.copyOf(able), Map.copyOf(row.solved())));
    }
    return new RecordedOutcomes(complete);
  }

  int size() {
    return rows.size();
  }

  /** Replays tasks in random order; with fallback a failed one is given to a second agent. */
  Result replay(BanditRouter router, int tasks, boolean replace, boolean fallback, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Row> order = order(tasks, replace, random);
    double first = 0;
    double after = 0;
    for (Row row : order) {
      RoutingDecision decision = router.route(Simulation.request(row.task(), row.agents()));
      boolean solved = row.solved().getOrDefault(decision.agent(), false);
      router.learn(Simulation.outcome(decision, row.task(), solved));
      first += solved ? 1 : 0;
      if (!solved && fallback && row.agents().size() > 1) {
        RoutingRequest again =
            new RoutingRequest(
                row.task(),
                Simulation.without(row.agents(), List.of(decision.agent())),
                PerformanceView.empty(),
                List.of(decision));
        RoutingDecision second = router.route(again);
        solved = row.solved().getOrDefault(second.agent(), false);
        router.learn(Simulation.outcome(second, row.task(), solved));
      }
      after += solved ? 1 : 0;
    }
    return new Result(first / order.size(), after / order.size());
  }

  private List<Row> order(int tasks, boolean replace, SplittableRandom random) {
    List<Row> order = new ArrayList<>();
    if (replace) {
      for (int i = 0; i < tasks; i++) {
        order.add(rows.get(random.nextInt(rows.size())));
      }
      return order;
    }
    order.addAll(rows);
    for (int i = order.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Row row = order.get(i);
      order.set(i, order.get(j));
      order.set(j, row);
    }
    return order.subList(0, Math.min(tasks, order.size()));
  }
}
