/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes training data from the events of tasks; give it to an Arbiter as a listener.
 *
 * <p>A step is complete when the next agent is chosen, or the task ends: only then is its next
 * state known. A task that reaches no agent gives no step. What the agent was told, and what it
 * answered, is not recorded.
 *
 * <p>Thread-safe. Costs about a microsecond and 500 bytes an attempt; asking a decision for its
 * propensity may make the router's policy compute it. Memory is bounded: the newest steps wait to
 * be {@link #take taken}, older ones make room; tasks beyond the most that may be open are not
 * followed. Never throws into the caller.
 */
public final class EpisodeRecorder implements ArbiterListener {
  /** Steps that wait, by default. */
  public static final int DEFAULT_CAPACITY = 10_000;

  private static final int MOST_CAPACITY = 1 << 24;

  private final int capacity;
  private final int mostOpen;
  private final Map<Key, Episode> open = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Transition> waiting = new ArrayDeque<>();
  private final LongAdder recorded = new LongAdder();
  private final LongAdder overwritten = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final LongAdder broken = new LongAdder();

  private record Key(String tenant, String id) {
    static Key of(Task task) {
      return new Key(task.tenant(), task.id());
    }
  }

  private EpisodeRecorder(int capacity, int mostOpen) {
    this.capacity = capacity;
    this.mostOpen = mostOpen;
  }

  /**
   * A recorder for 10,000 steps and as many open tasks.
   *
   * @return a new recorder
   */
  public static EpisodeRecorder create() {
    return create(DEFAULT_CAPACITY, DEFAULT_CAPACITY);
  }

  /**
   * A recorder.
   *
   * @param capacity most steps that wait to be taken, 1 to 16,777,216
   * @param mostOpen most tasks followed at once, 1 to 16,777,216
   * @return a new recorder
   * @throws IllegalArgumentException if a number is outside its range
   */
  public static EpisodeRecorder create(int capacity, int mostOpen) {
    check("training.capacity", capacity);
    check("training.mostOpen", mostOpen);
    return new EpisodeRecorder(capacity, mostOpen);
  }

  private static void check(String key, int value) {
    Require.that(
        value >= 1 && value <= MOST_CAPACITY,
        "%s must be 1 to %s, got %s",
        key,
        MOST_CAPACITY,
        value);
  }

  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof TaskEvent taskEvent) {
      try {
        follow(taskEvent);
      } catch (RuntimeException e) {
        broken.increment();
        open.remove(Key.of(taskEvent.task()));
      }
    }
  }

  private void follow(TaskEvent event) {
    Key key = Key.of(event.task());
    if (event instanceof TaskEvent.Received received) {
      begin(key, received);
      return;
    }
    Episode episode = open.get(key);
    if (episode == null) {
      return;
    }
    Transition step = episode.on(event);
    if (event instanceof TaskEvent.Concluded) {
      open.remove(key);
    }
    if (step != null) {
      keep(step);
    }
  }

  private void begin(Key key, TaskEvent.Received received) {
    if (open.size() < mostOpen) {
      open.put(key, new Episode(received.nanoTime()));
    } else {
      skipped.increment();
    }
  }

  private void keep(Transition step) {
    if (!(step.propensity() > 0 && step.propensity() <= 1)) {
      broken.increment();
      return;
    }
    recorded.increment();
    lock.lock();
    try {
      if (waiting.size() == capacity) {
        waiting.removeFirst();
        overwritten.increment();
      }
      waiting.addLast(step);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes steps out.
   *
   * @param most how many at most, at least 1
   * @return the oldest, in the order in which they were completed
   */
  public List<Transition> take(int most) {
    check("training.take", most);
    List<Transition> taken = new ArrayList<>();
    lock.lock();
    try {
      while (taken.size() < most && !waiting.isEmpty()) {
        taken.add(waiting.removeFirst());
      }
    } finally {
      lock.unlock();
    }
    return taken;
  }

  /**
   * How it is doing.
   *
   * @return counts
   */
  public Stats stats() {
    lock.lock();
    try {
      return new Stats(
          recorded.sum(),
          waiting.size(),
          overwritten.sum(),
          open.size(),
          skipped.sum(),
          broken.sum());
    } finally {
      lock.unlock();
    }
  }

  /**
   * How a recorder is doing; every count is since it was made.
   *
   * @param recorded steps that were recorded
   * @param waiting of those, how many wait to be taken
   * @param overwritten of those, how many made room for newer ones before they were taken
   * @param open tasks that go on
   * @param skipped tasks not followed because too many were open
   * @param broken events that did not fit what went before, such as a propensity outside (0,1]; the
   *     step they belong to is left out, or the whole task
   */
  public record Stats(
      long recorded, int waiting, long overwritten, int open, long skipped, long broken) {}
}
