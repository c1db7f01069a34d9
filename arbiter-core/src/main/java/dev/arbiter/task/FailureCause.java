/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/** Why an attempt, or a whole task, failed. */
public enum FailureCause {
  /** No registered agent may run it. */
  NO_AGENT,
  /** The router would give it to nobody, such as for want of money. */
  REFUSED,
  /** The agent threw, or returned nothing. */
  AGENT_ERROR,
  /** The agent took longer than an attempt may. */
  AGENT_TIMEOUT,
  /** The constitution denied the report. */
  DENIED,
  /** The task's own deadline passed. */
  DEADLINE,
  /** Task or spec changed after they were approved. */
  APPROVAL_VOID,
  /** A part of Arbiter or of the host failed: router, constitution, journal. Not the agent's. */
  INTERNAL;

  /**
   * Tells whether the agent is to blame, so that routers learn from it.
   *
   * @return true for what the agent did, false for what happened around it
   */
  public boolean byAgent() {
    return this == AGENT_ERROR || this == AGENT_TIMEOUT || this == DENIED;
  }
}
