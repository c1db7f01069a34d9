/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.insight.AgentInsights.Figures;
import dev.arbiter.insight.AgentInsights.Relationship;
import dev.arbiter.insight.AgentInsights.Trend;
import dev.arbiter.insight.AttemptTrail.Attempted;
import dev.arbiter.insight.AttemptTrail.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of one agent, and what is made of it. */
class AttemptTrailTest {
  private final AttemptTrail trail = new AttemptTrail();

  private void add(long at, String type, Kind kind, double quality) {
    List<String> rules = kind == Kind.VIOLATION ? List.of("r") : List.of();
    trail.add(new Attempted(at, type, kind, quality, 2, kind.name(), rules));
  }

  private void add(String ends) {
    for (int i = 0; i < ends.length(); i++) {
      char end = ends.charAt(i);
      add(0, "fix", end == 's' ? Kind.SUCCESS : Kind.FAILURE, end == 's' ? 1 : 0);
    }
  }

  @Test
  void an_agent_without_attempts_has_no_figures() {
    Figures none = trail.figures(0, "");

    assertThat(none.attempts()).isZero();
    assertThat(none.successRate()).isNaN();
    assertThat(none.quality()).isNaN();
    assertThat(none.rating()).isNaN();
    assertThat(none.latency()).isZero();
    assertThat(none.trend()).isEqualTo(Trend.STABLE);
    assertThat(trail.byType(0)).isEmpty();
    assertThat(trail.relationships()).isEmpty();
  }

  @Test
  void figures_are_means_of_what_they_are_about() {
    add(10, "fix", Kind.SUCCESS, .8);
    add(20, "fix", Kind.SUCCESS, .4);
    add(30, "test", Kind.VIOLATION, .9);
    add(40, "test", Kind.FAILURE, .9);
    trail.took(10, "fix", 4_000);
    trail.took(30, "test", 8_000);
    trail.rate(50, "fix", 4);
    trail.rate(60, "test", 1);

    Figures all = trail.figures(0, "");
    assertThat(all.attempts()).isEqualTo(4);
    assertThat(all.successRate()).isEqualTo(.5);
    assertThat(all.violationRate()).isEqualTo(.25);
    assertThat(all.quality()).as("of accepted work").isEqualTo(.6000000000000001);
    assertThat(all.latency()).isEqualTo(Duration.ofNanos(6_000));
    assertThat(all.cost()).isEqualTo(2);
    assertThat(all.ratings()).isEqualTo(2);
    assertThat(all.rating()).isEqualTo(2.5);

    Figures fix = trail.figures(0, "fix");
    assertThat(fix.attempts()).isEqualTo(2);
    assertThat(fix.violationRate()).isZero();
    assertThat(fix.latency()).isEqualTo(Duration.ofNanos(4_000));
    assertThat(fix.rating()).isEqualTo(4);
    assertThat(trail.byType(0)).containsOnlyKeys("fix", "test").containsEntry("fix", fix);
  }

  @Test
  void what_is_older_than_the_window_does_not_count() {
    add(10, "fix", Kind.FAILURE, 0);
    add(20, "fix", Kind.SUCCESS, 1);
    trail.took(10, "fix", 4_000);
    trail.took(20, "fix", 8_000);
    trail.rate(19, "fix", 1);
    trail.rate(20, "fix", 5);

    Figures recent = trail.figures(20, "");
    assertThat(recent.attempts()).isEqualTo(1);
    assertThat(recent.successRate()).isEqualTo(1);
    assertThat(recent.latency()).isEqualTo(Duration.ofNanos(8_000));
    assertThat(recent.rating()).isEqualTo(5);
    assertThat(trail.since(20)).hasSize(1);
    assertThat(trail.lastAt()).isEqualTo(20);
  }

  private static Trend trend(String ends) {
    AttemptTrailTest test = new AttemptTrailTest();
    test.add(ends);
    return test.trail.figures(0, "").trend();
  }

