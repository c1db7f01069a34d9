/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.bench.bars.Bar.Answer;
import dev.arbiter.bench.bars.BarComparison.Change;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Judges made-up figures; nothing is measured. */
class BarsTest {
  private static final Bar ABSOLUTE = Bar.of("P8", "a life", Measure.CPU, "A.life", 3_000);
  private static final Bar BESIDE =
      Bar.of("P4", "a record", Measure.CPU, "A.record", .25).beside("A.timer");
  private static final Bar MORE = Bar.of("P9", "tasks", Measure.TASKS, "A.tasks", 20_000);

  @TempDir private Path folder;

  private static Figures figures(String pace) {
    return new Figures(new TreeMap<>(Map.of("pace", pace)));
  }

  private static void add(Figures figures, String spec, Measure measure, double... iterations) {
    figures.add(new BenchmarkSpec(spec), measure.key, DoubleStream.of(iterations).boxed().toList());
  }

  private static Figures cpu(String spec, double... iterations) {
    Figures figures = figures("quick");
    add(figures, spec, Measure.CPU, iterations);
    return figures;
  }

  @Test
  void a_figure_at_its_limit_is_held_and_beyond_the_margin_is_missed_far() {
    assertThat(ABSOLUTE.answer(cpu("A.life", 3_000, 9_000))).isEqualTo(Answer.HELD);
    assertThat(ABSOLUTE.answer(cpu("A.life", 3_001))).isEqualTo(Answer.MISSED);
    assertThat(ABSOLUTE.answer(cpu("A.life", 4_500))).isEqualTo(Answer.MISSED);
    assertThat(ABSOLUTE.answer(cpu("A.life", 4_501))).isEqualTo(Answer.MISSED_FAR);
    assertThat(ABSOLUTE.answer(cpu("A.other", 1))).isEqualTo(Answer.NOT_RUN);
  }

  @Test
  void a_ratio_is_that_of_the_best_iterations_of_all_rounds() {
    Figures figures = figures("full");
    add(figures, "A.record", Measure.CPU, 40, 30);
    add(figures, "A.record", Measure.CPU, 25, 50);
    add(figures, "A.timer", Measure.CPU, 120, 100);

    assertThat(BESIDE.figure(figures)).isEqualTo(.25);
    assertThat(BESIDE.middle(figures)).isCloseTo(35.0 / 110, within(1e-9));
    assertThat(BESIDE.answer(figures)).isEqualTo(Answer.HELD);
  }

  @Test
  void where_more_is_better_the_most_counts_and_the_margin_is_below() {
    for (Map.Entry<Double, Answer> one :
        Map.of(20_000.0, Answer.HELD, 13_400.0, Answer.MISSED, 13_300.0, Answer.MISSED_FAR)
            .entrySet()) {
      Figures figures = figures("quick");
      add(figures, "A.tasks", Measure.TASKS, 1_000, one.getKey());

      assertThat(MORE.answer(figures)).isEqualTo(one.getValue());
    }
  }

  @Test
  void what_is_taken_off_comes_off_before_the_ratio_and_never_below_nothing() {
    Bar bar = Bar.of("P7", "a guard", Measure.CPU, "A.on", 1.3).lessThat("A.off").beside("A.peer");
    Figures figures = cpu("A.on", 1_150, 1_100);
    add(figures, "A.off", Measure.CPU, 1_020, 1_200);
    add(figures, "A.peer", Measure.CPU, 80);

    assertThat(bar.figure(figures)).isEqualTo(1.0);
    assertThat(Bar.of("P7", "", Measure.CPU, "A.off", 1.3).lessThat("A.on").figure(figures))
        .isZero();
  }

