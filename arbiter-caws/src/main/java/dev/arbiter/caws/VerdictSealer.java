/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.Withdrawal;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a judgement into a verdict: serialises it, hashes it, and signs it or appends it to a log.
 */
final class VerdictSealer implements AutoCloseable {
  private final VerdictSerializer serializer = new VerdictSerializer();
  private final boolean signEach;
  private final @Nullable ProvenanceLog log;
  private volatile @Nullable Signer key;

  /**
   * Creates a sealer.
   *
   * @param key its id is in the documents; null when nothing is ever signed
   * @param signEach whether each verdict is signed on its own
   * @param log takes every verdict; null for none
   */
  VerdictSealer(@Nullable Signer key, boolean signEach, @Nullable ProvenanceLog log) {
    this.key = key;
    this.signEach = signEach;
    this.log = log;
  }

  /**
   * Signs with another key from now on, and records the change in the log.
   *
   * @param taken gets the key when it is in charge, also if the log fails after that
   */
  void rotate(Signer next, Instant at, Consumer<Signer> taken) {
    if (log == null) {
      take(next, taken);
      return;
    }
    PublicKey before = log.key();
    try {
      log.rotate(next, at);
    } finally {
      if (!log.key().equals(before)) {
        take(next, taken);
      }
    }
  }

  private void take(Signer next, Consumer<Signer> taken) {
    if (key != null) {
      key = next;
    }
    taken.accept(next);
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

  Verdict seal(Judgement judgement) {
    Signer signer = key;
    String keyId = signer == null ? "" : signer.id();
    try (VerdictSerializer.Page page = serializer.write(judgement, keyId)) {
      String digest = page.digest();
      try {
        String signature = signEach && signer != null ? signature(page, signer) : "";
        if (log != null) {
          log.append(page.bytes(), page.length());
        }
        return verdict(judgement, seal(serializer, judgement, keyId, digest, signature));
      } catch (RuntimeException e) { // a signer is foreign code
        if (judgement.outcome() != Judgement.Outcome.DENIED) {
          withdrawHalfKept(judgement, digest, e);
        }
        return unrecorded(judgement, e);
      }
    }
  }

  /**
   * The verdict that a process before has recorded for the same attempt and work, and that stands.
   *
   * @param accepted when the task was accepted
   * @return null if there is none, or the log cannot be read
   */
  @Nullable Verdict recorded(Assignment assignment, WorkReport report, Instant accepted) {
    if (log == null) {
      return null;
    }
    try {
      String document = log.findEarlier(serializer.subject(assignment, report)).orElse("");
      RecordedVerdict recorded = RecordedVerdict.read(document).orElse(null);
      if (recorded == null || !recorded.isOf(assignment, accepted)) {
        return null;
      }
      Seal seal = sealAgain(document, recorded.content().keyId());
      return log.withdrawal(seal).isPresent() ? null : recorded.under(seal);
    } catch (RuntimeException e) { // a signer is foreign code; the work is judged again
      return null;
    }
  }

  /* The signature is the same as before, because one text has one; with another key it is left out. */
  private Seal sealAgain(String document, String keyId) {
    Signer signer = key;
    String digest = Digests.named(document);
    if (!signEach || signer == null || !signer.id().equals(keyId)) {
      return new Seal(document, digest, "", "");
    }
    byte[] signature = signer.signChecked(document.getBytes(StandardCharsets.UTF_8));
    return new Seal(document, digest, keyId, Base64.getEncoder().encodeToString(signature));
  }

  /**
   * The log may have taken the entry before it failed; then it must not say that the work passed.
   */
  private void withdrawHalfKept(Judgement judgement, String digest, RuntimeException why) {
    try {
      withdraw(judgement.assignment(), digest, "it could not be recorded", judgement.time());
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /** Takes back a verdict of the log; without a log there is nothing to say it in. */
  void withdraw(Assignment assignment, String digest, String reason, Instant at) {
    if (log != null && Digests.isNamed(digest)) {
      Task task = assignment.task();
      log.withdraw(
          new Withdrawal(digest, task.tenant(), task.id(), assignment.attempt(), at, reason));
    }
  }

  /** The seal refers to the judgement and the serializer, not to the log. */
  private static Seal seal(
      VerdictSerializer serializer,
      Judgement judgement,
      String keyId,
      String digest,
      String signature) {
    return Seal.of(
        () -> serializer.text(judgement, keyId),
        digest,
        signature.isEmpty() ? "" : keyId,
        signature);
  }

  private static String signature(VerdictSerializer.Page page, Signer signer) {
    byte[] signature = signer.signChecked(Arrays.copyOf(page.bytes(), page.length()));
    return Base64.getEncoder().encodeToString(signature);
  }

  private static Verdict verdict(Judgement d, Seal seal) {
    return switch (d.outcome()) {
      case APPROVED -> new Verdict.Approved(d.findings(), d.quality(), seal);
      case WAIVED ->
          new Verdict.Waived(
              d.findings(), d.applied().stream().map(Waiver::id).toList(), d.quality(), seal);
      case DENIED -> new Verdict.Denied(d.findings(), seal, d.isExcused());
    };
  }

  /** Denies work whose verdict could not be recorded, which excuses work that had passed. */
  private static Verdict unrecorded(Judgement decision, Exception why) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.error(
            "provenance.append_failed",
            "",
            String.format(
                Locale.ROOT,
                "the verdict (%s) could not be recorded: %s; mend the log's folder and start "
                    + "again",
                decision.outcome().word,
                Sanitizer.text(String.valueOf(why.getMessage()), 200))));
    findings.addAll(decision.findings());
    boolean isExcused = decision.outcome() != Judgement.Outcome.DENIED || decision.isExcused();
    return new Verdict.Denied(findings, Seal.none(), isExcused);
  }

  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }
}
