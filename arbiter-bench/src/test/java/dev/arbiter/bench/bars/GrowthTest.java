/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthTest {
  private static final double[] SIZES = {10, 100, 1_000, 10_000};

  @TempDir private Path folder;

  private static double[] of(double factor, double exponent) {
    return Arrays.stream(SIZES).map(size -> factor * Math.pow(size, exponent)).toArray();
  }

  @Test
  void a_law_without_noise_is_found_exactly() {
    for (double exponent : new double[] {0, .5, 1, 2}) {
      PowerLaw law = PowerLaw.fit(SIZES, of(3, exponent));

      assertThat(law.exponent()).isCloseTo(exponent, within(1e-9));
      assertThat(law.factor()).isCloseTo(3, within(1e-6));
      assertThat(law.error()).isCloseTo(0, within(1e-6));
      assertThat(law.at(50)).isCloseTo(3 * Math.pow(50, exponent), within(1e-3));
    }
  }

  @Test
  void noise_shows_in_the_error_of_the_exponent() {
    double[] noisy = of(3, 1);
    noisy[0] *= 2;

    PowerLaw law = PowerLaw.fit(SIZES, noisy);

    assertThat(law.exponent()).isLessThan(1);
    assertThat(law.error()).isGreaterThan(.03);
    assertThat(Math.abs(law.exponent() - 1)).isLessThan(3 * law.error());
  }

  @Test
  void one_size_has_no_law() {
    assertThatThrownBy(() -> PowerLaw.fit(new double[] {5, 5}, new double[] {1, 2}))
        .hasMessageContaining("two different sizes");
  }

  @Test
  void the_page_has_every_curve_and_needs_no_network() throws Exception {
    Curve curve = new Curve("</script><b>x", "agents", "A.task agents=?", List.of(10, 100), .2);
    Figures figures = new Figures(new TreeMap<>(Map.of("machine", "made up")));
    for (int size : curve.sizes()) {
      figures.add(curve.spec(size), Measure.CPU.key, List.of(1_000.0 * size, 900.0 * size));
    }
    Path page = folder.resolve("growth.html");

    GrowthPage.write(List.of(curve), figures, page);

    assertThat(Growth.text(List.of(curve), figures))
        .contains("| agents | 10: 9,000 ns; 100: 90.0 us | 1.00 ± NaN | 1.00 | 0.2 | missed |");
    String html = Files.readString(page);
    assertThat(html)
        .contains("\"nanos\":[9000.0,90000.0]", "\"exponent\":\"1.00\"", "made up")
        .contains("default-src 'none'", "\\u003c/script>\\u003cb>x", "Apache Software Foundation")
        .doesNotContain("</script><b>", "{content}", "<script src");
  }

  @Test
  void curves_cover_the_sizes_that_are_promised() {
    assertThat(Curve.ALL)
        .anyMatch(curve -> curve.axis().equals("threads") && spans(curve, 1, 64))
        .anyMatch(curve -> curve.axis().equals("agents") && spans(curve, 10, 10_000))
        .anyMatch(curve -> curve.axis().equals("events") && spans(curve, 1_000, 10_000_000))
        .anyMatch(curve -> curve.axis().equals("waiting tasks") && spans(curve, 10, 100_000));
  }

  @Test
  void the_last_step_is_that_of_the_largest_sizes() {
    Curve curve = new Curve("x", "agents", "A.task agents=?", List.of(10, 100, 1_000), 1);
    Figures figures = new Figures(Map.of());
    figures.add(curve.spec(10), Measure.CPU.key, List.of(1_000.0));
    figures.add(curve.spec(100), Measure.CPU.key, List.of(1_000.0));
    figures.add(curve.spec(1_000), Measure.CPU.key, List.of(10_000.0));

    assertThat(curve.lastStep(figures)).isCloseTo(1, within(1e-9));
    assertThat(curve.law(figures).exponent()).isCloseTo(.5, within(1e-9));
  }

  @Test
  void a_size_that_was_not_measured_is_not_held_and_not_drawn() throws Exception {
    Curve curve = new Curve("a task", "agents", "A.task agents=?", List.of(10, 100, 1_000), 1);
    Figures figures = new Figures(Map.of());
    figures.add(curve.spec(10), Measure.CPU.key, List.of(1_000.0));
    figures.add(curve.spec(100), Measure.CPU.key, List.of(1_000.0));
    Path page = folder.resolve("growth.html");

    GrowthPage.write(List.of(curve), figures, page);

    assertThat(Growth.text(List.of(curve), figures))
        .contains("| 10: 1,000 ns; 100: 1,000 ns; 1,000:  |  |  | 1.0 | not run |");
    assertThat(Files.readString(page)).contains("\"curves\":[]");
  }

  @Test
  void files_are_checked_before_anything_is_measured() throws Exception {
    Path bare = Files.writeString(folder.resolve("bare.md"), "text");
    String page = folder.resolve("growth.html").toString();

    assertThatThrownBy(() -> Growth.read("--results", "" + bare))
        .hasMessage(
            "something is missing; give the HTML file that the curves are drawn into, and maybe"
                + " --results FILE");
    assertThatThrownBy(() -> Growth.read(page, "--results", "" + bare))
        .hasMessageContaining("add the lines <!-- growth: begin --> and");
    assertThatThrownBy(() -> Growth.read(folder.resolve("no").resolve("growth.html").toString()))
        .hasMessageContaining("growth.html cannot be written");
    assertThat(folder).isDirectoryNotContaining("glob:**growth.html");
  }

  private static boolean spans(Curve curve, int least, int most) {
    List<Integer> sizes = curve.sizes();
    return sizes.get(0) == least && sizes.get(sizes.size() - 1) == most;
  }
}
