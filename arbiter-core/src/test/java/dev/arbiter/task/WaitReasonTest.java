/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Until when a task waits, and for whom. */
class WaitReasonTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final ApprovalRequest ASKED =
      ApprovalRequest.start(
          Task.builder("fix").id("T-1").build(),
          "sha256:1",
          Question.of("May it?").within(Duration.ofMinutes(1)),
          NOW);

  @Test
  void a_wait_for_a_person_ends_when_the_request_expires() {
    for (WaitReason reason :
        List.of(
            new WaitReason.Approval(ASKED),
            new WaitReason.Input(ASKED, "", false),
            new WaitReason.Budget(ASKED, false))) {
      assertThat(reason.request()).contains(ASKED);
      assertThat(reason.until()).contains(LATER);
    }
  }

  @Test
  void a_wait_for_a_moment_asks_nobody() {
    for (WaitReason reason :
        List.of(
            new WaitReason.Quota("ada", LATER),
            new WaitReason.Retry("ada", 1, LATER),
            new WaitReason.NotBefore(LATER))) {
      assertThat(reason.until()).contains(LATER);
      assertThat(reason.request()).isEmpty();
      assertThat(reason.withinCall()).isFalse();
    }
  }

  @Test
  void nobody_knows_how_long_an_unknown_effect_waits() {
    WaitReason reason = new WaitReason.UnknownEffect("ada", 1);

    assertThat(reason.until()).isEmpty();
    assertThat(reason.request()).isEmpty();
    assertThat(reason.withinCall()).isFalse();
  }

  @Test
  void an_agent_may_wait_within_its_call_for_an_answer_or_a_budget() {
    assertThat(new WaitReason.Approval(ASKED).withinCall()).isFalse();
    assertThat(new WaitReason.Input(ASKED, "", true).withinCall()).isTrue();
    assertThat(new WaitReason.Input(ASKED, "", false).withinCall()).isFalse();
    assertThat(new WaitReason.Budget(ASKED, true).withinCall()).isTrue();
    assertThat(new WaitReason.Budget(ASKED, false).withinCall()).isFalse();
  }

  @Test
  void a_limit_of_agents_has_no_words_of_a_tenant() {
    assertThat(new WaitReason.Quota("ada", LATER).limit()).isEmpty();
  }
}
