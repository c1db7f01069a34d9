/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.Disk;
import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.privacy.PrivateAnswer.Reason;
import dev.arbiter.tracker.privacy.PrivateAnswer.Withheld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about many contributors such that all answers together reveal little about any
 * one of them: (epsilon, delta)-differential privacy. Two data sets are neighbours if one lacks a
 * single contributor.
 *
 * <p>A question takes five steps. Contributions are bounded and clamped ({@link
 * PrivateQuestion.Bounds}). Counts and sums get two-sided geometric noise, drawn exactly in whole
 * numbers. Partitions that the question does not name show only when their noised count reaches a
 * threshold ({@link PrivateQuestion#delta()}). The tenant's {@link PrivacyBudget} is charged in a
 * file, which is forced to disk before the answer is returned. The same question always gives the
 * same answer and is charged once, so asking again cannot average the noise away.
 *
 * <p>It fails closed. A damaged ledger does not open. A ledger that cannot be written answers
 * nothing more until it is reopened. A crash leaves the charge with its answer, or neither. A
 * deleted ledger, or an older copy of it, cannot be recognised: store it with the host's keys. The
 * noise does not hide which questions were asked and when; timing single answers reveals some of
 * the noise.
 *
 * <p>Thread-safe. One answer is drawn at a time; each costs one forced write, about 0.3
 * microseconds a contribution and some microseconds a partition. Memory: the contributions of the
 * current question, and all paid answers, at most 16,384, until {@link #forget}.
 *
 * <p>Dwork, Roth, "The Algorithmic Foundations of Differential Privacy" (2014), sections 3.3 and
 * 3.5; the noise as in Canonne, Kamath, Steinke (NeurIPS 2020), algorithm 2; showing partitions by
 * a threshold as in Wilson et al., "Differentially Private SQL with Bounded User Contribution"
 * (PoPETs 2020).
 */
public final class PrivateStatistics implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final BudgetLedger ledger;
  private final RandomBits bits;

  private PrivateStatistics(BudgetLedger ledger, SecureRandom random) {
    this.ledger = ledger;
    this.bits = new RandomBits(random);
  }

  /**
   * Opens or creates a ledger.
   *
   * @param ledger the file; a lock file is created beside it
   * @param budget the budget of each tenant a period; epsilon and delta may change between
   *     openings, the period may not
   * @return the statistics
   * @throws UncheckedIOException if the file cannot be read or written, is open elsewhere or is
   *     damaged; it stays unchanged
   * @throws IllegalArgumentException if the ledger has another period
   */
  public static PrivateStatistics open(Path ledger, PrivacyBudget budget) {
    return open(ledger, budget, Sources.entropy());
  }

  /**
   * Opens or creates a ledger, with noise from another source.
   *
   * @param ledger the file
   * @param budget the budget of each tenant a period
   * @param random the source of noise; a predictable one protects no contributor
   * @return the statistics
   * @throws UncheckedIOException if the file cannot be read or written, is open elsewhere or is
   *     damaged
   * @throws IllegalArgumentException if the ledger has another period
   */
  public static PrivateStatistics open(Path ledger, PrivacyBudget budget, SecureRandom random) {
    return open(ledger, budget, random, Disk.real());
  }

  static PrivateStatistics open(Path ledger, PrivacyBudget budget, SecureRandom random, Disk disk) {
    Json.require();
    try {
      return new PrivateStatistics(BudgetLedger.open(ledger, budget, disk), random);
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT,
              "the privacy ledger %s cannot be used, so nothing can be released: %s",
              ledger,
              e.getMessage()),
          e);
    }
  }

  /**
   * Answers a question.
   *
   * @param question what is asked
   * @param data all contributions that the question is about, in any order; ignored if the question
   *     was answered before
   * @return the noised figures, or the reason why there are none
   * @throws IllegalArgumentException if the question's bounds are too wide for its epsilon
   */
  public PrivateAnswer ask(PrivateQuestion question, Iterable<Contribution> data) {
    String digest = SpendEntry.digest(question);
    SpendEntry before = locked(() -> ledger.answered(digest));
    if (before != null) {
      return before.released(true);
    }
    NoiseMechanism mechanism = new NoiseMechanism(question);
    PartitionSums tally = PartitionSums.of(question, data);
    return locked(() -> answer(question, digest, mechanism, tally));
  }

  private <T extends @Nullable Object> T locked(Supplier<T> question) {
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  private PrivateAnswer answer(
      PrivateQuestion question, String digest, NoiseMechanism mechanism, PartitionSums tally) {
    SpendEntry meanwhile = ledger.answered(digest);
    if (meanwhile != null) {
      return meanwhile.released(true);
    }
    SpendEntry quote = ledger.quote(question, digest, mechanism.countDeviation());
    Withheld refusal = ledger.refuse(quote);
    if (refusal != null) {
      return refusal;
    }
    SpendEntry charge = quote.with(mechanism.noised(tally, bits));
    try {
      ledger.commit(charge);
    } catch (IOException | IllegalArgumentException e) {
      return new Withheld(Reason.LEDGER, "the ledger could not be written: " + e.getMessage());
    }
    return charge.released(false);
  }

  /**
   * The remaining budget of a tenant for a time.
   *
   * @param tenant the tenant
   * @param at in event time; selects the period
   * @return the rest of the budget, nothing for forgotten periods
   */
  public Rest left(String tenant, Instant at) {
    return locked(() -> ledger.left(tenant, at));
  }

  /**
   * The remaining budget of one period.
   *
   * @param epsilon at least 0
   * @param delta at least 0
   */
  public record Rest(double epsilon, double delta) {}

  /**
   * Removes all entries of periods that ended before a time, so that the ledger stays small. Later
   * questions about them are withheld. Call it when the data is deleted.
   *
   * @param before in event time
   * @throws UncheckedIOException if the file cannot be written; then nothing is forgotten, and
   *     nothing answered until it is reopened
   */
  public void forget(Instant before) {
    lock.lock();
    try {
      ledger.forget(before);
    } catch (IOException e) {
      throw new UncheckedIOException("the privacy ledger cannot forget: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Closes the ledger; new questions are withheld. */
  @Override
  public void close() {
    lock.lock();
    try {
      ledger.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the privacy ledger cannot be closed: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }
}
