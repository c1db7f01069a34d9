/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.key;
import static dev.arbiter.caws.Fixtures.reportOf;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Fixtures;
import dev.arbiter.caws.VerdictVerifier;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceLogTest {
  private static final String ORIGIN = "example.com/log";

  private final Path folder;

  ProvenanceLogTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ProvenanceLog open() {
    return ProvenanceLog.open(folder, ORIGIN, key());
  }

  private Caws logging(int batch) {
    return logging(batch, Runnable::run);
  }

  private Caws logging(int batch, Executor checkpoints) {
    return Caws.builder()
        .policy(POLICY)
        .sources(Fixtures.sources())
        .key(key())
        .sealInBatches(batch)
        .checkpointsOn(checkpoints)
        .logTo(folder)
        .build();
  }

  @Test
  void a_checkpoint_is_a_signed_note_that_others_can_open() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    log.append("one");

    String note = log.checkpoint().note();

    assertThat(note)
        .matches(
            "example.com/log\n1\n[A-Za-z0-9+/]{43}=\n\n\u2014 example.com/log [A-Za-z0-9+/]+=*\n");
    Checkpoint opened = Checkpoint.open(note, key().publicKey()).orElseThrow();
    assertThat(opened.size()).isEqualTo(1);
    assertThat(opened.root()).isEqualTo(log.checkpoint().root());
  }

  @Test
  void a_note_with_anything_changed_is_not_opened() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    log.append("one");
    String note = log.checkpoint().note();

    for (int i = 0; i < note.length(); i++) {
      String changed = note.substring(0, i) + (char) (note.charAt(i) ^ 1) + note.substring(i + 1);
      assertThat(Checkpoint.open(changed, key().publicKey())).as(changed).isEmpty();
    }
    assertThat(Checkpoint.open("", key().publicKey())).isEmpty();
    assertThat(Checkpoint.open(note, SigningKey.generate().publicKey())).isEmpty();
  }

  @Test
  void a_size_has_one_spelling_even_under_our_signature() {
    String good = Checkpoint.sign(ORIGIN, 7, new byte[32], key()).note();
    String hint = good.substring(good.lastIndexOf(' ') + 1);
    for (String size : List.of("07", "+7", "-7", " 7", "7 ", "", "9".repeat(19))) {
      String text =
          good.substring(0, good.indexOf("\n\n") + 1).replace("\n7\n", "\n" + size + "\n");
      byte[] line = Arrays.copyOf(Base64.getDecoder().decode(hint.strip()), 68);
      System.arraycopy(key().sign(text.getBytes(StandardCharsets.UTF_8)), 0, line, 4, 64);
      String note =
          text + "\n\u2014 " + ORIGIN + " " + Base64.getEncoder().encodeToString(line) + "\n";

      assertThat(Checkpoint.open(note, key().publicKey())).as(size).isEmpty();
    }
    assertThat(Checkpoint.open(good, key().publicKey())).isPresent();
  }

  @Test
  void a_proof_is_for_the_checkpoints_size_only() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    for (int i = 0; i < 4; i++) {
      log.append("entry " + i);
    }
    InclusionProof proof = log.proof(0, 4);
    Checkpoint checkpoint = log.checkpoint();

    assertThat(ProvenanceLog.verify("entry 0", proof, checkpoint)).isTrue();
    assertThat(
            ProvenanceLog.verify("entry 0", new InclusionProof(0, 3, proof.hashes()), checkpoint))
        .isFalse();
  }

  @Test
  void a_signature_by_somebody_else_beside_ours_does_no_harm() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    String note = log.checkpoint().note();
    String other = Checkpoint.sign(ORIGIN, 0, log.root(), SigningKey.generate()).note();
    String line = other.substring(other.indexOf("\n\n") + 2);

    assertThat(Checkpoint.open(note + line, key().publicKey())).isPresent();
    assertThat(Checkpoint.open(note + "\u2014 witness.example AAAA\n", key().publicKey()))
        .isPresent();
  }

  @Test
  void two_checkpoints_prove_that_nothing_was_rewritten() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    ProvenanceLog fork = ProvenanceLog.create(ORIGIN, key());
    for (int i = 0; i < 20; i++) {
      log.append("entry " + i);
      fork.append(i == 3 ? "rewritten" : "entry " + i);
    }
    Checkpoint older = log.checkpoint();
    for (int i = 20; i < 50; i++) {
      log.append("entry " + i);
      fork.append("entry " + i);
    }

    List<String> path = log.consistency(20, 50);

    assertThat(ProvenanceLog.verify(older, log.checkpoint(), path)).isTrue();
    assertThat(ProvenanceLog.verify(older, fork.checkpoint(), fork.consistency(20, 50))).isFalse();
    assertThat(ProvenanceLog.verify(older, log.checkpoint(), List.of("no base64"))).isFalse();
  }

  @Test
  void places_and_sizes_the_log_does_not_have_are_refused() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    log.append("one");

    assertThatThrownBy(() -> log.proof(1, 1)).hasMessageContaining("the log has 1");
    assertThatThrownBy(() -> log.proof(0, 2)).hasMessageContaining("the log has 1");
    assertThatThrownBy(() -> log.consistency(1, 2)).hasMessageContaining("the log has 1");
    assertThatThrownBy(() -> ProvenanceLog.create("a b", key())).hasMessageContaining("origin");
  }

  @Test
  void every_batch_is_signed_when_it_is_full() {
    Caws caws = logging(4);
    for (int i = 0; i < 9; i++) {
      judge(caws, goodReport());
    }

    ProvenanceLog log = caws.log().orElseThrow();

    assertThat(log.size()).isEqualTo(9);
    assertThat(log.latest().orElseThrow().size()).isEqualTo(8);
    assertThat(caws.checkpoint().size()).isEqualTo(9);
  }

  @Test
  void a_full_batch_is_signed_by_the_threads_it_was_handed_to() {
    ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    Caws caws = logging(2, waiting::add);
    ProvenanceLog log = caws.log().orElseThrow();
    for (int i = 0; i < 3; i++) {
      judge(caws, goodReport());
    }
    assertThat(log.latest()).isEmpty();

    waiting.remove().run();

    assertThat(log.latest().orElseThrow().size()).isEqualTo(3);
    assertThat(waiting).isEmpty();
  }

  @Test
  void a_full_batch_nobody_takes_is_signed_at_once() {
    Caws caws =
        logging(
            2,
            job -> {
              throw new RejectedExecutionException("shut down");
            });
    for (int i = 0; i < 2; i++) {
      judge(caws, goodReport());
    }

    assertThat(caws.log().orElseThrow().latest().orElseThrow().size()).isEqualTo(2);
  }

  @Test
  void a_checkpoint_that_fails_refuses_the_verdicts_after_it() throws IOException {
    ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    Caws caws = logging(2, waiting::add);
    judge(caws, goodReport());
    judge(caws, goodReport());
    Files.createDirectory(folder.resolve("checkpoint.txt.new"));

    waiting.remove().run();

    Verdict refused = judge(caws, goodReport());
    assertThat(rules(refused.findings())).containsExactly("provenance.append_failed");
    assertThat(refused.findings().get(0).message())
        .contains("a checkpoint failed")
        .contains("checkpoint.txt.new");
  }

  @Test
  void a_checkpoint_that_fails_on_the_tasks_own_thread_refuses_its_verdict_too()
      throws IOException {
    Caws caws = logging(2);
    judge(caws, goodReport());
    Files.createDirectory(folder.resolve("checkpoint.txt.new"));

    Verdict refused = judge(caws, goodReport());

    assertThat(rules(refused.findings())).containsExactly("provenance.append_failed");
  }

  @Test
  void verdicts_are_kept_beside_checkpoint_and_key_and_the_log_goes_on() throws IOException {
    Verdict first;
    try (Caws caws = logging(100)) {
      first = judge(caws, goodReport());
      judge(caws, reportOf(50, 1));
    }
    assertThat(Files.readAllLines(folder.resolve("verdicts.jsonl")))
        .hasSize(2)
        .first()
        .isEqualTo(first.seal().document());
    assertThat(Files.readString(folder.resolve("public-key.pem"))).isEqualTo(key().publicPem());

    try (Caws again = logging(100)) {
      judge(again, goodReport());
      Checkpoint checkpoint = again.checkpoint();
      InclusionProof proof = again.log().orElseThrow().prove(first.seal()).orElseThrow();

      assertThat(checkpoint.size()).isEqualTo(3);
      assertThat(
              VerdictVerifier.of(key().publicKey())
                  .verify(first, proof, checkpoint.note())
                  .isGenuine())
          .isTrue();
    }
  }

  @Test
  void a_folder_belongs_to_one_log_at_a_time() {
    ProvenanceLog first = open();

    assertThatThrownBy(this::open)
        .hasRootCauseMessage(
            "another log has " + folder + " open; close it or take another folder");
    first.close();
    first.close();

    open().close();
  }

  @Test
  void a_torn_last_line_is_cut_off() throws IOException {
    try (ProvenanceLog log = open()) {
      log.append("{\"a\":1}");
    }
    Files.writeString(folder.resolve("verdicts.jsonl"), "{\"a\":1}\n{\"b\":");

    try (ProvenanceLog again = open()) {
      assertThat(again.size()).isEqualTo(1);
      again.append("{\"c\":3}");
    }

    assertThat(Files.readString(folder.resolve("verdicts.jsonl")))
        .isEqualTo("{\"a\":1}\n{\"c\":3}\n");
  }

  @Test
  void a_log_somebody_changed_is_not_opened() throws IOException {
    try (ProvenanceLog log = open()) {
      for (int i = 0; i < 5; i++) {
        log.append("{\"a\":" + i + "}");
      }
    }
    Path file = folder.resolve("verdicts.jsonl");
    String good = Files.readString(file);

    for (String bad :
        List.of(
            good.replace("2", "7"),
            good.substring(good.indexOf('\n') + 1),
            good.substring(0, good.length() - 2),
            good.substring(0, good.indexOf("{\"a\":4")),
            "")) {
      Files.writeString(file, bad);
      assertThatThrownBy(this::open)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not those signed");
    }
    Files.writeString(file, good);
    assertThatThrownBy(() -> ProvenanceLog.open(folder, ORIGIN, SigningKey.generate()))
        .hasMessageContaining("not signed by");
    assertThatThrownBy(() -> ProvenanceLog.open(folder, "example.com/other", key()))
        .hasMessageContaining("not signed by");
  }

  @Test
  void a_verdict_that_cannot_be_recorded_is_a_denial() {
    Caws caws = logging(1);
    Assignment assignment = assignment(caws, task(SPEC), "ada");
    caws.close();

    Verdict verdict = caws.judge(assignment, goodReport());
    Verdict bad =
        caws.judge(
            assignment,
            new WorkReport("x", List.of(new FileChange("/etc/x", 1, 0)), List.of(), Usage.none()));

    assertThat(rules(verdict.findings())).containsExactly("provenance.append_failed");
    assertThat(verdict.isExcused()).as("the work was good").isTrue();
    assertThat(bad.isExcused()).as("it was denied anyway").isFalse();
  }

  /** 8 threads, 100 verdicts each, a checkpoint every 16: every proof holds, no verdict is lost. */
  @Test
  @Tag("many")
  void verdicts_judged_while_batches_are_signed_all_have_proofs() throws Exception {
    Caws caws = logging(16);
    Assignment assignment = assignment(caws, task(SPEC), "ada");
    List<Callable<List<Verdict>>> jobs = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      int first = thread * 100;
      jobs.add(
          () -> {
            List<Verdict> verdicts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              verdicts.add(caws.judge(assignment, reportOf(2, first + i)));
            }
            return verdicts;
          });
    }

    List<Verdict> all = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<List<Verdict>> future : threads.invokeAll(jobs)) {
        all.addAll(future.get());
      }
    } finally {
      threads.shutdownNow();
    }

    Checkpoint checkpoint = caws.checkpoint();
    ProvenanceLog log = caws.log().orElseThrow();
    assertThat(checkpoint.size()).isEqualTo(800);
    for (Verdict verdict : all) {
      InclusionProof proof = log.prove(verdict.seal()).orElseThrow();
      assertThat(ProvenanceLog.verify(verdict.seal().document(), proof, checkpoint)).isTrue();
    }
    caws.close();
    try (ProvenanceLog again = ProvenanceLog.open(folder, "arbiter/verdicts", key())) {
      assertThat(again.size()).isEqualTo(800);
      assertThat(again.checkpoint().root()).isEqualTo(checkpoint.root());
    }
  }
}
