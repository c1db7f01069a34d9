/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An alert was not delivered. The message is Arbiter's own and holds no secret. */
final class UndeliveredException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable Duration later;

  UndeliveredException(String message) {
    this(message, null);
  }

  private UndeliveredException(String message, @Nullable Duration later) {
    super(message);
    this.later = later;
  }

  /** The receiver is there, and asks to try again after a time; zero if it names none. */
  static UndeliveredException later(String message, Duration after) {
    return new UndeliveredException(message, after);
  }

  /** How long to wait if the receiver only asks for patience; null if it refuses. */
  @Nullable Duration later() {
    return later;
  }
}
