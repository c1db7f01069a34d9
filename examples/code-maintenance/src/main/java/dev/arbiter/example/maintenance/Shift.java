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

/** Gives all chores to Arbiter, one after the other, and commits what is approved. */
final class Shift {
  private static final Duration LONG = Duration.ofMinutes(30);

  private final Engine engine;
  private final CodeBase base;
  private final Desks desks;

  Shift(Engine engine, CodeBase base, Desks desks) {
    this.engine = engine;
    this.base = base;
    this.desks = desks;
  }

  /**
   * What the evidence came to.
   *
   * @param verdicts how many verdicts there are
   * @param genuine how many proved genuine
   * @param checkpoint the last signed checkpoint
   */
  record Proof(int verdicts, int genuine, Checkpoint checkpoint) {}

  /** Runs all chores. */
  void run(List<Chore> chores, Progress progress)
      throws InterruptedException, IOException, GitAPIException {
    for (Chore chore : chores) {
      TaskHandle handle = engine.arbiter().submit(chore.task());
      if (handle.await(LONG) instanceof TaskResult.Completed done
          && !desks.result(chore.id()).equals(base.text(chore.path()))) {
        String message = chore.type().id() + " " + chore.path() + " by " + done.agent();
        base.commit(chore.path(), desks.result(chore.id()), message);
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
