/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import static dev.arbiter.caws.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.Samples;
import dev.arbiter.caws.waiver.WaiverEntry.Status;
import dev.arbiter.internal.Digests;
import java.util.HashSet;
import java.util.Set;

/** Lines of a ledger, each chained to the one before, as hands without a key can make them. */
class LedgerFuzz {
  @FuzzTest(maxDuration = "60s")
  void no_line_makes_a_waiver_active_without_its_approvals(byte[] data) {
    WaiverLedger ledger =
        WaiverLedger.create(WaiverLedger.Limits.defaults(), () -> Samples.NOW, step -> {});
    String before = "";
    for (String raw : text(data).split("\n", -1)) {
      String line = raw.replaceFirst("\"prev\":\"[^\"]*\"", "\"prev\":\"" + before + "\"");
      StepLine read = StepLine.read(line, before);
      if (read == null || !ledger.replay(read).isEmpty()) {
        break;
      }
      assertThat(read.write(before)).isEqualTo(line);
      before = Digests.named(line);
    }

    for (WaiverEntry entry : ledger.entries()) {
      if (entry.status() == Status.ACTIVE) {
        Set<String> approvers = new HashSet<>();
        entry.granted().forEach(approval -> approvers.add(approval.by()));
        assertThat(approvers).isNotEmpty().doesNotContain(entry.proposal().by());
      }
    }
  }
}
