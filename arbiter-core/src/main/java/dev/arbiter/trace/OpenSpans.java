/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.trace;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.internal.TraceIds;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.trace.TaskSpan.Point;
import dev.arbiter.trace.TaskSpans.Gate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The spans of one task that have not ended. One thread at a time. */
final class OpenSpans {
  /*
   * Wall-clock times of events are up to a millisecond old, so a span's times are counted by the
   * nano clock from the first event that this process saw.
   *
   * Which span an event ends: Executed, AttemptEnded, Routing after a failure and Concluded end
   * attempts; Resumed and every step out of WAITING end a wait; Verified, SetAside, and what carries
   * a denial end a judgement. Concluded ends all.
   */
  private static final String OPERATION = "gen_ai.operation.name";
  private static final String ERROR = "error.type";
  private static final String CONSTITUTION = "constitution";

  private final Task task;
  private final boolean fromItsStart;
  private final Instant firstAt;
  private final long firstNanos;
  private final Map<Integer, Attempt> attempts = new TreeMap<>();
  private final Set<String> given = new HashSet<>(2);
  private final Map<Integer, Instant> judging = new TreeMap<>();
  private @Nullable Wait wait;

  OpenSpans(TaskEvent first) {
    this.task = first.task();
    this.fromItsStart = first instanceof TaskEvent.Received;
    this.firstAt = first.at();
    this.firstNanos = first.nanoTime();
  }

  private record Attempt(int number, String agent, Instant start, List<Point> points) {}

  private record Wait(@Nullable WaitReason reason, Instant start, List<Point> points) {}

  /** Why something failed: a word of low cardinality, and a sentence. */
  private record Failed(String type, String message) {}

