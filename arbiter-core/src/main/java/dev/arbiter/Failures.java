/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.internal.LogLimiter;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows from an attempt that failed: the same agent, another one, a person, or the end. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);
  private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(1);

  private final LiveRegistry registry;
  private final Endings endings;
  private final Lessons lessons;
  private final Rounds rounds;
  private final Retries retries;
  private final int fallbacks;
  private final RunClock clock;
  private final LogLimiter log;

  Failures(
      EngineConfig config,
      LiveRegistry registry,
      Endings endings,
      Lessons lessons,
      Rounds rounds,
      Retries retries,
      RunClock clock) {
    this.registry = registry;
    this.endings = endings;
    this.lessons = lessons;
    this.rounds = rounds;
    this.retries = retries;
    this.fallbacks = config.fallbacks();
    this.clock = clock;
    this.log = new LogLimiter(config.sources().nanoTime());
  }

  /** The agent failed: it is called again, another is, or a person must look first. */
  Move failed(TaskRun run, AgentCaller.Failure failure, long nanos) {
    log(run, failure);
    boolean idempotent = registry.isIdempotent(run.agent());
    if (failure.cause() == FailureCause.QUOTA) {
      registry.limited(run.agent(), limitEnds(failure));
    }
    if (run.hasOthers()) {
      return ofSeveral(run, failure, nanos);
    }
    if (failure.effect() == Effect.POSSIBLE && !idempotent) {
      lessons.learn(run, lessons.outcome(run, Outcome.Kind.FAILURE, 0, nanos));
      return Waiting.hold(run, new WaitReason.UnknownEffect(run.agent(), run.number()));
    }
    if (failure.cause() == FailureCause.QUOTA) {
      lessons.unlearned(run);
      run.failure(told(run, failure));
      run.dropDecision();
      return Stage.ROUTE;
    }
    if (Retries.passes(failure.cause()) && (failure.effect() == Effect.NONE || idempotent)) {
      WaitReason.Retry retry = retry(run, failure);
      if (retry != null) {
        run.means().again(run.used(), true);
        return Waiting.hold(run, retry);
      }
    }
    if (failure.cause() == FailureCause.INVALID_INPUT) {
      return endings.failed(run, failure.cause(), failure.message(), null);
    }
    return attempt(run, failure.cause(), failure.message(), failure.detail(), nanos, null);
  }

  /* A flood of failures must not become a flood of log lines; each result has its own trace. */
  private void log(TaskRun run, AgentCaller.Failure failure) {
    if (log.passes()) {
      LOG.warn("attempt {} at {} failed: {}", run.number(), run, failure.detail());
    }
  }

  /* The others work on, so nothing is tried again. */
  private Move ofSeveral(TaskRun run, AgentCaller.Failure failure, long nanos) {
    boolean isLimit = failure.cause() == FailureCause.QUOTA;
    Outcome.Kind kind = isLimit ? Outcome.Kind.INFRASTRUCTURE : Outcome.Kind.FAILURE;
    return rounds.ended(run, told(run, failure), lessons.outcome(run, kind, 0, nanos));
  }

  private static AttemptFailure told(TaskRun run, AgentCaller.Failure failure) {
    return new AttemptFailure(
        failure.cause(), failure.message(), Optional.empty(), run.used(), failure.detail());
  }

  /* A limit that ended in the past, or has no end, is tried again soon: the agent knows better. */
  private Instant limitEnds(AgentCaller.Failure failure) {
    Instant soon = clock.instant().plus(SHORTEST_LIMIT);
    Instant said = failure.retryAt();
    return said == null || said.isBefore(soon) ? soon : said;
  }

  /* The next call of the same agent; null if there is none, or none in time. */
  private WaitReason.@Nullable Retry retry(TaskRun run, AgentCaller.Failure failure) {
    Means means = run.meansOrNull();
    long pause = retries.pause(means == null ? 0 : means.retries());
    if (pause < 0) {
      return null;
    }
    Instant now = clock.instant();
    Instant at = now.plusNanos(pause);
    Instant said = failure.retryAt();
    at = said != null && said.isAfter(at) ? said : at;
    boolean inTime =
        run.task().terms().deadlinePauses()
            || !run.isPastDeadline(clock.now() + Timers.nanos(Duration.between(now, at)));
    if (!inTime) {
      retries.giveBack();
      return null;
    }
    return new WaitReason.Retry(run.agent(), run.number(), at);
  }

  private static Outcome.Kind ofDenial(Verdict denial) {
    return denial.isExcused() ? Outcome.Kind.INFRASTRUCTURE : Outcome.Kind.VIOLATION;
  }

  /** An attempt failed, and its agent is not called again for it. */
  Move attempt(
      TaskRun run,
      FailureCause cause,
      String why,
      String detail,
      long nanos,
      @Nullable Verdict denial) {
    Outcome.Kind kind = denial == null ? Outcome.Kind.FAILURE : ofDenial(denial);
    Outcome outcome = lessons.outcome(run, kind, 0, nanos);
    Optional<Verdict> verdict = Optional.ofNullable(denial);
    if (run.hasOthers()) {
      AttemptFailure failure = new AttemptFailure(cause, why, verdict, run.used(), detail);
      return rounds.ended(run, failure, outcome);
    }
    if (run.attempts() <= fallbacks && registry.hasOther(run.task(), run.decisions().all())) {
      lessons.learn(run, outcome);
      run.failure(new AttemptFailure(cause, why, verdict, run.used(), detail));
      return Stage.ROUTE;
    }
    return new Ended(
        new TaskResult.Failed(run.task(), cause, why, run.attempts(), verdict, run.used(), detail),
        outcome);
  }
}
