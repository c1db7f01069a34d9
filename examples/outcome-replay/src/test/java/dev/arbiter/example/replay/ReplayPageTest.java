/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The page of a tiny replay in which one agent solves everything and one solves nothing. */
class ReplayPageTest {
  private static final String EVIL = "</script><b>";

  @TempDir private Path dir;
  private final StringWriter out = new StringWriter();

  private String page(String name, String... more) throws Exception {
    StringBuilder csv = new StringBuilder("task_id,category,agent,success,cost\n");
    for (int task = 0; task < 100; task++) {
      csv.append("t" + task + ",c," + EVIL + ",1,0.5\nt" + task + ",c,idle,0,0.25\n");
    }
    Path file = dir.resolve(name);
    List<String> args = new ArrayList<>(List.of("--report", file.toString(), "--outcomes"));
    args.add(Files.writeString(dir.resolve("tiny.csv"), csv).toString());
    args.addAll(List.of(more));
    CommandLine command = OutcomeReplay.commandLine().setOut(new PrintWriter(out, true));
    assertThat(command.execute(args.toArray(String[]::new))).isZero();
    return Files.readString(file);
  }

  private static JsonNode content(String html) throws Exception {
    String start = "id=\"content\">";
    int from = html.indexOf(start) + start.length();
    return new ObjectMapper().readTree(html.substring(from, html.indexOf("</script>", from)));
  }

  @Test
  void states_the_finding_and_shows_each_figure() throws Exception {
    JsonNode content = content(page("report.html", "--runs", "3", "--spend-limit", "0.6"));

    assertThat(content.get("headline").asText())
        .startsWith("Arbiter\u2019s first choice solved ")
        .endsWith("choosing at random solves 50.0\u00a0%, the best single agent 100.0\u00a0%");
    assertThat(content.get("lead").asText())
        .contains("100 recorded tasks and 2 agents of tiny.csv, replayed 3 times")
        .doesNotContain(dir.toString());
    assertThat(content.get("figures").findValuesAsText("kind"))
        .containsExactly("Curve", "Shares", "Curve", "Dots");
    assertThat(content.at("/figures/0/lines/0/values")).hasSize(25);
    assertThat(content.at("/figures/2/lines/0/values")).hasSize(26);
    assertThat(content.at("/figures/3/levels/0/value").asDouble()).isEqualTo(.6);
    assertThat(content.at("/tables/0/rows/0/name").asText()).isEqualTo(EVIL);
    assertThat(content.at("/tables/0/rows/0/values/4").asDouble()).isEqualTo(1);
  }

  @Test
  void an_agent_named_like_markup_does_no_harm() throws Exception {
    assertThat(page("report.html", "--runs", "2")).doesNotContain(EVIL).doesNotContain("<b>");
  }

  @Test
  void one_seed_writes_one_page() throws Exception {
    String[] options = {"--runs", "2", "--seed", "5", "--router-only"};

    assertThat(page("first.html", options)).isEqualTo(page("second.html", options));
  }

  @Test
  void one_run_has_no_band() throws Exception {
    JsonNode content = content(page("report.html", "--runs", "1", "--steps", "3"));

    assertThat(content.at("/facts/0/note").asText()).isEqualTo("one run");
    assertThat(content.at("/figures/0/lines/0/deviations/0").isNull()).isTrue();
  }

  @Test
  void no_page_is_written_unless_asked_for() throws Exception {
    page("report.html", "--runs", "1");
    Files.delete(dir.resolve("report.html"));

    OutcomeReplay.commandLine()
        .setOut(new PrintWriter(out, true))
        .execute("--outcomes", dir.resolve("tiny.csv").toString(), "--runs", "1");

    assertThat(dir.resolve("report.html")).doesNotExist();
  }
}
