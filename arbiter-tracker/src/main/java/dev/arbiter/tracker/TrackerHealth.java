/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.time.Duration;
import java.util.SortedMap;

/**
 * How a tracker is, in one report.
 *
 * @param tracking whether it records
 * @param waiting events that were recorded and are not folded yet
 * @param slots how many events the rings hold
 * @param spillBytes spare room in use
 * @param spillLimit spare room there is
 * @param lag at most how long the longest waiting event has waited; zero when none waits
 * @param sinceFlush time since everything recorded was last folded
 * @param waits how often a recording thread found no room and had to wait, or drop
 * @param dropped events that were not taken, by class
 * @param duplicates attempts whose id had come before
 * @param late attempts that came more than the longest window late
 * @param listenerErrors how often an {@link AttemptListener} threw
 * @param parts what others told of themselves, by name, such as alert channels
 */
public record TrackerHealth(
    boolean tracking,
    long waiting,
    long slots,
    long spillBytes,
    long spillLimit,
    Duration lag,
    Duration sinceFlush,
    long waits,
    Dropped dropped,
    long duplicates,
    long late,
    long listenerErrors,
    SortedMap<String, String> parts) {

  /**
   * Events that were not taken: they came after the close, or found no room where loss is allowed.
   *
   * @param low attempts of tasks of priority 1 to 3
   * @param normal attempts of tasks of priority 4 to 6, of tasks without one, evaluations,
   *     validations that passed, samples
   * @param high attempts of tasks of priority 7 to 9
   * @param critical attempts of tasks of priority 10 and validations that did not pass; these only
   *     after the close
   * @param notFollowed attempts of tasks that began while tens of thousands were open that never
   *     ended
   */
  public record Dropped(long low, long normal, long high, long critical, long notFollowed) {
    /**
     * All classes together.
     *
     * @return how many
     */
    public long total() {
      return low + normal + high + critical + notFollowed;
    }
  }

  /**
   * Tells whether nothing was lost, no spare room is in use, no listener threw, and nothing waits
   * for more than ten seconds.
   *
   * @return true when there is nothing to look at
   */
  public boolean isWell() {
    return dropped.total() == 0
        && spillBytes == 0
        && listenerErrors == 0
        && lag.compareTo(Duration.ofSeconds(10)) < 0;
  }
}
