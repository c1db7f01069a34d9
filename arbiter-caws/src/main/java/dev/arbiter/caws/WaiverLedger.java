/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.WaiverEntry.Approval;
import dev.arbiter.caws.WaiverEntry.Status;
import dev.arbiter.caws.WaiverStep.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final int MOST = 10_000;
  private static final int MOST_APPROVERS = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, WaiverEntry> entries = new LinkedHashMap<>();
  private final Limits limits;
  private final InstantSource clock;
  private final Consumer<WaiverStep> recorder;
  private long steps;

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
  }

  private WaiverLedger(Limits limits, InstantSource clock, Consumer<WaiverStep> recorder) {
    this.limits = limits;
    this.clock = clock;
    this.recorder = recorder;
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
    return new WaiverLedger(limits, clock, recorder);
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
      Instant now = clock.instant();
      String problem = proposal.problem(now, limits.longest());
      if (problem.isEmpty()) {
        problem = entries.containsKey(proposal.id()) ? "duplicate_id" : "";
      }
      if (problem.isEmpty() && entries.size() >= MOST) {
        problem = "ledger_full";
      }
      return problem.isEmpty()
          ? put(WaiverEntry.of(proposal, now), Action.PROPOSE, proposal.by(), "", now)
          : new WaiverOutcome.Refused(problem);
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
    return step(id, Action.APPROVE, by, "", this::approved);
  }

  private WaiverOutcome approved(WaiverEntry entry, String by, Instant now) {
    boolean open = entry.status() == Status.PROPOSED || entry.wanted().isPresent();
    if (!open) {
      return new WaiverOutcome.Refused("not_open");
    }
    if (entry.isBy(by)) {
      return new WaiverOutcome.Refused("self_approval");
    }
    if (entry.approvals().stream().anyMatch(approval -> approval.by().equals(by))) {
      return new WaiverOutcome.Refused("already_approved");
    }
    return entry.approvals().size() >= MOST_APPROVERS
        ? new WaiverOutcome.Refused("too_many_approvers")
        : new WaiverOutcome.Done(entry.with(new Approval(by, now)));
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
    return step(id, Action.ACTIVATE, by, "", (entry, who, now) -> activated(entry, now));
  }

  private WaiverOutcome activated(WaiverEntry entry, Instant now) {
    boolean extension = entry.wanted().isPresent();
    if (entry.status() != Status.PROPOSED && !extension) {
      return new WaiverOutcome.Refused("not_open");
    }
    if (entry.approvals().size() < limits.approvers()) {
      return new WaiverOutcome.Refused("insufficient_approvers");
    }
    Instant expires = entry.wanted().orElse(entry.expires());
    if (!expires.isAfter(now)) {
      return new WaiverOutcome.Refused("already_over");
    }
    if (Duration.between(now, expires).compareTo(limits.longest()) > 0) {
      return new WaiverOutcome.Refused("too_long");
    }
    String problem = extension ? "" : crowded(entry, now);
    return problem.isEmpty()
        ? new WaiverOutcome.Done(entry.activated(expires, now))
        : new WaiverOutcome.Refused(problem);
  }

  private String crowded(WaiverEntry entry, Instant now) {
    if (!conflicts(entry.proposal(), now).isEmpty()) {
      return "conflict";
    }
    for (String gate : entry.proposal().gates()) {
      long active =
          entries.values().stream().filter(e -> e.isActiveAt(now) && e.covers(gate)).count();
      if (active >= limits.perGate()) {
        return "too_many_for_gate";
      }
    }
    return "";
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
      return conflicts(proposal, clock.instant());
    } finally {
      lock.unlock();
    }
  }

  private List<String> conflicts(WaiverProposal proposal, Instant now) {
    List<String> found = new ArrayList<>();
    for (WaiverEntry other : entries.values()) {
      boolean shares = proposal.gates().stream().anyMatch(other::covers);
      if (other.isActiveAt(now) && shares && other.proposal().specId().equals(proposal.specId())) {
        found.add(other.proposal().id());
      }
    }
    return found;
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
        (entry, who, now) -> {
          if (!entry.isActiveAt(now)) {
            return new WaiverOutcome.Refused("not_active");
          }
          if (!expires.isAfter(entry.expires())) {
            return new WaiverOutcome.Refused("not_later");
          }
          return Duration.between(now, expires).compareTo(limits.longest()) > 0
              ? new WaiverOutcome.Refused("too_long")
              : new WaiverOutcome.Done(entry.wanting(expires, who));
        });
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
    return step(
        id,
        Action.REVOKE,
        by,
        Clean.text(reason, 200),
        (entry, who, now) ->
            entry.status() == Status.PROPOSED || entry.status() == Status.ACTIVE
                ? new WaiverOutcome.Done(entry.ended(Status.REVOKED))
                : new WaiverOutcome.Refused("not_open"));
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
    return step(
        id,
        Action.USE,
        by,
        Clean.text(subject, 200),
        (entry, who, now) -> {
          if (!entry.isActiveAt(now)) {
            return new WaiverOutcome.Refused("not_active");
          }
          if (entry.wasApprovedBy(who)) {
            return new WaiverOutcome.Refused("approved_by_user");
          }
          long most = entry.proposal().maxUses();
          return most >= 0 && entry.uses() >= most
              ? new WaiverOutcome.Refused("used_up")
              : new WaiverOutcome.Done(entry.used());
        });
  }

  /**
   * Marks what is over as expired; it does not count from its expiry on, marked or not.
   *
   * @return the ids that were marked
   */
  public List<String> expire() {
    lock.lock();
    try {
      Instant now = clock.instant();
      List<String> over = new ArrayList<>();
      for (WaiverEntry entry : List.copyOf(entries.values())) {
        boolean open = entry.status() == Status.PROPOSED || entry.status() == Status.ACTIVE;
        if (open && !entry.expires().isAfter(now)) {
          put(entry.ended(Status.EXPIRED), Action.EXPIRE, "clock", "", now);
          over.add(entry.proposal().id());
        }
      }
      return over;
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
      return Optional.ofNullable(entries.get(id));
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
      return entries.values().stream().filter(entry -> entry.isActiveAt(now)).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Decides one step; the person's handle is in its normal form. */
  private interface Decider {
    WaiverOutcome decide(WaiverEntry entry, String by, Instant now);
  }

  private WaiverOutcome step(String id, Action action, String by, String detail, Decider decider) {
    lock.lock();
    try {
      Instant now = clock.instant();
      WaiverEntry entry = entries.get(id);
      String handle = WaiverReader.handle(by);
      if (entry == null || handle.isEmpty()) {
        return new WaiverOutcome.Refused(entry == null ? "unknown" : "blank");
      }
      WaiverOutcome outcome = decider.decide(entry, handle, now);
      return outcome instanceof WaiverOutcome.Done done
          ? put(done.waiver(), action, handle, detail, now)
          : outcome;
    } finally {
      lock.unlock();
    }
  }

  private WaiverOutcome put(
      WaiverEntry entry, Action action, String by, String detail, Instant now) {
    String id = entry.proposal().id();
    recorder.accept(new WaiverStep(steps, now, id, action, by, detail));
    steps++;
    entries.put(id, entry);
    return new WaiverOutcome.Done(entry);
  }
}
