/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Records that wait to be written: a bounded queue that many fill and one empties. */
final class WriteQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Map<String, Object>> records = new ArrayDeque<>();
  private final int capacity;
  private boolean closed;
  private long dropped;

  WriteQueue(int capacity) {
    this.capacity = capacity;
  }

  /** Whether there was room. */
  boolean add(Map<String, Object> record) {
    lock.lock();
    try {
      if (closed || records.size() >= capacity) {
        dropped++;
        return false;
      }
      return records.add(record);
    } finally {
      lock.unlock();
    }
  }

  void drop() {
    lock.lock();
    try {
      dropped++;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return records.size();
    } finally {
      lock.unlock();
    }
  }

  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest; they stay until they are removed. */
  List<Map<String, Object>> oldest(int most) {
    lock.lock();
    try {
      return new ArrayList<>(records.stream().limit(most).toList());
    } finally {
      lock.unlock();
    }
  }

  void remove(int count) {
    lock.lock();
    try {
      for (int i = 0; i < count; i++) {
        records.removeFirst();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Counts what is left as dropped. */
  void giveUp() {
    lock.lock();
    try {
      dropped += records.size();
      records.clear();
    } finally {
      lock.unlock();
    }
  }
}
