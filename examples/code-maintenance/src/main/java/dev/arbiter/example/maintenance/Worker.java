/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.AsyncAgent;
import org.jspecify.annotations.Nullable;

/**
 * One agent of the example.
 *
 * @param name what it is called
 * @param agent does the work, in the folder its desk gives it
 * @param tool the same without a folder, to run it once more; null for a command of the user's
 */
record Worker(String name, AsyncAgent agent, @Nullable Tool tool) {
  /** Tells whether it wants to see the whole code base. */
  boolean seesEverything() {
    return tool == null;
  }
}