  @Test
  void the_last_three_are_held_against_those_before() {
    assertThat(trend("ffss")).as("four are too few").isEqualTo(Trend.STABLE);
    assertThat(trend("ffsss")).isEqualTo(Trend.IMPROVING);
    assertThat(trend("ssfff")).isEqualTo(Trend.DECLINING);
    assertThat(trend("sssss")).isEqualTo(Trend.STABLE);
    assertThat(trend("ssfssf")).as("two thirds before and after").isEqualTo(Trend.STABLE);
    // 2 of 3 against 7 of 10: 3.3 points, within the dead band of 5.
    assertThat(trend("sssssssfff" + "ssf")).isEqualTo(Trend.STABLE);
    assertThat(trend("ssssssssff" + "ssf")).isEqualTo(Trend.DECLINING);
  }

  @Test
  void the_last_hundred_of_each_kind_are_kept() {
    for (int i = 0; i < 105; i++) {
      add(i, "fix", i < 5 ? Kind.FAILURE : Kind.SUCCESS, 1);
      trail.took(i, "fix", i < 5 ? 1_000_000 : 10);
      trail.rate(i, "fix", i < 5 ? 1 : 5);
    }

    Figures figures = trail.figures(0, "");
    assertThat(figures.attempts()).isEqualTo(100);
    assertThat(figures.successRate()).isEqualTo(1);
    assertThat(figures.latency()).isEqualTo(Duration.ofNanos(10));
    assertThat(figures.ratings()).isEqualTo(100);
    assertThat(figures.rating()).isEqualTo(5);
  }

  @Test
  void the_hundredth_from_the_end_is_kept() {
    for (int i = 0; i < 101; i++) {
      add(i, "fix", i == 1 ? Kind.FAILURE : Kind.SUCCESS, 1);
      trail.took(i, "fix", i == 1 ? 100 : 0);
      trail.rate(i, "fix", i == 1 ? 1 : 5);
    }

    Figures figures = trail.figures(0, "");
    assertThat(figures.successRate()).isEqualTo(.99);
    assertThat(figures.latency()).isEqualTo(Duration.ofNanos(1));
    assertThat(figures.rating()).isEqualTo(4.96);
  }

  @Test
  void the_first_32_types_have_figures() {
    for (int i = 0; i < 40; i++) {
      add(i, "type-" + i, Kind.SUCCESS, 1);
    }

    assertThat(trail.byType(0)).hasSize(32).containsKeys("type-0", "type-31");
    assertThat(trail.byType(8)).hasSize(32).containsKeys("type-8", "type-39");
  }

  @Test
  void the_sixteen_agents_that_it_followed_last_are_kept() {
    for (int i = 0; i < 16; i++) {
      trail.followed("agent-" + i, false);
    }
    trail.followed("agent-0", true);
    assertThat(trail.relationships()).hasSize(16);
    trail.followed("agent-16", true);

    assertThat(trail.relationships())
        .hasSize(16)
        .contains(new Relationship("agent-0", 2, .5), new Relationship("agent-16", 1, 1))
        .extracting(Relationship::other)
        .doesNotContain("agent-1");
  }

  @Test
  void it_is_the_same_after_it_was_written_and_read() throws IOException {
    add(10, "fix", Kind.SUCCESS, .8);
    add(30, "test", Kind.VIOLATION, .9);
    trail.took(10, "fix", 4_000);
    trail.rate(50, "fix", 4);
    trail.followed("bob", true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    trail.writeTo(new DataOutputStream(bytes));

    AttemptTrail read =
        AttemptTrail.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    assertThat(read.since(0)).isEqualTo(trail.since(0));
    assertThat(read.figures(0, "")).isEqualTo(trail.figures(0, ""));
    assertThat(read.relationships()).isEqualTo(trail.relationships());
    assertThat(read.lastAt()).isEqualTo(30);
  }
}
