/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.WaiverStep.Action;
import dev.arbiter.internal.Sanitizer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * How a waiver comes to be and ends: proposed, approved by enough people other than its proposer,
 * activated, extended, used up, revoked or expired; every step is recorded before it counts.
 *
 * <p>Thread-safe; one lock, so that an approval, an activation or a use is counted once whatever
 * else goes on. Costs a microsecond a step beside the recorder's own time. At most 10,000 waivers,
 * and 64 approvers for each.
 *
 * <p>An active waiver's {@link WaiverEntry#document()} is what {@link Caws} reads; the constitution
 * checks it again.
 */
public final class WaiverLedger {
  private final ReentrantLock lock = new ReentrantLock();
  private final WaiverRules rules;
  private final WaiverBook book;
  private final InstantSource clock;

  /**
   * What waivers are held to.
   *
   * @param approvers how many people must approve, at least 1
   * @param perGate how many active waivers may name one gate, over all specs, at least 1
   * @param longest longest time from activation to expiry, positive; an extension counts from then
   */
  public record Limits(int approvers, int perGate, Duration longest) {
    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a limit is not positive
     */
    public Limits {
      if (approvers < 1 || perGate < 1 || longest.isNegative() || longest.isZero()) {
        throw new IllegalArgumentException(
            "waiver limits must be positive, got " + approvers + ", " + perGate + ", " + longest);
      }
    }

    /**
     * One approver, three waivers a gate, 90 days.
     *
     * @return the limits CAWS projects start with
     */
    public static Limits defaults() {
      return new Limits(1, 3, Duration.ofDays(90));
    }

    /**
     * As many approvers as any waiver of a policy needs, for as long as it lets one run; three
     * waivers a gate.
     *
     * @param policyText YAML or JSON in one of the three shapes
     * @return the limits
     * @throws IllegalArgumentException if it is no policy
     */
    public static Limits of(String policyText) {
      return WaiverRules.limits(policyText);
    }
  }

  WaiverLedger(Limits limits, InstantSource clock, WaiverBook.Recorder recorder) {
    this.rules = new WaiverRules(limits);
    this.book = new WaiverBook(rules, recorder);
    this.clock = clock;
  }

  /**
   * Starts an empty ledger.
   *
   * @param limits what waivers are held to
   * @param clock tells the time
   * @param recorder keeps every step, such as a journal; called under the ledger's lock, and when
   *     it throws the step does not happen
   * @return the ledger
   */
  public static WaiverLedger create(
      Limits limits, InstantSource clock, Consumer<WaiverStep> recorder) {
    return new WaiverLedger(limits, clock, (step, after) -> recorder.accept(step));
  }

