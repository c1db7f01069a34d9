/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a step: the table, the store, the listeners, in this order. */
class PublisherTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
  private static final Task TASK =
      Task.builder("fix").id("T-1").tenant("acme").idempotencyKey("k").build();

  private final List<List<Change>> batches = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();
  private final List<ArbiterEvent> heard = new ArrayList<>();
  private final FakeTime time = new FakeTime();

  private final Store.Shard shard =
      new Store.Shard() {
        @Override
        public long epoch() {
          return 1;
        }

        @Override
        public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
          batches.add(batch);
          levels.add(level);
          return CompletableFuture.completedFuture(null);
        }
      };

  private Publisher publisher(boolean keeps, ArbiterListener... listeners) {
    return new Publisher(
        new Tenure(time.sources().nanoTime()),
        keeps,
        List.of(listeners),
        Breaker.none(),
        time.sources().nanoTime());
  }

  @SuppressWarnings("NullAway") // nobody drives the run
  private TaskRun run(TaskState at) {
    TaskRun run = new TaskRun(null, TASK, NOW, 0);
    run.shard(shard);
    run.state(at);
    return run;
  }

  private static Step step() {
    return new Step(TASK, 0, "", NOW, 0);
  }

  private static TaskEvent concluded(TaskResult result) {
    return new TaskEvent.Concluded(step(), result, 5);
  }

  private static TaskResult cancelled() {
    return new TaskResult.Cancelled(TASK, "enough", Usage.none());
  }

  /* One event that leads to each state that has one without a decision or a verdict. */
  private static @Nullable TaskEvent into(TaskState state) {
    return switch (state) {
      case RECEIVED -> new TaskEvent.Received(step());
      case VALIDATING_SPEC -> new TaskEvent.Validating(step());
      case SPEC_APPROVED ->
          new TaskEvent.Approved(step(), new Admission.Admitted("sha256:1", List.of()));
      case ROUTING -> new TaskEvent.Routing(step(), Optional.empty());
      case EXECUTING -> new TaskEvent.Executing(step());
      case EXECUTION_COMPLETE -> new TaskEvent.Executed(step(), WorkReport.of("done"), 7);
      case VERIFYING -> new TaskEvent.Verifying(step());
      case WAITING -> new TaskEvent.Waiting(step(), new WaitReason.NotBefore(NOW));
      case REJECTED ->
          concluded(new TaskResult.Rejected(TASK, List.of(Finding.error("a", "", "b"))));
      case CANCELLED -> concluded(cancelled());
      case ROUTED, VERIFIED, COMPLETED, FAILED -> null;
    };
  }

  @ParameterizedTest
  @EnumSource(TaskState.class)
  void a_step_that_the_table_forbids_is_refused_and_changes_nothing(TaskState from) {
    for (TaskState to : TaskState.values()) {
      TaskEvent event = into(to);
      if (event == null) {
        continue;
      }
      TaskRun run = run(from);
      Publisher publisher = publisher(true, heard::add);
      heard.clear();
      if (from == to || from.mayBecome(to)) {
        publisher.step(run, event);
        assertThat(run.state()).isEqualTo(to);
        assertThat(heard).containsExactly(event);
      } else {
        assertThatThrownBy(() -> publisher.step(run, event))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("cannot become " + to);
        assertThatThrownBy(() -> publisher.stepToKeep(run, event))
            .isInstanceOf(IllegalStateException.class);
        assertThat(run.state()).isEqualTo(from);
        assertThat(run.takeSteps()).isEmpty();
        assertThat(run.untold()).isNull();
        assertThat(heard).isEmpty();
      }
    }
  }

  private static String kinds(List<Change> batch) {
    StringBuilder text = new StringBuilder();
    for (Change change : batch) {
      text.append(text.isEmpty() ? "" : " ").append(change.kind()).append(":");
      text.append(change.key().charAt(0)).append(change.value() == null ? "-" : "");
    }
    return text.toString();
  }

  @Test
  void a_batch_holds_the_state_once_and_every_step() {
    TaskRun run = run(TaskState.RECEIVED);
    Publisher publisher = publisher(true, heard::add);

    publisher.stepToKeep(run, new TaskEvent.Received(step()));
    assertThat(publisher.keep(run)).isNotNull();
    publisher.tellKept(run);
    publisher.step(run, Objects.requireNonNull(into(TaskState.VALIDATING_SPEC)));
    publisher.stepToKeep(run, Objects.requireNonNull(into(TaskState.WAITING)));
    assertThat(publisher.keep(run)).isNotNull();
    publisher.tellKept(run);
    publisher.stepToKeep(run, concluded(cancelled()));
    assertThat(publisher.keep(run)).isNotNull();

    // A task, in place of an earlier one; how far it has come; its end, in place of both.
    assertThat(batches)
        .extracting(PublisherTest::kinds)
        .containsExactly(
            "STATE:S- STATE:T EVENT:a", "STATE:S EVENT:a", "STATE:S- STATE:T- END:E END:K EVENT:a");
    assertThat(levels).containsOnly(Level.DURABLE);
    byte[] reached = Objects.requireNonNull(batches.get(1).get(0).value()).bytes();
    assertThat(Records.progress(reached).state()).isEqualTo(TaskState.WAITING);
  }

  @Test
  void a_step_to_keep_is_told_when_it_is_kept_and_once() {
    TaskRun run = run(TaskState.RECEIVED);
    Publisher publisher = publisher(true, heard::add);
    TaskEvent received = new TaskEvent.Received(step());

    publisher.stepToKeep(run, received);
    assertThat(heard).isEmpty();
    publisher.tellKept(run);
    publisher.tellKept(run);
    assertThat(heard).containsExactly(received);
  }

  /** Each attempt that failed ends an event, so that a report over the history finds it. */
  @Test
  void an_attempt_that_failed_ends_an_event() {
    TaskRun run = run(TaskState.VERIFYING);
    Publisher publisher = publisher(true);
    TaskEvent.AttemptFailure failure =
        new TaskEvent.AttemptFailure(
            TaskResult.FailureCause.AGENT_ERROR, "no", Optional.empty(), Usage.none(), "");

    publisher.step(run, new TaskEvent.Routing(step(), Optional.of(failure)));
    publisher.stepToKeep(run, concluded(cancelled()));
    assertThat(publisher.keep(run)).isNotNull();
    assertThat(kinds(batches.get(0))).endsWith("EVENT:a EVENT:a");
  }

  @Test
  void without_a_store_nothing_is_kept_and_all_is_told() {
    TaskRun run = run(TaskState.RECEIVED);
    Publisher publisher = publisher(false, heard::add);

    publisher.stepToKeep(run, new TaskEvent.Received(step()));
    assertThat(publisher.keep(run)).isNotNull();
    publisher.tellKept(run);
    publisher.record(new AgentEvent.Retired(NOW, 0, "ada"));
    publisher.keep("ada", null);
    assertThat(publisher.keepAccount("acme", new byte[1], Level.DURABLE).toCompletableFuture())
        .isCompleted();
    assertThat(batches).containsExactly(List.of());
    assertThat(heard).hasSize(2);
  }

  @Test
  void a_listener_that_throws_is_counted_and_all_others_hear() {
    TaskRun run = run(TaskState.RECEIVED);
    ArbiterListener throwing =
        event -> {
          throw new NoSuchMethodError("fault");
        };
    List<ArbiterEvent> own = new ArrayList<>();
    run.subscribe(throwing);
    run.subscribe(own::add);
    Publisher publisher = publisher(true, throwing, heard::add);

    publisher.step(run, new TaskEvent.Validating(step()));
    assertThat(heard).hasSize(1);
    assertThat(own).hasSize(1);
    assertThat(publisher.errors()).isEqualTo(2);
  }

  @Test
  void a_listener_whose_breaker_is_open_misses_events_and_hears_again_after_its_pause() {
    List<ArbiterEvent> tried = new ArrayList<>();
    ArbiterListener throwing =
        event -> {
          tried.add(event);
          throw new IllegalStateException("fault");
        };
    Publisher publisher =
        new Publisher(
            new Tenure(time.sources().nanoTime()),
            true,
            List.of(throwing, heard::add),
            Breaker.standard(),
            time.sources().nanoTime());
    for (int i = 0; i < 100; i++) {
      publisher.record(new AgentEvent.Retired(NOW, 0, "ada"));
    }
    assertThat(heard).as("the breaker of one listener is not that of another").hasSize(100);
    assertThat(tried).hasSizeBetween(1, 50);
    int before = tried.size();
    time.advance(Duration.ofMinutes(10));
    publisher.record(new AgentEvent.Retired(NOW, 0, "ada"));
    assertThat(tried).hasSize(before + 1);
    assertThat(publisher.fuses()).hasSize(2);
  }

  @Test
  void a_batch_without_steps_is_empty() {
    TaskRun run = run(TaskState.RECEIVED);
    assertThat(publisher(true).keep(run)).isNotNull();
    assertThat(batches).containsExactly(List.of());
  }
}