  void on(
      TaskEvent event, Consumer<TaskSpan> receiver, Function<Verdict, List<Gate>> gatesOfVerdict) {
    Instant at = at(event);
    if (wait != null && endsWait(event)) {
      receiver.accept(waited(wait, at));
      wait = null;
    }
    if (event instanceof TaskEvent.Executing executing) {
      begin(executing, at, receiver);
    } else if (event instanceof TaskEvent.Executed executed) {
      Attempt attempt = attempts.remove(event.step().attempt());
      if (attempt != null) {
        receiver.accept(ended(attempt, at, executed.report().usage(), null));
      }
    } else if (event instanceof TaskEvent.Verifying) {
      judging.put(event.step().attempt(), at);
    } else if (event instanceof TaskEvent.Verified verified) {
      judged(event.step().attempt(), verified.verdict(), at, receiver, gatesOfVerdict);
    } else if (event instanceof TaskEvent.SetAside aside) {
      aside
          .verdict()
          .ifPresent(
              verdict -> judged(event.step().attempt(), verdict, at, receiver, gatesOfVerdict));
      judging.remove(event.step().attempt());
    } else if (event instanceof TaskEvent.AttemptEnded ended) {
      ended(ended, at, receiver, gatesOfVerdict);
    } else if (event instanceof TaskEvent.Waiting waiting) {
      judging.clear();
      wait = new Wait(waiting.reason(), at, new ArrayList<>(1));
    } else if (event instanceof TaskEvent.Decided decided) {
      if (wait != null) {
        String kind = word(decided.approval().answer().kind());
        wait.points.add(new Point(at, "arbiter.decided", Map.of("arbiter.decision", kind)));
      }
    } else if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      failed(event.step().attempt(), routing.failed().get(), at, receiver, gatesOfVerdict);
    } else if (event instanceof TaskEvent.Recovered recovered) {
      recovered(recovered, at);
    } else if (event instanceof TaskEvent.Concluded concluded) {
      concluded(concluded, at, receiver, gatesOfVerdict);
    }
  }

  private Instant at(TaskEvent event) {
    return firstAt.plusNanos(event.nanoTime() - firstNanos);
  }

  private static boolean endsWait(TaskEvent event) {
    return !(event instanceof TaskEvent.Decided) && !(event instanceof TaskEvent.Recovered);
  }

  /* A call of the same agent for the same attempt is a retry, or the answer to its question. */
  private void begin(TaskEvent.Executing event, Instant at, Consumer<TaskSpan> receiver) {
    int number = event.step().attempt();
    Attempt known = attempts.get(number);
    if (known != null && known.agent.equals(event.step().agent())) {
      known.points.add(new Point(at, "arbiter.called_again", Map.of()));
    } else {
      if (known != null) {
        // How it ended was not seen, such as by a listener that was skipped for a while.
        receiver.accept(ended(known, at, Usage.none(), null));
      }
      attempts.put(number, new Attempt(number, event.step().agent(), at, new ArrayList<>(1)));
    }
  }

  /* The store came back, in this process or the next; an open attempt of this one goes on. */
  private void recovered(TaskEvent.Recovered event, Instant at) {
    judging.clear();
    if (event.state() == TaskState.WAITING && wait == null) {
      wait = new Wait(null, at, new ArrayList<>(1));
    }
  }

  private void failed(
      int number,
      AttemptFailure failure,
      Instant at,
      Consumer<TaskSpan> receiver,
      Function<Verdict, List<Gate>> gatesOfVerdict) {
    Failed why = new Failed(word(failure.cause()), failure.message());
    // An agent that reached its usage limit gives its number to the next: it counts as not tried.
    for (Attempt attempt : List.copyOf(attempts.values())) {
      if (attempt.number >= number) {
        attempts.remove(attempt.number);
        receiver.accept(ended(attempt, at, failure.usage(), why));
      }
    }
    failure.verdict().ifPresent(verdict -> judged(number, verdict, at, receiver, gatesOfVerdict));
    judging.clear();
  }

  /* One of several attempts at once is over, and not the result. */
  private void ended(
      TaskEvent.AttemptEnded event,
      Instant at,
      Consumer<TaskSpan> receiver,
      Function<Verdict, List<Gate>> gatesOfVerdict) {
    int number = event.step().attempt();
    AttemptFailure failure = event.failure();
    Attempt attempt = attempts.remove(number);
    if (attempt != null) {
      Failed why = new Failed(word(failure.cause()), failure.message());
      receiver.accept(ended(attempt, at, failure.usage(), why));
    }
    failure.verdict().ifPresent(verdict -> judged(number, verdict, at, receiver, gatesOfVerdict));
    judging.remove(number);
  }

  private void judged(
      int number,
      Verdict verdict,
      Instant at,
      Consumer<TaskSpan> receiver,
      Function<Verdict, List<Gate>> gatesOfVerdict) {
    Instant start = judging.remove(number);
    if (start == null) {
      return;
    }
    List<Gate> gates = gatesOfVerdict.apply(verdict);
    if (gates.isEmpty()) {
      String word = verdict.match(passed -> "approved", waived -> "waived", denied -> "denied");
      gates = List.of(new Gate(CONSTITUTION, !(verdict instanceof Verdict.Denied), word));
    }
    for (Gate gate : gates) {
      Map<String, Object> attributes = attributes("execute_tool");
      attributes.put("gen_ai.tool.name", gate.name());
      attributes.put("gen_ai.tool.type", "extension");
      attributes.put("arbiter.gate.state", gate.state());
      attributes.put("arbiter.attempt", (long) number);
      Failed why =
          gate.passed() ? null : new Failed("gate_failed", gate.name() + " is " + gate.state());
      String part = "gate " + gate.name() + ' ' + number + ' ' + start;
      receiver.accept(
          child(part, "execute_tool " + gate.name(), start, at, attributes, List.of(), why));
    }
  }

  private TaskSpan ended(Attempt attempt, Instant at, Usage usage, @Nullable Failed why) {
    Map<String, Object> attributes = attributes("invoke_agent");
    attributes.put("gen_ai.provider.name", "arbiter");
    attributes.put("gen_ai.agent.id", attempt.agent);
    attributes.put("gen_ai.agent.name", attempt.agent);
    attributes.put("arbiter.attempt", (long) attempt.number);
    used(usage, attributes);
    String part = TraceIds.attempt(attempt.number, attempt.agent);
    // The same attempt may have been described before: by a process that died, or before a limit.
    if (!fromItsStart || !given.add(part)) {
      part += " from " + attempt.start;
    }
    String name = "invoke_agent " + attempt.agent;
    return child(part, name, attempt.start, at, attributes, attempt.points, why);
  }

  private TaskSpan waited(Wait ended, Instant at) {
    WaitReason reason = ended.reason;
    Map<String, Object> attributes = attributes("");
    String kind = reason == null ? "recovered" : word(reason.getClass().getSimpleName());
    attributes.put("arbiter.wait.reason", kind);
    if (reason != null) {
      reason.until().ifPresent(until -> attributes.put("arbiter.wait.until", until.toString()));
      reason.request().ifPresent(request -> attributes.put("arbiter.wait.request", request.id()));
    }
    String name = "arbiter.wait " + kind;
    String part = "wait " + kind + ' ' + ended.start;
    return child(part, name, ended.start, at, attributes, ended.points, null);
  }

  private void concluded(
      TaskEvent.Concluded event,
      Instant at,
      Consumer<TaskSpan> receiver,
      Function<Verdict, List<Gate>> gatesOfVerdict) {
    TaskResult result = event.result();
    Failed why = why(result);
    Usage usage =
        result.match(
            done -> done.report().usage(),
            rejected -> Usage.none(),
            failed -> failed.usage(),
            cancelled -> cancelled.usage());
    for (Attempt attempt : attempts.values()) {
      receiver.accept(ended(attempt, at, usage, why));
    }
    if (result instanceof TaskResult.Failed failed && failed.verdict().isPresent()) {
      judged(event.step().attempt(), failed.verdict().get(), at, receiver, gatesOfVerdict);
    }
    Map<String, Object> attributes = attributes("invoke_workflow");
    attributes.put("gen_ai.workflow.name", "arbiter.task");
    attributes.put("arbiter.task.type", task.type());
    attributes.put("arbiter.correlation", task.correlation());
    attributes.put("arbiter.attempts", (long) event.step().attempt());
    receiver.accept(
        span(
            TraceIds.span(task.tenant(), task.id(), ""),
            TraceIds.parent(task.correlation()).map(TraceIds.Parent::span).orElse(""),
            "invoke_workflow arbiter.task",
            at.minusNanos(Math.max(0, event.nanos())),
            at,
            attributes,
            List.of(),
            why));
  }

  private static @Nullable Failed why(TaskResult result) {
    if (result instanceof TaskResult.Rejected rejected) {
      return new Failed("rejected", rejected.findings().get(0).message());
    }
    if (result instanceof TaskResult.Failed failed) {
      return new Failed(word(failed.cause()), failed.message());
    }
    return result instanceof TaskResult.Cancelled cancelled
        ? new Failed("cancelled", cancelled.reason())
        : null;
  }

  private Map<String, Object> attributes(String operation) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    if (!operation.isEmpty()) {
      attributes.put(OPERATION, operation);
    }
    attributes.put("arbiter.tenant", task.tenant());
    attributes.put("arbiter.task", task.id());
    return attributes;
  }

  private static void used(Usage usage, Map<String, Object> attributes) {
    if (!usage.equals(Usage.none())) {
      attributes.put("gen_ai.usage.input_tokens", usage.inputTokens());
      attributes.put("gen_ai.usage.output_tokens", usage.outputTokens());
      attributes.put("arbiter.usage.cost", usage.cost());
    }
  }

  private TaskSpan child(
      String part,
      String name,
      Instant start,
      Instant end,
      Map<String, Object> attributes,
      List<Point> points,
      @Nullable Failed why) {
    return span(
        TraceIds.span(task.tenant(), task.id(), part),
        TraceIds.span(task.tenant(), task.id(), ""),
        name,
        start,
        end,
        attributes,
        points,
        why);
  }

  private TaskSpan span(
      String id,
      String parent,
      String name,
      Instant start,
      Instant end,
      Map<String, Object> attributes,
      List<Point> points,
      @Nullable Failed why) {
    if (why != null) {
      attributes.put(ERROR, why.type);
    }
    return new TaskSpan(
        TraceIds.trace(task.correlation()),
        id,
        parent,
        name,
        start,
        end.isBefore(start) ? start : end,
        attributes,
        points,
        why == null ? Optional.empty() : Optional.of(why.message));
  }

  private static String word(Object name) {
    return String.valueOf(name).replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}
