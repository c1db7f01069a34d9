/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of docs/formats name every field that the readers ask for, and no other. */
class FormatPagesTest {
  private static final Path READERS =
      Path.of("../../arbiter-caws/src/main/java/dev/arbiter/caws/internal/project");
  private static final Path PAGES = Path.of("../../docs/formats");

  private static final Pattern WORD = Pattern.compile("\"([a-z]+(?:_[a-z]+)*)\"");

  /** Words in the readers that are names of rules, and no fields. */
  private static final Set<String> RULES =
      Set.of(
          "absorbed_by_equals_target",
          "absorbed_by_required",
          "absorbed_by_self_reference",
          "declined_rationale_required",
          "duplicate_target",
          "enum",
          "malformed",
          "minimum",
          "negative_delta",
          "not",
          "pattern",
          "rationale_empty",
          "required",
          "self_reference",
          "tier",
          "violation");

  @TempDir Path folder;

  private static Set<String> asked(List<String> readers) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (String reader : readers) {
      Matcher words = WORD.matcher(Files.readString(READERS.resolve(reader + ".java")));
      while (words.find()) {
        names.add(words.group(1));
      }
    }
    return names;
  }

  /** The names in the first column of the tables. */
  private static Set<String> told(String page) {
    TreeSet<String> names = new TreeSet<>();
    page.lines()
        .filter(line -> line.startsWith("| `"))
        .forEach(
            line -> {
              String cell = line.substring(1, line.indexOf('|', 1));
              Matcher fields = Pattern.compile("`\\.?(?:\\w+\\.)*(\\w+)`").matcher(cell);
              while (fields.find()) {
                names.add(fields.group(1));
              }
            });
    return names;
  }

  @ParameterizedTest
  @CsvSource({
    "spec.md, SpecSchema SpecV1 ScopeReader, 80",
    "policy.md, PolicySchema PolicyReader, 35",
    "waiver.md, WaiverReader, 20",
  })
  void a_page_tells_every_field_that_is_read_and_no_other(String page, String readers, int least)
      throws IOException {
    String text = Files.readString(PAGES.resolve(page));
    Set<String> asked = asked(List.of(readers.split(" ", -1)));

    assertThat(asked).hasSizeGreaterThan(least);
    assertThat(asked)
        .filteredOn(name -> !RULES.contains(name))
        .filteredOn(name -> !Pattern.compile("[`.]" + name + "\\b").matcher(text).find())
        .isEmpty();
    Set<String> told = told(text);
    told.removeAll(asked);
    told.removeAll(Set.of("reason", "impact_level")); // of a waiver, for readers
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "spec.md, spec",
    "policy.md, policy",
    "waiver.md, waiver",
  })
  void the_example_of_a_page_is_accepted(String page, String kind) throws IOException {
    Matcher block =
        Pattern.compile("(?ms)^```yaml\n(.*?)^```$").matcher(Files.readString(PAGES.resolve(page)));
    assertThat(block.find()).isTrue();
    Path spec = write("spec.yaml", ValidateCommandTest.SPEC.replace("FEAT-001", "FEAT-1"));
    Path policy = write("policy.yaml", ValidateCommandTest.POLICY);
    Path waiver = write("waiver.yaml", ValidateCommandTest.WAIVER);
    Path given = write(kind + ".yaml", block.group(1));
    assertThat(List.of(spec, policy, waiver)).contains(given);

    Run run =
        Run.of(
            "validate",
            spec,
            "--policy",
            policy,
            "--waivers",
            waiver,
            "--now",
            "2026-01-15T00:00:00Z");

    assertThat(run.code()).as(run.out()).isZero();
    assertThat(run.out()).doesNotContain("error");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void a_field_that_no_page_names_is_an_error_of_a_spec() throws IOException {
    Path odd = write("odd.yaml", ValidateCommandTest.SPEC + "colour: red\n");

    Run run = Run.of("validate", odd, "--dialect", "v1");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("'colour'");
  }
}
