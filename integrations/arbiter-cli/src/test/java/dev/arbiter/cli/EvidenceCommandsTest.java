/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.events.EventWriter;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.provenance.Withdrawal;
import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceCommandsTest {
  private final SigningKey key = SigningKey.fromSeed(new byte[32]);

  @TempDir Path folder;

  private Path log(int entries, int beyond) {
    Path path = folder.resolve("log");
    try (ProvenanceLog log = ProvenanceLog.open(path, "test/log", key)) {
      for (int i = 0; i < entries; i++) {
        log.append("{\"specId\":\"FEAT-" + i + "\",\"task\":{\"id\":\"T-" + i + "\"}}");
      }
    }
    try {
      for (int i = 0; i < beyond; i++) {
        Files.writeString(
            path.resolve("verdicts.jsonl"), "{}\n", java.nio.file.StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return path;
  }

  private Path publicKey() throws IOException {
    return Files.writeString(folder.resolve("trusted.pem"), key.publicPem());
  }

  @Test
  void a_whole_log_is_anchored_as_far_as_its_checkpoint() throws IOException {
    Path log = log(5, 2);

    Run run = Run.of("log", "verify", "--log", log, "--key", publicKey());

    assertThat(run.out()).contains("whole (arbiter.log, 7 entries, anchored to 5, 2 beyond)");
    assertThat(run.code()).isZero();
    assertThat(Run.of("log", "verify", "--log", log).out()).contains("give --key");
  }

  @Test
  void a_changed_removed_or_forged_log_is_damaged() throws IOException {
    Path log = log(5, 0);
    Path verdicts = log.resolve("verdicts.jsonl");
    String text = Files.readString(verdicts);
    String note = Files.readString(log.resolve("checkpoint.txt"));

    for (String changed :
        List.of(
            text.replace("FEAT-3", "FEAT-4"),
            text.substring(text.indexOf('\n') + 1),
            text.substring(0, text.length() - 3),
            "")) {
      Files.writeString(verdicts, changed);
      Run run = Run.of("log", "verify", "--log", log, "--key", publicKey(), "--format", "json");
      assertThat(run.code()).isEqualTo(3);
      assertThat(run.json().get(0).get("verdict").asText()).isEqualTo("damaged");
    }
    Files.writeString(verdicts, text);
    Files.writeString(log.resolve("checkpoint.txt"), note.replace("\n5\n", "\n4\n"));
    assertThat(Run.of("log", "verify", "--log", log).code()).isEqualTo(3);
    Files.delete(log.resolve("checkpoint.txt"));
    assertThat(Run.of("log", "verify", "--log", log).code()).isEqualTo(3);
  }

  @Test
  void a_log_under_another_key_is_damaged() throws IOException {
    Path other = folder.resolve("other.pem");
    Files.writeString(other, SigningKey.generate().publicPem());

    assertThat(Run.of("log", "verify", "--log", log(1, 0), "--key", other).code()).isEqualTo(3);
  }

  @Test
  void a_kept_checkpoint_shows_a_log_that_was_written_anew() throws IOException {
    Path kept = folder.resolve("kept.txt");
    Files.copy(log(3, 0).resolve("checkpoint.txt"), kept);
    Path log = folder.resolve("log");
    try (ProvenanceLog more = ProvenanceLog.open(log, "test/log", key)) {
      more.append("{}");
    }

    assertThat(Run.of("log", "verify", "--log", log, "--checkpoint", kept).code()).isZero();

    Path anew = folder.resolve("anew");
    try (ProvenanceLog forged = ProvenanceLog.open(anew, "test/log", key)) {
      for (int i = 0; i < 4; i++) {
        forged.append("{\"forged\":" + i + "}");
      }
    }
    Run run = Run.of("log", "verify", "--log", anew, "--checkpoint", kept);
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out()).contains("evidence.log.mismatch");
  }

  @Test
  void a_proof_that_is_printed_proves() throws IOException {
    Path log = log(5, 1);

    Run run = Run.of("log", "prove", "--log", log, "--index", 3);

    assertThat(run.code()).isZero();
    var proof = run.json().get(0);
    List<String> hashes = new ArrayList<>();
    proof.get("hashes").forEach(hash -> hashes.add(hash.asText()));
    Checkpoint checkpoint =
        Checkpoint.open(proof.get("checkpoint").asText(), key.publicKey()).orElseThrow();
    assertThat(proof.get("document").asText()).contains("FEAT-3");
    assertThat(
            ProvenanceLog.verify(
                proof.get("document").asText(), new InclusionProof(3, 5, hashes), checkpoint))
        .isTrue();
    assertThat(Run.of("log", "prove", "--log", log, "--index", 5).code()).isEqualTo(2);
    assertThat(Run.of("log", "prove", "--log", log, "--index", -1).code()).isEqualTo(2);
  }

  @Test
  void a_withdrawn_entry_is_shown_so_and_not_proved() {
    Path path = folder.resolve("log");
    try (ProvenanceLog log = ProvenanceLog.open(path, "test/log", key)) {
      log.append("{\"task\":1}");
      String verdict = Digests.named("{\"task\":1}");
      log.withdraw(new Withdrawal(verdict, "acme", "T-1", 2, Run.NOW, "the journal failed"));
    }

    assertThat(Run.of("log", "inspect", "--log", path).out())
        .contains("1 2026-06-01T12:00:00Z withdrawn task=T-1 attempt=2 verdict=sha256:")
        .contains("reason=the journal failed");
    Run proof = Run.of("log", "prove", "--log", path, "--index", 0);
    assertThat(proof.code()).isEqualTo(2);
    assertThat(proof.err()).contains("entry 0 was withdrawn").contains("the journal failed");
    assertThat(Run.of("log", "prove", "--log", path, "--index", 1).code()).isZero();
  }

  @Test
  void inspect_shows_an_entry_a_line() {
    Run run = Run.of("log", "inspect", "--log", log(2, 0));

    assertThat(run.out().lines())
        .containsExactly(
            "0 no verdict, such as a change of the key",
            "1 no verdict, such as a change of the key");
  }

  @Test
  void an_export_is_verified_in_turn_and_shows_a_changed_byte() throws IOException {
    Path log = log(3, 0);
    Path out = folder.resolve("out");
    Path secret = folder.resolve("secret.pem");
    key.store(secret);

    Run run = Run.of("log", "export", "--log", log, "--out", out, "--signing-key", secret);

    assertThat(run.code()).as(run.out()).isZero();
    assertThat(run.out()).contains("exported 3 entries");
    assertThat(Run.of("log", "verify", "--log", out, "--key", publicKey()).out())
        .contains("whole (arbiter.export, 3 entries");
    Path proof = out.resolve("1.proof.json");
    Files.writeString(proof, Files.readString(proof).replace("\"treeSize\":3", "\"treeSize\":2"));
    assertThat(Run.of("log", "verify", "--log", out, "--key", publicKey()).code()).isEqualTo(3);
    assertThat(Run.of("log", "export", "--log", log, "--out", folder.resolve("x")).code())
        .isEqualTo(2);
    Path other = folder.resolve("other-secret.pem");
    SigningKey.generate().store(other);
    Path target = folder.resolve("y");
    assertThat(
            Run.of("log", "export", "--log", log, "--out", target, "--signing-key", other).code())
        .isEqualTo(2);
  }

  @Test
  void event_chains_are_found_and_checked() throws Exception {
    Path caws = Files.createDirectories(folder.resolve("project/.caws"));
    Path events = caws.resolve("events.jsonl");
    EventWriter.to(events)
        .append("commit_made", Run.NOW, new EventWriter.Actor("system", "x", "", ""), "", Map.of());

    assertThat(Run.of("log", "verify", "--log", folder.resolve("project")).code()).isZero();
    assertThat(Run.of("log", "verify", "--log", events).out()).contains("whole (events.v1, 1");
    Files.writeString(events, Files.readString(events).replace("commit_made", "commit_lost"));
    Run run = Run.of("log", "verify", "--log", caws);
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out()).contains("events.jsonl:1: evidence.chain.event_hash_mismatch");
    Path chain = Files.writeString(folder.resolve("chain.json"), "[{\"hash\":\"x\"}]");
    assertThat(Run.of("log", "verify", "--log", chain).code()).isEqualTo(3);
    Files.writeString(chain, "[{");
    assertThat(Run.of("log", "verify", "--log", chain).code()).isEqualTo(2);
  }

  @Test
  void what_holds_no_evidence_is_unusable() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThat(Run.of("log", "verify", "--log", empty).code()).isEqualTo(2);
    assertThat(Run.of("log", "verify", "--log", folder.resolve("missing")).code()).isEqualTo(2);
    assertThat(Run.of("log", "inspect", "--log", empty).code()).isEqualTo(2);
    assertThat(Run.of("log", "verify").code()).isEqualTo(2);
    assertThat(Run.of("log").code()).isEqualTo(2);
    Path noKey = Files.writeString(folder.resolve("no.pem"), "no key");
    assertThat(Run.of("log", "verify", "--log", log(1, 0), "--key", noKey).code()).isEqualTo(2);
  }
}
