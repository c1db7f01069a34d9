/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents of this checkout, wherever they are. */
class DocumentLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]+)(?:#[^)\\s]*)?\\)");
  private static final Pattern NOT_OURS = Pattern.compile(".*/(target|node_modules|\\.git)/.*");

  private final Path root = Path.of("..").toAbsolutePath().normalize();

  private List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !NOT_OURS.matcher(file.toString()).matches())
          .toList();
    }
  }

  @Test
  void every_link_to_a_file_leads_to_one() throws Exception {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          broken.add(root.relativize(document) + ": " + link.group(1));
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void readmes_of_modules_stay_under_60_lines() throws Exception {
    for (Path document : documents()) {
      if (document.endsWith("README.md") && !document.equals(root.resolve("README.md"))) {
        assertThat(Files.readAllLines(document).size()).as("%s", document).isLessThan(60);
      }
    }
  }
}
