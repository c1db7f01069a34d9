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

/**
 * Records training data from task events, as a listener of an Arbiter.
 *
 * <p>A step is complete when the next agent is chosen or the task ends, because only then is its
 * next state known. A task that reaches no agent gives no step. The prompt of the agent and its
 * answer are not recorded.
 *
 * <p>Thread-safe. Costs about a microsecond and 500 bytes an attempt; reading a decision's
 * propensity may make the router's policy compute it. Memory is bounded: the newest steps wait to
 * be {@link #take taken}, older ones are overwritten; tasks beyond the limit of open ones are not
 * followed. Never throws into the caller.
 */
public final class EpisodeRecorder implements ArbiterListener {
  /** Steps that wait, by default. */
  public static final int DEFAULT_CAPACITY = 10_000;

  private static final int MOST_CAPACITY = 1 << 24;

  private final int capacity;
  private final int mostOpen;
  private final Map<Key, Episode> open = new ConcurrentHashMap<>();
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

  /** {@return a new recorder for 10,000 steps and as many open tasks} */
  public static EpisodeRecorder create() {
    return create(DEFAULT_CAPACITY, DEFAULT_CAPACITY);
  }

  /**
   * Creates a recorder.
   *
   * @param capacity most waiting steps, 1 to 16,777,216
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
    synchronized (waiting) {
      if (waiting.size() == capacity) {
        waiting.removeFirst();
        overwritten.increment();
      }
      waiting.addLast(step);
    }
  }

  /**
   * Removes and returns steps.
   *
   * @param most most steps, at least 1
   * @return the oldest steps, in order of completion
   */
  public List<Transition> take(int most) {
    check("training.take", most);
    List<Transition> taken = new ArrayList<>();
    synchronized (waiting) {
      while (taken.size() < most && !waiting.isEmpty()) {
        taken.add(waiting.removeFirst());
      }
    }
    return taken;
  }

  /** {@return the counts} */
  public Stats stats() {
    synchronized (waiting) {
      return new Stats(
          recorded.sum(),
          waiting.size(),
          overwritten.sum(),
          open.size(),
          skipped.sum(),
          broken.sum());
    }
  }

  /**
   * Counts of a recorder since it was created.
   *
   * @param recorded recorded steps
   * @param waiting recorded steps that wait to be taken
   * @param overwritten recorded steps that were overwritten before they were taken
   * @param open running tasks
   * @param skipped tasks not followed because too many were open
   * @param broken events that did not fit, such as a propensity outside (0,1]; their step is left
   *     out, or the whole task
   */
  public record Stats(
      long recorded, int waiting, long overwritten, int open, long skipped, long broken) {}
}
