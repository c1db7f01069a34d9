/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.palantir.javaformat.java.JavaFormatterOptions;

/**
 * The two formatters, as their command lines run them. They format the file for every type of
 * chore, except that both can fix imports only.
 */
final class Formatters {
  private Formatters() {}

  /** google-java-format, Google style. */
  static Tool google() {
    var formatter = new com.google.googlejavaformat.java.Formatter();
    return (type, path, source) ->
        type == ChoreType.UNUSED_IMPORTS
            ? com.google.googlejavaformat.java.RemoveUnusedImports.removeUnusedImports(source)
            : formatter.formatSourceAndFixImports(source);
  }

  /** palantir-java-format, Palantir style: four spaces, 120 columns. */
  static Tool palantir() {
    var formatter =
        com.palantir.javaformat.java.Formatter.createFormatter(
            JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .formatJavadoc(true)
                .build());
    return (type, path, source) ->
        type == ChoreType.UNUSED_IMPORTS
            ? com.palantir.javaformat.java.RemoveUnusedImports.removeUnusedImports(source)
            : formatter.formatSourceAndFixImports(source);
  }
}
