/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.internal.record.KeptEnd;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Instant;
import java.util.List;

/** What the engine gives to a store, and the keys under which it does. */
sealed interface KeptValue extends Store.Value {
  /* The first letter of a key is the kind of its value; it keeps the kinds apart in one table. */
  String TASK = "T";
  String PROGRESS = "S";
  String END = "E";
  String AGENT = "A";
  String ALIAS = "K";
  String DURABLE = "D";
  String ACCOUNT = "B";
  String HEALTH = "H";

  /* The most characters of a task, or of a report's output, that go into a store. */
  int MOST_TEXT = 16 << 20;

  /* The most bytes of a value, as Storage says. */
  int MOST_BYTES = 100_000_000;

  /* Apart by a character that no name has. */
  char APART = '\u001f';

  /** The key of a task: tenant and id. */
  static String key(String tenant, String id) {
    return tenant + APART + id;
  }

  /** The key under which the end of a task with an idempotency key is found. */
  static String alias(Task task) {
    return ALIAS + task.tenant() + APART + task.idempotencyKey();
  }

  /** The newest of something under the key of a task. */
  static Change state(String prefix, String key, KeptValue value) {
    return new Change(Change.Kind.STATE, prefix + key, value);
  }

  /** Forgets the newest of something. */
  static Change forget(String prefix, String key) {
    return new Change(Change.Kind.STATE, prefix + key, null);
  }

  /** A task as it was accepted. */
  record Accepted(KeptTask kept) implements KeptValue {
    @Override
    public byte[] bytes() {
      return Records.bytes(kept);
    }

    @Override
    public Columns columns() {
      KeptStep received =
          KeptStep.of("Received", kept.accepted(), TaskState.RECEIVED.name(), 0, "", "");
      return of(kept.task(), received);
    }
  }

  /** How far a task has come. */
  record Reached(Task task, KeptStep last, KeptProgress progress) implements KeptValue {
    @Override
    public byte[] bytes() {
      return Records.bytes(progress);
    }

    @Override
    public Columns columns() {
      return of(task, last);
    }
  }

  /** The steps since the last batch. Its columns are those of the last step. */
  record Steps(Task task, List<KeptStep> steps) implements KeptValue {
    @Override
    public byte[] bytes() {
      return Records.bytes(steps);
    }

    @Override
    public Columns columns() {
      return of(task, steps.get(steps.size() - 1));
    }
  }

  /** The end of a task. */
  record Over(KeptStep last, KeptEnd end) implements KeptValue {
    @Override
    public byte[] bytes() {
      return Records.bytes(end);
    }

    @Override
    public Columns columns() {
      return of(end.result().task(), last);
    }
  }

  /** Under which key the end of a task is found. It grows old with that end. */
  record Alias(Task task, Instant at) implements KeptValue {
    @Override
    public byte[] bytes() {
      return (END + key(task.tenant(), task.id())).getBytes(UTF_8);
    }

    @Override
    public Columns columns() {
      return new Columns(at, "", "", "", "", 0, "", 0, Usage.none(), "");
    }
  }

  /** A change of an agent. The newest is kept while the agent is out of service. */
  record AgentChanged(AgentEvent event) implements KeptValue {
    static KeptStep read(byte[] bytes) {
      List<KeptStep> steps = Records.steps(bytes);
      if (steps.isEmpty()) {
        throw new IllegalArgumentException("the record is damaged: it has no step");
      }
      return steps.get(0);
    }

    /** What is assumed of an agent whose record is damaged. */
    static KeptStep damaged() {
      return KeptStep.of(
          "StatusChanged", Instant.EPOCH, Status.MAINTENANCE.name(), 0, "", "damaged record");
    }

    @Override
    public byte[] bytes() {
      return Records.bytes(List.of(KeptStep.of(event)));
    }

    @Override
    public Columns columns() {
      KeptStep step = KeptStep.of(event);
      return new Columns(
          step.at(), "", "", "", step.state(), 0, step.agent(), 0, step.usage(), step.name());
    }
  }

  /**
   * An action to recover. Its agent is in its text alone: it says nothing of the agent's status.
   */
  record Healed(HealthEvent event) implements KeptValue {
    private String text() {
      String result = event.succeeded() ? "" : " failed";
      return event.action() + result + " for " + event.component() + ": " + event.detail();
    }

    @Override
    public byte[] bytes() {
      return Records.bytes(
          List.of(KeptStep.of("Health", event.at(), "", 0, event.component(), text())));
    }

    @Override
    public Columns columns() {
      return new Columns(event.at(), "", "", "", "", 0, "", 0, Usage.none(), text());
    }
  }

  private static Columns of(Task task, KeptStep step) {
    return new Columns(
        step.at(),
        task.tenant(),
        task.id(),
        task.type(),
        step.state(),
        step.attempt(),
        step.agent(),
        step.quality(),
        step.usage(),
        step.detail());
  }
}
