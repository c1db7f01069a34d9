/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Curves and their laws on one page that needs no network, drawn by Apache ECharts inside it. */
final class GrowthPage {
  private static final String ECHARTS = "/META-INF/maven/org.webjars/echarts/pom.properties";

  private GrowthPage() {}

  static void write(List<Curve> curves, Figures figures, Path file) throws IOException {
    List<Map<String, Object>> drawn = new ArrayList<>();
    for (Curve curve : curves.stream().filter(one -> one.isMeasured(figures)).toList()) {
      PowerLaw law = curve.law(figures);
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("title", curve.title());
      one.put("axis", curve.axis());
      one.put("sizes", curve.sizes());
      one.put("nanos", curve.best(figures));
      one.put("law", curve.sizes().stream().map(law::at).toList());
      one.put("exponent", String.format(Locale.ROOT, "%.2f", law.exponent()));
      drawn.add(one);
    }
    String content =
        new ObjectMapper()
            .writeValueAsString(
                Map.of("about", String.join("; ", figures.about().values()), "curves", drawn));
    // Only a '<' could end the script element, and JSON can write it as an escape.
    Files.writeString(
        file,
        read("growth.html")
            .replace("{content}", content.replace("<", "\\u003c"))
            .replace("{echarts}", echarts()));
  }

  private static String echarts() throws IOException {
    Properties about = new Properties();
    about.load(new StringReader(read(ECHARTS)));
    String version = about.getProperty("version");
    return read("/META-INF/resources/webjars/echarts/" + version + "/echarts.common.min.js");
  }

  private static String read(String name) throws IOException {
    try (InputStream text = GrowthPage.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new IOException(name + " is not on the class path");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
