/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.stress;

import dev.arbiter.tracker.internal.ring.Spill;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Races at the spare chunks. */
public final class SpillRaces {
  private SpillRaces() {}

  /**
   * Two first offers try to link a chunk: one is linked, both events are kept, one chunk is paid
   * for.
   */
  @JCStressTest
  @Outcome(id = "2, 0, 1", expect = Expect.ACCEPTABLE, desc = "both kept in one chunk")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost, torn, or the budget is wrong")
  @State
  public static class TwoOffersLinkOneChunk {
    private final Spill spill = new Spill(2L * Spill.CHUNK_BYTES);

    /** Offers. */
    @Actor
    public void one() {
      SummingReader.offer(spill, 1);
    }

    /** Offers. */
    @Actor
    public void other() {
      SummingReader.offer(spill, 2);
    }

    /** Reads all. */
    @Arbiter
    public void read(III_Result result) {
      long chunks = spill.bytes() / Spill.CHUNK_BYTES;
      SummingReader reader = new SummingReader();
      spill.drain(reader);
      reader.show(result, chunks);
    }
  }

  /** An offer against a drain: it sees nothing, or all of it; in the end all. */
  @JCStressTest
  @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "once, whole")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost, torn or twice")
  @State
  public static class OfferAgainstDrain {
    private final Spill spill = new Spill(2L * Spill.CHUNK_BYTES);
    private final SummingReader reader = new SummingReader();

    /** Offers. */
    @Actor
    public void offer() {
      SummingReader.offer(spill, 7);
    }

    /** Reads. */
    @Actor
    public void read() {
      spill.drain(reader);
    }

    /** Reads the rest. */
    @Arbiter
    public void rest(III_Result result) {
      spill.drain(reader);
      reader.show(result, spill.delivered());
    }
  }

  /** An offer against the seal: kept events are delivered, others are not. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "too late")
  @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "in time and delivered")
  @Outcome(expect = Expect.FORBIDDEN, desc = "kept and lost, or refused and delivered")
  @State
  public static class OfferAgainstSeal {
    private final Spill spill = new Spill(2L * Spill.CHUNK_BYTES);
    private final SummingReader reader = new SummingReader();

    /** Offers. */
    @Actor
    public void offer(II_Result result) {
      result.r1 = SummingReader.offer(spill, 7) ? 1 : 0;
    }

    /** Seals and waits for earlier offers. */
    @Actor
    public void seal(II_Result result) {
      spill.seal();
      while (!spill.isDrained()) {
        spill.drain(reader);
      }
      result.r2 = reader.count;
    }
  }
}
