/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.Explanation.Excluded;
import java.util.List;

/** Knows who was registered at one moment and is no candidate; thread-safe. */
@FunctionalInterface
public interface Exclusions {
  /** Of requests that were not made by an engine: nobody is known beside the candidates. */
  Exclusions NONE = request -> List.of();

  /**
   * Tells who cannot be chosen, and why; computed anew by each call, in time linear in the number
   * of agents.
   *
   * @param request the request that these belong to
   * @return in registry order
   */
  List<Excluded> of(RoutingRequest request);
}
