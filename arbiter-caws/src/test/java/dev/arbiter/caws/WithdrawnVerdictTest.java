/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.key;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.VerdictVerifier.VerificationResult;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.provenance.Withdrawal;
import dev.arbiter.internal.Digests;
import dev.arbiter.spi.Store;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verdict whose task did not end as it says does not stand. */
class WithdrawnVerdictTest {
  private final Path folder;
  private final VerdictVerifier verifier = VerdictVerifier.of(key().publicKey());

  WithdrawnVerdictTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Caws.Builder logging() {
    return Fixtures.caws().spec(SPEC).sealInBatches(100).logTo(folder);
  }

  private static TaskResult.Completed completed(Assignment by, WorkReport report, Verdict verdict) {
    return new TaskResult.Completed(by.task(), by.agent(), by.attempt(), report, verdict);
  }

  private VerificationResult standing(TaskResult.Completed result) throws IOException {
    try (LogFolder log = LogFolder.read(folder, key().publicKey())) {
      return verifier.verify(result, log);
    }
  }

  private static String reason(VerificationResult result) {
    return ((VerificationResult.Refused) result).reason();
  }

  /** A store that keeps no end of a task. */
  private static final class Failing implements Store {
    @Override
    public void open(Owner owner) {
      owner
          .assigned(
              new Shard() {
                @Override
                public long epoch() {
                  return 1;
                }

                @Override
                public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
                  boolean ends = batch.stream().anyMatch(c -> c.kind() == Change.Kind.END);
                  return ends
                      ? CompletableFuture.failedFuture(
                          new IllegalStateException("disk full\nforged: line"))
                      : CompletableFuture.completedFuture(null);
                }
              })
          .ready();
    }

