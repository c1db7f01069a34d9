/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

/**
 * A ballot whose right answer is known.
 *
 * @param type the number of the task type
 * @param agents the rows of the agents that were asked
 * @param groups for each of them the number of its answer, -1 for an abstention
 * @param right the number of the right answer, -1 if nobody gave it
 * @param count the number of different answers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
record Poll(int type, int[] agents, byte[] groups, int right, int count) {
  /** The most different answers; a poll with more is not remembered. */
  static final int MOST_GROUPS = 127;

  /** The same poll with other numbers of the agents. */
  Poll withAgents(int[] numbers) {
    int[] renumbered = new int[agents.length];
    for (int i = 0; i < renumbered.length; i++) {
      renumbered[i] = numbers[agents[i]];
    }
    return new Poll(type, renumbered, groups, right, count);
  }

  /** The same poll with another number of its type. */
  Poll withType(int number) {
    return new Poll(number, agents, groups, right, count);
  }

  int group(int agent) {
    for (int i = 0; i < agents.length; i++) {
      if (agents[i] == agent) {
        return groups[i];
      }
    }
    return -1;
  }

  boolean asked(int agent) {
    for (int each : agents) {
      if (each == agent) {
        return true;
      }
    }
    return false;
  }
}
