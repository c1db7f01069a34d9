/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.TaskResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class QuickstartTest {
  private static final Path SOURCE =
      Path.of("src/main/java/dev/arbiter/example/quickstart/Quickstart.java");

  @Test
  void bob_breaks_scope_and_ada_ends_up_with_the_task() throws Exception {
    TaskResult.Completed result = (TaskResult.Completed) Quickstart.run(Path.of("project"));

    assertThat(result.agent()).isEqualTo("ada");
    assertThat(result.verdict().seal().signature()).isNotEmpty();
  }

  @Test
  void the_readme_shows_these_very_lines() throws IOException {
    String source = Files.readString(SOURCE);
    String lines =
        source
            .substring(source.indexOf("// README: begin"), source.indexOf("// README: end"))
            .lines()
            .skip(1)
            .filter(line -> !line.isBlank() && !line.contains("return result"))
            .map(line -> line.replaceFirst("^ {4}", ""))
            .collect(Collectors.joining("\n"));

    assertThat(Files.readString(Path.of("../../README.md"))).contains(lines);
  }
}
