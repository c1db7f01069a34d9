/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import dev.arbiter.internal.Require;

/**
 * What a person thinks of the work of one task.
 *
 * @param tenant the tenant of the task
 * @param task the id of a completed task
 * @param rater who rates; each rates a task once, and no agent rates its own work
 * @param stars 1 (bad) to 5 (good)
 */
public record Rating(String tenant, String task, String rater, int stars) {

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public Rating {
    Require.name("rating.tenant", tenant, false);
    Require.name("rating.task", task, false);
    Require.printable("rating.rater", rater);
    Require.that(stars >= 1 && stars <= 5, "rating.stars must be 1 to 5, got %s", stars);
  }
}