  /**
   * Proposes a waiver.
   *
   * @param proposal what is asked for
   * @return the waiver, proposed; or refused as {@code malformed}, {@code gate_never_waived},
   *     {@code duplicate_id}, {@code already_over}, {@code too_long} or {@code ledger_full}
   */
  public WaiverOutcome propose(WaiverProposal proposal) {
    lock.lock();
    try {
      return book.propose(proposal, clock.instant());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Approves what was proposed, or an extension that waits for approval.
   *
   * @param id the waiver
   * @param by who approves
   * @return the waiver with one more approval; or refused as {@code unknown}, {@code not_open},
   *     {@code blank}, {@code self_approval}, {@code already_approved} or {@code
   *     too_many_approvers}
   */
  public WaiverOutcome approve(String id, String by) {
    return step(id, Action.APPROVE, by, "", rules::approve);
  }

  /**
   * Lets an approved waiver, or an approved extension, count from now on.
   *
   * @param id the waiver
   * @param by who does it
   * @return the waiver, active; or refused as {@code unknown}, {@code blank}, {@code not_open},
   *     {@code insufficient_approvers}, {@code already_over}, {@code too_long}, {@code conflict}
   *     when another active waiver of the spec names the same gate, or {@code too_many_for_gate}
   */
  public WaiverOutcome activate(String id, String by) {
    return step(
        id,
        Action.ACTIVATE,
        by,
        "",
        (entry, who, now) -> rules.activate(entry, now, book.entries()));
  }

  /**
   * The active waivers that stand in a proposal's way: of the same spec, with a gate in common.
   *
   * @param proposal what is asked for
   * @return their ids
   */
  public List<String> conflicts(WaiverProposal proposal) {
    lock.lock();
    try {
      return WaiverRules.conflicts(proposal, clock.instant(), book.entries());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Asks for a later expiry. The old one stands until enough people have approved anew and the
   * extension is activated; approvals given before do not count for it.
   *
   * @param id the waiver
   * @param by who asks, and so cannot approve
   * @param expires later than now
   * @return the waiver; or refused as {@code unknown}, {@code blank}, {@code not_active}, {@code
   *     not_later} or {@code too_long}
   */
  public WaiverOutcome extend(String id, String by, Instant expires) {
    return step(
        id,
        Action.EXTEND,
        by,
        expires.toString(),
        (entry, who, now) -> rules.extend(entry, who, expires, now));
  }

  /**
   * Ends a waiver at once, whether proposed or active.
   *
   * @param id the waiver
   * @param by who does it
   * @param reason why
   * @return the waiver, revoked; or refused as {@code unknown}, {@code blank} or {@code not_open}
   */
  public WaiverOutcome revoke(String id, String by, String reason) {
    String why = Sanitizer.text(reason, 200);
    return step(id, Action.REVOKE, by, why, (entry, who, now) -> rules.revoke(entry));
  }

  /**
   * Takes one use.
   *
   * @param id the waiver
   * @param by the agent or process that uses it, not one of its approvers
   * @param subject what for, such as a task's id
   * @return the waiver; or refused as {@code unknown}, {@code blank}, {@code not_active}, {@code
   *     approved_by_user} or {@code used_up}
   */
  public WaiverOutcome use(String id, String by, String subject) {
    return step(id, Action.USE, by, Sanitizer.text(subject, 200), rules::use);
  }

  /**
   * Takes one use of each that is here, or of none.
   *
   * @return false when one of them cannot be used
   */
  boolean use(List<String> ids, String by, String subject) {
    lock.lock();
    try {
      return book.use(ids, WaiverReader.handle(by), Sanitizer.text(subject, 200), clock.instant());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Marks what is over as expired; it does not count from its expiry on, marked or not.
   *
   * @return the ids that were marked
   */
  public List<String> expire() {
    lock.lock();
    try {
      return book.expire(clock.instant());
    } finally {
      lock.unlock();
    }
  }

  /**
   * One waiver.
   *
   * @param id its id
   * @return as it is now, empty when there is none
   */
  public Optional<WaiverEntry> find(String id) {
    lock.lock();
    try {
      return Optional.ofNullable(book.find(id));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The waivers that count now.
   *
   * @return in the order they were proposed
   */
  public List<WaiverEntry> active() {
    lock.lock();
    try {
      Instant now = clock.instant();
      return book.entries().stream().filter(entry -> entry.isActiveAt(now)).toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * All waivers, however they stand.
   *
   * @return in the order they were proposed
   */
  public List<WaiverEntry> entries() {
    lock.lock();
    try {
      return List.copyOf(book.entries());
    } finally {
      lock.unlock();
    }
  }

  /** Grows whenever a waiver's document does not stay the same. */
  long changes() {
    return book.changes();
  }

  private WaiverOutcome step(
      String id, Action action, String by, String detail, WaiverRules.Decider decider) {
    lock.lock();
    try {
      Instant now = clock.instant();
      WaiverEntry entry = book.find(id);
      String handle = WaiverReader.handle(by);
      if (entry == null || handle.isEmpty()) {
        return new WaiverOutcome.Refused(entry == null ? "unknown" : "blank");
      }
      WaiverOutcome outcome = decider.decide(entry, handle, now);
      return outcome instanceof WaiverOutcome.Done done
          ? book.put(done.waiver(), action, handle, detail, now)
          : outcome;
    } finally {
      lock.unlock();
    }
  }

  /** For what a recorder kept, before anybody else has the ledger. */
  WaiverBook book() {
    return book;
  }
}
