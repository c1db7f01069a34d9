/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.arbiter.example.report.Figure.Caption;
import dev.arbiter.example.report.Figure.Level;
import dev.arbiter.example.report.Figure.Role;
import dev.arbiter.example.report.Figure.Series;
import dev.arbiter.example.report.Figure.Shares;
import dev.arbiter.example.report.Figure.Unit;
import dev.arbiter.example.report.ReportPage.Fact;
import dev.arbiter.example.report.ReportPage.Place;
import dev.arbiter.example.report.ReportPage.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final Caption CAPTION = new Caption("Ada gets most", "Mean.", "Share");

  @TempDir private Path dir;

  private static ReportPage page(String agent) {
    List<Shares.Agent> agents =
        List.of(
            new Shares.Agent("bob", List.of(.25, .25)), new Shares.Agent(agent, List.of(.75, .75)));
    Figure curve =
        new Figure.Curve(
            CAPTION,
            10,
            false,
            Unit.SHARE,
            List.of(
                new Series("first", Role.LEARNED, List.of(.1, 1 / 3.), List.of(Double.NaN, 0.))),
            List.of(new Level("uniform", Role.UNIFORM, .25)));
    Table table =
        new Table(
            "Who",
            "agent",
            List.of(new Table.Column("share", Unit.SHARE)),
            List.of(new Table.Row(agent, List.of(.75))));
    return new ReportPage(
        "test",
        agent + " won",
        "Twice.",
        List.of(new Fact(.5, Unit.SHARE, "learned", agent)),
        List.of(
            curve,
            Shares.of(CAPTION, 10, agents),
            new Figure.Dots(CAPTION, "run", Unit.DOLLARS, List.of(3., 1., 2.), List.of())),
        List.of(table),
        List.of(new Place("report.txt", agent)));
  }

  private static JsonNode content(String html) throws Exception {
    Matcher json = Pattern.compile("id=\"content\">(.*?)</script>", Pattern.DOTALL).matcher(html);
    assertThat(json.find()).isTrue();
    return new ObjectMapper().readTree(json.group(1));
  }

  @Test
  void is_one_document_that_asks_for_nothing() throws Exception {
    Path file = dir.resolve("report.html");

    page("ada").write(file);

    assertThat(Files.readString(file))
        .startsWith("<!doctype html>\n<html lang=\"en\">")
        .endsWith("</html>\n")
        .containsOnlyOnce("<html")
        .containsOnlyOnce("</html>")
        .contains("default-src 'none'")
        .doesNotContainPattern("(?i)(src|href)\\s*=\\s*[\"']?\\s*(https?:)?//")
        .doesNotContainPattern("(?i)@import|\\bimport\\s*[({\"']|<link|url\\(\\s*[\"']?https?:")
        .contains("Licensed to the Apache Software Foundation");
  }

  @Test
  void holds_what_was_added_with_a_gap_where_there_is_no_number() throws Exception {
    JsonNode content = content(page("ada").html());

    assertThat(content.at("/headline").asText()).isEqualTo("ada won");
    assertThat(content.at("/figures/0/kind").asText()).isEqualTo("Curve");
    assertThat(content.at("/figures/0/lines/0/values").toString()).isEqualTo("[0.1,0.333333]");
    assertThat(content.at("/figures/0/lines/0/deviations").toString()).isEqualTo("[null,0.0]");
    assertThat(content.at("/figures/1/agents/0/name").asText()).isEqualTo("ada");
    assertThat(content.at("/figures/2/values").toString()).isEqualTo("[1.0,2.0,3.0]");
    assertThat(content.at("/tables/0/rows/0/values/0").asDouble()).isEqualTo(.75);
    assertThat(content.at("/places/0/path").asText()).isEqualTo("report.txt");
  }

  @Test
  void a_name_that_looks_like_markup_stays_a_name() throws Exception {
    String evil = "</script><b>\u2028<!--{content}";

    String html = page(evil).html();

    assertThat(html).doesNotContain("<b>").doesNotContain("</script><b").doesNotContain("<!--");
    assertThat(html.split("</script>", -1)).hasSize(4);
    assertThat(content(html).at("/tables/0/rows/0/name").asText()).isEqualTo(evil);
  }

  @Test
  void equal_content_is_equal_to_the_byte() throws Exception {
    assertThat(page("ada").html()).isEqualTo(page("ada").html());
  }

  @Test
  void shares_without_a_colour_left_become_one() {
    List<Shares.Agent> agents =
        IntStream.range(0, 9)
            .mapToObj(i -> new Shares.Agent("a" + i, List.of(i / 36., i / 36.)))
            .toList();

    Shares shares = Shares.of(CAPTION, 5, agents);

    assertThat(shares.agents()).hasSize(7);
    assertThat(shares.agents().get(0).name()).isEqualTo("a8");
    assertThat(shares.agents().get(6).name()).isEqualTo("3 others");
    assertThat(shares.agents().get(6).values().get(1)).isEqualTo(3 / 36.);
  }
}
