/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.project.WaiverReader;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverFolder;
import dev.arbiter.caws.waiver.WaiverLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A waiver is the same whether it is read from its file or taken from its ledger. */
class OneWaiverTest {
  private static final WaiverLedger.Limits LIMITS =
      new WaiverLedger.Limits(2, 10, Duration.ofDays(30));

  @TempDir Path folder;
  private Instant now = NOW;

  private static List<WaiverEntry.Proposal> proposals() {
    Instant expires = NOW.plus(Duration.ofDays(10));
    return List.of(
        new WaiverEntry.Proposal(
            "WV-1",
            "FEAT-001",
            List.of("Budget-Limit"),
            5,
            200,
            "a \"b\"\n\u00e9",
            "Ada",
            expires,
            3),
        new WaiverEntry.Proposal(
            "WV-2", "FEAT-002", List.of("lint", "all"), 0, 0, "why", "Ada", expires, -1),
        new WaiverEntry.Proposal(
            "WV-3", "FEAT-003", List.of("a", "b"), 1_000_000, 0, "x", "a b", expires, -9),
        new WaiverEntry.Proposal(
            "WV-4", "FEAT-004", List.of("rule_1"), 0, 1, "y", "@@eve", expires, 1_000_000_000));
  }

  private void assertSame(WaiverEntry entry) throws IOException, Unreadable {
    Waiver taken = ProjectFiles.waiver(entry);
    String file = Files.readString(folder.resolve(entry.proposal().id() + ".json"));

    assertThat(WaiverReader.read(entry.document()))
        .containsExactly(new WaiverReader.Examined(taken, List.of()));
    assertThat(WaiverReader.read(file).get(0).waiver())
        .usingRecursiveComparison()
        .ignoringFields("digest")
        .isEqualTo(taken);
  }

  @Test
  void after_every_step_of_its_life() throws IOException, Unreadable {
    try (WaiverFolder kept = WaiverFolder.open(folder, LIMITS, () -> now)) {
      WaiverLedger ledger = kept.ledger();
      for (WaiverEntry.Proposal proposal : proposals()) {
        String id = proposal.id();
        assertThat(ledger.propose(proposal).isDone()).isTrue();
        assertSame(ledger.find(id).orElseThrow());
        ledger.approve(id, "@Grace");
        ledger.approve(id, "e\u034f\u0301mile");
        ledger.approve(id, "@@@x");
        now = now.plusMillis(1);
        assertThat(ledger.activate(id, "ada").isDone()).isTrue();
        assertSame(ledger.find(id).orElseThrow());
        ledger.use(id, "agent", "T-1");
        assertSame(ledger.find(id).orElseThrow());
        ledger.extend(id, "ada", NOW.plus(Duration.ofDays(20)));
        ledger.approve(id, "alan");
        ledger.approve(id, "grace");
        assertThat(ledger.activate(id, "ada").isDone()).isTrue();
        assertSame(ledger.find(id).orElseThrow());
        ledger.revoke(id, "ada", "done");
        assertSame(ledger.find(id).orElseThrow());
      }
    }
  }
}
