/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OutcomeReplayTest {
  @TempDir private Path dir;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Path file, String... more) {
    List<String> args = new ArrayList<>(List.of("--outcomes", file.toString()));
    args.addAll(List.of(more));
    CommandLine command = OutcomeReplay.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(args.toArray(String[]::new));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(dir.resolve("outcomes.csv"), text);
  }

  /* Agent good solves 80 %, poor 20 %; lazy 50 %, and it was never tried at odd tasks. */
  private Path recorded() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder csv = new StringBuilder("task_id,category,agent,success,cost,duration\n");
    for (int i = 0; i < 300; i++) {
      csv.append(row(i, "good", random.nextInt(10) < 8));
      csv.append(row(i, "poor", random.nextInt(10) < 2));
      csv.append(i % 2 == 0 ? row(i, "lazy", random.nextBoolean()) : "");
    }
    return file(csv.toString());
  }

  private static String row(int task, String agent, boolean success) {
    return "t" + task + ",c" + task % 2 + "," + agent + "," + (success ? 1 : 0) + ",0.5,3\n";
  }

  @Test
  void prints_the_learned_success_between_uniform_and_best() throws Exception {
    assertThat(run(recorded(), "--runs", "5")).isZero();

    assertThat(out.toString())
        .contains("300 recorded tasks, 3 agents; policy default, 5 runs of 300 tasks")
        .contains("best agent per category, in hindsight")
        .contains("(good)");
    JsonNode json = json(recorded(), "--runs", "5");
    double first = json.at("/firstChoice/mean").asDouble();
    assertThat(first).isGreaterThan(json.get("uniform").asDouble() + .15);
    assertThat(json.at("/afterFallback/mean").asDouble())
        .isGreaterThan(first)
        .isLessThanOrEqualTo(json.get("anyAgent").asDouble());
    double shares = 0;
    for (JsonNode share : json.get("shares")) {
      shares += share.asDouble();
    }
    assertThat(shares).isCloseTo(1, within(1e-9));
  }

  private JsonNode json(Path file, String... more) throws Exception {
    String[] options = Arrays.copyOf(more, more.length + 2);
    options[more.length] = "--format";
    options[more.length + 1] = "json";
    out.getBuffer().setLength(0);
    assertThat(run(file, options)).as(err.toString()).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void json_has_every_figure_and_nothing_else_beside_it() throws Exception {
    JsonNode json =
        json(recorded(), "--steps", "400", "--runs", "4", "--spend-limit", "0.6", "--router-only");

    assertThat(json.get("policy").asText()).isEqualTo("default");
    assertThat(json.get("runs").asInt()).isEqualTo(4);
    assertThat(json.get("steps").asInt()).isEqualTo(400);
    assertThat(json.at("/firstChoice/se").asDouble()).isBetween(.001, .1);
    assertThat(json.at("/spend/meanPerTask").asDouble()).isBetween(.4, .6);
    assertThat(json.at("/spend/runsOverLimit").asDouble()).isZero();
    assertThat(json.at("/bestFixed").asDouble()).isBetween(.7, .9);
    assertThat(json.at("/bestPerCategory").asDouble()).isBetween(.7, .9);
  }

  @Test
  void one_run_has_no_standard_error() throws Exception {
    assertThat(json(recorded(), "--runs", "1").at("/firstChoice/se").isNull()).isTrue();
  }

  /** With everything that changes what is learned and when, except that nobody fails twice. */
  @Test
  void the_engine_round_the_router_changes_no_figure() throws Exception {
    String[] options = {
      "--steps", "500", "--runs", "3", "--delay", "7", "--value", "3", "--spend-limit", "0.8"
    };
    String[] alone = Arrays.copyOf(options, options.length + 1);
    alone[options.length] = "--router-only";

    assertThat(json(recorded(), options)).isEqualTo(json(recorded(), alone));
    assertThat(json(recorded(), "--fallbacks", "2", "--runs", "2"))
        .isEqualTo(json(recorded(), "--fallbacks", "2", "--runs", "2", "--router-only"));
  }

  @Test
  void who_joins_later_gets_nothing_before() throws Exception {
    StringBuilder csv = new StringBuilder("task_id,category,agent,success,released\n");
    for (int i = 0; i < 200; i++) {
      csv.append("t" + i + ",c,old,0,2024-01-01\n");
      csv.append("t" + i + ",c,new,1,2025-01-01T00:00:00Z\n");
    }
    for (String mode : List.of("--router-only", "--known-horizon")) {
      JsonNode json = json(file(csv.toString()), "--arrivals", "released", "--steps", "1000", mode);
      assertThat(json.at("/firstChoice/mean").asDouble()).isBetween(.15, .21);
    }
  }

  @Test
  void money_needs_costs() throws Exception {
    Path free = file("task_id,category,agent,success,cost\nt1,c,ada,1,\n");

    assertThat(run(free, "--value", "2")).isEqualTo(2);
    assertThat(err.toString()).contains("holds no cost above 0");
    assertThat(run(file("task_id,category,agent,success\nt1,c,ada,1\n"), "--spend-limit", "1"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("has no column 'cost'");
    assertThat(run(recorded(), "--value", "-1")).isEqualTo(2);
    assertThat(err.toString()).contains("--value must be above 0, got -1.0");
  }

  @Test
  void a_date_that_is_none_or_changes_is_named() throws Exception {
    String header = "task_id,category,agent,success,released\n";
    assertThat(run(file(header + "t1,c,ada,1,soon\n"), "--arrivals", "released")).isEqualTo(2);
    assertThat(err.toString()).contains("record 1, has released 'soon'; it must be a date");
    assertThat(
            run(
                file(header + "t1,c,ada,1,2024-01-01\nt2,c,ada,1,2024-01-02\n"),
                "--arrivals",
                "released"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("gives ada a second date, 2024-01-02 after 2024-01-01");
  }

  @Test
  void the_same_seed_prints_the_same() throws Exception {
    run(recorded(), "--runs", "2", "--seed", "5");
    String first = out.toString();
    out.getBuffer().setLength(0);
    run(recorded(), "--runs", "2", "--seed", "5");

    assertThat(out.toString()).isEqualTo(first).hasSizeGreaterThan(100);
  }

  @Test
  void no_agent_gets_a_task_it_has_no_record_for() throws Exception {
    Path file =
        file(
            """
            task_id,category,agent,success
            t1,c,ada,1
            t2,c,bob,1
            """);

    assertThat(run(file, "--runs", "3")).isZero();
    assertThat(out.toString()).containsPattern("learned, first choice +100.0 %");
  }

  @Test
  void unusable_files_are_named_with_the_place_and_the_mend() throws Exception {
    assertThat(run(dir.resolve("none.csv"))).isEqualTo(2);
    assertThat(err.toString()).contains("there is no file").contains("--outcomes");

    assertThat(run(file("task,agent\n1,2\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("has no column 'task_id'");

    assertThat(run(file("task_id,category,agent,success\nt1,c,ada,maybe\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("record 1, has success 'maybe'; it must be 0 or 1");

    assertThat(run(file("task_id,category,agent,success\nt1,c,ada\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("record 1, has 3 cells");

    assertThat(run(file("task_id,category,agent,success\nt1,c,ada\ttwo,1\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("cannot be used").contains("ada\\u0009two");

    assertThat(run(file("task_id,category,agent,success\nt1,c,Ada 4 Two,1\n"))).isZero();
    assertThat(out.toString()).contains("Ada 4 Two");

    assertThat(run(file("task_id,category,agent,success\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("holds no outcome");

    assertThat(run(file("task_id,category,agent,success,cost\nt1,c,ada,1,-2\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("has cost '-2'");
  }

  @Test
  void a_page_that_cannot_be_written_is_refused_before_the_runs() throws Exception {
    Path nowhere = dir.resolve("none/report.html");

    assertThat(run(recorded(), "--report", nowhere.toString())).isEqualTo(2);

    assertThat(err.toString()).contains(nowhere + " cannot be written: there is no such folder");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void an_unknown_policy_is_refused_with_the_known_ones() throws Exception {
    assertThat(run(recorded(), "--policy", "magic")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--policy must be one of [")
        .contains("ucb1")
        .contains("got 'magic'");
  }
}
