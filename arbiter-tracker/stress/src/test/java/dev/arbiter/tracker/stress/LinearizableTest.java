/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.stress;

import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.Execution;
import dev.arbiter.tracker.PerformanceTracker;
import dev.arbiter.tracker.internal.ring.Collector;
import dev.arbiter.tracker.internal.ring.EventRing;
import dev.arbiter.tracker.internal.ring.Loss;
import dev.arbiter.tracker.internal.ring.Spill;
import dev.arbiter.tracker.internal.window.Tracks;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Explores the interleavings of two threads with two or three operations each, for linearizability
 * against the same code on one thread. A drain beside writers is not linearizable and need not be:
 * a claimed event that is not published yet holds back those behind it. The seal is linearizable.
 */
class LinearizableTest {
  private static final int SCENARIOS = 20;
  private static final int INTERLEAVINGS = 1_000;

  private static void check(Class<?> subject) {
    new ModelCheckingOptions()
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(SCENARIOS)
        .invocationsPerIteration(INTERLEAVINGS)
        .check(subject);
  }

  /** Writes to a ring and its seal. */
  public static class Ring {
    private final EventRing ring = new EventRing(16, 4);
    private final SummingReader reader = new SummingReader();

    /** Writes. */
    @Operation
    public boolean write() {
      long sequence = ring.claim();
      if (sequence != EventRing.NO_ROOM) {
        SummingReader.publish(ring, sequence, 7);
      }
      return sequence != EventRing.NO_ROOM;
    }

    /** Seals, and tells how many were written. */
    @Operation(runOnce = true)
    public int seal() {
      ring.seal();
      while (ring.delivered() != ring.claimed()) {
        ring.drain(reader);
      }
      return reader.torn == 0 ? reader.count : -1;
    }
  }

  @Test
  void writes_to_a_ring_and_its_seal_are_linearizable() {
    check(Ring.class);
  }

  /** Offers to spare chunks and their seal. */
  public static class Spare {
    private final Spill spill = new Spill(4L * Spill.CHUNK_BYTES);
    private final SummingReader reader = new SummingReader();

    /** Offers. */
    @Operation
    public boolean offer() {
      return SummingReader.offer(spill, 7);
    }

    /** Seals, and tells how many were kept. */
    @Operation(runOnce = true)
    public int seal() {
      spill.seal();
      while (!spill.isDrained()) {
        spill.drain(reader);
      }
      return reader.torn == 0 ? reader.count : -1;
    }
  }

  @Test
  void offers_to_spare_chunks_and_their_seal_are_linearizable() {
    check(Spare.class);
  }

  /** Records and the close. */
  public static class Whole {
    private final SummingReader reader = new SummingReader();
    private final Collector collector =
        new Collector(reader, 16, 0, null, () -> 0, new Loss(Loss.NEVER));

    /** Records. */
    @Operation
    public void record() {
      collector.record(7, 7, 7, 7, 7, 7, 7);
    }

    /** Closes, and tells how many were delivered. */
    @Operation(runOnce = true)
    public int close() {
      collector.close();
      return reader.torn == 0 ? reader.count : -1;
    }
  }

  @Test
  void records_and_the_close_are_linearizable() {
    check(Whole.class);
  }

  /** The first sight of names, room for two. */
  public static class Names {
    private final Tracks tracks = new Tracks(2, 2);

    /** Finds where a name counts. */
    @Operation
    public String find(boolean one, boolean other) {
      String agent = one ? "ada" : "bob";
      return tracks.get(tracks.resolve(agent, other ? "format" : "lint", "acme")).agent();
    }
  }

  @Test
  void the_first_sight_of_names_is_linearizable() {
    check(Names.class);
  }

  /** The ends of one attempt. */
  public static class Ends {
    private final PerformanceTracker tracker =
        PerformanceTracker.builder()
            .sources(new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(1)))
            .slots(64)
            .spillBytes(0)
            .build();
    private final Execution execution = tracker.start("ada", "format");

    /** Completes. */
    @Operation
    public boolean complete() {
      return execution.complete();
    }

    /** Fails. */
    @Operation
    public boolean fail() {
      return execution.fail();
    }
  }

  @Test
  void the_ends_of_an_attempt_are_linearizable() {
    check(Ends.class);
  }
}
