/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.arbiter.internal.LogLimiter;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the states of the durable parts in the store, about once a minute. Thread-safe. */
final class Snapshots {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);
  private static final long EVERY = MINUTES.toNanos(1);

  private final List<Durable> parts;
  private final Tenure tenure;
  private final LongSupplier nanoTime;
  private final LogLimiter log;
  private final AtomicBoolean taking = new AtomicBoolean();
  private volatile long last;

  Snapshots(EngineConfig config, Tenure tenure) {
    this.parts = config.store().isKept() ? parts(config) : List.of();
    this.tenure = tenure;
    this.nanoTime = config.sources().nanoTime();
    this.log = new LogLimiter(nanoTime);
    this.last = nanoTime.getAsLong();
  }

  private static List<Durable> parts(EngineConfig config) {
    List<Object> all = new ArrayList<>(config.listeners());
    all.add(config.router());
    all.add(config.constitution());
    all.addAll(config.durables());
    List<Durable> parts = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Object part : all) {
      if (part instanceof Durable durable && !parts.contains(durable)) {
        if (!names.add(durable.durableName())) {
          throw new IllegalStateException(
              "two durable parts have the name '"
                  + durable.durableName()
                  + "'; give one another durableName");
        }
        parts.add(durable);
      }
    }
    return parts;
  }

  /** Restores the parts from what the store has kept. */
  void restore(Map<String, byte[]> kept) {
    for (Durable part : parts) {
      byte[] snapshot = kept.get(part.durableName());
      if (snapshot != null) {
        try {
          part.restore(snapshot);
        } catch (RuntimeException e) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "the store has a state of '%s' that the %s of this arbiter does not accept: %s;"
                      + " build it as before, or give it another durableName",
                  part.durableName(),
                  part.getClass().getSimpleName(),
                  e.getMessage()),
              e);
        }
      }
    }
  }

  /** Whether it is time for the next snapshots; true once each time. */
  boolean isDue() {
    return !parts.isEmpty()
        && nanoTime.getAsLong() - last >= EVERY
        && taking.compareAndSet(false, true);
  }

  /** Takes the snapshots. What fails is logged, and tried again the next time. */
  void take() {
    for (Durable part : parts) {
      try {
        Store.Value state = Store.Value.of(bounded(part.snapshot()));
        String key = KeptValue.DURABLE + part.durableName();
        tenure.note(new Store.Change(Store.Change.Kind.STATE, key, state), Store.Level.BUFFERED);
      } catch (Throwable e) {
        if (log.passes()) {
          LOG.warn("no snapshot of '{}' could be taken", part.durableName(), e);
        }
      }
    }
    last = nanoTime.getAsLong();
    taking.set(false);
  }

  /* A batch that the storage refuses would end the tenure of the tasks too. */
  private static byte[] bounded(byte[] snapshot) {
    if (snapshot.length > KeptValue.MOST_BYTES) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the snapshot has %,d bytes, a store keeps at most %,d",
              snapshot.length,
              KeptValue.MOST_BYTES));
    }
    return snapshot;
  }
}
