/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.routing.BanditPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures one decision among agents that all have a record, and learning its outcome. The peer
 * scores and sorts all agents.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoutingBenchmark {

  /** The number of agents. */
  @State(Scope.Benchmark)
  public static class Size {
    /** Number of agents; all are candidates. */
    @Param({"10", "100", "1000", "10000"})
    public int agents;
  }

  /** A router of one policy that has outcomes of all agents. */
  abstract static class Taught {
    @SuppressWarnings("NullAway.Init") // JMH calls teach() before anything else
    Pool pool;

    abstract BanditPolicy policy();

    /** Gives the router outcomes of all agents. */
    @Setup
    public void teach(Size size) {
      pool = new Pool(size.agents, policy());
    }

    /** Ends the registry. */
    @TearDown
    public void close() {
      pool.close();
    }
  }

  /** A router with the default policy. */
  @State(Scope.Benchmark)
  public static class ByDefault extends Taught {
    @Override
    BanditPolicy policy() {
      return BanditPolicy.adaptiveThompson();
    }
  }

  /** Promise: at most 10 ns CPU a candidate at 10,000; nothing allocated but the decision. */
  @Benchmark
  public long arbiterDefault(ByDefault state) {
    return state.pool.routeAndLearn();
  }

  /** A router with UCB1. */
  @State(Scope.Benchmark)
  public static class ByUcb1 extends Taught {
    @Override
    BanditPolicy policy() {
      return BanditPolicy.ucb1();
    }
  }

  /** Promise: at most 250 ns CPU at 10,000; nothing allocated but the decision. */
  @Benchmark
  public long arbiterUcbIndexed(ByUcb1 state) {
    return state.pool.routeAndLearn();
  }

  /** Only sums, by agent. */
  @State(Scope.Benchmark)
  public static class Sums {
    private final SplittableRandom luck = new SplittableRandom(Pool.SEED);
    private final List<Sum> all = new ArrayList<>();
    private double total;

    /** Gives every agent as many outcomes as a router gets. */
    @Setup
    public void teach(Size size) {
      for (int i = 0; i < size.agents; i++) {
        Sum sum = new Sum(Pool.chance(Pool.id(i)));
        all.add(sum);
        for (int left = Pool.outcomes(i); left > 0; left--) {
          learn(sum);
        }
      }
    }

    private void learn(Sum sum) {
      sum.successes += luck.nextDouble() < sum.chance ? 1 : 0;
      sum.outcomes++;
      total++;
    }
  }

  private static final class Sum {
    private final double chance;
    private double successes;
    private double outcomes;

    Sum(double chance) {
      this.chance = chance;
    }

    double bound(double total) {
      return successes / outcomes + Math.sqrt(2 * Math.log(total) / outcomes);
    }
  }

  private record Scored(Sum sum, double bound) {}

  /** Peer: UCB1 as the paper writes it, with a sorted list of scores. */
  @Benchmark
  public double naiveScoreAndSort(Sums sums) {
    List<Scored> scored = new ArrayList<>(sums.all.size());
    for (Sum sum : sums.all) {
      scored.add(new Scored(sum, sum.bound(sums.total)));
    }
    scored.sort(Comparator.comparingDouble(Scored::bound).reversed());
    Scored best = scored.get(0);
    sums.learn(best.sum());
    return best.bound();
  }
}
