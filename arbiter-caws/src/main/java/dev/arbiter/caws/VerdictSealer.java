/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a verdict of a decision: writes it, hashes it, and signs it or lets the log vouch for it.
 */
final class VerdictSealer implements AutoCloseable {
  private final Scribe scribe = new Scribe();
  private volatile @Nullable Signer key;
  private final boolean signEach;
  private final @Nullable ProvenanceLog log;
  private final int batch;
  private final Executor checkpoints;

  /**
   * A way to seal.
   *
   * @param key whose id the documents carry, null when nothing is ever signed
   * @param signEach whether each verdict is signed on its own
   * @param log takes every verdict, null for none
   * @param batch how many verdicts a checkpoint covers, 0 when checkpoints are made by hand
   * @param checkpoints signs for a full batch
   */
  VerdictSealer(
      @Nullable Signer key,
      boolean signEach,
      @Nullable ProvenanceLog log,
      int batch,
      Executor checkpoints) {
    this.key = key;
    this.signEach = signEach;
    this.log = log;
    this.batch = batch;
    this.checkpoints = checkpoints;
  }

  /** Signs with another key from now on, and says so in the log. */
  void rotate(Signer next, Instant at) {
    if (log != null) {
      log.rotate(next, at);
    }
    if (key != null) {
      key = next;
    }
  }

  @Nullable ProvenanceLog log() {
    return log;
  }

  Checkpoint checkpoint() {
    if (log == null) {
      throw new IllegalStateException(
          "verdicts go into no log; use sealInBatches or logTo on the builder");
    }
    return log.checkpoint();
  }

  Verdict seal(Judgement decision) {
    Signer signer = key;
    String keyId = signer == null ? "" : signer.id();
    Scribe.Page page = scribe.write(decision, keyId);
    try {
      String digest = page.namedHash();
      String signature = signEach && signer != null ? signature(page, signer) : "";
      record(page);
      return verdict(decision, seal(scribe, decision, keyId, digest, signature));
    } catch (IOException | RuntimeException e) { // a signer is foreign code
      return unrecorded(decision, e);
    }
  }

  /** Holds what the text is written from, and not the log. */
  private static Seal seal(
      Scribe scribe, Judgement decision, String keyId, String digest, String signature) {
    return Seal.of(
        () -> scribe.text(decision, keyId), digest, signature.isEmpty() ? "" : keyId, signature);
  }

  private static String signature(Scribe.Page page, Signer signer) {
    byte[] signature = Ed25519.sign(signer, Arrays.copyOf(page.bytes(), page.length()));
    return Base64.getEncoder().encodeToString(signature);
  }

  private void record(Scribe.Page page) throws IOException {
    if (log == null) {
      return;
    }
    long index = log.append(page.bytes(), page.length(), page.leaf());
    if (batch > 0 && (index + 1) % batch == 0) {
      checkpoint(log);
    }
  }

  /* Signed by the same thread, a failure denies this verdict; by another, those after it. */
  private void checkpoint(ProvenanceLog full) throws IOException {
    CheckpointSigner notary = full.notary();
    try {
      checkpoints.execute(notary::checkpointUnlessBusy);
    } catch (RejectedExecutionException e) {
      notary.checkpointUnlessBusy();
    }
    notary.refuseAfterFailure();
  }

  private static Verdict verdict(Judgement d, Seal seal) {
    return switch (d.outcome()) {
      case APPROVED -> new Verdict.Approved(d.findings(), d.quality(), seal);
      case WAIVED ->
          new Verdict.Waived(
              d.findings(), d.applied().stream().map(Waiver::id).toList(), d.quality(), seal);
      case DENIED -> new Verdict.Denied(d.findings(), seal);
    };
  }

  /** A verdict that could not be recorded does not stand. */
  private static Verdict unrecorded(Judgement decision, Exception why) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.error(
            "provenance.append_failed",
            "",
            "the verdict ("
                + decision.outcome().word
                + ") could not be recorded: "
                + Sanitizer.text(String.valueOf(why.getMessage()), 200)
                + "; mend the log's folder and start again"));
    findings.addAll(decision.findings());
    return new Verdict.Denied(findings, Seal.none());
  }

  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }
}
