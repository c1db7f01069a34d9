/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The steps of one running task. Its events come from one thread at a time. */
final class Episode {
  /*
   * Routed opens a step. Routing after a failure, or the end, gives its reward. The next Routed, or
   * the end, completes it with its next state. Joined opens one more beside it; each of several is
   * completed by its own end. The concurrent map that hands an episode from thread
   * to thread makes its fields visible, and the engine orders the events of a task.
   */
  private static final double NANOS_A_MILLI = 1e6;

  private final long receivedNanos;
  private final List<String> failed = new ArrayList<>();
  private String cause = "";
  private double spent;
  private boolean waits;
  private long waitBegan;
  private long waited;
  private int decisions;
  private @Nullable Choice choice;

  /* The steps of the other attempts at once, by number. */
  private @Nullable Map<Integer, Choice> others;

  /** A step whose next state is still unknown. */
  private static final class Choice {
    final Step step;
    final RoutingDecision decision;
    final Transition.State state;
    final double propensity;
    long startNanos;
    double nanos;
    boolean reported;
    Usage usage = Usage.none();
    Transition.@Nullable Reward reward;

    Choice(Step step, RoutingDecision decision, Transition.State state) {
      this.step = step;
      this.decision = decision;
      this.state = state;
      this.propensity = decision.probability();
      this.startNanos = step.nanoTime();
    }
  }

  Episode(long receivedNanos) {
    this.receivedNanos = receivedNanos;
  }

