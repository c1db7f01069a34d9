/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.WorkReport.Usage;
import java.util.Objects;

/**
 * A failed attempt that says what it used up, so that it is charged to the agent and to budgets.
 *
 * <p>Any other exception is a failed attempt as well; its usage is what was added to {@link
 * Assignment#meter()}.
 */
public class AgentException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Usage usage;

  /**
   * Makes a failure.
   *
   * @param message what happened
   * @param usage what the whole attempt used up
   */
  public AgentException(String message, Usage usage) {
    super(message);
    this.usage = Objects.requireNonNull(usage, "usage");
  }

  /**
   * Makes a failure with a cause.
   *
   * @param message what happened
   * @param usage what the whole attempt used up
   * @param cause why
   */
  public AgentException(String message, Usage usage, Throwable cause) {
    super(message, cause);
    this.usage = Objects.requireNonNull(usage, "usage");
  }

  /**
   * The usage.
   *
   * @return what the whole attempt used up
   */
  public Usage usage() {
    return usage;
  }
}
