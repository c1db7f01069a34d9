/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.time.Duration;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the heap that the tracker holds after collections. {@link Memory} has more figures. */
@BenchmarkMode(Mode.SingleShotTime)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 0)
@Measurement(iterations = 3)
public class MemoryBenchmark {

  /** What an iteration holds. JMH adds up those of all iterations. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Held {
    /** Bytes of heap. */
    public long heldBytes;

    /** Forgets the iteration before. */
    @Setup(Level.Iteration)
    public void clear() {
      heldBytes = 0;
    }
  }

  /** The size. */
  @State(Scope.Thread)
  public static class Size {
    /** Everything is by so much smaller; 1 to measure. */
    @Param("1")
    public int share;

    /** Hours over which the attempts are spread. */
    @Param({"0", "100"})
    public int hours;
  }

  /** 10,000 agents with 100 attempts each. */
  @Benchmark // promise: at most 8 MB
  public void tenThousandAgents(Size size, Held held) throws Exception {
    held.heldBytes = (long) new Memory(size.share).allSeries(Duration.ofHours(size.hours));
  }

  /** The size of a million. */
  @State(Scope.Thread)
  public static class Share {
    /** Everything is by so much smaller; 1 to measure. */
    @Param("1")
    public int share;
  }

  /** A million tasks of 64 agents. */
  @Benchmark // promise: at most 20 MB
  public void millionTasks(Share size, Held held) {
    held.heldBytes = (long) new Memory(size.share).millionTasks();
  }
}
