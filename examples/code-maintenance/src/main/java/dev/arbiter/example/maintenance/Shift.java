/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Checkpoint;
import dev.arbiter.caws.InclusionProof;
import dev.arbiter.caws.ProvenanceLog;
import dev.arbiter.caws.SigningKey;
import dev.arbiter.caws.VerdictVerifier;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.tracker.PerformanceTracker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.eclipse.jgit.api.errors.GitAPIException;

/** Gives all chores to Arbiter, one after the other, and commits what is approved. */
final class Shift {
  private static final Duration LONG = Duration.ofMinutes(30);
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final int BATCH = 256;
  private static final int SEED_BYTES = 32;

  private final long seed;
  private final BanditPolicy policy;
  private final int fallbacks;

  Shift(long seed, BanditPolicy policy, int fallbacks) {
    this.seed = seed;
    this.policy = policy;
    this.fallbacks = fallbacks;
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
  Proof run(
      List<Chore> chores,
      List<Worker> workers,
      CodeBase base,
      Desks desks,
      Ledger ledger,
      Optional<String> waiver,
      Path scratch,
      Path out,
      Progress progress)
      throws InterruptedException, IOException, GitAPIException {
    Sources sources = sources();
    WarmUp.run(sources(), scratch);
    try (Caws caws = caws(sources, waiver, out);
        PerformanceTracker tracker = PerformanceTracker.create();
        Arbiter arbiter = arbiter(sources, caws, tracker, ledger, desks, workers)) {
      for (Chore chore : chores) {
        TaskHandle handle = arbiter.submit(chore.task());
        if (handle.await(LONG) instanceof TaskResult.Completed done
            && !desks.result(chore.id()).equals(base.text(chore.path()))) {
          String message = chore.type().id() + " " + chore.path() + " by " + done.agent();
          base.commit(chore.path(), desks.result(chore.id()), message);
        }
        progress.step();
      }
      return prove(caws, ledger.verdicts());
    }
  }

  private static Proof prove(Caws caws, List<Verdict> verdicts) {
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

  /* The wall clock stands still, so that verdicts of two runs are the same to the byte. */
  private Sources sources() {
    return new Sources(() -> NOW, System::nanoTime, new SplittableRandom(seed));
  }

  private Caws caws(Sources sources, Optional<String> waiver, Path out) {
    byte[] keySeed = ByteBuffer.allocate(SEED_BYTES).putLong(seed).array();
    Caws.Builder caws =
        Caws.builder()
            .policy(WorkingSpec.POLICY)
            .sources(sources)
            .key(SigningKey.fromSeed(keySeed))
            .sealInBatches(BATCH)
            .logTo(out);
    waiver.ifPresent(caws::waiver);
    return caws.build();
  }

  private Arbiter arbiter(
      Sources sources,
      Caws caws,
      PerformanceTracker tracker,
      Ledger ledger,
      Desks desks,
      List<Worker> workers) {
    ArbiterBuilder builder =
        Arbiter.builder()
            .router(BanditRouter.builder().policy(policy).sources(sources).build())
            .constitution(caws)
            .sources(sources)
            .listener(tracker)
            .listener(ledger)
            .interceptor(desks)
            .fallbacks(fallbacks)
            .executor(Runnable::run);
    workers.forEach(
        worker -> builder.asyncAgent(AgentProfile.of(worker.name(), "java"), worker.agent()));
    return builder.build();
  }
}
