/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.LogLimiter;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets jobs done on the executor of the host: without recursion, and without losing one.
 *
 * <p>Every job stands in one queue until a worker takes it. An executor that runs a worker on the
 * calling thread, or rejects it, leaves the jobs to that thread, which works in a loop. An executor
 * that fails or drops a worker leaves them in the queue; {@link #check} hires another worker.
 */
final class Crew {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  /* A thread that is this deep in inline work leaves further jobs to its outer loops. */
  private static final int DEEPEST = 64;
  private static final int LONGEST_PAUSE = 128;
  private static final long LEFT_BEHIND = 1_000_000_000;

  private final Executor executor;
  private final Queue<Job> jobs = new ConcurrentLinkedQueue<>();

  /* The thread that sweeps now: all deadlines wait for it. */
  private volatile @Nullable Thread sweep;

  /* Whether a worker has run on another thread than the one that hired it. */
  private volatile boolean hasThreads;

  /* How deep each thread is in inline work. No ThreadLocal: it would outlive the library. */
  private final Map<Thread, Integer> depths = new ConcurrentHashMap<>();
  private final AtomicLong failures = new AtomicLong();
  private final LogLimiter log;

  /* Only the thread of check() and help() uses these. */
  private @Nullable Job oldest;
  private int checks;
  private int pause = 1;
  private int round;
  private long helpedAt;

  Crew(Executor executor, LongSupplier nanoTime) {
    this.executor = executor;
    this.log = new LogLimiter(nanoTime);
    this.helpedAt = nanoTime.getAsLong();
  }

  /** Something to do, once. */
  interface Job {
    void go(Worker worker);

    /**
     * Whether it stood in the queue in an earlier round too, and a worker that calls no agent can
     * do something of it. Once each round.
     */
    default boolean isLeftBehind(int round) {
      return false;
    }
  }

  private enum Hired {
    YES,
    /** The executor ran the worker on this thread, within the call. */
    INLINE,
    REJECTED,
    FAILED
  }

  /** Takes a job from a thread that is not one of the workers. */
  void add(Job job) {
    if (Thread.currentThread() == sweep) {
      addFromSweep(job);
      return;
    }
    jobs.add(job);
    Hired hired = hire();
    if (hired == Hired.INLINE || hired == Hired.REJECTED) {
      workHere();
    }
  }

  /** Takes a job from the thread of the sweep, which must not work for a pool that is busy. */
  void addFromSweep(Job job) {
    jobs.add(job);
    if (hire() == Hired.INLINE && !hasThreads) {
      workHere();
    }
  }

  /** A sweep begins on this thread, or ends. */
  void sweeps(boolean begins) {
    sweep = begins ? Thread.currentThread() : null;
  }

  /**
   * Takes a job from the thread of the store, which must do none: what it leads to may wait for the
   * store. If the executor takes no worker, another thread does it, such as that of the sweep.
   */
  void addFromStore(Job job) {
    jobs.add(job);
    Hired unused = hire();
  }

  /** Hires a worker if jobs were left waiting. Called now and then, by one thread at a time. */
  void check() {
    Job first = jobs.peek();
    if (first == null || first != oldest) {
      oldest = first;
      checks = 0;
      pause = 1;
      return;
    }
    if (++checks >= pause) {
      checks = 0;
      pause = Math.min(LONGEST_PAUSE, 2 * pause);
      Hired hired = hire();
      if (hired == Hired.INLINE && !hasThreads) {
        workHere();
      } else if (hired == Hired.INLINE || hired == Hired.REJECTED) {
        failed(new RejectedExecutionException("the executor rejects work that waits"));
      }
    }
  }

  /**
   * Does what the executor has left behind for a second, as far as it needs no agent. Called now
   * and then, by the thread of {@link #check}.
   */
  void help(long now) {
    if (now - helpedAt < LEFT_BEHIND) {
      return;
    }
    helpedAt = now;
    round++;
    for (Iterator<Job> all = jobs.iterator(); all.hasNext(); ) {
      Job job = all.next();
      if (job.isLeftBehind(round)) {
        all.remove();
        doHere(job);
      }
    }
  }

  /** Does one job on this thread, without calling agents, and hires workers for what follows. */
  void doHere(Job job) {
    Worker guest = new Worker(false);
    job.go(guest);
    guest.leave();
  }

  long failures() {
    return failures.get();
  }

  private void workHere() {
    Thread thread = Thread.currentThread();
    int depth = depths.getOrDefault(thread, 0);
    if (depth >= DEEPEST) {
      return;
    }
    depths.put(thread, depth + 1);
    try {
      new Worker(true).work();
    } finally {
      if (depth == 0) {
        depths.remove(thread);
      } else {
        depths.put(thread, depth);
      }
    }
  }

  private Hired hire() {
    Worker worker = new Worker(true);
    worker.offeredBy = worker.hirer;
    try {
      executor.execute(worker);
    } catch (RejectedExecutionException e) {
      return Hired.REJECTED;
    } catch (Throwable e) {
      failed(e);
      return Hired.FAILED;
    }
    worker.offeredBy = null;
    return worker.ranInline ? Hired.INLINE : Hired.YES;
  }

  private void failed(Throwable error) {
    failures.incrementAndGet();
    if (log.passes()) {
      LOG.warn("the executor could not take work; it is offered again", error);
    }
  }

  /** Works through the queue. One thread uses it. */
  final class Worker implements Runnable {
    private final boolean callsAgents;
    private final Thread hirer = Thread.currentThread();
    private @Nullable Thread offeredBy;
    private boolean ranInline;
    private int added;

    Worker(boolean callsAgents) {
      this.callsAgents = callsAgents;
    }

    /** Whether this thread may be held up by an agent. */
    boolean callsAgents() {
      return callsAgents;
    }

    /** Takes a job that came up while this worker did another. */
    void add(Job job) {
      jobs.add(job);
      added++;
    }

    /** Hires workers for the jobs that this worker added, because it will be busy for long. */
    void handOver() {
      hireAllBut(0);
    }

    private void hireAllBut(int kept) {
      while (added > kept) {
        added--;
        if (hire() != Hired.YES) {
          added = 0;
        }
      }
    }

    private void leave() {
      boolean some = added > 0;
      while (added > 0) {
        added--;
        Hired hired = hire();
        if (hired != Hired.YES) {
          added = 0;
          if (some && hired == Hired.INLINE && (Thread.currentThread() != sweep || !hasThreads)) {
            workHere();
          }
        }
      }
    }

    @Override
    public void run() {
      if (Thread.currentThread() == offeredBy) {
        ranInline = true;
      } else {
        if (!hasThreads && Thread.currentThread() != hirer) {
          hasThreads = true;
        }
        work();
      }
    }

    private void work() {
      for (Job job = jobs.poll(); job != null; job = jobs.poll()) {
        added = Math.max(0, added - 1);
        job.go(this);
        hireAllBut(1);
      }
    }
  }
}
