/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.time.Duration;
import java.util.SortedMap;

/**
 * A tracker's health in one report.
 *
 * @param tracking whether it records
 * @param waiting recorded events that are not aggregated yet
 * @param slots how many events the rings hold
 * @param spillBytes spare room in use
 * @param spillLimit spare room there is
 * @param lag upper bound of how long the oldest waiting event has waited; zero when none waits
 * @param sinceFlush time since the last complete aggregation
 * @param waits how often a recording thread found no room and had to wait or drop
 * @param dropped refused events, by class
 * @param duplicates attempts with a repeated id
 * @param late attempts that arrived later than the longest window
 * @param listenerErrors how often an {@link AttemptListener} threw
 * @param parts the states of added parts by name, such as alert channels
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
   * Refused events: they came after the close, or found no room where loss is allowed.
   *
   * @param low attempts of tasks of priority 1 to 3
   * @param normal attempts of tasks of priority 4 to 6, of tasks without one, evaluations,
   *     validations that passed, samples
   * @param high attempts of tasks of priority 7 to 9
   * @param critical attempts of tasks of priority 10 and failed validations; only after the close
   * @param notFollowed attempts that began while tens of thousands of others were open
   */
  public record Dropped(long low, long normal, long high, long critical, long notFollowed) {
    /** {@return the number of events of all classes} */
    public long total() {
      return low + normal + high + critical + notFollowed;
    }
  }

  /**
   * {@return whether nothing was lost, no spare room is in use, no listener threw, and no event has
   * waited for ten seconds}
   */
  public boolean isWell() {
    return dropped.total() == 0
        && spillBytes == 0
        && listenerErrors == 0
        && lag.compareTo(Duration.ofSeconds(10)) < 0;
  }
}
