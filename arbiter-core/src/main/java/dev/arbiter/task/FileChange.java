/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;

/**
 * What became of one file.
 *
 * @param path the file, relative to the work tree, with forward slashes
 * @param added lines added, at least 0
 * @param removed lines removed, at least 0
 */
public record FileChange(String path, int added, int removed) {
  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the path is empty or a count negative
   */
  public FileChange {
    Require.that(!path.isEmpty(), "change.path must not be empty, got '%s'", path);
    Require.that(added >= 0 && removed >= 0, "lines must not be negative, got +%s", added);
  }

  /**
   * Lines added plus lines removed.
   *
   * @return the sum; a long, because two ints can add up to more than an int holds
   */
  public long lines() {
    return (long) added + removed;
  }
}
