/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import java.util.OptionalDouble;

/** What an agent claims for a task. */
final class Declarations {
  /** What a trusted declaration is worth, in outcomes. */
  static final double STRENGTH = 26;

  private Declarations() {}

  /**
   * The mean level claimed for the capabilities a task requires; for one that requires none, the
   * level claimed for its type. NaN without a claim.
   */
  static double level(AgentProfile profile, Task task) {
    if (profile.capabilities().isEmpty()) {
      return Double.NaN;
    }
    if (task.capabilities().isEmpty()) {
      OptionalDouble level = profile.capabilities().get(task.type());
      return level == null ? Double.NaN : level.orElse(Double.NaN);
    }
    double sum = 0;
    int claimed = 0;
    for (String capability : task.capabilities()) {
      OptionalDouble level = profile.capabilities().get(capability);
      if (level != null && level.isPresent()) {
        sum += level.getAsDouble();
        claimed++;
      }
    }
    return claimed == 0 ? Double.NaN : sum / claimed;
  }

  /** The mean over all levels an agent claims. */
  static double mean(AgentProfile profile) {
    double sum = 0;
    int claimed = 0;
    for (OptionalDouble level : profile.capabilities().values()) {
      if (level.isPresent()) {
        sum += level.getAsDouble();
        claimed++;
      }
    }
    return sum / claimed;
  }
}
