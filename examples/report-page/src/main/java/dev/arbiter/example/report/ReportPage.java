/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of findings: one file that asks nothing of any network.
 *
 * <p>Not thread-safe. Equal content gives equal bytes.
 */
public final class ReportPage {
  /*
   * All content goes in as JSON and comes out as text nodes, so that no name is ever read as HTML.
   * The one way out of a script element is a '<', which JSON can write in another way. Parts are
   * joined, not put into a template: a name could look like a place to fill.
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

  private final Content content;

  private record Content(
      String program,
      String headline,
      String lead,
      List<Fact> facts,
      List<Figure> figures,
      List<Table> tables,
      List<Place> places) {}

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

  private ReportPage(Content content) {
    this.content = content;
  }

  /**
   * Starts a page.
   *
   * @param program what made it
   * @param headline what came out, as one sentence
   * @param lead how it came out, in a few
   * @return a page without figures
   */
  public static ReportPage of(String program, String headline, String lead) {
    return new ReportPage(
        new Content(
            program,
            headline,
            lead,
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>()));
  }

  /**
   * Adds a number to remember.
   *
   * @param fact goes under the headline
   * @return this
   */
  public ReportPage add(Fact fact) {
    content.facts.add(fact);
    return this;
  }

  /**
   * Adds a figure.
   *
   * @param figure goes after the others; the first one is the largest
   * @return this
   */
  public ReportPage add(Figure figure) {
    content.figures.add(figure);
    return this;
  }

  /**
   * Adds a table.
   *
   * @param table goes under all figures
   * @return this
   */
  public ReportPage add(Table table) {
    content.tables.add(table);
    return this;
  }

  /**
   * Tells where something lies.
   *
   * @param place goes to the end
   * @return this
   */
  public ReportPage add(Place place) {
    content.places.add(place);
    return this;
  }

  /**
   * Writes the page.
   *
   * @param file is replaced if it exists
   * @throws IOException if it cannot be written, or the class path lacks the drawing library
   */
  public void write(Path file) throws IOException {
    Files.writeString(file, html());
  }

  String html() throws IOException {
    return HEAD
        + Library.style()
        + BODY
        + JSON.writeValueAsString(content).replace("<", "\\u003c")
        + NEXT_SCRIPT
        + Library.charts()
        + NEXT_SCRIPT
        + Library.drawing()
        + END;
  }
}
