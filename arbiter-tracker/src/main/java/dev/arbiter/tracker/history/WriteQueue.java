/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;

/** Records that wait to be written: a bounded queue. Thread-safe; no lock is held for long. */
final class WriteQueue {
  private final ArrayDeque<Map<String, Object>> records = new ArrayDeque<>();
  private final int capacity;
  private boolean closed;
  private long dropped;

  WriteQueue(int capacity) {
    this.capacity = capacity;
  }

  /** Adds a record; returns false, and counts it as dropped, if there is no room. */
  synchronized boolean add(Map<String, Object> record) {
    if (closed || records.size() >= capacity) {
      dropped++;
      return false;
    }
    return records.add(record);
  }

  /** Counts a record that cannot be written. */
  synchronized void drop() {
    dropped++;
  }

  synchronized int size() {
    return records.size();
  }

  synchronized long dropped() {
    return dropped;
  }

  /** The oldest records; they stay in the queue until {@link #remove}. */
  synchronized List<Map<String, Object>> oldest(int most) {
    return records.stream().limit(most).toList();
  }

  synchronized void remove(int count) {
    for (int i = 0; i < count; i++) {
      records.removeFirst();
    }
  }

  /** Refuses every further record. */
  synchronized void close() {
    closed = true;
  }

  /** Counts the records that are left as dropped. */
  synchronized void giveUp() {
    dropped += records.size();
    records.clear();
  }
}
