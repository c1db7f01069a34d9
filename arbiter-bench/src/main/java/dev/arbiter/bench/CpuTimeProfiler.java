/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
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
 * A JMH profiler that counts CPU nanoseconds for each operation: {@code cpu} of the measuring
 * threads, {@code cpu.all} of all Java threads, such as those of a pool or an exporter.
 *
 * <p>On a machine with other work, CPU time is steadier than wall time. The profiler does not count
 * threads of the garbage collector and the compiler, nor a thread that ends during the iteration.
 * Use it with {@code -prof dev.arbiter.bench.CpuTimeProfiler}.
 */
public final class CpuTimeProfiler implements InternalProfiler {
  private static final String MEASURING_THREAD = "jmh-worker";

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private Map<Long, Long> before = Map.of();

  /** JMH makes the profiler. */
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
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        long id = thread.getThreadId();
        long nanos = threads.getThreadCpuTime(id) - before.getOrDefault(id, 0L);
        all += nanos;
        measuring += thread.getThreadName().contains(MEASURING_THREAD) ? nanos : 0;
      }
    }
    return List.of(result("cpu", measuring / operations), result("cpu.all", all / operations));
  }

  private static ScalarResult result(String name, double each) {
    return new ScalarResult(name, each, "ns/op", AggregationPolicy.AVG);
  }

  private Map<Long, Long> cpuTimes() {
    Map<Long, Long> times = new HashMap<>();
    for (long id : threads.getAllThreadIds()) {
      times.put(id, threads.getThreadCpuTime(id));
    }
    return times;
  }
}
