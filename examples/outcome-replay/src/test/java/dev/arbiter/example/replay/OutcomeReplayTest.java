/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        .contains("300 tasks, 3 agents; policy default, 5 passes")
        .contains("uniform choice")
        .contains("best fixed agent, in hindsight")
        .contains("(good)");
    Outcomes outcomes = OutcomeFile.read(recorded());
    Replay.Pass pass =
        new Replay(outcomes, dev.arbiter.routing.BanditPolicy.adaptiveThompson(), 1).run(7);
    assertThat(pass.first()).isGreaterThan(outcomes.uniform() + .15);
    assertThat(pass.all()).isGreaterThan(pass.first()).isLessThanOrEqualTo(outcomes.anyAgent());
    assertThat(pass.shares().values().stream().mapToDouble(d -> d).sum())
        .isCloseTo(1, within(1e-9));
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

    assertThat(run(file("task_id,category,agent,success\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("holds no outcome");

    assertThat(run(file("task_id,category,agent,success,cost\nt1,c,ada,1,-2\n"))).isEqualTo(2);
    assertThat(err.toString()).contains("has cost '-2'");
  }

  @Test
  void an_unknown_policy_is_refused_with_the_known_ones() throws Exception {
    assertThat(run(recorded(), "--policy", "magic")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--policy must be one of [default, epsilon-greedy, ucb1], got 'magic'");
  }
}
