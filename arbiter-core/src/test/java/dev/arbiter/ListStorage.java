/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A disk in memory: what was forced survives {@link #cut}, and it can be full. */
final class ListStorage implements Storage {
  private final List<List<Change>> kept = new ArrayList<>();
  private int forced;
  private boolean open;
  private int appends;

  /** The append at which the process dies; nothing is kept from there on. */
  int diesAt = Integer.MAX_VALUE;

  /** Whether the batch at which it dies is still kept. */
  boolean keepsTheLast;

  volatile boolean full;

  /* How long an append takes, so that stages complete after their callbacks are there. */
  volatile long millis;

  @Override
  public synchronized void open(BiConsumer<String, byte[]> to) {
    if (open) {
      throw new IllegalStateException("the list is open already");
    }
    open = true;
    Map<String, byte[]> states = new HashMap<>();
    for (Change change : changes()) {
      if (change.kind() == Change.Kind.STATE) {
        if (change.value() == null) {
          states.remove(change.key());
        } else {
          states.put(change.key(), change.value().bytes());
        }
      }
    }
    states.forEach(to);
  }

  private List<Change> changes() {
    return kept.stream().flatMap(List::stream).toList();
  }

  @Override
  public synchronized void append(List<Change> batch, boolean force) throws IOException {
    appends++;
    if (millis > 0) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (!open) {
      throw new IOException("the list is not open");
    }
    if (full) {
      throw new IOException("disk full");
    }
    if (appends > diesAt || (appends == diesAt && !keepsTheLast)) {
      throw new IOException("dead");
    }
    kept.add(List.copyOf(batch));
    if (force) {
      forced = kept.size();
    }
    if (appends == diesAt) {
      throw new IOException("dead after the write");
    }
  }

  /** Dies when it has kept so many more batches. */
  synchronized void dieAfter(int more) {
    keepsTheLast = true;
    diesAt = appends + more;
  }

  boolean isDead() {
    return appends >= diesAt;
  }

  /** What a new process finds: all that was forced, and nothing else. */
  synchronized ListStorage cut() {
    ListStorage next = new ListStorage();
    next.kept.addAll(kept.subList(0, keepsTheLast ? kept.size() : forced));
    next.forced = next.kept.size();
    return next;
  }

  synchronized int size() {
    return kept.size();
  }

  @Override
  public synchronized byte @Nullable [] find(String key) {
    byte[] found = null;
    for (Change change : changes()) {
      if (change.kind() == Change.Kind.END && change.key().equals(key)) {
        found = Objects.requireNonNull(change.value()).bytes();
      }
    }
    return found;
  }

  @Override
  public synchronized void forget(Instant before) {
    kept.replaceAll(batch -> batch.stream().filter(change -> !isOld(change, before)).toList());
  }

  private static boolean isOld(Change change, Instant before) {
    return change.kind() != Change.Kind.STATE
        && Objects.requireNonNull(change.value()).columns().at().isBefore(before);
  }

  @Override
  public synchronized void close() {
    open = false;
  }
}