  @Test
  void every_bar_names_benchmarks_and_parameters_that_exist() {
    Map<String, BenchmarkListEntry> known = new TreeMap<>();
    BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
        .forEach(entry -> known.put(entry.getUsername(), entry));

    for (Bar bar : PromisedBars.ALL) {
      bar.specs()
          .forEach(
              spec -> {
                assertThat(known).containsKey(spec.benchmark());
                Map<String, String[]> parameters =
                    Objects.requireNonNull(known.get(spec.benchmark()))
                        .getParams()
                        .orElse(Map.of());
                assertThat(spec.parameters().keySet())
                    .as(spec.text())
                    .containsExactlyInAnyOrderElementsOf(parameters.keySet());
              });
    }
  }

  @Test
  void a_change_of_a_fifth_is_seen_and_noise_is_not() {
    Change faster = change(100, 80);
    Change same = change(100, 100);

    assertThat(faster.words(true)).isEqualTo("better");
    assertThat(faster.words(false)).isEqualTo("worse");
    assertThat(faster.ratio()).isCloseTo(.8, within(.03));
    assertThat(faster.low()).isLessThan(.8);
    assertThat(faster.high()).isGreaterThan(.8).isLessThan(1);
    assertThat(same.words(true)).isEqualTo("no difference seen");
  }

  @Test
  void a_slower_machine_is_no_change_of_what_is_beside_a_peer() {
    Figures before = figures("full");
    Figures after = figures("full");
    for (int round = 0; round < 3; round++) {
      add(before, "A.record", Measure.CPU, 25, 26, 25);
      add(before, "A.timer", Measure.CPU, 100, 104, 100);
      add(after, "A.record", Measure.CPU, 50, 52, 50);
      add(after, "A.timer", Measure.CPU, 200, 208, 200);
    }

    Change change = of(new BarComparison(before, after).change(BESIDE));

    assertThat(change.ratio()).isEqualTo(1);
    assertThat(change.words(true)).isEqualTo("no difference seen");
  }

  @Test
  void quick_and_full_runs_are_not_compared() throws Exception {
    Path quick = folder.resolve("quick.json");
    figures("quick").write(quick, List.of());
    Path full = folder.resolve("full.json");
    figures("full").write(full, List.of());

    assertThatThrownBy(() -> Bars.run(System.out, "--read", "" + quick, "--compare", "" + full))
        .hasMessageStartingWith("figures of a quick and a full run cannot be compared");
    assertThatThrownBy(() -> Bars.run(System.out, "--quick", "--compare", "" + full))
        .hasMessageStartingWith("figures of a quick and a full run cannot be compared");
  }

  @Test
  void a_file_of_figures_is_read_again_judged_and_written_between_the_comments() throws Exception {
    Figures figures = figures("quick");
    figures.about().put("machine", "made up");
    add(figures, "WindowBenchmark.record", Measure.CPU, 26, 27);
    add(figures, "WindowBenchmark.timerWithPercentiles", Measure.CPU, 100, 101);
    Path json = folder.resolve("figures.json");
    figures.write(json, List.of());
    Path results = folder.resolve("RESULTS.md");
    Files.writeString(
        results, "# Results\n<!-- bars: begin -->\nold\n<!-- bars: end -->\n\nThe rest.\n");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    boolean held =
        Bars.run(
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            "--read",
            "" + json,
            "--only",
            "P4",
            "--compare",
            "" + json,
            "--results",
            "" + results);

    assertThat(held).isTrue();
    assertThat(Files.readString(results))
        .startsWith("# Results\n<!-- bars: begin -->\nmade up; quick.\n")
        .contains(
            "| P4 | record with percentiles beside Micrometer's | at most 0.25 of the peer"
                + " | 26.0 ns | 26.5 ns |  | 100 ns | 0.260 | 0.264 | missed |")
        .contains("+0.0 %", "one round: no verdict")
        .endsWith("<!-- bars: end -->\n\nThe rest.\n")
        .doesNotContain("old");
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("missed: 1.");
  }

