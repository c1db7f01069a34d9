/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises on recorded tasks, on the simulated sample that every clone has; in percent over
 * pinned seeds. A bar holds if the mean and two errors reach it.
 */
class SimulatedOutcomesTest {
  @TempDir private Path dir;

  private static String run(String... options) {
    StringWriter out = new StringWriter();
    assertThat(OutcomeReplay.commandLine().setOut(new PrintWriter(out, true)).execute(options))
        .isZero();
    return out.toString();
  }

  private static JsonNode json(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--router-only", "--format", "json"));
    all.addAll(List.of(options));
    return new ObjectMapper().readTree(run(all.toArray(String[]::new)));
  }

  private static void assertReaches(double percent, JsonNode measured) {
    double most = measured.get("mean").asDouble() + 2 * measured.get("se").asDouble();
    assertThat(100 * most).as("%s", measured).isGreaterThan(percent);
  }

  @Test
  void the_shipped_file_is_what_the_generator_makes() throws Exception {
    Path made = dir.resolve("made.csv");
    SimulatedOutcomes.main(new String[] {made.toString()});

    try (InputStream shipped = OutcomeFile.class.getResourceAsStream(OutcomeFile.SAMPLE)) {
      assertThat(shipped).isNotNull();
      assertThat(new String(shipped.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(Files.readString(made));
    }
  }

  @Test
  void without_a_file_the_sample_is_replayed_and_named_as_simulated() throws Exception {
    Path page = dir.resolve("report.html");

    assertThat(run("--runs", "1", "--report", page.toString()))
        .startsWith("Outcomes: simulated sample, not real agents")
        .contains("400 simulated tasks, 6 agents");
    assertThat(Files.readString(page))
        .contains("400 simulated tasks and 6 agents of simulated-outcomes.csv");
    assertThat(json("--runs", "1").get("simulated").asBoolean()).isTrue();
  }

  /** Uniform choice comes to 34.9, the best fixed agent to 50.0. */
  @Test
  void one_pass_solves_48_percent_at_first_choice_and_63_with_a_fallback() throws Exception {
    JsonNode json = json("--runs", "200");

    assertThat(100 * json.get("uniform").asDouble()).isCloseTo(34.9, within(.05));
    assertThat(100 * json.get("bestFixed").asDouble()).isCloseTo(50.0, within(.05));
    assertReaches(48.0, json.get("firstChoice"));
    assertReaches(63.3, json.get("afterFallback"));
  }

  @Test
  void five_thousand_tasks_are_solved_to_52_8_percent() throws Exception {
    assertReaches(52.8, json("--runs", "100", "--steps", "5000").get("firstChoice"));
  }

  @Test
  void outcomes_that_come_50_tasks_late_cost_at_most_a_point_of_that() throws Exception {
    JsonNode late = json("--runs", "100", "--steps", "5000", "--delay", "50");

    assertReaches(51.8, late.get("firstChoice"));
  }

  @Test
  void a_spending_limit_is_kept_by_every_run() throws Exception {
    JsonNode spend = json("--runs", "20", "--spend-limit", "0.3").get("spend");

    assertThat(spend.get("meanPerTask").asDouble()).isLessThanOrEqualTo(.3);
    assertThat(spend.get("runsOverLimit").asDouble()).isZero();
  }
}
