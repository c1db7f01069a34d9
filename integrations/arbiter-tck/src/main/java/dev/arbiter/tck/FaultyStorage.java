/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A storage with faults, around any other: for tests of what depends on a storage.
 *
 * <pre>{@code
 * FaultyStorage disk = FaultyStorage.over(new MyStorage(folder)).at(7, Fault.DIE_AFTER);
 * Arbiter.builder().store(Store.of(disk))...
 * }</pre>
 *
 * <p>Appends are counted from 1; the first is the one with which a store begins its tenure. What it
 * has passed on stays in the storage below, so a new storage over the same place shows what a new
 * process would find. Thread-safe.
 */
public final class FaultyStorage implements Storage {

  /** What happens at one append. */
  public enum Fault {
    /** Throws, and keeps nothing. */
    FAIL,
    /** Keeps the batch, and throws. */
    FAIL_AFTER,
    /** Keeps all but the last change of the batch, and dies: what no storage may do. */
    TEAR,
    /** Keeps the batch twice, as a driver does that repeats a call. */
    DUPLICATE,
    /** Waits until {@link #resume} is called, and keeps the batch. */
    STALL,
    /** Dies before the batch is kept. */
    DIE,
    /** Dies when the batch is kept, before its answer. */
    DIE_AFTER
  }

  private final Storage below;
  private final Map<Integer, Fault> faults = new HashMap<>();

  /* What is appended and not forced, if it is to be lost; with the ENDs in it. */
  private final List<List<Change>> unforced = new ArrayList<>();
  private final Map<String, Value> unforcedEnds = new HashMap<>();
  private boolean loses;
  private boolean full;
  private boolean stalled;
  private boolean readable = true;
  private boolean dead;
  private int appends;

  private FaultyStorage(Storage below) {
    this.below = below;
  }

  /**
   * {@return a storage without faults yet}
   *
   * @param storage keeps what is kept
   */
  public static FaultyStorage over(Storage storage) {
    return new FaultyStorage(storage);
  }

  /**
   * Plans a fault.
   *
   * @param append the number of the append, from 1
   * @param fault what happens at it
   * @return this
   */
  public synchronized FaultyStorage at(int append, Fault fault) {
    faults.put(append, fault);
    return this;
  }

  /**
   * Holds back what is not forced until something is. It is lost by a death, and kept by close.
   *
   * @return this
   */
  public synchronized FaultyStorage losesUnforced() {
    loses = true;
    return this;
  }

  /**
   * Makes every append fail, as on a full disk, or lets them pass again.
   *
   * @param now whether it is full
   */
  public synchronized void full(boolean now) {
    full = now;
  }

  /**
   * Makes every find fail, or lets them pass again.
   *
   * @param now whether it can be read
   */
  public synchronized void readable(boolean now) {
    readable = now;
  }

  /** Lets an append go on that stalls. */
  public synchronized void resume() {
    stalled = false;
    notifyAll();
  }

  /** {@return how many appends have begun} */
  public synchronized int appends() {
    return appends;
  }

  /** {@return whether an append waits for {@link #resume} now} */
  public synchronized boolean isStalled() {
    return stalled;
  }

  /** {@return whether it has died} */
  public synchronized boolean isDead() {
    return dead;
  }

  /** Dies as a process does: everything fails from now on, and the storage below is closed. */
  public synchronized void die() {
    if (!dead) {
      dead = true;
      unforced.clear();
      unforcedEnds.clear();
      try {
        below.close();
      } catch (Exception e) {
        throw new IllegalStateException("the storage below cannot be closed", e);
      }
    }
  }

  @Override
  public synchronized void open(BiConsumer<String, byte[]> kept) throws Exception {
    requireLife();
    below.open(kept);
  }

  @Override
  public synchronized void append(List<Change> batch, boolean force) throws Exception {
    requireLife();
    appends++;
    if (full) {
      throw new IOException("no space left on device (a fault of the test)");
    }
    Fault fault = faults.get(appends);
    if (fault == null) {
      keep(batch, force);
      return;
    }
    switch (fault) {
      case FAIL -> {}
      case FAIL_AFTER -> keep(batch, force);
      case TEAR -> {
        if (batch.size() > 1) {
          keep(batch.subList(0, batch.size() - 1), true);
        }
        die();
      }
      case DUPLICATE -> {
        keep(batch, force);
        keep(batch, force);
        return;
      }
      case STALL -> {
        stall();
        keep(batch, force);
        return;
      }
      case DIE -> die();
      case DIE_AFTER -> {
        keep(batch, true);
        die();
      }
    }
    throw new IOException("append " + appends + " failed (fault " + fault + " of the test)");
  }

  private void stall() throws InterruptedException, IOException {
    stalled = true;
    while (stalled) {
      wait();
    }
    requireLife();
  }

  private void keep(List<Change> batch, boolean force) throws Exception {
    if (loses && !force) {
      unforced.add(List.copyOf(batch));
      for (Change change : batch) {
        if (change.kind() == Change.Kind.END && change.value() != null) {
          unforcedEnds.put(change.key(), change.value());
        }
      }
      return;
    }
    passOn();
    below.append(batch, force);
  }

  private void passOn() throws Exception {
    for (List<Change> batch : unforced) {
      below.append(batch, false);
    }
    unforced.clear();
    unforcedEnds.clear();
  }

  @Override
  public byte @Nullable [] find(String key) throws Exception {
    synchronized (this) {
      requireLife();
      if (!readable) {
        throw new IOException("the storage cannot be read (a fault of the test)");
      }
      Value held = unforcedEnds.get(key);
      if (held != null) {
        return held.bytes();
      }
    }
    return below.find(key);
  }

  @Override
  public synchronized void forget(Instant before) throws Exception {
    requireLife();
    passOn();
    below.forget(before);
  }

  @Override
  public synchronized void close() throws Exception {
    if (!dead) {
      try {
        passOn();
      } finally {
        below.close();
      }
    }
  }

  private void requireLife() throws IOException {
    if (dead) {
      throw new IOException(
          "the storage is dead (a fault of the test); open a new one over the same place");
    }
  }
}
