/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.arbiter.bench.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** All figures of a run: for each benchmark and measure one list of iterations for each round. */
final class Figures {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> ABOUT = new TypeReference<>() {};
  private static final TypeReference<TreeMap<String, Map<String, List<List<Double>>>>> ALL =
      new TypeReference<>() {};

  private final Map<String, String> about;
  private final Map<String, Map<String, List<List<Double>>>> all;

  /** No figures yet, of a run that is described so. */
  Figures(Map<String, String> about) {
    this(about, new TreeMap<>());
  }

  private Figures(Map<String, String> about, Map<String, Map<String, List<List<Double>>>> figures) {
    this.about = about;
    this.all = figures;
  }

  Map<String, String> about() {
    return about;
  }

  /** Adds the iterations of one round. */
  void add(BenchmarkSpec spec, String measure, List<Double> iterations) {
    all.computeIfAbsent(spec.text(), text -> new TreeMap<>())
        .computeIfAbsent(measure, name -> new ArrayList<>())
        .add(iterations);
  }

  /** Takes all figures of a benchmark out. */
  void remove(BenchmarkSpec spec) {
    all.remove(spec.text());
  }

  /** {@return the iterations of each round; empty if it was not run} */
  List<List<Double>> rounds(BenchmarkSpec spec, Measure measure) {
    return all.getOrDefault(spec.text(), Map.of()).getOrDefault(measure.key, List.of());
  }

  private DoubleStream each(BenchmarkSpec spec, Measure measure) {
    return rounds(spec, measure).stream().flatMap(List::stream).mapToDouble(figure -> figure);
  }

  /** {@return the best iteration; NaN if there is none} */
  double best(BenchmarkSpec spec, Measure measure) {
    return measure.best(each(spec, measure));
  }

  /** {@return the middle iteration; NaN if there is none} */
  double median(BenchmarkSpec spec, Measure measure) {
    return median(each(spec, measure));
  }

  /** {@return the middle iteration of a round} */
  double median(BenchmarkSpec spec, Measure measure, int round) {
    return median(rounds(spec, measure).get(round).stream().mapToDouble(figure -> figure));
  }

  private static double median(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** Writes all figures, with answers for a reader. */
  void write(Path file, List<Map<String, Object>> answers) throws IOException {
    Map<String, Object> content = new TreeMap<>();
    content.put("about", about);
    content.put("bars", answers);
    content.put("figures", all);
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), content);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if the file is another one, or cannot be read
   */
  static Figures read(Path file) {
    String text = Program.text(file);
    try {
      JsonNode content = JSON.readTree(text);
      if (!content.path("about").isObject() || !content.path("figures").isObject()) {
        throw another(file, "it has no 'about' and 'figures'", null);
      }
      return new Figures(
          JSON.readerFor(ABOUT).readValue(content.get("about")),
          JSON.readerFor(ALL).readValue(content.get("figures")));
    } catch (JsonProcessingException e) {
      throw another(file, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw another(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static IllegalArgumentException another(
      Path file, String reason, @Nullable IOException cause) {
    return new IllegalArgumentException(
        file + " was not written by Bars, or is cut off: " + reason + "; give what --json wrote",
        cause);
  }
}
