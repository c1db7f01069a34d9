/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Bench.Figure;
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
import org.junit.jupiter.api.Test;

/** SWE-bench Pro, 730 tasks and 9 coding agents: one pass in random order, 50 seeds. */
class RealOutcomesTest {
  private static final Path CSV =
      Path.of(System.getProperty("arbiter.shared", ""), "data", "swebench_pro_outcomes.csv");

  private record Row(String category, Map<String, Boolean> outcomes) {}

  @Test
  void the_default_solves_at_least_38_5_percent_at_first_choice() throws IOException {
    assumeTrue(Files.exists(CSV), "the outcome data is not beside this checkout");
    List<Row> rows = read();

    Figure success = Figure.of(50, seed -> onePass(rows, BanditPolicy.adaptiveThompson(), seed));

    assertThat(success.mean()).as("first-choice success %%, %s", success).isGreaterThan(38.5);
  }

  private static double onePass(List<Row> rows, BanditPolicy policy, long seed) {
    BanditRouter router = Bench.router(policy, seed);
    SplittableRandom order = new SplittableRandom(seed);
    Map<String, RegisteredAgent> agents = new LinkedHashMap<>();
    List<Row> shuffled = new ArrayList<>(rows);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      java.util.Collections.swap(shuffled, i, order.nextInt(i + 1));
    }
    int solved = 0;
    for (Row row : shuffled) {
      Task task = Bench.task(row.category());
      List<RegisteredAgent> candidates = new ArrayList<>();
      for (String name : row.outcomes().keySet()) {
        candidates.add(
            agents.computeIfAbsent(name, n -> Bench.agent(AgentProfile.of(n), agents.size())));
      }
      RoutingDecision decision = router.route(Bench.request(task, candidates));
      boolean success = row.outcomes().getOrDefault(decision.agent(), false);
      solved += success ? 1 : 0;
      router.learn(Bench.outcome(decision, task, success ? 1 : 0));
    }
    return 100.0 * solved / rows.size();
  }

  private static List<Row> read() throws IOException {
    Map<String, Row> rows = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(CSV);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      rows.computeIfAbsent(cells[0], id -> new Row(cells[1], new LinkedHashMap<>()))
          .outcomes()
          .put(cells[3], cells[4].equals("1"));
    }
    return new ArrayList<>(rows.values());
  }
}
