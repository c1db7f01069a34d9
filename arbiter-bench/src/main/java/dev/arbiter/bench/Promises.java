/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/**
 * Prints "held" or "missed" beside each promise, from the result of a run of JMH.
 *
 * <p>Compares the least CPU time of an iteration ({@link CpuTimeProfiler}), in nanoseconds an
 * operation, with a limit, or with the least of a peer in the same file. Run JMH with {@code -prof
 * dev.arbiter.bench.CpuTimeProfiler -rf json -rff result.json}, then {@code java -cp benchmarks.jar
 * dev.arbiter.bench.Promises result.json}.
 */
public final class Promises {
  /**
   * A promise.
   *
   * @param benchmark class and method
   * @param parameter such as {@code events=1000}; empty for all
   * @param limit nanoseconds, or times the peer
   * @param peer a method of the same class; empty for an absolute limit
   */
  private record Promise(String benchmark, String parameter, double limit, String peer) {}

  private static final String PLAIN = "constitution=none router=leastLoaded";
  private static final String PROVEN = "constitution=hashed router=bandit";

  private static final List<Promise> ALL =
      List.of(
          new Promise("CaptureBenchmark.execution", "", 1_000, ""),
          new Promise("CaptureBenchmark.events", "", 1_000, ""),
          new Promise("CaptureBenchmark.handOff", "", 1.5, "disruptorPublish"),
          new Promise("CaptureBenchmark.switchedOffEvent", "", 2, ""),
          new Promise("CaptureBenchmark.switchedOffEvent", "", 1, "disabledLogCall"),
          new Promise("CaptureBenchmark.switchedOffExecution", "", 2, ""),
          new Promise("CaptureBenchmark.switchedOffExecution", "", 1, "disabledLogCall"),
          new Promise("WindowBenchmark.record", "", .25, "timerWithPercentiles"),
          new Promise("AggregationBenchmark.foldAndSummarize", "events=1000", 40_000, ""),
          new Promise(
              "AggregationBenchmark.foldAndSummarize", "events=1000000", .1, "groupingStreams"),
          new Promise(
              "AggregationBenchmark.foldAndSummarize",
              "events=1000000",
              .5,
              "hdrHistogramPerAgent"),
          new Promise("LifecycleBenchmark.submitAndAwait", "", 10_000, ""),
          new Promise("LifecycleBenchmark.submitAndAwait", PLAIN, 1, "twoPlainActions"),
          new Promise("LifecycleBenchmark.submitAndAwait", PLAIN, .5, "fiveAsyncStages"),
          new Promise("LifecycleBenchmark.submitAndAwait", PROVEN, 3_000, ""),
          new Promise("LifecycleBenchmark.submitAndAwait", PROVEN, .5, "fiveAsyncStages"),
          new Promise("ManyAgentsBenchmark.updateAndTask", "", 20_000, ""),
          new Promise("RoutingBenchmark.arbiterDefault", "agents=10000", 100_000, ""),
          new Promise("RoutingBenchmark.arbiterUcbIndexed", "agents=10000", 250, ""),
          new Promise("VerdictBenchmark.signedInBatches", "", .02, "signedOneByOne"),
          new Promise("VerdictBenchmark.fullJudgement", "", 20_000, ""),
          new Promise("VerdictBenchmark.inclusionProof", "", 1_000_000, ""),
          new Promise("VerdictBenchmark.consistencyProof", "", 1_000_000, ""));

  private final List<JsonNode> results;

  private Promises(JsonNode results) {
    this.results = StreamSupport.stream(results.spliterator(), false).toList();
  }

  /**
   * Prints a line for each promise and each set of parameters.
   *
   * @param arguments the file that JMH wrote
   * @throws IOException if it cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("give the file that JMH wrote with -rf json -rff FILE");
      System.exit(2);
    }
    print(Path.of(arguments[0]), System.out);
  }

  static void print(Path file, PrintStream out) throws IOException {
    JsonNode results = new ObjectMapper().readTree(file.toFile());
    new Promises(results).print(out);
  }

  private void print(PrintStream out) {
    for (Promise promise : ALL) {
      List<JsonNode> runs = of(promise.benchmark(), promise.parameter());
      if (runs.isEmpty()) {
        out.println(line("not run", promise, promise.parameter(), 0, 0));
      }
      for (JsonNode run : runs) {
        judge(promise, run, out);
      }
    }
  }

  private void judge(Promise promise, JsonNode run, PrintStream out) {
    String parameters = parameters(run);
    OptionalDouble least = least(run);
    OptionalDouble unit = promise.peer().isEmpty() ? OptionalDouble.of(1) : peer(promise, run);
    if (least.isEmpty() || unit.isEmpty()) {
      out.println(line("not run", promise, parameters, 0, 0));
      return;
    }
    double figure = least.getAsDouble() / unit.getAsDouble();
    String answer = figure <= promise.limit() ? "held" : "missed";
    out.println(line(answer, promise, parameters, figure, least.getAsDouble()));
  }

  private static String line(
      String answer, Promise promise, String parameters, double figure, double nanos) {
    boolean measured = nanos > 0;
    String limit =
        promise.peer().isEmpty()
            ? String.format(Locale.ROOT, "%,.0f ns", promise.limit())
            : String.format(Locale.ROOT, "%.2f of %s", promise.limit(), promise.peer());
    String shown =
        promise.peer().isEmpty()
            ? String.format(Locale.ROOT, "%,.1f ns", nanos)
            : String.format(Locale.ROOT, "%.2f (%,.1f ns)", figure, nanos);
    return String.format(
            Locale.ROOT,
            "%-8s %s %s: %s at most %s",
            answer,
            promise.benchmark(),
            parameters,
            measured ? shown + "," : "",
            limit)
        .replaceAll(" +:", ":")
        .replaceAll(": +", ": ");
  }

  private List<JsonNode> of(String benchmark, String parameter) {
    return results.stream()
        .filter(run -> run.path("benchmark").asText().endsWith("." + benchmark))
        .filter(run -> parameter.isEmpty() || parameters(run).contains(parameter))
        .filter(run -> !parameter.equals("events=1000") || !parameters(run).contains("1000000"))
        .toList();
  }

  private OptionalDouble peer(Promise promise, JsonNode run) {
    String owner = promise.benchmark().substring(0, promise.benchmark().indexOf('.') + 1);
    return results.stream()
        .filter(other -> other.path("benchmark").asText().endsWith("." + owner + promise.peer()))
        .filter(other -> parameters(other).isEmpty() || parameters(other).equals(parameters(run)))
        .map(Promises::least)
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .min();
  }

  private static String parameters(JsonNode run) {
    StringBuilder text = new StringBuilder();
    run.path("params")
        .properties()
        .forEach(
            one ->
                text.append(text.length() == 0 ? "" : " ")
                    .append(one.getKey())
                    .append('=')
                    .append(one.getValue().asText()));
    return text.toString();
  }

  /** The least CPU time of an iteration. */
  private static OptionalDouble least(JsonNode run) {
    JsonNode cpu = run.path("secondaryMetrics").path("cpu");
    return StreamSupport.stream(cpu.path("rawData").spliterator(), false)
        .flatMap(fork -> StreamSupport.stream(fork.spliterator(), false))
        .mapToDouble(JsonNode::asDouble)
        .min();
  }
}
