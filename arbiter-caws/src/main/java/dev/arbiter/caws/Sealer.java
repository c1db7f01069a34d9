/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.security.MessageDigest;
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
final class Sealer implements AutoCloseable {
  /*
   * The document is hashed twice, once for its digest and once as a leaf of the log (RFC 6962 puts a
   * zero byte before it); with the processor's SHA instructions 900 bytes take 0.55 us. Buffer and
   * digest are kept per thread, in a field rather than a static, so that they go with the sealer.
   */
  private static final int KEPT = 1 << 20;

  private final VerdictWriter writer = new VerdictWriter();
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
  private volatile @Nullable Signer key;
  private final boolean signEach;
  private final @Nullable ProvenanceLog log;
  private final int batch;
  private final Executor checkpoints;

  private static final class Scratch {
    JsonBytes json = new JsonBytes();
    final JsonBytes name = new JsonBytes();
    final byte[] hash = new byte[Digests.LENGTH];
    final MessageDigest digest = Digests.sha256();

    /** Of what was written last; valid until the next call. */
    byte[] hash() {
      digest.update(json.bytes(), 0, json.length());
      Digests.finish(digest, hash);
      return hash;
    }

    /** The same as text. */
    String namedHash() {
      name.clear();
      return name.raw(Digests.NAME).hex(hash()).text();
    }
  }

  /**
   * A way to seal.
   *
   * @param key whose id the documents carry, null when nothing is ever signed
   * @param signEach whether each verdict is signed on its own
   * @param log takes every verdict, null for none
   * @param batch how many verdicts a checkpoint covers, 0 when checkpoints are made by hand
   * @param checkpoints signs for a full batch
   */
  Sealer(
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

  Verdict seal(Decision decision) {
    Scratch own = scratch.get();
    JsonBytes json = own.json;
    if (json.bytes().length > KEPT) {
      json = own.json = new JsonBytes();
    }
    json.clear();
    VerdictWriter.changes(decision.report().changes(), json);
    byte[] changes = own.hash();
    json.clear();
    Signer signer = key;
    writer.verdict(decision, signer == null ? "" : signer.id(), changes, json);
    try {
      Seal seal = sealOf(own, signEach ? signer : null);
      record(own);
      return verdict(decision, seal);
    } catch (IOException | RuntimeException e) { // a signer is foreign code
      return unrecorded(decision, e);
    }
  }

  private static Seal sealOf(Scratch own, @Nullable Signer signer) {
    String digest = own.namedHash();
    if (signer == null) {
      return new Seal(own.json.text(), digest, "", "");
    }
    byte[] signature = Ed25519.sign(signer, Arrays.copyOf(own.json.bytes(), own.json.length()));
    return new Seal(
        own.json.text(), digest, signer.id(), Base64.getEncoder().encodeToString(signature));
  }

  private void record(Scratch own) throws IOException {
    if (log == null) {
      return;
    }
    byte[] bytes = own.json.bytes();
    int length = own.json.length();
    MerkleTree.leaf(own.digest, bytes, length, own.hash);
    long index = log.append(bytes, length, own.hash);
    if (batch > 0 && (index + 1) % batch == 0) {
      checkpoint(log);
    }
  }

  /* Signed by the same thread, a failure denies this verdict; by another, those after it. */
  private void checkpoint(ProvenanceLog full) throws IOException {
    Notary notary = full.notary();
    try {
      checkpoints.execute(notary::checkpointUnlessBusy);
    } catch (RejectedExecutionException e) {
      notary.checkpointUnlessBusy();
    }
    notary.refuseAfterFailure();
  }

  private static Verdict verdict(Decision d, Seal seal) {
    double quality = Decision.quality(d.passed(), d.evaluated());
    return switch (d.outcome()) {
      case APPROVED -> new Verdict.Approved(d.findings(), quality, seal);
      case WAIVED ->
          new Verdict.Waived(
              d.findings(), d.applied().stream().map(Waiver::id).toList(), quality, seal);
      case DENIED -> new Verdict.Denied(d.findings(), seal);
    };
  }

  /** A verdict that could not be recorded does not stand. */
  private static Verdict unrecorded(Decision decision, Exception why) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.error(
            "provenance.append_failed",
            "",
            "the verdict ("
                + decision.outcome().word
                + ") could not be recorded: "
                + Clean.text(String.valueOf(why.getMessage()), 200)
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
