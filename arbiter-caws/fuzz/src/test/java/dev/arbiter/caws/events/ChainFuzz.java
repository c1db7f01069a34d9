/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.events.EventChain.ChainReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ChainFuzz {
  private static final Path FILE = Path.of("chain.json");

  @FuzzTest(maxDuration = "60s")
  void a_chain_of_entries_is_checked_or_is_none(byte[] data) throws IOException {
    Files.write(FILE, data);
    ChainReport report;
    try {
      report = ProvenanceChain.verify(FILE);
    } catch (IOException notOne) {
      return;
    }
    assertThat(report.entries()).isLessThanOrEqualTo(data.length);
    assertThat(report.findings().size()).isLessThanOrEqualTo(1000);
  }
}
