/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Instant;

/**
 * A step of a task or an agent, as plain values for the history. Report, verdict and decision are
 * not in it; they are in the records of progress and end.
 *
 * @param at when
 * @param name the name of the event, such as {@code Executing}
 * @param state the state that the task or agent entered
 * @param attempt the attempt, 0 before the first
 * @param agent the agent, empty before one was chosen
 * @param quality the quality of a verdict, else 0
 * @param usage what an attempt used up
 * @param detail what else there is to say: a digest, a policy, a reason; may be empty
 */
public record KeptStep(
    Instant at,
    String name,
    String state,
    int attempt,
    String agent,
    double quality,
    Usage usage,
    String detail) {
  private static final int LONGEST = 200;

  /** Whether an attempt failed, and another one may follow. */
  public boolean endsAttempt() {
    return name.equals("AttemptEnded") || (name.equals("Routing") && !detail.isEmpty());
  }

  /** The state that a step of this name enters, empty if the name does not say. */
  static String stateOf(String name) {
    return switch (name) {
      case "Received" -> "RECEIVED";
      case "Validating" -> "VALIDATING_SPEC";
      case "Approved" -> "SPEC_APPROVED";
      case "Routing" -> "ROUTING";
      case "Routed" -> "ROUTED";
      case "Executing" -> "EXECUTING";
      case "Executed" -> "EXECUTION_COMPLETE";
      case "Verifying" -> "VERIFYING";
      case "Verified" -> "VERIFIED";
      case "Waiting", "Decided" -> "WAITING";
      case "Resumed", "Joined", "SetAside" -> "EXECUTING";
      default -> "";
    };
  }

  /** A step that used up nothing. */
  public static KeptStep of(
      String name, Instant at, String state, int attempt, String agent, String detail) {
    return new KeptStep(at, name, state, attempt, agent, 0, Usage.none(), detail);
  }

  /** The plain values of a change of an agent. */
  public static KeptStep of(AgentEvent event) {
    String state = "";
    String until = "";
    if (event instanceof AgentEvent.StatusChanged changed) {
      state = changed.after().name();
      until = changed.until().map(Instant::toString).orElse("");
    }
    return of(event.getClass().getSimpleName(), event.at(), state, 0, event.agent(), until);
  }

  /** The plain values of a step of a task. */
  public static KeptStep of(TaskEvent event) {
    if (event instanceof TaskEvent.Approved approved) {
      return step(event, 0, Usage.none(), approved.admission().specDigest());
    }
    if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      TaskEvent.AttemptFailure failed = routing.failed().get();
      return step(event, 0, failed.usage(), failed.cause() + ": " + failed.message());
    }
    if (event instanceof TaskEvent.AttemptEnded ended) {
      TaskEvent.AttemptFailure failed = ended.failure();
      return step(event, 0, failed.usage(), failed.cause() + ": " + failed.message());
    }
    if (event instanceof TaskEvent.SetAside aside && aside.verdict().isPresent()) {
      Verdict verdict = aside.verdict().get();
      return step(event, verdict.quality(), Usage.none(), verdict(verdict));
    }
    if (event instanceof TaskEvent.Joined joined) {
      return step(event, 0, Usage.none(), joined.decision().policy());
    }
    if (event instanceof TaskEvent.Routed routed) {
      return step(event, 0, Usage.none(), routed.decision().policy());
    }
    if (event instanceof TaskEvent.Executed executed) {
      return step(event, 0, executed.report().usage(), "");
    }
    if (event instanceof TaskEvent.Verified verified) {
      Verdict verdict = verified.verdict();
      return step(event, verdict.quality(), Usage.none(), verdict(verdict));
    }
    if (event instanceof TaskEvent.Waiting waiting) {
      return step(event, 0, Usage.none(), waited(waiting.reason()));
    }
    if (event instanceof TaskEvent.Decided decided) {
      Answer answer = decided.approval().answer();
      return step(
          event,
          0,
          Usage.none(),
          answer.kind() + " by " + answer.by() + ": " + brief(answer.text()));
    }
    if (event instanceof TaskEvent.Concluded concluded) {
      return concluded(event, concluded.result());
    }
    return step(event, 0, Usage.none(), "");
  }

  /* The kind of a wait and its end; what is shown to a person stays in the progress. */
  private static String waited(WaitReason reason) {
    String kind = reason.getClass().getSimpleName();
    return reason
        .request()
        .map(request -> kind + " " + request.id() + ": " + brief(request.question().text()))
        .orElse(reason.toString());
  }

  private static String brief(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  private static KeptStep concluded(TaskEvent event, TaskResult result) {
    return result.match(
        done ->
            step(event, done.verdict().quality(), done.report().usage(), verdict(done.verdict())),
        rejected -> step(event, 0, Usage.none(), rejected.findings().get(0).message()),
        failed -> step(event, 0, failed.usage(), failed.cause() + ": " + failed.message()),
        cancelled -> step(event, 0, cancelled.usage(), cancelled.reason()));
  }

  private static KeptStep step(TaskEvent event, double quality, Usage usage, String detail) {
    return new KeptStep(
        event.at(),
        event.getClass().getSimpleName(),
        event.state().name(),
        event.step().attempt(),
        event.step().agent(),
        quality,
        usage,
        detail);
  }

  private static String verdict(Verdict verdict) {
    String kind = verdict.match(approved -> "approved", waived -> "waived", denied -> "denied");
    String digest = verdict.seal().digest();
    return digest.isEmpty() ? kind : kind + " " + digest;
  }
}
