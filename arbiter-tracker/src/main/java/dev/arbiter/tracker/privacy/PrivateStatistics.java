/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.Disk;
import dev.arbiter.tracker.privacy.PrivateAnswer.Reason;
import dev.arbiter.tracker.privacy.PrivateAnswer.Withheld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about many contributors so that no answer, nor all of them together, tells much
 * of any single one: (epsilon, delta)-differential privacy, the neighbour of a data set being the
 * same without one contributor.
 *
 * <p>A question goes through five steps. Contributions are bounded and clamped ({@link
 * PrivateQuestion.Bounds}). Counts and sums get two-sided geometric noise, drawn exactly in whole
 * numbers. Partitions that are not named by the question show only when their noised count reaches
 * a threshold ({@link PrivateQuestion#delta()}). The tenant's {@link PrivacyBudget} is charged, in
 * a file that is forced to disk, before the answer is returned. The same question gives the same
 * answer for ever and is charged once: asking again averages nothing away.
 *
 * <p>It fails closed. A ledger that is damaged does not open; one that cannot be written answers
 * nothing more until it is opened anew; a crash at any point leaves the charge with its answer, or
 * neither. A ledger that somebody deletes, or puts back to an older copy, is taken at its word:
 * keep it where the host keeps its keys. What the noise does not hide: which questions were asked
 * and when, and to who can time single answers, some of the noise.
 *
 * <p>Thread-safe; one answer is drawn at a time, each costs one forced write, about 0.3
 * microseconds a contribution and some microseconds a partition. Memory: the contributions of a
 * question while it is answered; all paid answers, at most 16,384, until {@link #forget}.
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
   * Opens a ledger, or begins one.
   *
   * @param ledger the file; a lock file is put beside it
   * @param budget what each tenant may spend a period; epsilon and delta may change from one
   *     opening to the next, the period may not
   * @return the statistics
   * @throws UncheckedIOException if the file cannot be read or written, is open elsewhere or is
   *     damaged; it is left as it was
   * @throws IllegalArgumentException if the ledger counts in other periods
   */
  public static PrivateStatistics open(Path ledger, PrivacyBudget budget) {
    return open(ledger, budget, Sources.entropy());
  }

  /**
   * The same, with noise from another source.
   *
   * @param ledger the file
   * @param budget what each tenant may spend a period
   * @param random where noise comes from: one that can be foreseen protects nobody
   * @return the statistics
   * @throws UncheckedIOException if the file cannot be read or written, is open elsewhere or is
   *     damaged
   * @throws IllegalArgumentException if the ledger counts in other periods
   */
  public static PrivateStatistics open(Path ledger, PrivacyBudget budget, SecureRandom random) {
    return open(ledger, budget, random, Disk.real());
  }

  static PrivateStatistics open(Path ledger, PrivacyBudget budget, SecureRandom random, Disk disk) {
    try {
      return new PrivateStatistics(BudgetLedger.open(ledger, budget, disk), random);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the privacy ledger "
              + ledger
              + " cannot be used, so nothing can be released: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Answers a question.
   *
   * @param question what is asked
   * @param data all contributions the question is about, in any order; not looked at when the
   *     question was answered before
   * @return the noised figures, or why there are none
   * @throws IllegalArgumentException if the question's bounds are too wide for its epsilon
   */
  public PrivateAnswer ask(PrivateQuestion question, Iterable<Contribution> data) {
    String digest = SpendEntry.digest(question);
    SpendEntry before = answered(digest);
    if (before != null) {
      return before.released(true);
    }
    NoiseMechanism mechanism = new NoiseMechanism(question);
    PartitionSums tally = PartitionSums.of(question, data);
    lock.lock();
    try {
      return answer(question, digest, mechanism, tally);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable SpendEntry answered(String digest) {
    lock.lock();
    try {
      return ledger.answered(digest);
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
    } catch (IOException e) {
      return new Withheld(Reason.LEDGER, "the ledger could not be written: " + e.getMessage());
    }
    return charge.released(false);
  }

  /**
   * What a tenant may still spend on questions about a time.
   *
   * @param tenant the tenant
   * @param at in event time; the period it lies in counts
   * @return the rest of the budget, nothing for periods that were forgotten
   */
  public Rest left(String tenant, Instant at) {
    lock.lock();
    try {
      return ledger.left(tenant, at);
    } finally {
      lock.unlock();
    }
  }

  /**
   * What is left of a budget for one period.
   *
   * @param epsilon at least 0
   * @param delta at least 0
   */
  public record Rest(double epsilon, double delta) {}

  /**
   * Drops what is known of periods that ended before a time, so that the ledger stays small;
   * questions that reach back there are withheld from then on. Call it when the data is deleted.
   *
   * @param before in event time
   * @throws UncheckedIOException if the file cannot be written; nothing is forgotten then, and
   *     nothing answered until it is opened anew
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

  /** Closes the ledger; questions that were not answered before are withheld from then on. */
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
