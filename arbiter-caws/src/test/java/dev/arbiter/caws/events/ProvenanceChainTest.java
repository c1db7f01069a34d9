/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.events.EventChain.ChainReport;
import dev.arbiter.caws.events.EventChain.ChainReport.Form;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceChainTest {
  /* Hashed by another program: JSON.stringify(entry without hash, its sorted keys). */
  private static final String CHAIN =
      """
      [
        {
          "id": "prov-1",
          "timestamp": "2026-01-01T00:00:00.000Z",
          "commit": {"hash": "abc", "message": "first", "id": "inner"},
          "agent": {"type": "human", "confidence_level": null},
          "previous_hash": "",
          "hash": "c6285a26603edc32df26a80ed9b0dcfc74c00b85ec255aa8708d8fba5813450f"
        },
        {
          "id": "prov-2",
          "timestamp": "2026-01-02T00:00:00.000Z",
          "commit": {"message": "second"},
          "numbers": [1, 2.50, {"id": 3, "x": 4}],
          "previous_hash": "c6285a26603edc32df26a80ed9b0dcfc74c00b85ec255aa8708d8fba5813450f",
          "hash": "29e0f85713ec8d92ad93e35a7a464efc3df671859c195b9065c359c5d0c1987b"
        }
      ]
      """;

  @TempDir Path folder;

  private ChainReport verify(String text) throws IOException {
    return ProvenanceChain.verify(Files.writeString(folder.resolve("chain.json"), text));
  }

  @Test
  void a_whole_chain_verifies() throws IOException {
    ChainReport report = verify(CHAIN);

    assertThat(report.findings()).isEmpty();
    assertThat(report.form()).isEqualTo(Form.PROVENANCE_V10);
    assertThat(report.entries()).isEqualTo(2);
  }

  @Test
  void a_changed_top_level_field_is_seen() throws IOException {
    ChainReport report = verify(CHAIN.replace("2026-01-02", "2026-01-03"));

    assertThat(report.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.ruleId()).isEqualTo("evidence.chain.event_hash_mismatch");
              assertThat(finding.place()).isEqualTo("/1");
              assertThat(finding.line()).isEqualTo(10);
            });
  }

  @Test
  void a_nested_field_is_outside_the_hash_as_the_format_has_it() throws IOException {
    assertThat(verify(CHAIN.replace("\"second\"", "\"forged\"")).isWhole()).isTrue();
  }

  @Test
  void a_removed_entry_is_seen() throws IOException {
    String second = "[" + CHAIN.substring(CHAIN.indexOf("  {\n    \"id\": \"prov-2\""));

    assertThat(verify(second).findings())
        .extracting(Finding::ruleId)
        .containsExactly("evidence.chain.prev_hash_mismatch");
  }

  @Test
  void what_is_no_list_is_refused() {
    assertThatThrownBy(() -> verify("{}")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> verify("[{]")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> verify("[] []")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> verify("[".repeat(5000))).isInstanceOf(IOException.class);
  }
}
