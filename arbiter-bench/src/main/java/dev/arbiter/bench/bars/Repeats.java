/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.CpuTimeProfiler;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks by turns, each in a JVM of its own: every benchmark once, then every one again.
 * So a minute in which the machine was busy hits a promise and its peer alike.
 */
final class Repeats {
  private final Pace pace;
  private final PrintStream progress;

  Repeats(Pace pace, PrintStream progress) {
    this.pace = pace;
    this.progress = progress;
  }

  /**
   * Runs all. One that fails is told, has no figures, and is not run in later rounds; the others
   * are measured.
   *
   * @param specs without doubles
   * @param figures get what is measured
   */
  void run(Collection<BenchmarkSpec> specs, Figures figures) {
    Set<BenchmarkSpec> failed = new HashSet<>();
    for (int round = 1; round <= pace.rounds(); round++) {
      int number = 0;
      for (BenchmarkSpec spec : specs) {
        number++;
        if (failed.contains(spec)) {
          continue;
        }
        progress.printf(
            Locale.ROOT,
            "round %d of %d, %d of %d: %s%n",
            round,
            pace.rounds(),
            number,
            specs.size(),
            spec.text());
        try {
          run(spec, figures);
        } catch (RunnerException e) {
          failed.add(spec);
          figures.remove(spec);
          progress.println(spec.text() + " failed and has no figures, because:");
          e.printStackTrace(progress);
        }
      }
    }
  }

  private void run(BenchmarkSpec spec, Figures figures) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(spec.pattern())
            .forks(1)
            .warmupIterations(warmUps(spec))
            .warmupTime(pace.warmUp())
            .measurementIterations(pace.iterations())
            .measurementTime(pace.time())
            .jvmArgsAppend("-Xbatch")
            .addProfiler(CpuTimeProfiler.class)
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    Map<String, String> parameters = spec.parameters();
    String threads = parameters.remove("threads");
    options.threads(threads == null ? 1 : Integer.parseInt(threads));
    pace.sizes().forEach((name, value) -> parameters.computeIfPresent(name, (key, old) -> value));
    parameters.forEach((name, value) -> options.param(name, value));
    for (RunResult result : new Runner(options.build()).run()) {
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        iterations(fork).forEach((measure, values) -> figures.add(spec, measure, values));
      }
    }
  }

  private int warmUps(BenchmarkSpec spec) {
    if (spec.text().startsWith("LifecycleBenchmark.")) {
      return 2 * pace.warmUps(); // as much code as this is compiled late, ours and the peers'
    }
    boolean isOneLongRun =
        spec.text().startsWith("store.") || spec.text().startsWith("MemoryBenchmark.");
    return isOneLongRun ? Math.min(2, pace.warmUps()) : pace.warmUps();
  }

  private static Map<String, List<Double>> iterations(BenchmarkResult fork) {
    Map<String, List<Double>> all = new TreeMap<>();
    for (IterationResult iteration : fork.getIterationResults()) {
      Result<?> primary = iteration.getPrimaryResult();
      add(all, Measure.WALL.key, primary.getScore() * nanosPer(primary.getScoreUnit()));
      iteration
          .getSecondaryResults()
          .forEach((name, result) -> add(all, name.replace("·", ""), result.getScore()));
    }
    return all;
  }

  private static void add(Map<String, List<Double>> all, String measure, double score) {
    all.computeIfAbsent(measure, name -> new ArrayList<>()).add(score);
  }

  private static double nanosPer(String unit) {
    return switch (unit) {
      case "ns/op" -> 1;
      case "us/op" -> 1e3;
      case "ms/op" -> 1e6;
      case "s/op" -> 1e9;
      default -> Double.NaN;
    };
  }
}
