/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that is neither an expected outcome nor a wrong argument. The message names the thing,
 * its state and the next step.
 */
public final class ArbiterException extends RuntimeException {
  private static final long serialVersionUID = 2L;

  private final @Nullable Duration retryAfter;

  ArbiterException(String message) {
    super(message);
    this.retryAfter = null;
  }

  ArbiterException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  ArbiterException(String message, Throwable cause) {
    super(message, cause);
    this.retryAfter = null;
  }

  /**
   * {@return how long to wait before the same call may succeed, as far as it is known: for a task
   * that was refused because of overload, a rate or a guard} It is an estimate, except for rates
   * and guards.
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
