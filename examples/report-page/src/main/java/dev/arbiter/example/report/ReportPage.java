/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * A page of findings: one file that needs no network. Equal content gives equal bytes.
 *
 * @param program name of the program that made the page
 * @param headline the result, as one sentence
 * @param lead how the result was found, in a few sentences
 * @param facts numbers under the headline
 * @param figures in order; the first one is the largest
 * @param tables under all figures
 * @param places files and folders beside the page
 */
public record ReportPage(
    String program,
    String headline,
    String lead,
    List<Fact> facts,
    List<Figure> figures,
    List<Table> tables,
    List<Place> places) {
  /*
   * All content is JSON in a script element, and page.js shows it as text nodes. So no name is ever
   * read as HTML. Only a '<' could end the script element, and JSON can write it as an escape. The
   * parts are joined, not filled into a template: a name could look like a placeholder.
   */
  private static final SimpleModule NUMBERS =
      new SimpleModule()
          .addSerializer(Double.class, new Rounded())
          .addSerializer(Double.TYPE, new Rounded());
  private static final ObjectMapper JSON = new ObjectMapper().registerModule(NUMBERS);
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
      <meta name="color-scheme" content="light dark">
      <title>Arbiter report</title>
      <style>
      """;
  private static final String BODY =
      """
      </style>
      </head>
      <body>
      <main id="page"><noscript>This page draws its figures with the JavaScript inside it; \
      allow that, or read the text report.</noscript></main>
      <script type="application/json" id="content">""";
  private static final String NEXT_SCRIPT = "</script>\n<script>\n";
  private static final String END = "</script>\n</body>\n</html>\n";
  private static final String ECHARTS = "/META-INF/maven/org.webjars/echarts/pom.properties";

  /** Copies the lists. */
  public ReportPage {
    facts = List.copyOf(facts);
    figures = List.copyOf(figures);
    tables = List.copyOf(tables);
    places = List.copyOf(places);
  }

  /**
   * One number to remember.
   *
   * @param value the number
   * @param unit its unit
   * @param name of the number
   * @param note a remark; may be empty
   */
  public record Fact(double value, Figure.Unit unit, String name, String note) {}

  /**
   * A file or folder beside the page.
   *
   * @param path relative to the page's folder, with forward slashes
   * @param what its content
   */
  public record Place(String path, String what) {}

  /**
   * Numbers in rows.
   *
   * @param caption its content, in a few words
   * @param first heading of the rows' names
   * @param columns the numbers of each row
   * @param rows in order
   */
  public record Table(String caption, String first, List<Column> columns, List<Row> rows) {

    /** Copies the lists. */
    public Table {
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
    }

    /**
     * One column.
     *
     * @param name its heading
     * @param unit of its numbers
     */
    public record Column(String name, Figure.Unit unit) {}

    /**
     * One row.
     *
     * @param name its heading
     * @param values a number for each column
     */
    public record Row(String name, List<Double> values) {

      /** Copies the list. */
      public Row {
        values = List.copyOf(values);
      }
    }
  }

  /* Six digits after the point are more than any figure shows. JSON has no word for NaN. */
  private static final class Rounded extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(Math.round(value * 1e6) / 1e6);
      } else {
        json.writeNull();
      }
    }
  }

  /**
   * Writes the page.
   *
   * @param file is replaced if it exists
   * @throws IOException if the file cannot be written, or the class path lacks the drawing library
   */
  public void write(Path file) throws IOException {
    Files.writeString(file, html());
  }

  /**
   * {@return a formatted sentence, the same in every locale}
   *
   * @param format as of {@link String#format}
   * @param values of the format
   */
  public static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /**
   * {@return a percentage with one digit, such as {@code 39.3 %}, with a space that does not break}
   *
   * @param share from 0 to 1
   */
  public static String percent(double share) {
    return say("%.1f\u00a0%%", 100 * share);
  }

  String html() throws IOException {
    return HEAD
        + read("page.css")
        + BODY
        + JSON.writeValueAsString(this).replace("<", "\\u003c")
        + NEXT_SCRIPT
        + echarts()
        + NEXT_SCRIPT
        + read("page.js")
        + END;
  }

  /* Apache ECharts: lines, bars and dots, with its licence as a comment. */
  private static String echarts() throws IOException {
    Properties about = new Properties();
    about.load(new StringReader(read(ECHARTS)));
    String version = about.getProperty("version");
    return read("/META-INF/resources/webjars/echarts/" + version + "/echarts.common.min.js");
  }

  private static String read(String name) throws IOException {
    try (InputStream text = ReportPage.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new IOException(name + " is not on the class path; build the example with its lib/");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
