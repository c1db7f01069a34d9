/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.event.HealthEvent.Action;
import dev.arbiter.internal.record.KeptEnd;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What goes into a store, under which keys and with which columns. */
class KeptValueTest {
  private static final Instant AT = Instant.parse("2026-03-02T10:00:00Z");
  private static final Instant LATER = AT.plusSeconds(60);
  private static final Task TASK =
      Task.builder("fix").id("T-1").tenant("acme").idempotencyKey("k").build();
  private static final KeptStep STEP =
      new KeptStep(LATER, "Executed", "EXECUTION_COMPLETE", 2, "ada", 0.5, Usage.cost(3), "ok");

  /* The columns of the last step of the task. */
  private static final Columns COLUMNS =
      new Columns(
          LATER, "acme", "T-1", "fix", "EXECUTION_COMPLETE", 2, "ada", 0.5, Usage.cost(3), "ok");

  @Test
  void kinds_of_values_are_kept_apart_by_the_first_letter() {
    assertThat(
            Set.of(
                KeptValue.TASK,
                KeptValue.PROGRESS,
                KeptValue.END,
                KeptValue.AGENT,
                KeptValue.ALIAS,
                KeptValue.DURABLE,
                KeptValue.ACCOUNT,
                KeptValue.HEALTH))
        .hasSize(8)
        .allMatch(prefix -> prefix.length() == 1);
  }

  @Test
  void tenant_and_id_are_apart_in_a_key() {
    assertThat(KeptValue.key("ab", "c")).isEqualTo("ab\u001fc");
    assertThat(KeptValue.key("ab", "c")).isNotEqualTo(KeptValue.key("a", "bc"));
    assertThat(KeptValue.alias(TASK)).isEqualTo("Kacme\u001fk");
  }

  @Test
  void the_newest_of_something_is_set_or_forgotten() {
    KeptValue value = new KeptValue.Alias(TASK, AT);
    assertThat(KeptValue.state("T", "acme", value))
        .isEqualTo(new Change(Change.Kind.STATE, "Tacme", value));
    assertThat(KeptValue.forget("S", "acme"))
        .isEqualTo(new Change(Change.Kind.STATE, "Sacme", null));
  }

  @Test
  void a_task_is_kept_as_it_was_accepted() {
    KeptTask kept = new KeptTask(TASK, AT);
    KeptValue value = new KeptValue.Accepted(kept);
    assertThat(Records.task(value.bytes())).isEqualTo(kept);
    assertThat(value.columns())
        .isEqualTo(new Columns(AT, "acme", "T-1", "fix", "RECEIVED", 0, "", 0, Usage.none(), ""));
  }

  @Test
  void how_far_a_task_has_come_has_the_columns_of_its_last_step() {
    KeptValue value = new KeptValue.Reached(TASK, STEP, KeptProgress.none());
    assertThat(Records.progress(value.bytes())).isEqualTo(KeptProgress.none());
    assertThat(value.columns()).isEqualTo(COLUMNS);
  }

  @Test
  void steps_have_the_columns_of_the_last_of_them() {
    List<KeptStep> steps = List.of(KeptStep.of("Received", AT, "RECEIVED", 0, "", ""), STEP);
    KeptValue value = new KeptValue.Steps(TASK, steps);
    assertThat(Records.steps(value.bytes())).isEqualTo(steps);
    assertThat(value.columns()).isEqualTo(COLUMNS);
  }

  @Test
  void an_end_has_the_columns_of_the_last_step() {
    KeptEnd end = new KeptEnd(new TaskResult.Cancelled(TASK, "enough", Usage.cost(3)), AT, LATER);
    KeptValue value = new KeptValue.Over(STEP, end);
    assertThat(Records.end(value.bytes())).isEqualTo(end);
    assertThat(value.columns()).isEqualTo(COLUMNS);
  }

  @Test
  void an_alias_leads_to_the_key_of_an_end_and_grows_old_with_it() {
    KeptValue value = new KeptValue.Alias(TASK, LATER);
    assertThat(new String(value.bytes(), UTF_8)).isEqualTo("Eacme\u001fT-1");
    assertThat(value.columns())
        .isEqualTo(new Columns(LATER, "", "", "", "", 0, "", 0, Usage.none(), ""));
  }

  @Test
  void a_change_of_an_agent_can_be_read_again() {
    AgentEvent event =
        new AgentEvent.StatusChanged(
            AT, 5, "ada", Status.AVAILABLE, Status.LIMITED, Optional.of(LATER));
    KeptValue value = new KeptValue.AgentChanged(event);

    assertThat(KeptValue.AgentChanged.read(value.bytes())).isEqualTo(KeptStep.of(event));
    assertThat(value.columns())
        .isEqualTo(
            new Columns(AT, "", "", "", "LIMITED", 0, "ada", 0, Usage.none(), "StatusChanged"));
  }

  @Test
  void a_record_of_an_agent_without_a_step_is_damaged() {
    byte[] none = Records.bytes(List.of());
    assertThatThrownBy(() -> KeptValue.AgentChanged.read(none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the record is damaged: it has no step");
    KeptStep assumed = KeptValue.AgentChanged.damaged();
    assertThat(assumed.state()).as("it stays out of service").isEqualTo("MAINTENANCE");
    assertThat(assumed.at()).isEqualTo(Instant.EPOCH);
    assertThat(assumed.detail()).isEqualTo("damaged record");
  }

  @Test
  void an_action_to_recover_is_kept_as_a_sentence() {
    KeptValue done =
        new KeptValue.Healed(new HealthEvent(AT, 5, "ada", Action.ISOLATE, true, "silent"));
    KeptValue failed =
        new KeptValue.Healed(new HealthEvent(AT, 5, "ada", Action.RESTART, false, "no host"));

    assertThat(done.columns())
        .isEqualTo(
            new Columns(AT, "", "", "", "", 0, "", 0, Usage.none(), "ISOLATE for ada: silent"));
    assertThat(failed.columns().detail()).isEqualTo("RESTART failed for ada: no host");
    assertThat(Records.steps(failed.bytes()))
        .containsExactly(
            KeptStep.of("Health", AT, "", 0, "ada", "RESTART failed for ada: no host"));
  }
}
