/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.TaskHandle;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Checkpoint;
import dev.arbiter.caws.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.ProvenanceLog;
import dev.arbiter.caws.VerdictVerifier;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.api.errors.GitAPIException;

/** Gives all chores to Arbiter, one after the other, and commits the approved changes. */
final class ChoreRun {
  private static final Duration LONG = Duration.ofMinutes(30);

  private final Engine engine;
  private final CodeBase base;
  private final AttemptFolders folders;

  ChoreRun(Engine engine, CodeBase base, AttemptFolders folders) {
    this.engine = engine;
    this.base = base;
    this.folders = folders;
  }

  /**
   * The checked verdicts.
   *
   * @param verdicts number of verdicts
   * @param genuine number of verdicts that are genuine
   * @param checkpoint the last signed checkpoint
   */
  record Proof(int verdicts, int genuine, Checkpoint checkpoint) {}

  /** Runs all chores. */
  void run(List<Chore> chores, Progress progress)
      throws InterruptedException, IOException, GitAPIException {
    for (Chore chore : chores) {
      TaskHandle handle = engine.arbiter().submit(chore.task());
      if (handle.await(LONG) instanceof TaskResult.Completed done
          && !folders.result(chore.id()).equals(base.text(chore.path()))) {
        String message = chore.type().id() + " " + chore.path() + " by " + done.agent();
        base.commit(chore.path(), folders.result(chore.id()), message);
      }
      progress.step();
    }
  }

  /** Checks every verdict with nothing but the public key and the signed log. */
  Proof prove(List<Verdict> verdicts) {
    Caws caws = engine.caws();
    Checkpoint checkpoint = caws.checkpoint();
    ProvenanceLog log = caws.log().orElseThrow();
    VerdictVerifier verifier = VerdictVerifier.of(caws.publicKey());
    int genuine = 0;
    for (Verdict verdict : verdicts) {
      Optional<InclusionProof> proof = log.prove(verdict.seal());
      if (proof.isPresent()
          && verifier.verify(verdict, proof.get(), checkpoint.note()).isGenuine()) {
        genuine++;
      }
    }
    return new Proof(verdicts.size(), genuine, checkpoint);
  }
}