  /** The step that this event completes; null for none. */
  @Nullable Transition on(TaskEvent event) {
    follow(event);
    if (event instanceof TaskEvent.Routed routed) {
      return choose(routed);
    }
    if (event instanceof TaskEvent.Joined joined) {
      join(joined);
      return null;
    }
    if (others != null) {
      lookAt(event.step().attempt());
    }
    if (event instanceof TaskEvent.Concluded concluded) {
      return conclude(concluded);
    }
    Choice current = choice;
    if (current == null) {
      return null;
    }
    if (event instanceof TaskEvent.Executing executing) {
      current.startNanos = executing.nanoTime();
    } else if (event instanceof TaskEvent.Executed executed) {
      report(current, executed);
    } else if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      fail(current, routing.step(), routing.failed().get());
    } else if (event instanceof TaskEvent.AttemptEnded ended) {
      fail(current, ended.step(), ended.failure());
      return completed(state(ended.step(), current.state.attempt(), List.of(), ""), false);
    }
    return null;
  }

  private void join(TaskEvent.Joined joined) {
    if (others == null) {
      others = new HashMap<>();
    }
    Choice first = choice;
    if (first != null) {
      others.put(first.step.attempt(), first);
    }
    choice = choice(joined.step(), joined.decision(), joined.step().attempt());
  }

  /* Makes the step of an attempt the current one. */
  private void lookAt(int attempt) {
    Map<Integer, Choice> all = Objects.requireNonNull(others);
    Choice wanted = all.remove(attempt);
    if (wanted != null) {
      Choice before = choice;
      if (before != null) {
        all.put(before.step.attempt(), before);
      }
      choice = wanted;
    }
  }

  /* Waits count for the task, and not for the agent that is called at the time. */
  private void follow(TaskEvent event) {
    if (event instanceof TaskEvent.Decided) {
      decisions++;
      return;
    }
    if (waits) {
      long nanos = event.nanoTime() - waitBegan;
      waits = false;
      waited += nanos;
      if (choice != null) {
        choice.startNanos += nanos;
      }
    }
    if (event instanceof TaskEvent.Waiting) {
      waits = true;
      waitBegan = event.nanoTime();
    }
  }

  private @Nullable Transition choose(TaskEvent.Routed routed) {
    Choice next = choice(routed.step(), routed.decision(), failed.size() + 1);
    Transition completed = completed(next.state, false);
    choice = next;
    return completed;
  }

  private Choice choice(Step step, RoutingDecision decision, int attempt) {
    List<String> candidates =
        decision.candidates().stream().map(RoutingDecision.Scored::agent).toList();
    return new Choice(step, decision, state(step, attempt, candidates, ""));
  }

  private void report(Choice current, TaskEvent.Executed executed) {
    current.reported = true;
    current.nanos = executed.nanos();
    charge(current, executed.report().usage());
  }

  /* What an end says was used includes what a report said, and earlier calls of the attempt. */
  private void charge(Choice current, Usage usage) {
    if (!usage.equals(Usage.none())) {
      spent += usage.cost() - current.usage.cost();
      current.usage = usage;
    }
  }

  private void fail(Choice current, Step step, TaskEvent.AttemptFailure failure) {
    charge(current, failure.usage());
    Optional<Verdict> passed = failure.verdict().filter(Verdict::passed);
    if (passed.isPresent()) {
      current.reward = success(current, step, passed.get());
      return;
    }
    failed.add(current.decision.agent());
    cause = failure.cause().name();
    current.reward = failure(current, step, failure.cause(), failure.verdict());
  }

  private @Nullable Transition conclude(TaskEvent.Concluded concluded) {
    Choice current = choice;
    if (current == null) {
      return null;
    }
    if (current.reward == null) {
      current.reward = reward(current, concluded.step(), concluded.result());
    }
    Transition.State end =
        state(concluded.step(), current.state.attempt(), List.of(), concluded.state().name());
    return completed(end, true);
  }

  private Transition.Reward reward(Choice current, Step step, TaskResult result) {
    if (result instanceof TaskResult.Completed completed) {
      return success(current, step, completed.verdict());
    }
    if (result instanceof TaskResult.Failed last) {
      failed.add(current.decision.agent());
      cause = last.cause().name();
      charge(current, last.usage());
      return failure(current, step, last.cause(), last.verdict());
    }
    if (result instanceof TaskResult.Cancelled cancelled) {
      charge(current, cancelled.usage());
    }
    return failure(current, step, FailureCause.INTERNAL, Optional.empty());
  }

  private static Transition.Reward success(Choice current, Step step, Verdict verdict) {
    return new Transition.Reward(
        Transition.Reward.Outcome.SUCCESS,
        true,
        verdict.quality(),
        current.usage.cost(),
        millis(current, step),
        violations(Optional.of(verdict)));
  }

  private static Transition.Reward failure(
      Choice current, Step step, FailureCause cause, Optional<Verdict> verdict) {
    Transition.Reward.Outcome outcome = Transition.Reward.Outcome.INFRASTRUCTURE;
    boolean violates = false;
    if (cause.byAgent(verdict)) {
      violates = cause == FailureCause.DENIED;
      outcome = violates ? Transition.Reward.Outcome.VIOLATION : Transition.Reward.Outcome.FAILURE;
    }
    return new Transition.Reward(
        outcome,
        false,
        0,
        current.usage.cost(),
        millis(current, step),
        violates ? violations(verdict) : 0);
  }

  private static int violations(Optional<Verdict> verdict) {
    return (int)
        verdict.stream()
            .flatMap(judged -> judged.findings().stream())
            .filter(finding -> finding.severity() == Severity.ERROR)
            .count();
  }

  /** The engine's measurement; without a report, the time from the agent's begin to the failure. */
  private static double millis(Choice current, Step step) {
    double nanos = current.reported ? current.nanos : step.nanoTime() - current.startNanos;
    return Math.max(0, nanos) / NANOS_A_MILLI;
  }

  private Transition.State state(Step step, int attempt, List<String> candidates, String end) {
    Task task = step.task();
    long elapsed = TimeUnit.NANOSECONDS.toMillis(step.nanoTime() - receivedNanos);
    return new Transition.State(
        task.type(),
        task.priority(),
        task.capabilities().stream().sorted().toList(),
        attempt,
        failed,
        cause,
        Math.max(0, elapsed),
        TimeUnit.NANOSECONDS.toMillis(Math.max(0, waited)),
        decisions,
        spent,
        candidates,
        end);
  }

  private @Nullable Transition completed(Transition.State next, boolean done) {
    Choice current = choice;
    choice = null;
    if (current == null || current.reward == null) {
      return null;
    }
    return new Transition(
        current.step.task().tenant(),
        current.step.task().id(),
        current.step.at(),
        current.state,
        current.decision.agent(),
        current.decision.policy(),
        current.propensity,
        current.reward,
        next,
        done);
  }
}
