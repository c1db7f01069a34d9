/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.AsyncAgent;
import org.jspecify.annotations.Nullable;

/**
 * One agent of the example.
 *
 * @param name of the agent
 * @param agent works in the folder of the attempt
 * @param tool the same work without a folder, to run it a second time; null for a command of the
 *     user
 */
record Worker(String name, AsyncAgent agent, @Nullable Tool tool) {
  /** Tells whether the agent gets the whole code base. */
  boolean seesEverything() {
    return tool == null;
  }
}
