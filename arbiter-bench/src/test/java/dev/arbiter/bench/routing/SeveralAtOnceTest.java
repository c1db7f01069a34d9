/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeveralAtOnceTest {
  @TempDir private Path folder;

  @Test
  void two_at_once_solve_what_a_fallback_solves_in_the_time_of_one_attempt() throws Exception {
    Path outcomes = folder.resolve("outcomes.csv");
    // One of two agents solves each task, so that a second look finds all.
    StringBuilder lines = new StringBuilder("task_id,category,language,agent,success\n");
    for (int task = 0; task < 60; task++) {
      lines.append("t" + task + ",c,java,ada," + task % 2 + "\n");
      lines.append("t" + task + ",c,java,bob," + (1 - task % 2) + "\n");
    }
    Files.writeString(outcomes, lines);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    boolean done =
        SeveralAtOnce.read(outcomes.toString(), "2")
            .run(new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(done).isTrue();

    List<String> rows = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(rows.get(1)).matches("one +\\d\\d\\.\\d % +1\\.00 +1\\.00");
    assertThat(rows.get(2)).matches("one, then a fallback +100\\.0 % +1\\.\\d\\d +1\\.\\d\\d");
    assertThat(rows.get(3)).matches("two at once +100\\.0 % +2\\.00 +1\\.00");
  }
}
