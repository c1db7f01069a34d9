/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.SealedVerdict;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools that know only passed and failed are told that a withdrawn verdict failed. */
class WithdrawnExportTest {
  private final Path log;
  private final Path out;

  WithdrawnExportTest(@TempDir Path folder) {
    this.log = folder.resolve("log");
    this.out = folder.resolve("out");
  }

  /** Approved and withdrawn, denied, approved, and the withdrawal. */
  private void export() throws Exception {
    try (Caws caws = Logs.caws().sealInBatches(1000).logTo(log).build()) {
      Verdict first = Logs.judge(caws, 0);
      Logs.judge(caws, 1);
      Logs.judge(caws, 2);
      withdraw(caws, first);
    }
    Logs.export(log, out, Logs.KEY);
  }

  private static void withdraw(Caws caws, Verdict verdict) {
    SealedVerdict sealed = SealedVerdict.of(verdict).orElseThrow();
    Task task = Task.builder("chore").id(sealed.task()).build();
    Assignment by = new Assignment(task, "ada", 1, sealed.specDigest(), Duration.ofMinutes(1));
    caws.withdraw(by, verdict, "the journal failed");
  }

  /** A crash may come between the withdrawal and the checkpoint that covers it. */
  @Test
  void a_withdrawal_behind_the_checkpoint_is_not_exported_before_one_covers_it() throws Exception {
    export();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(out)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    String last = Files.readString(log.resolve("checkpoint.txt"));
    String before;
    try (Caws caws = Logs.caws().sealInBatches(1000).logTo(log).build()) {
      Verdict verdict = Logs.judge(caws, 4);
      before = caws.checkpoint().note();
      withdraw(caws, verdict);
    }
    Files.writeString(log.resolve("checkpoint.txt"), before);

    assertThatThrownBy(() -> Logs.export(log, out, Logs.KEY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("entry 4 was withdrawn behind the checkpoint");
    assertThat(out).isEmptyDirectory();

    Files.writeString(log.resolve("checkpoint.txt"), last); // covers the entries before it alone
    Logs.export(log, out, Logs.KEY);
    assertThat(Logs.verify(out)).isEqualTo(new LogVerification.Intact(4));
  }

  private String summary(int index) throws Exception {
    return Envelope.read(Files.readString(out.resolve(index + ".summary.json")).strip())
        .orElseThrow()
        .payload();
  }

  @Test
  void the_summary_of_a_withdrawn_verdict_says_failed() throws Exception {
    export();

    assertThat(summary(0)).contains("\"FAILED\"").doesNotContain("PASSED").contains("T-0");
    assertThat(summary(1)).contains("\"FAILED\"");
    assertThat(summary(2)).contains("\"PASSED\"");
    assertThat(out.resolve("3.summary.json")).doesNotExist();
    assertThat(Logs.verify(out)).isEqualTo(new LogVerification.Intact(4));
  }

  @Test
  void a_summary_that_passes_it_is_damage_even_with_a_good_signature() throws Exception {
    export();
    String document =
        Envelope.read(Files.readString(out.resolve("0.dsse.json")).strip()).orElseThrow().payload();
    String passes = VerificationSummary.of(document, "example.com/log").orElseThrow();
    Files.writeString(out.resolve("0.summary.json"), Envelope.sign(passes, Logs.KEY).json() + "\n");

    assertThat(passes).contains("PASSED");
    assertThat(Logs.verify(out))
        .isEqualTo(
            new LogVerification.Damaged(
                "0.summary.json", 0, "is not the summary of the verdict beside it"));
  }
}
