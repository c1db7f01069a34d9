/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.HealthReport.Component;
import dev.arbiter.HealthReport.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a report of health makes of its parts. */
class HealthReportTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  private static Component part(String name, Level level) {
    return new Component(name, level, level == Level.HEALTHY ? "" : name + " has a fault");
  }

  private static HealthReport report(Level one, Level two, Level three) {
    return new HealthReport(
        List.of(part("one", one), part("two", two), part("three", three)), NOON);
  }

  @Test
  void the_report_is_as_bad_as_its_worst_part_wherever_that_stands() {
    for (Level one : Level.values()) {
      for (Level two : Level.values()) {
        for (Level three : Level.values()) {
          assertThat(report(one, two, three).level())
              .as("%s %s %s", one, two, three)
              .isEqualTo(Collections.max(List.of(one, two, three)));
        }
      }
    }
  }

  @Test
  void a_report_without_parts_is_healthy() {
    HealthReport report = new HealthReport(List.of(), NOON);

    assertThat(report.level()).isEqualTo(Level.HEALTHY);
    assertThat(report.summary()).isEqualTo("HEALTHY");
  }

  @Test
  void the_summary_has_a_line_for_each_part_with_a_fault_in_order() {
    assertThat(report(Level.UNHEALTHY, Level.HEALTHY, Level.DEGRADED).summary())
        .isEqualTo("UNHEALTHY\none: one has a fault\nthree: three has a fault");
    assertThat(report(Level.HEALTHY, Level.DEGRADED, Level.HEALTHY).summary())
        .isEqualTo("DEGRADED\ntwo: two has a fault");
    assertThat(report(Level.HEALTHY, Level.HEALTHY, Level.HEALTHY).summary()).isEqualTo("HEALTHY");
  }

  @Test
  void a_report_does_not_change_afterwards() {
    List<Component> parts = new ArrayList<>(List.of(part("one", Level.HEALTHY)));
    HealthReport report = new HealthReport(parts, NOON);
    parts.add(part("two", Level.UNHEALTHY));

    assertThat(report.components()).containsExactly(part("one", Level.HEALTHY));
    assertThatThrownBy(() -> report.components().add(part("two", Level.UNHEALTHY)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(report.at()).isEqualTo(NOON);
  }
}
