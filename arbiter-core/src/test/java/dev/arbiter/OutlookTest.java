/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.HealthReport.Component;
import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.insight.Insight;
import dev.arbiter.insight.Recommendation;
import dev.arbiter.insight.Recommendation.Kind;
import dev.arbiter.task.WorkReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the insight hears, each half minute, of parts that are not well. */
class OutlookTest {
  private static final long HALF_A_MINUTE = 30_000_000_000L;
  private static final int LOOKS = 10;

  private final EngineParts parts = EngineParts.of();
  private final List<Recommendation> applied = new ArrayList<>();
  private final Insight insight =
      new Insight(
          parts.config.sources().clock(),
          sure -> {
            applied.add(sure);
            return true;
          });
  private final Outlook outlook = new Outlook(insight, 100);

  private HealthReport health(Component... components) {
    return new HealthReport(Level.HEALTHY, List.of(components), parts.world.now());
  }

  private void look(Component... components) {
    for (int i = 0; i < LOOKS; i++) {
      outlook.look(health(components), parts.registry.all());
    }
  }

  private List<Recommendation> recommended() {
    return insight.report().recommendations();
  }

  private Slots.Seat takes(String agent) {
    return parts.seat(parts.run(), agent);
  }

  @Test
  void it_looks_once_each_half_minute() {
    assertThat(outlook.isDue(100)).isFalse();
    assertThat(outlook.isDue(99 + HALF_A_MINUTE)).isFalse();
    assertThat(outlook.isDue(100 + HALF_A_MINUTE)).isTrue();
    assertThat(outlook.isDue(100 + HALF_A_MINUTE)).isFalse();
    assertThat(outlook.isDue(99 + 2 * HALF_A_MINUTE)).isFalse();
    assertThat(outlook.isDue(105 + 3 * HALF_A_MINUTE)).as("a look was late").isTrue();
    assertThat(outlook.isDue(100 + 4 * HALF_A_MINUTE)).as("half a minute after it").isFalse();
  }

  @Test
  void a_part_that_stays_unwell_is_to_be_looked_at() {
    look(
        new Component("store", Level.DEGRADED, "disk full"),
        new Component("queue", Level.HEALTHY, "empty"));

    assertThat(recommended())
        .singleElement()
        .matches(one -> one.kind() == Kind.SYSTEM)
        .matches(one -> one.subject().equals("store"))
        .matches(one -> one.text().equals("look at the store"))
        .matches(one -> one.evidence().get(0).contains("disk full"));
    assertThat(applied).as("what is sure is offered").isNotEmpty();
  }

  /** Each agent that is not well speaks for itself. */
  @Test
  void the_registry_as_a_whole_is_nothing_to_look_at() {
    look(new Component("agent_registry", Level.UNHEALTHY, "all agents are away"));

    assertThat(recommended()).isEmpty();
  }

  @Test
  void an_agent_that_stays_at_its_limit_needs_a_higher_one() {
    parts.agents("ada", "bob");
    parts.registry.limit("ada", parts.world.now().plusSeconds(60));

    look();

    assertThat(recommended())
        .singleElement()
        .matches(one -> one.kind() == Kind.RESOURCE && one.subject().equals("ada"))
        .matches(
            one ->
                one.text().equals("agent 'ada': raise its limit, or register another such agent"))
        .matches(one -> one.evidence().get(0).contains("it has reached its usage limit"));
  }

  @Test
  void an_agent_for_whose_slots_tasks_wait_needs_more_of_them() {
    parts.registry.register(
        AgentProfile.builder("ada").capacity(2).build(), assignment -> WorkReport.of("done"));
    takes("ada");
    takes("ada");
    look();
    assertThat(recommended()).as("nobody waits").isEmpty();

    Slots.Seat waits = takes("ada");
    look();

    assertThat(waits.state()).isEqualTo(Slots.Seat.State.WAITING);
    assertThat(recommended())
        .singleElement()
        .matches(one -> one.kind() == Kind.RESOURCE && one.subject().equals("ada"))
        .matches(
            one ->
                one.text()
                    .equals("agent 'ada': give it more slots, or register another such agent"))
        .matches(
            one -> one.evidence().get(0).contains("all of its 2 slots are taken, and tasks wait"));
  }

  @Test
  void what_is_well_again_is_forgotten() {
    look(new Component("store", Level.DEGRADED, "disk full"));
    assertThat(recommended()).isNotEmpty();

    look(new Component("store", Level.HEALTHY, "ready"));

    assertThat(recommended()).isEmpty();
  }
}
