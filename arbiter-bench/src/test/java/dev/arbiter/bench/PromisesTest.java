/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromisesTest {
  private static String run(String benchmark, String params, String figures) {
    return "{\"benchmark\":\"dev.arbiter.bench."
        + benchmark
        + "\",\"params\":{"
        + params
        + "},\"secondaryMetrics\":{\"cpu\":{\"rawData\":[["
        + figures
        + "]]}}}";
  }

  @Test
  void each_promise_is_held_missed_or_not_run(@TempDir Path dir) throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("result.json"),
            "["
                + String.join(
                    ",",
                    run(
                        "LifecycleBenchmark.submitAndAwait",
                        "\"constitution\":\"none\"",
                        "1900,1850"),
                    run(
                        "LifecycleBenchmark.submitAndAwait",
                        "\"constitution\":\"batched\"",
                        "11900"),
                    run("WindowBenchmark.record", "", "26.5"),
                    run("WindowBenchmark.timerWithPercentiles", "", "103.5"),
                    run("AggregationBenchmark.foldAndSummarize", "\"events\":\"1000000\"", "1e7"),
                    run("AggregationBenchmark.groupingStreams", "\"events\":\"1000000\"", "9e7"))
                + "]");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Promises.print(file, new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .contains(
            "held     LifecycleBenchmark.submitAndAwait constitution=none: 1,850.0 ns, at most"
                + " 10,000 ns",
            "missed   LifecycleBenchmark.submitAndAwait constitution=batched: 11,900.0 ns, at most"
                + " 10,000 ns",
            "missed   WindowBenchmark.record: 0.26 (26.5 ns), at most 0.25 of timerWithPercentiles",
            "missed   AggregationBenchmark.foldAndSummarize events=1000000: 0.11 (10,000,000.0 ns),"
                + " at most 0.10 of groupingStreams",
            "not run  AggregationBenchmark.foldAndSummarize events=1000: at most 40,000 ns",
            "not run  CaptureBenchmark.execution: at most 1,000 ns");
  }
}
