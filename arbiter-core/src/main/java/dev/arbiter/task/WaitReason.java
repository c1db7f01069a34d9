/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.time.Instant;
import java.util.Optional;

/**
 * What a task in state {@link TaskState#WAITING} waits for. It holds no thread and no place; it
 * holds a slot only while an agent waits with it for an answer.
 */
public sealed interface WaitReason {

  /** {@return the moment at which the task goes on or its request expires, empty for none} */
  default Optional<Instant> until() {
    return request().map(ApprovalRequest::expiresAt);
  }

  /** {@return the request to a person, empty if the task waits for something else} */
  default Optional<ApprovalRequest> request() {
    return Optional.empty();
  }

  /** {@return whether an agent waits within its call, and holds its slot} */
  default boolean withinCall() {
    return false;
  }

  /**
   * A person must approve, before the work begins or before it is judged.
   *
   * @param asked the request
   */
  record Approval(ApprovalRequest asked) implements WaitReason {
    @Override
    public Optional<ApprovalRequest> request() {
      return Optional.of(asked);
    }
  }

  /**
   * An agent needs an answer.
   *
   * @param asked the request
   * @param resumeToken handed to the agent with the answer when it is called again
   * @param withinCall whether the agent waits for the answer within its call
   */
  record Input(ApprovalRequest asked, String resumeToken, boolean withinCall)
      implements WaitReason {
    @Override
    public Optional<ApprovalRequest> request() {
      return Optional.of(asked);
    }
  }

  /**
   * The task has reached its budget.
   *
   * @param asked the request for more
   * @param withinCall whether an agent waits for the decision within its call
   */
  record Budget(ApprovalRequest asked, boolean withinCall) implements WaitReason {
    @Override
    public Optional<ApprovalRequest> request() {
      return Optional.of(asked);
    }
  }

  /**
   * Every agent that could do it has reached its usage limit, or its tenant has reached one.
   *
   * @param agent the agent whose limit ends first; empty for a limit of the tenant
   * @param end when
   * @param limit the limit of the tenant in words; empty for a limit of agents
   */
  record Quota(String agent, Instant end, String limit) implements WaitReason {

    /**
     * A limit of agents.
     *
     * @param agent the agent whose limit ends first
     * @param end when
     */
    public Quota(String agent, Instant end) {
      this(agent, end, "");
    }

    @Override
    public Optional<Instant> until() {
      return Optional.of(end);
    }
  }

  /**
   * The same agent is called again for the same attempt.
   *
   * @param agent the agent
   * @param attempt the attempt
   * @param at when
   */
  record Retry(String agent, int attempt, Instant at) implements WaitReason {
    @Override
    public Optional<Instant> until() {
      return Optional.of(at);
    }
  }

  /**
   * The task does not begin before a moment.
   *
   * @param moment the moment
   */
  record NotBefore(Instant moment) implements WaitReason {
    @Override
    public Optional<Instant> until() {
      return Optional.of(moment);
    }
  }

  /**
   * An agent worked on the task when the process ended, or failed and may have had an effect, so
   * nobody knows what it has done. A person looks, and then runs the task again or cancels it.
   *
   * @param agent the agent
   * @param attempt the attempt
   */
  record UnknownEffect(String agent, int attempt) implements WaitReason {}
}
