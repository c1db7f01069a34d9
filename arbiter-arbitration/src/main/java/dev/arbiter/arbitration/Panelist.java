/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.internal.Require;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * An agent that can be asked beside others.
 *
 * @param id the agent's id, a printable name
 * @param family its make, such as {@code claude}: agents of one make err alike, so a judge is never
 *     of the make of the judged, and a debate needs two makes
 * @param price US dollars that one call is expected to cost, at least 0
 * @param agent does the work; its own abstention is an empty output
 */
public record Panelist(String id, String family, double price, AsyncAgent agent) {

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public Panelist {
    Require.name("panelist.id", id, false);
    Require.name("panelist.family", family, false);
    Require.that(
        price >= 0 && price < Double.POSITIVE_INFINITY, "panelist.price must be >= 0: %s", price);
    Objects.requireNonNull(agent, "panelist.agent must not be null");
  }

  /**
   * {@return a panelist without a known price}
   *
   * @param id the agent's id
   * @param family its make
   * @param agent blocks a thread of the panel's executor while it works; it is interrupted when its
   *     time is over
   */
  public static Panelist of(String id, String family, Agent agent) {
    return new Panelist(
        id, family, 0, assignment -> CompletableFuture.completedFuture(agent.run(assignment)));
  }

  /**
   * {@return the same panelist with another price}
   *
   * @param dollars US dollars a call, at least 0
   */
  public Panelist withPrice(double dollars) {
    return new Panelist(id, family, dollars, agent);
  }

  boolean isOfMake(String other) {
    return family.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
  }
}
