/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether one anomaly of one subject is firing, and when its last alert was sent. Not thread-safe.
 */
final class FiringState {
  private final Duration cooldown;
  private @Nullable Alert current;
  private @Nullable Instant toldAt;
  private boolean told;

  FiringState(Duration cooldown) {
    this.cooldown = cooldown;
  }

  boolean isFiring() {
    return current != null;
  }

  Optional<Alert> current() {
    return Optional.ofNullable(current);
  }

  /** Begins: returns the alert, unless the cooldown holds it back. */
  Optional<Alert> begin(Alert alert) {
    current = alert;
    told = false;
    return stillOn(alert.at());
  }

  /** Continues: returns the alert if it was held back and is due. */
  Optional<Alert> stillOn(Instant now) {
    if (current == null || told || !isDue(now)) {
      return Optional.empty();
    }
    told = true;
    toldAt = now;
    return Optional.of(current.told(now));
  }

  private boolean isDue(Instant now) {
    return toldAt == null || Duration.between(toldAt, now).abs().compareTo(cooldown) >= 0;
  }

  /** Ends: returns the alert, if the begin was sent. */
  Optional<Alert> end(Instant now) {
    Alert ended = current;
    current = null;
    return ended != null && told ? Optional.of(ended.resolved(now)) : Optional.empty();
  }
}
