/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Texts from the class path that a page takes in. */
final class Library {
  private static final String ABOUT = "/META-INF/maven/org.webjars/echarts/pom.properties";

  private Library() {}

  /** Apache ECharts: lines, bars and dots, with its licence as a comment. */
  static String charts() throws IOException {
    Properties about = new Properties();
    about.load(new StringReader(read(ABOUT)));
    String version = about.getProperty("version");
    return read("/META-INF/resources/webjars/echarts/" + version + "/echarts.common.min.js");
  }

  static String style() throws IOException {
    return read("page.css");
  }

  static String drawing() throws IOException {
    return read("page.js");
  }

  private static String read(String name) throws IOException {
    try (InputStream text = Library.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new IOException(name + " is not on the class path; build the example with its lib/");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
