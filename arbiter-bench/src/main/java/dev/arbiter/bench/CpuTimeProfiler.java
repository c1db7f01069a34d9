/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A JMH profiler: CPU nanoseconds for each operation, of the measuring threads as {@code cpu}, and
 * of all Java threads, such as those of a pool or an exporter, as {@code cpu.all}.
 *
 * <p>On a machine whose cores others also use, wall time tells what the others did; CPU time is
 * steadier. Threads of the garbage collector and the compiler are not counted, nor is a thread that
 * ends during the iteration. Use it with {@code -prof dev.arbiter.bench.CpuTimeProfiler}.
 */
public final class CpuTimeProfiler implements InternalProfiler {
  private static final String MEASURING_THREAD = "jmh-worker";

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private Map<Long, Long> before = Map.of();

  /** Is made by JMH. */
  public CpuTimeProfiler() {}

  @Override
  public String getDescription() {
    return "CPU time of the measuring threads, and of all Java threads, for each operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = cpuTimes();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long operations = result.getMetadata().getAllOps();
    if (operations == 0) {
      return List.of();
    }
    double all = 0;
    double measuring = 0;
    for (Spent thread : spentSince(before)) {
      all += thread.nanos();
      measuring += thread.measuring() ? thread.nanos() : 0;
    }
    return List.of(result("cpu", measuring / operations), result("cpu.all", all / operations));
  }

  private record Spent(boolean measuring, long nanos) {}

  private static ScalarResult result(String name, double each) {
    return new ScalarResult(name, each, "ns/op", AggregationPolicy.AVG);
  }

  private List<Spent> spentSince(Map<Long, Long> earlier) {
    List<Spent> spent = new ArrayList<>();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        long id = thread.getThreadId();
        long nanos = threads.getThreadCpuTime(id) - earlier.getOrDefault(id, 0L);
        spent.add(new Spent(thread.getThreadName().contains(MEASURING_THREAD), nanos));
      }
    }
    return spent;
  }

  private Map<Long, Long> cpuTimes() {
    Map<Long, Long> times = new HashMap<>();
    for (long id : threads.getAllThreadIds()) {
      times.put(id, threads.getThreadCpuTime(id));
    }
    return times;
  }
}
