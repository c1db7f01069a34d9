/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaiverFileTest {
  private final Path folder;

  WaiverFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private WaiverFolder.WaiverFile read(String text) throws IOException {
    Path file = folder.resolve("w.yaml");
    Files.writeString(file, text);
    WaiverFolder.Contents read = WaiverFolder.contents(file, NOW);
    assertThat(read.unreadable()).isEmpty();
    assertThat(read.waivers()).hasSize(1);
    return read.waivers().get(0);
  }

  private String state(String from, String to) throws IOException {
    assertThat(WAIVER).contains(from);
    return read(WAIVER.replace(from, to)).state();
  }

  @Test
  void a_waiver_is_shown_as_the_file_has_it() throws Exception {
    WaiverFolder.WaiverFile waiver = read(WAIVER.replace("alan", "'@Grace'"));

    assertThat(waiver.file()).isEqualTo("w.yaml");
    assertThat(waiver.id()).isEqualTo("WV-0001");
    assertThat(waiver.status()).isEqualTo("active");
    assertThat(waiver.gates()).containsExactly("budget_limit");
    assertThat(waiver.specId()).isEqualTo("FEAT-001");
    assertThat(waiver.expires()).contains(Instant.parse("2026-07-01T00:00:00Z"));
    assertThat(waiver.approvers()).containsExactly("grace");
    assertThat(waiver.state()).isEqualTo("counts");
    assertThat(waiver.findings()).isEmpty();
  }

  @Test
  void a_waiver_that_does_not_count_says_why() throws Exception {
    assertThat(state("status: active", "status: proposed")).isEqualTo("status_not_active");
    assertThat(state("[budget_limit]", "[all]")).isEqualTo("wildcard_gate");
    assertThat(state("applies_to: FEAT-001\n", "")).isEqualTo("not_bound_to_spec");
    assertThat(state("2026-07-01T00:00:00Z", "2026-06-01T12:00:00Z")).isEqualTo("expired");
    assertThat(state("2026-07-01T00:00:00Z", "2026-06-01T12:00:00.000000001Z")).isEqualTo("counts");
    assertThat(state("max_files: 5", "max_files: -1")).isEqualTo("negative_delta");
    assertThat(state("max_loc: 200", "max_loc: -1")).isEqualTo("negative_delta");
    assertThat(state("max_files: 5, max_loc: 200", "max_files: 0, max_loc: 0")).isEqualTo("counts");
  }

  @Test
  void what_is_wrong_with_its_fields_is_found() throws Exception {
    assertThat(read("id: WV-1\nstatus: active\n").findings())
        .extracting(finding -> finding.place())
        .containsExactly("/gates", "/expires_at");
    assertThat(places(WAIVER.replace("2026-07-01T00:00:00Z", "soon"))).contains("/expires_at");
    assertThat(places(WAIVER + "scope: {spec_id: FEAT-002}\n")).contains("/applies_to");
    assertThat(places(WAIVER + "scope: {spec_id: FEAT-001}\n")).isEmpty();
    assertThat(places(WAIVER.replace("[budget_limit]", "[" + "g, ".repeat(100) + "g]")))
        .contains("/gates");
    assertThat(places(WAIVER.replace("[budget_limit]", "[" + "g, ".repeat(99) + "g]"))).isEmpty();
    assertThat(places(WAIVER.replace("{handle: grace, approved", "{handle: grace, x"))).isEmpty();
    assertThat(places(WAIVER.replace("2026-05-21T00:00:00Z", "then")))
        .contains("/approvers/approved_at");
    assertThat(places(WAIVER + "approved_by: 5\n")).contains("/approvers");
    assertThat(places(WAIVER + "approved_by: [5]\n")).contains("/approvers");
  }

  private List<String> places(String text) throws IOException {
    return read(text).findings().stream().map(finding -> finding.place()).toList();
  }

  @Test
  void approvers_may_be_a_list_of_names_under_either_key() throws Exception {
    assertThat(read(WAIVER + "approved_by: [ada, '@Bob', ada]\n").approvers())
        .containsExactly("grace", "alan", "ada", "bob");
  }

  @Test
  void a_map_of_waivers_gives_each_with_its_key() throws Exception {
    String body = WAIVER.replace("id: WV-0001\n", "").indent(2);
    Path file = folder.resolve("active-waivers.yaml");
    Files.writeString(file, "WV-1:\n" + body + "WV-2:\n" + body);
    Files.writeString(folder.resolve("wrapped.yaml"), "waivers:\n  WV-3:\n" + body.indent(2));

    assertThat(WaiverFolder.contents(folder, NOW).waivers())
        .extracting(WaiverFolder.WaiverFile::id)
        .containsExactly("WV-1", "WV-2", "WV-3");
  }

  @Test
  void a_key_that_contradicts_its_id_is_malformed() throws Exception {
    Files.writeString(folder.resolve("w.yaml"), "WV-9:\n" + WAIVER.indent(2));

    WaiverFolder.WaiverFile waiver = WaiverFolder.contents(folder, NOW).waivers().get(0);

    assertThat(waiver.state()).isEqualTo("malformed");
    assertThat(rules(waiver.findings())).anyMatch(rule -> rule.endsWith("invalid_id"));
  }

  @Test
  void what_is_no_waiver_is_named_with_its_file() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "a: [");
    Files.writeString(folder.resolve("b.json"), "{\"a\":5}");
    Files.writeString(folder.resolve("c.txt"), "not looked at");
    Files.writeString(folder.resolve("d.yml"), WAIVER);

    WaiverFolder.Contents read = WaiverFolder.contents(folder, NOW);

    assertThat(read.waivers()).hasSize(1);
    assertThat(read.unreadable())
        .extracting(finding -> finding.place())
        .containsExactly("a.yaml", "b.json");
    assertThat(rules(read.unreadable()))
        .containsExactly("waiver.schema.parse_failed", "waiver.schema.id");
    assertThat(read.unreadable().get(1).line()).isEqualTo(1);
  }
}
