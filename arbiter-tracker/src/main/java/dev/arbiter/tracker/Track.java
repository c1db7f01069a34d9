/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * Where an attempt counts.
 *
 * @param id names the track in a slot
 * @param typed the series of its agent and task type
 * @param overall the series of its agent; the same one where no type is told apart
 */
record Track(int id, Series typed, Series overall) {
  /** Adds the attempt in a slot. */
  void add(Levels time, int level, long index, long[] words, int slot) {
    typed.add(time, level, index, words, slot);
    if (overall != typed) {
      overall.add(time, level, index, words, slot);
    }
  }
}
