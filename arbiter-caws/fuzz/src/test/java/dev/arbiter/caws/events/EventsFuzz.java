/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.events.EventChain.ChainReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class EventsFuzz {
  @FuzzTest(maxDuration = "60s")
  void a_chain_of_events_is_checked_to_its_end(byte[] data) throws IOException {
    ChainReport report = EventChain.verify(new ByteArrayInputStream(data));

    assertThat(report.entries()).isLessThanOrEqualTo(data.length);
    assertThat(report.findings()).allMatch(finding -> finding.line() > 0);
    assertThat(report.findings())
        .allMatch(finding -> finding.message().chars().noneMatch(c -> c < 0x20));
  }
}
