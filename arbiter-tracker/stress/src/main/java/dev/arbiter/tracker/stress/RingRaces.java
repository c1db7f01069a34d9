/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.stress;

import dev.arbiter.tracker.internal.ring.EventRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Races at one ring. */
public final class RingRaces {
  private static final int SLOTS = 16;
  private static final int BATCH = 4;

  private RingRaces() {}

  /** A drain against the publication of an event: it sees nothing, or all of it. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not published yet")
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "whole")
  @Outcome(expect = Expect.FORBIDDEN, desc = "torn")
  @State
  public static class PublishAgainstDrain {
    private final EventRing ring = new EventRing(SLOTS, BATCH);

    /** Writes. */
    @Actor
    public void write() {
      SummingReader.publish(ring, ring.claim(), 7);
    }

    /** Reads. */
    @Actor
    public void read(II_Result result) {
      SummingReader reader = new SummingReader();
      ring.drain(reader);
      result.r1 = reader.count;
      result.r2 = reader.torn;
    }
  }

  /** Two writers, one of which also drains: in the end each event was read once. */
  @JCStressTest
  @Outcome(id = "2, 0, 2", expect = Expect.ACCEPTABLE, desc = "both, once, whole")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost, torn or twice")
  @State
  public static class TwoWritersAgainstDrain {
    private final EventRing ring = new EventRing(SLOTS, BATCH);
    private final SummingReader reader = new SummingReader();

    /** Writes. */
    @Actor
    public void one() {
      SummingReader.publish(ring, ring.claim(), 1);
    }

    /** Writes, and reads what there is. */
    @Actor
    public void other() {
      SummingReader.publish(ring, ring.claim(), 2);
      ring.drain(reader);
    }

    /** Reads the rest. */
    @Arbiter
    public void rest(III_Result result) {
      ring.drain(reader);
      reader.show(result, ring.claimed());
    }
  }

  /** A writer against the seal: accepted events are delivered, others are not. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "too late")
  @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "in time and delivered")
  @Outcome(expect = Expect.FORBIDDEN, desc = "accepted and lost, or refused and delivered")
  @State
  public static class WriteAgainstSeal {
    private final EventRing ring = new EventRing(SLOTS, BATCH);
    private final SummingReader reader = new SummingReader();

    /** Writes if it may. */
    @Actor
    public void write(II_Result result) {
      long sequence = ring.claim();
      if (sequence != EventRing.NO_ROOM) {
        SummingReader.publish(ring, sequence, 7);
        result.r1 = 1;
      }
    }

    /** Seals and waits for earlier claims. */
    @Actor
    public void seal(II_Result result) {
      ring.seal();
      while (ring.delivered() != ring.claimed()) {
        ring.drain(reader);
      }
      result.r2 = reader.count;
    }
  }

  /** Two writers for the last free slot: each waits for room or gets it, neither overwrites. */
  @JCStressTest
  @Outcome(id = "12, 0, 12", expect = Expect.ACCEPTABLE, desc = "one found room")
  @Outcome(id = "13, 0, 13", expect = Expect.ACCEPTABLE, desc = "both passed the test for room")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost, torn or refused to both")
  @State
  public static class TwoWritersForTheLastSlot {
    private final EventRing ring = new EventRing(SLOTS, BATCH);

    /** Leaves one slot. */
    public TwoWritersForTheLastSlot() {
      for (int i = 1; i < SLOTS - SLOTS / 4; i++) {
        SummingReader.publish(ring, ring.claim(), i);
      }
    }

    private void write() {
      long sequence = ring.claim();
      if (sequence != EventRing.NO_ROOM) {
        SummingReader.publish(ring, sequence, 7);
      }
    }

    /** Writes if there is room. */
    @Actor
    public void one() {
      write();
    }

    /** Writes if there is room. */
    @Actor
    public void other() {
      write();
    }

    /** Reads all. */
    @Arbiter
    public void read(III_Result result) {
      SummingReader reader = new SummingReader();
      ring.drain(reader);
      reader.show(result, ring.claimed());
    }
  }
}
