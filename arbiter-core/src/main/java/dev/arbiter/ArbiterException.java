/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

/**
 * A failure that is neither an expected outcome nor a wrong argument. The message names the thing,
 * its state and the next step.
 */
public final class ArbiterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ArbiterException(String message) {
    super(message);
  }

  ArbiterException(String message, Throwable cause) {
    super(message, cause);
  }
}
