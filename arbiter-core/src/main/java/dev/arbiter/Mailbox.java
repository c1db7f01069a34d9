/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The news of one run, from any thread, read by the one thread that drives it. Lock-free.
 *
 * <p>A run rests until news comes. The thread whose news ends the rest must see that the run is
 * driven: one thread claims it, reads all news, and lets it rest again. News that comes in between
 * is read before the run rests.
 */
abstract class Mailbox {
  private static final int RESTING = 0;
  private static final int READY = 1;
  private static final int DRIVEN = 2;
  private static final int CLOSED = 3;

  private static final AtomicIntegerFieldUpdater<Mailbox> PHASE =
      AtomicIntegerFieldUpdater.newUpdater(Mailbox.class, "phase");

  private static final AtomicReferenceFieldUpdater<Mailbox, @Nullable News> NEWEST =
      AtomicReferenceFieldUpdater.newUpdater(Mailbox.class, News.class, "newest");

  private volatile int phase = RESTING;
  private volatile @Nullable News newest;

  /** One message. It belongs to one mailbox. */
  abstract static class News {
    private @Nullable News next;

    /** The message after this one, in a list that {@link #take} returned. */
    @Nullable News next() {
      return next;
    }

    /** The mailbox is closed, and does not read it. Called once, on any thread. */
    void unread() {}
  }

  /** Leaves news. True if the run rested: the caller must see that it is driven. */
  final boolean post(News news) {
    if (phase == CLOSED) {
      news.unread();
      return false;
    }
    News before;
    do {
      before = newest;
      news.next = before;
    } while (!NEWEST.compareAndSet(this, before, news));
    if (PHASE.compareAndSet(this, RESTING, READY)) {
      return true;
    }
    if (phase == CLOSED) {
      leaveUnread();
    }
    return false;
  }

  /** Claims a run that is ready to be driven. False if another thread did. */
  final boolean claim() {
    return PHASE.compareAndSet(this, READY, DRIVEN);
  }

  final boolean isClosed() {
    return phase == CLOSED;
  }

  final boolean isReady() {
    return phase == READY;
  }

  /** Leaves a run that this thread drives to another thread. The caller sees that it is driven. */
  final void handBack() {
    phase = READY;
  }

  final boolean hasNews() {
    return newest != null;
  }

  /**
   * All news, oldest first; null if there is none. Only the thread that drives calls it, until the
   * mailbox is closed.
   */
  final @Nullable News take() {
    if (newest == null) {
      return null;
    }
    News news = NEWEST.getAndSet(this, null);
    News reversed = null;
    while (news != null) {
      News older = news.next;
      news.next = reversed;
      reversed = news;
      news = older;
    }
    return reversed;
  }

  /** Lets the run rest. False if news came: then the caller goes on driving. */
  final boolean rest() {
    boolean closed = !PHASE.compareAndSet(this, DRIVEN, RESTING);
    return closed || newest == null || !PHASE.compareAndSet(this, RESTING, DRIVEN);
  }

  /** Ends the run: no more news is read. */
  final void close() {
    phase = CLOSED;
    leaveUnread();
  }

  private void leaveUnread() {
    for (News news = take(); news != null; news = news.next) {
      news.unread();
    }
  }
}
