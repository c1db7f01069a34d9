/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.bench.Latencies.Work;
import dev.arbiter.bench.Requirement.Measured;
import dev.arbiter.bench.routing.TextTable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Prints the fourteen rows of the requirements' table as measured here, each beside the
 * requirements' figure. Takes about a minute.
 *
 * <p>{@code java -Xbatch -cp benchmarks.jar dev.arbiter.bench.RequirementsTable [--results FILE]};
 * with a file, the table is written into it too, between the comments {@code <!-- requirements:
 * begin -->} and {@code <!-- requirements: end -->}. Ends with 1 if a row is not at least ten times
 * better.
 */
public final class RequirementsTable {
  private static final int ROUNDS = 200;
  private static final double TEN_TIMES = 10;
  private static final double WARM_UP_SECONDS = 3;
  private static final double OVERHEAD_MILLIS = .12;

  private final PrintStream out;
  private final double warmUp;
  private final int rounds;
  private final TextTable table = new TextTable();
  private final Map<String, Latencies> runs = new HashMap<>();
  private boolean allHeld = true;

  private RequirementsTable(PrintStream out, double warmUp, int rounds) {
    this.out = out;
    this.warmUp = warmUp;
    this.rounds = rounds;
  }

  /**
   * Measures all rows.
   *
   * @param arguments {@code --results} and a file, or none
   * @throws Exception if the work of a row fails
   */
  public static void main(String[] arguments) throws Exception {
    Program.main(RequirementsTable::read, arguments);
  }

  static Program.Work read(String... arguments) {
    Arguments given =
        new Arguments(
            "give nothing, or --results FILE", List.of(), List.of("--results"), arguments);
    given.requireNoOthers();
    ResultsFile results = ResultsFile.of(given, "requirements");
    return out -> {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      boolean held =
          run(new PrintStream(bytes, true, StandardCharsets.UTF_8), WARM_UP_SECONDS, ROUNDS);
      String text = bytes.toString(StandardCharsets.UTF_8);
      out.print(text);
      if (results != null) {
        results.write(text);
      }
      return held;
    };
  }

  /** Measures all rows, each for so many rounds. Returns whether all are held. */
  static boolean run(PrintStream out, double warmUp, int rounds) throws Exception {
    return new RequirementsTable(out, warmUp, rounds).print();
  }

  private boolean print() throws Exception {
    out.println(LocalDate.now(ZoneOffset.UTC) + "; " + Jvm.about() + ".");
    out.println();
    table.row(
        List.of(
            "row",
            "iterations",
            "average ms",
            "P50",
            "P95",
            "P99",
            "a second",
            "held MB",
            "made B each",
            "required a second",
            "required P99",
            "times better",
            "answer"));
    for (Measured row : RequiredWork.ROWS) {
      measure(row);
    }
    table.printMarkdown(out);
    overhead();
    out.println();
    for (Measured row : RequiredWork.ROWS) {
      out.printf(Locale.ROOT, "- %s: %s%s.%n", row.requirement().name(), row.taken(), rate(row));
    }
    out.println();
    out.println(
        "Times are by the clock on the wall and hold its two reads. A time at a rate begins when"
            + " the work was due. Average and percentiles are over all iterations, a second is that"
            + " of the middle one of "
            + rounds
            + " short rounds, because other work on the machine takes the CPU away for longer than"
            + " a round. Held: heap after the row less before it, both collected. Made: allocated."
            + " Times better compares what is done in a second.");
    return allHeld;
  }

  private static String rate(Measured row) {
    return row.rate() == 0
        ? ""
        : String.format(Locale.ROOT, "; due %,.0f times a second", row.rate());
  }

  @SuppressWarnings("ThreadPriorityCheck") // yield: so that a round has a whole time slice
  private void measure(Measured row) throws Exception {
    Work work = row.work().call();
    Latencies warming = new Latencies(System::nanoTime);
    long end = Jvm.threadCpu() + (long) (warmUp * 1e9);
    do {
      warming.oneByOne(work, row.repeats());
    } while (Jvm.threadCpu() < end);
    Latencies run = new Latencies(System::nanoTime);
    long heap = Jvm.heapUsed();
    long allocated = Jvm.allocated();
    for (int round = 0; round < rounds; round++) {
      Thread.yield();
      row.round(work, run);
    }
    double each = (double) (Jvm.allocated() - allocated) / run.count();
    double held = (Jvm.heapUsed() - heap) / 1e6;
    work.close().run();
    add(row.requirement(), run, held, each);
  }

  private void add(Requirement required, Latencies run, double held, double each) {
    double better = run.perSecond() / required.perSecond();
    boolean enough = better >= TEN_TIMES && memoryIsEnough(required, held);
    allHeld &= enough;
    runs.put(required.name(), run);
    table.row(
        List.of(
            required.name(),
            say("%,d", run.count()),
            say("%.5f", run.meanMillis()),
            say("%.5f", run.millisAt(50)),
            say("%.5f", run.millisAt(95)),
            say("%.5f", run.millisAt(99)),
            say("%,.0f", run.perSecond()),
            say("%.2f", held),
            say("%,.0f", each),
            say("%,.0f", required.perSecond()),
            say("%.2f", required.p99()),
            say("%,.0f", better),
            enough ? "held" : "missed"));
  }

  private static boolean memoryIsEnough(Requirement required, double held) {
    return !required.name().equals(RequiredWork.MEMORY) || held <= required.megabytes() / TEN_TIMES;
  }

  private void overhead() {
    double tracked = millis(RequiredWork.TRACKED);
    double overhead = Math.max(0, tracked - millis(RequiredWork.BASELINE));
    boolean enough = overhead <= OVERHEAD_MILLIS / TEN_TIMES;
    allHeld &= enough;
    out.printf(
        Locale.ROOT,
        "%nTracking alone (%s less %s): %.5f ms, required %.2f ms: %s.%n",
        RequiredWork.TRACKED,
        RequiredWork.BASELINE,
        overhead,
        OVERHEAD_MILLIS,
        enough ? "held" : "missed");
  }

  private double millis(String row) {
    return 1_000 / Objects.requireNonNull(runs.get(row), row).perSecond();
  }

  private static String say(String format, Object... figures) {
    return String.format(Locale.ROOT, format, figures);
  }
}
