/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

/**
 * What a {@link Router} throws when it would give a task to nobody, though there are candidates:
 * what the task would cost is not to be spent, for example. The task fails with cause REFUSED, and
 * with the verdict of the attempt before if there was one.
 *
 * <p>Carries no stack trace: it is an answer, not an accident.
 */
public final class RoutingRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Refuses.
   *
   * @param message who is refused, why, and the next step
   */
  public RoutingRefusedException(String message) {
    super(message, null, false, false);
  }
}
