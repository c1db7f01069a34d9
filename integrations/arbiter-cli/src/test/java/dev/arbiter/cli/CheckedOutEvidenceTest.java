/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.events.EventWriter;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Evidence that another system checked out, or an editor saved, is the same evidence. */
class CheckedOutEvidenceTest {
  @TempDir Path folder;

  private static void save(Path file, String how) throws IOException {
    String text = Files.readString(file).replace("\r\n", "\n").replace("\ufeff", "");
    String saved =
        switch (how) {
          case "crlf" -> text.replace("\n", "\r\n");
          case "mark" -> "\ufeff" + text;
          case "blank" -> text + "\n\n";
          default -> "\ufeff" + text.replace("\n", "\r\n") + "\r\n";
        };
    Files.writeString(file, saved, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"crlf", "mark", "blank", "all"})
  void a_log_of_verdicts_is_whole_and_goes_on(String how) throws IOException {
    SigningKey key = SigningKey.fromSeed(new byte[32]);
    Path log = folder.resolve("log");
    try (ProvenanceLog made = ProvenanceLog.open(log, "test/log", key)) {
      for (int i = 0; i < 5; i++) {
        made.append("{\"specId\":\"FEAT-" + i + "\",\"task\":{\"id\":\"T-" + i + "\"}}");
      }
    }
    Path trusted = Files.writeString(folder.resolve("trusted.pem"), key.publicPem());
    String shown = Run.of("log", "inspect", "--log", log, "--key", trusted).out();
    save(log.resolve("verdicts.jsonl"), how);
    if (!how.equals("blank")) { // a signed note is no list of lines
      save(log.resolve("checkpoint.txt"), how.equals("all") ? "crlf" : how);
    }
    save(log.resolve("public-key.pem"), how);
    save(trusted, how);

    Run run = Run.of("log", "verify", "--log", log, "--key", trusted);
    assertThat(run.out()).contains("whole (arbiter.log, 5 entries, anchored to 5, 0 beyond)");
    assertThat(run.code()).isZero();
    assertThat(Run.of("log", "inspect", "--log", log, "--key", trusted).out()).isEqualTo(shown);

    try (ProvenanceLog more = ProvenanceLog.open(log, "test/log", key)) {
      more.append("{\"specId\":\"FEAT-5\",\"task\":{\"id\":\"T-5\"}}");
    }
    assertThat(Run.of("log", "verify", "--log", log, "--key", trusted).out())
        .contains("whole (arbiter.log, 6 entries, anchored to 6, 0 beyond)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crlf", "mark", "blank", "all"})
  void a_ledger_of_waivers_is_read_and_goes_on(String how) throws IOException {
    Path ledger = Files.createDirectory(folder.resolve("ledger"));
    Run proposed =
        Run.of(
            "waiver",
            "propose",
            ledger,
            "WV-1",
            "--by",
            "ada",
            "--spec",
            "FEAT-001",
            "--gate",
            "budget_limit",
            "--files",
            "5",
            "--reason",
            "a hotfix",
            "--expires",
            "2026-07-01T00:00:00Z");
    assertThat(proposed.code()).isZero();
    save(ledger.resolve("ledger.jsonl"), how);

    assertThat(Run.of("waiver", "list", ledger).out()).contains("asked for by ada");
    assertThat(Run.of("waiver", "approve", ledger, "WV-1", "--by", "grace").err()).isEmpty();
    save(ledger.resolve("ledger.jsonl"), how);
    assertThat(Run.of("waiver", "activate", ledger, "WV-1", "--by", "ada").out())
        .startsWith("WV-1 active");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crlf", "mark", "blank", "all"})
  void a_chain_of_events_is_whole(String how) throws IOException {
    Path file = folder.resolve("events.jsonl");
    EventWriter writer = EventWriter.to(file);
    for (int i = 0; i < 3; i++) {
      writer.append(
          "commit_made",
          Run.NOW.plusSeconds(i),
          new EventWriter.Actor("system", "x", "", ""),
          "",
          Map.of("n", i));
    }
    save(file, how);

    Run run = Run.of("log", "verify", "--log", file);

    assertThat(run.out()).contains("whole").contains("3 entries");
  }
}
