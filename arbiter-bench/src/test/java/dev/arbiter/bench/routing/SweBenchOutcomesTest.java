/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of our own in the form of the public repository. */
class SweBenchOutcomesTest {
  private static final String FIRST = "0123456789abcdef0123456789abcdef01234567";
  private static final String SECOND = "fedcba9876543210fedcba9876543210fedcba98";

  @TempDir private Path folder;

  private void agent(String name, String json) throws IOException {
    Files.writeString(
        Files.createDirectory(folder.resolve(name)).resolve("eval_results.json"), json);
  }

  @Test
  void tasks_of_three_agents_or_more_become_rows_that_the_lab_reads() throws Exception {
    agent("cleo", "{\"instance_flipt-io__flipt-%s\": true}".replace("%s", FIRST));
    agent(
        "bob",
        "{\"instance_flipt-io__flipt-%s-vnan\": true, \"instance_a__its-own-b-%s-v0f\": false}"
            .replace("%s", FIRST));
    agent(
        "ada",
        "{\"instance_a__its-own-b-%s-v0f\": true, \"instance_flipt-io__flipt-%s\": false}"
            .replaceFirst("%s", SECOND)
            .replaceFirst("%s", FIRST));
    agent("dave", "{\"instance_a__its-own-b-%s\": true}".replace("%s", FIRST));
    agent("eve", "{\"instance_a__its-own-b-%s\": false}".replace("%s", FIRST));
    Files.writeString(folder.resolve("README.md"), "no agent");

    SweBenchOutcomes.Converted converted = SweBenchOutcomes.convert(folder);

    assertThat(converted.lines())
        .containsExactly(
            "task_id,category,language,agent,success,cost,duration",
            "flipt-0123456789ab,flipt-io,go,ada,0,,",
            "flipt-0123456789ab,flipt-io,go,bob,1,,",
            "flipt-0123456789ab,flipt-io,go,cleo,1,,",
            "its-own-b-0123456789ab,a,,bob,0,,",
            "its-own-b-0123456789ab,a,,dave,1,,",
            "its-own-b-0123456789ab,a,,eve,0,,");
    assertThat(converted.leftOut()).isEqualTo(1);
    Path csv = Files.write(folder.resolve("outcomes.csv"), converted.lines());
    assertThat(RecordedScenario.read(csv).scenario().name()).isEqualTo("recorded");
  }

  @Test
  void the_number_of_tasks_that_are_left_out_is_told() throws Exception {
    for (String name : List.of("ada", "bob", "cleo")) {
      String more = name.equals("ada") ? ", \"instance_a__c-%s\": true" : "";
      agent(name, ("{\"instance_a__b-%s\": true" + more + "}").replace("%s", FIRST));
    }
    Path csv = folder.resolve("outcomes.csv");
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    boolean done =
        SweBenchOutcomes.read(folder.toString(), csv.toString())
            .run(new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(done).isTrue();
    assertThat(csv).content().hasLineCount(4);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("3 outcomes in " + csv)
        .contains("1 tasks left out, because fewer than 3 agents have an outcome of them");
  }

  @Test
  void without_a_task_of_three_agents_it_is_refused() throws Exception {
    agent("ada", "{\"instance_a__b-%s\": true}".replace("%s", FIRST));
    agent("bob", "{\"instance_a__b-%s\": true}".replace("%s", FIRST));
    Path csv = folder.resolve("outcomes.csv");

    assertThatThrownBy(() -> SweBenchOutcomes.read(folder.toString(), csv.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "has no task with outcomes of 3 agents, only 1 tasks with fewer; give");
    assertThatThrownBy(() -> SweBenchOutcomes.read(folder + "/none", csv.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none has no folder with eval_results.json; give the folder traj");
    assertThat(csv).doesNotExist();
  }

  @Test
  void what_it_cannot_read_is_named() throws Exception {
    assertThatThrownBy(() -> SweBenchOutcomes.convert(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("give the folder traj of the repository");

    agent("ada", "{\"T-1\": true}");
    assertThatThrownBy(() -> SweBenchOutcomes.convert(folder))
        .hasMessageContaining("ada")
        .hasMessageContaining("holds T-1=true; expected a task as");

    Files.writeString(folder.resolve("ada").resolve("eval_results.json"), "{");
    assertThatThrownBy(() -> SweBenchOutcomes.convert(folder)).hasMessageContaining("is no JSON");
  }

  @Test
  void two_tasks_with_one_short_name_are_not_mixed_up() throws Exception {
    agent(
        "ada",
        "{\"instance_a__b-%s-v1\": true, \"instance_a__b-%s-v2\": false}".replace("%s", FIRST));

    assertThatThrownBy(() -> SweBenchOutcomes.convert(folder))
        .hasMessageEndingWith("holds two outcomes of task b-0123456789ab");
  }
}