  @Test
  void a_promise_without_a_figure_is_not_held() throws Exception {
    Path json = folder.resolve("figures.json");
    figures("full").write(json, List.of());

    assertThat(Bars.run(new PrintStream(new ByteArrayOutputStream()), "--read", "" + json))
        .isFalse();
  }

  @Test
  void wrong_options_say_what_to_give() throws Exception {
    assertThatThrownBy(() -> Bars.run(System.out)).hasMessageContaining("--quick, --full");
    assertThatThrownBy(() -> Bars.run(System.out, "--quick", "--full"))
        .hasMessageStartingWith("one of --quick, --full and --read is needed; give");
    assertThatThrownBy(() -> Bars.run(System.out, "--quick", "--only", "P99"))
        .hasMessageStartingWith("--only knows [P1, P2,");
    assertThatThrownBy(() -> Bars.run(System.out, "--quick", "--json"))
        .hasMessageStartingWith("--json has no value");
    assertThatThrownBy(() -> Bars.run(System.out, "--fast"))
        .hasMessageStartingWith("--fast is no option");
    assertThatThrownBy(() -> Bars.run(System.out, "--quick", "--json", "--compare", "x"))
        .hasMessageStartingWith("--json has no value");
    assertThatThrownBy(() -> Bars.run(System.out, "--quick", "extra"))
        .hasMessageStartingWith("cannot use [extra]; give");
  }

  @Test
  void a_file_that_cannot_be_read_or_written_is_named_before_anything_runs() throws Exception {
    Path other = Files.writeString(folder.resolve("other.json"), "[]");
    assertThatThrownBy(() -> Bars.run(System.out, "--read", "" + other))
        .hasMessageContaining("was not written by Bars");
    Path whole = folder.resolve("whole.json");
    cpu("A.life", 3, 4).write(whole, List.of());
    Path cut = folder.resolve("cut.json");
    Files.writeString(cut, Files.readString(whole).substring(0, (int) Files.size(whole) / 2));
    Path bare = Files.writeString(folder.resolve("bare.md"), "text");
    Path none = folder.resolve("none").resolve("x.json");

    for (Map.Entry<List<String>, String> one :
        Map.of(
                List.of("--read", "" + cut),
                "cut.json was not written by Bars, or is cut off: ",
                List.of("--read", "" + none),
                "x.json cannot be read: there is no such file or folder; give",
                List.of("--quick", "--compare", "" + none),
                "x.json cannot be read: there is no such file or folder; give",
                List.of("--quick", "--json", "" + none),
                "x.json cannot be written: there is no such file or folder; give",
                List.of("--quick", "--results", "" + none),
                "x.json cannot be read: there is no such file or folder; give",
                List.of("--quick", "--results", "" + bare),
                "has no place for this: add the lines <!-- bars: begin --> and")
            .entrySet()) {
      assertThatThrownBy(() -> Bars.run(System.out, one.getKey().toArray(String[]::new)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(one.getValue());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void figures_are_printed_before_they_are_written() throws Exception {
    Path json = folder.resolve("figures.json");
    cpu("WindowBenchmark.record", 26).write(json, List.of());
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    assertThatThrownBy(
            () ->
                Bars.run(
                    new PrintStream(printed, true, StandardCharsets.UTF_8),
                    "--read",
                    "" + json,
                    "--json",
                    "/dev/full"))
        .isInstanceOf(IOException.class);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("| 26.0 ns |");
  }

  private static Change change(double before, double after) {
    return of(new BarComparison(noisy(before, 1), noisy(after, 2)).change(ABSOLUTE));
  }

  private static Figures noisy(double around, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Figures figures = figures("full");
    for (int round = 0; round < 3; round++) {
      double fork = 1 + .02 * random.nextDouble();
      add(
          figures,
          "A.life",
          Measure.CPU,
          random.doubles(5, .98, 1.02).map(noise -> around * fork * noise).toArray());
    }
    return figures;
  }

  private static Change of(@Nullable Change change) {
    return Objects.requireNonNull(change);
  }
}
