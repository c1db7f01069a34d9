/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Fixtures;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaiverFolderTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final WaiverLedger.Limits LIMITS =
      new WaiverLedger.Limits(2, 2, DAY.multipliedBy(30));

  @TempDir Path folder;
  private Instant now = NOW;

  private WaiverFolder open() throws IOException {
    return WaiverFolder.open(folder, LIMITS, () -> now);
  }

  private static WaiverEntry.Proposal proposal(String id) {
    return new WaiverEntry.Proposal(
        id,
        "FEAT-001",
        List.of("budget_limit"),
        5,
        200,
        "a \"hotfix\"\n\u00e9",
        "Ada",
        NOW.plus(DAY.multipliedBy(10)),
        3);
  }

  @Test
  void every_number_of_uses_is_read_back() throws IOException {
    long[] numbers = {Long.MIN_VALUE, -1_000_000_000_000_000_000L, -9, -1, 1, 1_000_000_000};
    try (WaiverFolder first = open()) {
      for (int i = 0; i < numbers.length; i++) {
        WaiverEntry.Proposal any =
            new WaiverEntry.Proposal(
                "WV-" + i, "FEAT-001", List.of("g"), 1, 1, "x", "ada", NOW.plus(DAY), numbers[i]);
        assertThat(first.ledger().propose(any).isDone()).isTrue();
      }
    }

    try (WaiverFolder again = open()) {
      assertThat(again.ledger().entries())
          .extracting(entry -> entry.proposal().maxUses() < 0)
          .containsExactly(true, true, true, true, false, false);
    }
  }

  private void everyStep() throws IOException {
    try (WaiverFolder first = open()) {
      first.ledger().propose(proposal("WV-1"));
      first.ledger().propose(proposal("WV-2"));
    }
    now = now.plusSeconds(60);
    try (WaiverFolder second = open()) {
      assertThat(second.ledger().approve("WV-1", "ada"))
          .isInstanceOf(WaiverLedger.StepResult.Refused.class);
      second.ledger().approve("WV-1", "grace");
      second.ledger().approve("WV-1", "alan");
      assertThat(second.ledger().activate("WV-1", "grace").isDone()).isTrue();
      second.ledger().use("WV-1", "agent", "T-1");
      second.ledger().extend("WV-1", "ada", NOW.plus(DAY.multipliedBy(20)));
      second.ledger().approve("WV-1", "grace");
      second.ledger().revoke("WV-2", "grace", "not needed");
    }
  }

  @Test
  void a_ledger_goes_on_where_it_was() throws IOException {
    everyStep();
    List<WaiverEntry> entries;
    try (WaiverFolder again = open()) {
      entries = again.ledger().entries();
      assertThat(again.head()).startsWith("sha256:");
      again.ledger().approve("WV-1", "alan");
      assertThat(again.ledger().activate("WV-1", "alan").isDone()).isTrue();
    }

    assertThat(entries.get(0).status()).isEqualTo(WaiverEntry.Status.ACTIVE);
    assertThat(entries.get(0).uses()).isEqualTo(1);
    assertThat(entries.get(0).wantedBy()).isEqualTo("ada");
    assertThat(entries.get(0).approvals()).hasSize(1);
    assertThat(entries.get(0).proposal()).isEqualTo(proposal("WV-1"));
    assertThat(entries.get(1).status()).isEqualTo(WaiverEntry.Status.REVOKED);
    assertThat(WaiverFolder.read(folder).get(0).expires())
        .isEqualTo(NOW.plus(DAY.multipliedBy(20)));
    assertThat(Files.readAllLines(folder.resolve("ledger.jsonl"))).hasSize(11);
  }

  @Test
  void the_folder_is_one_of_waivers_that_count() throws IOException {
    everyStep();

    assertThat(judge(Fixtures.caws().waivers(folder).build(), reportOf(12, 400)))
        .isInstanceOf(Verdict.Denied.class); // activated a minute from now
    Caws later =
        Fixtures.caws().waivers(folder).sources(Fixtures.sourcesAt(NOW.plusSeconds(61))).build();
    assertThat(judge(later, reportOf(12, 400))).isInstanceOf(Verdict.Waived.class);
  }

  @Test
  void a_torn_line_is_cut_off_and_a_lost_file_written_again() throws IOException {
    everyStep();
    Path steps = folder.resolve("ledger.jsonl");
    String whole = Files.readString(steps);
    Files.writeString(steps, "{\"action\":\"appr", StandardOpenOption.APPEND);
    Files.delete(folder.resolve("WV-1.json"));

    assertThatThrownBy(() -> WaiverFolder.read(folder)).isInstanceOf(IllegalStateException.class);
    open().close();

    assertThat(Files.readString(steps)).isEqualTo(whole);
    assertThat(WaiverFolder.read(folder)).hasSize(2);
  }

  @Test
  void any_changed_step_is_seen() throws IOException {
    everyStep();
    Path steps = folder.resolve("ledger.jsonl");
    List<String> lines = Files.readAllLines(steps);
    String whole = Files.readString(steps);

    for (int i = 0; i < lines.size() - 1; i++) {
      Files.writeString(steps, whole.replace(lines.get(i) + "\n", ""));
      assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class);
      Files.writeString(
          steps, whole.replace(lines.get(i), lines.get(i).replace("\"by\":\"", "\"by\":\"x")));
      assertThatThrownBy(this::open).isInstanceOf(IllegalStateException.class);
    }
    Files.writeString(steps, whole);
    open().close();
  }

  @Test
  void one_process_has_it_at_a_time_and_nobodys_file_is_written_over() throws IOException {
    Files.writeString(folder.resolve("WV-9.yaml"), "id: WV-9\n");
    try (WaiverFolder held = open()) {
      assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("open");
      assertThatThrownBy(() -> held.ledger().propose(proposal("WV-9")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(held.ledger().entries()).isEmpty();
    }
    assertThat(WaiverFolder.isOne(folder)).isTrue();
    assertThat(Files.size(folder.resolve("ledger.jsonl"))).isZero();
  }
}
