/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.AfterCrash;
import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.VerdictVerifier;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Verdict;
import dev.arbiter.tracker.PerformanceTracker;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** Arbiter as this example sets it up, the same for the warm-up as for the chores. */
final class Engine implements AutoCloseable {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final int BATCH = 256;
  private static final int SEED_BYTES = 32;

  private final Caws caws;
  private final PerformanceTracker tracker = PerformanceTracker.create();
  private final Arbiter arbiter;

  /**
   * The user's settings.
   *
   * @param seed the same seed repeats a run
   * @param policy of the router
   * @param fallbacks other agents tried after a failure
   * @param checkpoints runs the signing of full batches of verdicts
   */
  record Settings(long seed, BanditPolicy policy, int fallbacks, Executor checkpoints) {
    /** The wall clock never moves, so that two runs give the same verdicts to the byte. */
    Sources sources() {
      return new Sources(() -> NOW, System::nanoTime, new SplittableRandom(seed));
    }
  }

  Engine(
      Settings settings,
      List<Worker> workers,
      List<TaskInterceptor> measuring,
      RunLog runLog,
      Optional<String> waiver,
      Path log,
      Store store) {
    Sources sources = settings.sources();
    caws = caws(settings, sources, waiver, log, store.isKept());
    ArbiterBuilder builder =
        Arbiter.builder()
            .router(BanditRouter.builder().policy(settings.policy()).sources(sources).build())
            .constitution(caws)
            .sources(sources)
            .listener(tracker)
            .listener(runLog)
            .fallbacks(settings.fallbacks())
            .store(store)
            .executor(Runnable::run);
    measuring.forEach(builder::interceptor);
    // An attempt has a folder of its own, so it may run again after a crash.
    for (ChoreType type : ChoreType.values()) {
      builder.afterCrash(type.id(), AfterCrash.RUN_AGAIN);
    }
    for (Worker worker : workers) {
      builder.asyncAgent(AgentProfile.of(worker.name(), "java"), worker.agent());
    }
    arbiter = builder.build();
  }

  /* A task that is kept has its verdict in the log first, so a crash leaves none without proof. */
  private static Caws caws(
      Settings settings, Sources sources, Optional<String> waiver, Path log, boolean keeps) {
    byte[] keySeed = ByteBuffer.allocate(SEED_BYTES).putLong(settings.seed()).array();
    Caws.Builder caws =
        Caws.builder()
            .policy(WorkingSpec.POLICY)
            .sources(sources)
            .key(SigningKey.fromSeed(keySeed))
            .sealInBatches(keeps ? 1 : BATCH)
            .checkpointsOn(keeps ? Runnable::run : settings.checkpoints())
            .logTo(log);
    waiver.ifPresent(caws::waiver);
    return caws.build();
  }

  Arbiter arbiter() {
    return arbiter;
  }

  /**
   * The checked verdicts.
   *
   * @param verdicts number of verdicts
   * @param genuine number of verdicts that are genuine
   * @param checkpoint the last signed checkpoint
   */
  record Proof(int verdicts, long genuine, Checkpoint checkpoint) {}

  /** Checks every verdict with only the public key and the signed log. */
  Proof prove(List<Verdict> verdicts) {
    Checkpoint checkpoint = caws.checkpoint();
    ProvenanceLog log = caws.log().orElseThrow();
    VerdictVerifier verifier = VerdictVerifier.of(caws.publicKey());
    Predicate<Verdict> genuine =
        verdict ->
            log.prove(verdict.seal())
                .filter(proof -> verifier.verify(verdict, proof, checkpoint.note()).isGenuine())
                .isPresent();
    return new Proof(verdicts.size(), verdicts.stream().filter(genuine).count(), checkpoint);
  }

  @Override
  public void close() {
    arbiter.close();
    tracker.close();
    caws.close();
  }
}
