/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.util.function.Function;

/** Whether what stays after collections grows without end. */
public sealed interface LeakVerdict {

  /**
   * It grows: the trend is no chance, and even its slowest plausible pace is above the floor.
   *
   * @param bytesPerHour the pace, lower end of its 99 % interval and upper end
   * @param p how likely such a trend is without growth
   * @param points how many measurements are behind it
   */
  record Leaking(ConfidenceInterval bytesPerHour, double p, int points) implements LeakVerdict {}

  /**
   * No growth above the floor is seen.
   *
   * @param bytesPerHour the pace with its 99 % interval
   * @param p how likely such a trend is without growth
   * @param points how many measurements are behind it
   */
  record NotSeen(ConfidenceInterval bytesPerHour, double p, int points) implements LeakVerdict {}

  /**
   * Insufficient data.
   *
   * @param points how many measurements there are
   * @param needed how many it takes
   */
  record Insufficient(int points, int needed) implements LeakVerdict {}

  /**
   * Calls the function of the case this is.
   *
   * @param leaking for {@link Leaking}
   * @param notSeen for {@link NotSeen}
   * @param insufficient for {@link Insufficient}
   * @param <R> the result
   * @return what that function gave
   */
  default <R> R match(
      Function<Leaking, R> leaking,
      Function<NotSeen, R> notSeen,
      Function<Insufficient, R> insufficient) {
    if (this instanceof Leaking l) {
      return leaking.apply(l);
    }
    if (this instanceof NotSeen n) {
      return notSeen.apply(n);
    }
    return insufficient.apply((Insufficient) this);
  }
}
