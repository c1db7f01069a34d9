/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures the cost of turning the events of one window into statistics of 100 agents. The tracker
 * counts, adds quality, cost and tokens, and keeps times for six percentiles. The peers keep times
 * only.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
public class AggregationBenchmark {
  private static final int AGENTS = 100;
  private static final long SEED = 3;
  private static final long LONGEST = TimeUnit.HOURS.toNanos(1);

  /** Number of events in the window. */
  @Param({"1000", "1000000"})
  public int events;

  private int[] agent = {};
  private long[] nanos = {};
  private double[] quality = {};
  private final Histogram[] histograms = new Histogram[AGENTS];
  private final List<Event> objects = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // JMH calls make() before anything else
  private AggregatorProbe probe;

  private record Event(String agent, long nanos) {}

  /** Makes the events: times over nine octaves; one event in twenty has no quality. */
  @Setup
  public void make() {
    SplittableRandom random = new SplittableRandom(SEED);
    agent = new int[events];
    nanos = new long[events];
    quality = new double[events];
    for (int i = 0; i < events; i++) {
      agent[i] = random.nextInt(AGENTS);
      nanos[i] = (long) (1e6 * Math.exp(6 * random.nextDouble()));
      quality[i] = random.nextInt(20) == 0 ? Double.NaN : random.nextDouble();
      objects.add(new Event("agent-" + agent[i], nanos[i]));
    }
    Arrays.setAll(histograms, i -> new Histogram(1, LONGEST, 2));
    probe = new AggregatorProbe(agent, nanos, quality);
    probe.foldAndSummarize();
  }

  /** Promise: 1 M events at most half of HdrHistogram and a tenth of streams; 1,000 in 40 us. */
  @Benchmark
  public long foldAndSummarize() {
    return probe.foldAndSummarize();
  }

  /** Only the work at the close of the window; each event was folded when it arrived. */
  @Benchmark
  public long summarize() {
    return probe.summarize();
  }

  /** Peer: an HdrHistogram of two digits for each agent, three percentiles. */
  @Benchmark
  public long hdrHistogramPerAgent() {
    for (Histogram histogram : histograms) {
      histogram.reset();
    }
    for (int i = 0; i < events; i++) {
      histograms[agent[i]].recordValue(nanos[i]);
    }
    long sum = 0;
    for (Histogram histogram : histograms) {
      sum += histogram.getValueAtPercentile(50);
      sum += histogram.getValueAtPercentile(95);
      sum += histogram.getValueAtPercentile(99);
    }
    return sum;
  }

  /** Peer: objects, a grouping collector and sorted times, two percentiles. */
  @Benchmark
  public long groupingStreams() {
    long sum = 0;
    for (List<Event> one : objects.stream().collect(Collectors.groupingBy(Event::agent)).values()) {
      long[] sorted = one.stream().mapToLong(Event::nanos).sorted().toArray();
      sum += sorted[(int) ((sorted.length - 1) * 0.99)] + sorted[sorted.length / 2];
    }
    return sum;
  }
}
