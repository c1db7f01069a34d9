/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.stress;

import dev.arbiter.tracker.internal.ring.Collector;
import dev.arbiter.tracker.internal.ring.Loss;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Races at the whole collector. */
public final class CollectorRaces {
  private static final int SLOTS = 16;

  private CollectorRaces() {}

  /** A record against the close: delivered or counted as dropped, never both, never neither. */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "too late and counted")
  @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "in time and delivered")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost or counted wrong")
  @State
  public static class RecordAgainstClose {
    private final SummingReader reader = new SummingReader();
    private final Collector collector =
        new Collector(reader, SLOTS, 0, null, System::nanoTime, new Loss(Loss.NEVER));

    /** Records. */
    @Actor
    public void record() {
      collector.record(7, 7, 7, 7, 7, 7, 7);
    }

    /** Closes. */
    @Actor
    public void close() {
      collector.close();
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
      result.r1 = reader.count - reader.torn;
      result.r2 = (int) collector.claimed();
      result.r3 = (int) collector.loss().all();
    }
  }
}
