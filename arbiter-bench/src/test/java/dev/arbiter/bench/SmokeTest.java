/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark once, with the smallest sizes and in this JVM. No figure means anything. */
class SmokeTest {
  private static final Map<String, String> SMALLEST =
      Map.of(
          "agents", "10",
          "entries", "1000",
          "events", "1000",
          "records", "100",
          "share", "1000",
          "tasks", "100",
          "waiting", "10");

  @TempDir private Path folder;

  private static Set<BenchmarkListEntry> all() {
    return BenchmarkList.defaultList()
        .getAll(
            OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of());
  }

  @Test
  void every_benchmark_runs_and_its_results_are_written_as_json() throws Exception {
    System.setProperty("jmh.ignoreLock", "true");
    Path json = folder.resolve("result.json");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(10))
            .addProfiler(CpuTimeProfiler.class)
            .resultFormat(ResultFormatType.JSON)
            .result(json.toString())
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    SMALLEST.forEach((name, value) -> options.param(name, value));

    Set<String> run =
        new Runner(options.build())
            .run().stream()
                .map(RunResult::getParams)
                .map(params -> params.getBenchmark())
                .collect(Collectors.toCollection(TreeSet::new));

    Set<String> known =
        all().stream()
            .map(BenchmarkListEntry::getUsername)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(known).hasSizeGreaterThan(40);
    assertThat(run).isEqualTo(known);
    JsonNode results = new ObjectMapper().readTree(json.toFile());
    assertThat(results).allMatch(one -> one.at("/primaryMetric/score").isNumber());
  }

  @Test
  void jmh_lists_every_benchmark() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      new Runner(new CommandLineOptions("-l")).list();
    } finally {
      System.setOut(before);
    }

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains(all().stream().map(BenchmarkListEntry::getUsername).toList());
  }

  @Test
  void the_memory_table_has_a_peer_and_every_kind() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Memory.print(100).printMarkdown(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains(
            "| series, attempts at one moment |",
            "| peer: timer with p50, p95, p99 |",
            "| tracked task while it runs |",
            "| agent in the registry |",
            "| task that waits for a place |");
  }
}