    @Override
    public void close() {}
  }

  @Test
  void an_approved_verdict_of_a_task_that_its_store_failed_is_taken_back() throws Exception {
    try (Caws caws = logging().build();
        Arbiter arbiter =
            Arbiter.builder()
                .agent(AgentProfile.of("ada"), a -> goodReport())
                .constitution(caws)
                .store(new Failing())
                .storeLimit(Duration.ZERO)
                .build()) {
      Task task = Task.builder("fix").id("T-7").spec(SpecRef.id("FEAT-001")).build();
      TaskResult result = arbiter.submit(task).await(Duration.ofSeconds(10));

      assertThat(result).isInstanceOf(TaskResult.Failed.class);
      assertThat(caws.log().orElseThrow().size()).isEqualTo(2);
      assertThat(caws.log().orElseThrow().latest().orElseThrow().size()).isEqualTo(2);
    }

    List<String> lines = Files.readAllLines(folder.resolve("verdicts.jsonl"));
    Withdrawal withdrawal = Withdrawal.read(lines.get(1)).orElseThrow();
    assertThat(SealedVerdict.read(lines.get(0)).orElseThrow().verdict()).isEqualTo("approved");
    assertThat(withdrawal.verdict()).isEqualTo(Digests.named(lines.get(0)));
    assertThat(withdrawal.task()).isEqualTo("T-7");
    assertThat(withdrawal.attempt()).isEqualTo(1);
    assertThat(withdrawal.reason()).contains("disk full\\u000aforged");
  }

  @Test
  void no_reader_of_the_log_takes_it_for_one_that_stands() throws Exception {
    TaskResult.Completed kept;
    TaskResult.Completed gone;
    try (Caws caws = logging().build()) {
      Assignment one = assignment(caws, task(SPEC), "ada");
      Assignment two = assignment(caws, task(SPEC).withId("T-2"), "ada");
      kept = completed(one, goodReport(), caws.judge(one, goodReport()));
      gone = completed(two, goodReport(), caws.judge(two, goodReport()));
      caws.withdraw(two, gone.verdict(), "the journal failed");
      ProvenanceLog log = caws.log().orElseThrow();

      assertThat(log.prove(kept.verdict().seal())).isPresent();
      assertThat(log.prove(gone.verdict().seal())).isEmpty();
      assertThat(log.withdrawal(gone.verdict().seal()).orElseThrow().reason())
          .isEqualTo("the journal failed");
      assertThat(log.withdrawal(kept.verdict().seal())).isEmpty();
    }

    assertThat(standing(kept).isGenuine()).isTrue();
    assertThat(reason(standing(gone))).contains("was withdrawn").contains("the journal failed");
    try (Caws caws = logging().build()) { // and after a restart
      assertThat(caws.log().orElseThrow().prove(gone.verdict().seal())).isEmpty();
      assertThat(caws.log().orElseThrow().prove(kept.verdict().seal())).isPresent();
    }
  }

  @Test
  void the_log_decides_what_stands_only_with_a_checkpoint_by_the_key() throws Exception {
    TaskResult.Completed result;
    Assignment by;
    try (Caws caws = logging().build()) {
      by = assignment(caws, task(SPEC), "ada");
      result = completed(by, goodReport(), caws.judge(by, goodReport()));
      assertThat(reason(standing(result))).contains("no such verdict");
    }
    assertThat(standing(result).isGenuine()).isTrue();

    TaskResult.Completed elsewhere =
        completed(by, goodReport(), Fixtures.caws().build().judge(by, goodReport()));
    assertThat(standing(completed(by, Fixtures.reportOf(3, 3), result.verdict())).isGenuine())
        .isFalse();
    assertThat(standing(elsewhere).isGenuine()).isFalse();
    try (LogFolder log = LogFolder.read(folder, key().publicKey())) {
      VerdictVerifier other = VerdictVerifier.of(SigningKey.generate().publicKey());
      assertThat(reason(other.verify(result, log))).contains("not signed by");
    }
    Path lines = folder.resolve("verdicts.jsonl");
    Files.writeString(lines, Files.readString(lines).replace("\"ada\"", "\"eve\""));
    assertThat(reason(standing(result))).contains("the log is damaged");
  }

  @Test
  void a_withdrawal_behind_the_checkpoint_counts_against_the_verdict() throws Exception {
    TaskResult.Completed result;
    String before;
    try (Caws caws = logging().build()) {
      Assignment by = assignment(caws, task(SPEC), "ada");
      result = completed(by, goodReport(), caws.judge(by, goodReport()));
      before = caws.checkpoint().note();
      caws.withdraw(by, result.verdict(), "late");
    }
    Files.writeString(folder.resolve("checkpoint.txt"), before);

    assertThat(reason(standing(result))).contains("was withdrawn");
    try (LogFolder log = LogFolder.read(folder, key().publicKey())) {
      assertThat(log.verify(List.of())).isEqualTo(new LogVerification.Unanchored(1, 2));
      assertThat(log.prove(result.verdict().seal())).isEmpty();
    }
  }

  /** A key that fails on demand, such as one in a service that is not reached. */
  private static final class Unreached implements Signer {
    private volatile boolean away;

    @Override
    public PublicKey publicKey() {
      return key().publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      if (away) {
        throw new IllegalStateException("no route to the key");
      }
      return key().sign(message);
    }
  }

  @Test
  void an_entry_that_was_appended_but_not_signed_does_not_approve_denied_work() throws Exception {
    Unreached signer = new Unreached();
    Verdict verdict;
    try (Caws caws = logging().key(signer).sealInBatches(1).build()) {
      signer.away = true;
      verdict = Fixtures.judge(caws, goodReport());
      signer.away = false;
    }

    assertThat(verdict.passed()).isFalse();
    List<String> lines = Files.readAllLines(folder.resolve("verdicts.jsonl"));
    assertThat(SealedVerdict.read(lines.get(0)).orElseThrow().passed()).isTrue();
    assertThat(Withdrawal.read(lines.get(1)).orElseThrow().verdict())
        .isEqualTo(Digests.named(lines.get(0)));
  }

  @Test
  void without_a_log_or_a_seal_there_is_nothing_to_take_back() {
    Caws caws = Caws.builder().policy(Fixtures.POLICY).key(key()).build();
    Assignment by = assignment(caws, task(SPEC), "ada");

    caws.withdraw(by, caws.judge(by, goodReport()), "no log");

    try (Caws logged = logging().build()) {
      Verdict unsealed = new Verdict.Approved(List.of(), 1, dev.arbiter.task.Seal.none());
      logged.withdraw(by, unsealed, "not ours");
      assertThat(logged.log().orElseThrow().size()).isZero();
    }
  }

  @Test
  void a_log_that_cannot_take_it_back_says_so() {
    Caws caws = logging().build();
    Assignment by = assignment(caws, task(SPEC), "ada");
    Verdict verdict = caws.judge(by, goodReport());
    caws.close();

    assertThatThrownBy(() -> caws.withdraw(by, verdict, "late"))
        .hasMessageContaining("cannot be written");
  }

  @Test
  void a_withdrawal_has_one_spelling() {
    Withdrawal good = new Withdrawal(Digests.named("x"), "acme", "T-1\"", 2, NOW, "why");
    String document = good.document();

    assertThat(Withdrawal.read(document)).contains(good);
    for (String other :
        List.of(
            document + " ",
            document.replace("\"attempt\":2", "\"attempt\":2.0"),
            document.replace("\"why\"", "\"wh\\u0079\""),
            document.replace("withdrawal/v1", "withdrawal/v2"),
            document.replace("sha256", "sha512"),
            document.replace(good.verdict().substring(7), "abc"),
            document.replace("2026", "26"),
            "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"attempt\":",
            "{}")) {
      assertThat(Withdrawal.read(other)).as(other).isEmpty();
    }
    assertThatThrownBy(() -> new Withdrawal("sha256:1", "a", "b", 1, NOW, "c"))
        .hasMessageContaining("digest");
    for (String longest : List.of("\u0001".repeat(400), "x" + "\ud83d\ude00".repeat(400))) {
      Withdrawal cut = new Withdrawal(good.verdict(), "a", "b", 1, NOW, longest);
      assertThat(cut.reason()).hasSizeBetween(302, 303).endsWith("...");
      assertThat(Withdrawal.read(cut.document())).contains(cut);
    }
  }
}
