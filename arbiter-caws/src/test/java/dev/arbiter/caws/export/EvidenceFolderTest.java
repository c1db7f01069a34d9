/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import static dev.arbiter.caws.export.Logs.KEY;
import static dev.arbiter.caws.export.Logs.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.LogVerification.Damaged;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceFolderTest {
  private final Path log;
  private final Path out;

  EvidenceFolderTest(@TempDir Path folder) {
    this.log = folder.resolve("log");
    this.out = folder.resolve("out");
  }

  private void exported(int verdicts) throws IOException {
    Logs.fill(log, verdicts);
    Logs.export(log, out, KEY);
  }

  private void assertDamaged(String where, long index) throws IOException {
    LogVerification found = verify(out);
    assertThat(found).isInstanceOf(Damaged.class);
    assertThat(((Damaged) found).where()).isEqualTo(where);
    assertThat(((Damaged) found).index()).isEqualTo(index);
  }

  @Test
  void every_verdict_is_written_and_the_folder_is_intact() throws Exception {
    exported(5);

    assertThat(verify(out)).isEqualTo(new LogVerification.Intact(5));
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSize(5 * 4 + 2)
          .contains("0.dsse.json", "4.bundle.json", "2.proof.json", "3.summary.json")
          .contains("checkpoint.txt", "public-key.pem");
    }
  }

  @Test
  void the_payload_is_the_sealed_document_and_the_leaf() throws Exception {
    Verdict verdict;
    try (Caws caws = Logs.caws().sealInBatches(10).logTo(log).build()) {
      verdict = Logs.judge(caws, 0);
    }
    Logs.export(log, out, KEY);

    Envelope envelope = Envelope.read(line("0.dsse.json")).orElseThrow();
    assertThat(envelope.payload()).isEqualTo(verdict.seal().document());
    assertThat(line("0.proof.json")).isEqualTo("{\"hashes\":[],\"logIndex\":0,\"treeSize\":1}");
  }

  private String line(String name) throws IOException {
    return Files.readString(out.resolve(name)).strip();
  }

  @Test
  void a_summary_says_passed_or_failed() throws Exception {
    exported(2);

    assertThat(Envelope.read(line("0.summary.json")).orElseThrow().payload())
        .contains("\"predicateType\":\"https://slsa.dev/verification_summary/v1\"")
        .contains("\"resourceUri\":\"urn:arbiter:task:default:T-0%C3%A9%22\"")
        .contains("\"verificationResult\":\"PASSED\",\"verifiedLevels\":[\"CAWS_APPROVED\"]")
        .contains("\"verifier\":{\"id\":\"example.com/log\"}");
    assertThat(Envelope.read(line("1.summary.json")).orElseThrow().payload())
        .contains("\"verificationResult\":\"FAILED\",\"verifiedLevels\":[\"FAILED\"]");
  }

  @Test
  void the_entry_that_is_damaged_is_named() throws Exception {
    exported(3);
    for (String part : List.of(".dsse.json", ".bundle.json", ".proof.json", ".summary.json")) {
      String name = 1 + part;
      String text = Files.readString(out.resolve(name));
      Files.writeString(out.resolve(name), text.replace("A", "B"));

      Damaged found = (Damaged) verify(out);
      assertThat(found.index()).isEqualTo(1);
      assertThat(found.where()).startsWith("1.");
      Files.writeString(out.resolve(name), text);
    }
    assertThat(verify(out)).isEqualTo(new LogVerification.Intact(3));
  }

  @Test
  void a_missing_file_is_named() throws Exception {
    exported(3);
    List<Path> files;
    try (Stream<Path> all = Files.list(out)) {
      files = all.toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      assertThat(verify(out)).as(file.toString()).isInstanceOf(Damaged.class);
      Files.write(file, bytes);
    }
  }

  @Test
  void verdicts_in_another_order_are_damaged() throws Exception {
    exported(2);
    for (String part : List.of(".dsse.json", ".bundle.json", ".summary.json")) {
      Path aside = out.resolve("aside");
      Files.move(out.resolve(0 + part), aside);
      Files.move(out.resolve(1 + part), out.resolve(0 + part));
      Files.move(aside, out.resolve(1 + part), StandardCopyOption.ATOMIC_MOVE);
    }

    assertDamaged("0.proof.json", 0);
  }

  @Test
  void the_last_verdicts_cannot_be_cut_off() throws Exception {
    exported(3);
    for (String part : List.of(".dsse.json", ".bundle.json", ".proof.json", ".summary.json")) {
      Files.delete(out.resolve(2 + part));
    }

    assertDamaged("checkpoint.txt", 2);
  }

  @Test
  void a_verdict_beyond_the_checkpoint_is_damage() throws Exception {
    exported(2);
    for (String part : List.of(".dsse.json", ".bundle.json", ".proof.json", ".summary.json")) {
      Files.copy(out.resolve(1 + part), out.resolve(2 + part));
    }

    assertDamaged("2.proof.json", 2);
  }

  @Test
  void a_folder_signed_by_somebody_else_is_damaged() throws Exception {
    exported(1);

    LogVerification found =
        EvidenceFolder.verify(out, SigningKey.generate().publicKey(), List.of());

    assertThat(((Damaged) found).where()).isEqualTo("public-key.pem");
  }

  @Test
  void a_held_checkpoint_tells_what_is_anchored_and_what_was_rewritten() throws Exception {
    String held;
    try (Caws caws = Logs.caws().sealInBatches(100).logTo(log).build()) {
      Logs.judge(caws, 0);
      Logs.judge(caws, 1);
      held = caws.checkpoint().note();
      Logs.judge(caws, 2);
    }
    Logs.export(log, out, KEY);
    assertThat(EvidenceFolder.verify(out, KEY.publicKey(), List.of(held)))
        .isEqualTo(new LogVerification.Unanchored(2, 3));

    ProvenanceLog other = ProvenanceLog.create("example.com/log", KEY);
    other.append("{}");
    other.append("{}");
    assertThat(EvidenceFolder.verify(out, KEY.publicKey(), List.of(other.checkpoint().note())))
        .isInstanceOf(Damaged.class);
  }

  @Test
  void an_export_goes_to_an_empty_folder_by_the_key_that_signed() throws Exception {
    exported(1);

    assertThatThrownBy(() -> Logs.export(log, out, KEY))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("fresh folder");
    try (LogFolder read = LogFolder.read(log, KEY.publicKey())) {
      assertThatThrownBy(
              () -> EvidenceFolder.write(read, SigningKey.generate(), out.resolve("more")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("did not sign");
    }
  }

  @Test
  void a_damaged_log_is_not_exported() throws Exception {
    Logs.fill(log, 2);
    Path file = log.resolve("verdicts.jsonl");
    Files.writeString(file, Files.readString(file).replace("ada", "bob"));

    assertThatThrownBy(() -> Logs.export(log, out, KEY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not those that were signed");
  }

  @Test
  void after_a_rotation_the_new_key_vouches_for_all_and_the_entry_is_exported() throws Exception {
    SigningKey next = SigningKey.generate();
    Logs.fill(log, 1);
    try (ProvenanceLog open = ProvenanceLog.open(log, "example.com/log", KEY)) {
      open.rotate(next, Logs.NOW);
    }
    Logs.export(log, out, next);

    assertThat(EvidenceFolder.verify(out, next.publicKey(), List.of()))
        .isEqualTo(new LogVerification.Intact(2));
    assertThat(Files.exists(out.resolve("1.summary.json"))).isFalse();
    assertThat(Envelope.read(line("1.dsse.json")).orElseThrow().payload())
        .contains("key-rotation/v1");
  }

  @Test
  void hostile_files_do_not_make_it_throw() throws Exception {
    exported(1);
    List<byte[]> texts = new ArrayList<>();
    for (String text :
        List.of("", "\n", "{", "null", "{\"hashes\":[,],\"logIndex\":0,\"treeSize\":1}\n")) {
      texts.add(text.getBytes(StandardCharsets.UTF_8));
    }
    texts.add(new byte[] {(byte) 0xff, 0, '\n'});
    List<Path> files;
    try (Stream<Path> all = Files.list(out)) {
      files = all.toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      for (byte[] text : texts) {
        Files.write(file, text);
        assertThat(verify(out)).as(file.toString()).isInstanceOf(Damaged.class);
      }
      Files.write(file, bytes);
    }
  }
}
