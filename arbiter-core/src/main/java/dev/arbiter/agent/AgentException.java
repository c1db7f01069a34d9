/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failed attempt that says what it used up, why it failed, and whether it may have had an effect.
 * From these the engine decides: call the same agent again, wait for its usage limit, try another
 * agent, or ask a person.
 *
 * <p>Any other exception is a failed attempt as well. Its usage is what was added to {@link
 * Assignment#meter()}; its cause is read from its type: a {@link java.net.ConnectException} is
 * CONNECTIVITY without an effect, a timeout is AGENT_TIMEOUT, all else is AGENT_ERROR. In a chain
 * of causes the first {@code AgentException} says everything; types count only if there is none.
 */
public class AgentException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Usage usage;
  private FailureCause failure = FailureCause.AGENT_ERROR;
  private Effect effect = Effect.UNSAID;
  private transient @Nullable Instant retryAt;

  /** Whether a failed attempt has changed something outside. */
  public enum Effect {
    /** The agent does not say: another agent may try, the same one is not called again. */
    UNSAID,
    /** Nothing was changed, so the attempt may be made again. */
    NONE,
    /** Perhaps something was changed: no agent is called again before a person has looked. */
    POSSIBLE
  }

  /**
   * Makes a failure.
   *
   * @param message what happened
   * @param usage what this call used up; earlier calls of the attempt are counted already
   */
  public AgentException(String message, Usage usage) {
    super(message);
    this.usage = Objects.requireNonNull(usage, "usage");
  }

  /**
   * Makes a failure with a cause.
   *
   * @param message what happened
   * @param usage what this call used up; earlier calls of the attempt are counted already
   * @param cause why
   */
  public AgentException(String message, Usage usage, Throwable cause) {
    super(message, cause);
    this.usage = Objects.requireNonNull(usage, "usage");
  }

  /**
   * {@return the failure of an agent that has reached its usage limit} No task is given to it until
   * then.
   *
   * @param message what the agent was told
   * @param resetsAt when it may be called again
   */
  public static AgentException quota(String message, Instant resetsAt) {
    return new AgentException(message, Usage.none())
        .failure(FailureCause.QUOTA)
        .effect(Effect.NONE)
        .retryAt(resetsAt);
  }

  /**
   * Sets the cause. Default: AGENT_ERROR.
   *
   * @param cause AGENT_ERROR, AGENT_TIMEOUT, DENIED, CONNECTIVITY, RATE, QUOTA, RESOURCE,
   *     AUTHORIZATION, INVALID_INPUT or UNKNOWN_EFFECT; any other is the engine's own
   * @return this
   * @throws IllegalArgumentException if no agent can give that cause
   */
  public AgentException failure(FailureCause cause) {
    switch (cause) {
      case NO_AGENT,
          REFUSED,
          DEADLINE,
          APPROVAL_VOID,
          INTERNAL,
          UNRECORDED,
          BUDGET,
          EXPIRED,
          RUNAWAY,
          OVERLOAD,
          SUPERSEDED ->
          throw new IllegalArgumentException(
              cause + " is for the engine to say; an agent's own failure is AGENT_ERROR");
      default -> failure = cause;
    }
    return this;
  }

  /**
   * Says whether something was changed outside. Default: unsaid.
   *
   * @param changed what the agent knows
   * @return this
   */
  public AgentException effect(Effect changed) {
    effect = Objects.requireNonNull(changed, "effect");
    return this;
  }

  /**
   * Sets the moment from which the agent may be called again, such as the end of its usage limit.
   *
   * @param moment the moment
   * @return this
   */
  public AgentException retryAt(Instant moment) {
    retryAt = Objects.requireNonNull(moment, "retryAt");
    return this;
  }

  /**
   * The usage.
   *
   * @return what this call used up; earlier calls of the attempt are counted already
   */
  public Usage usage() {
    return usage;
  }

  /** {@return the cause} */
  public FailureCause failure() {
    return failure;
  }

  /** {@return whether something was changed outside} */
  public Effect effect() {
    return effect;
  }

  /** {@return the moment from which the agent may be called again, if it is known} */
  public Optional<Instant> retryAt() {
    return Optional.ofNullable(retryAt);
  }
}
