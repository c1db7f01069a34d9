/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.waiver.WaiverEntry.Proposal;
import dev.arbiter.internal.Sanitizer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of waivers: proposed, approved by enough people other than the proposer, activated,
 * extended, used, revoked or expired. Every step is recorded before it counts.
 *
 * <p>Thread-safe; one lock, so that an approval, an activation or a use is counted once even when
 * threads race. A step costs a microsecond beside the recorder's own time. A ledger holds at most
 * 10,000 waivers, each with at most 64 approvers.
 *
 * <p>{@code Caws} reads the active waivers and checks each of them again.
 */
public final class WaiverLedger {
  private static final int LONGEST_DETAIL = 200;
  private static final int MOST_USES = 10_000;
  private static final String CLOCK = "clock";

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, WaiverEntry> entries = new LinkedHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  /* When the newest uses were, by waiver, user and subject. */
  private final Map<String, Instant> uses = new LinkedHashMap<>();
  private final WaiverRules rules;
  private final InstantSource clock;
  private final Recorder recorder;
  private long steps;

  /** Keeps a step; when it throws, the step does not happen. */
  interface Recorder {
    void record(Step step, WaiverEntry after);
  }

  /**
   * One step in the life of a waiver.
   *
   * @param number from 0, without gaps
   * @param at the time
   * @param waiver the waiver's id
   * @param action the kind of step
   * @param by the person or agent, in lower case without a leading {@code @}
   * @param detail the reason, the new expiry or the use; may be empty
   */
  public record Step(
      long number, Instant at, String waiver, Action action, String by, String detail) {}

  /** The kinds of steps. */
  public enum Action {
    /** Asks for a waiver. */
    PROPOSE,
    /** Approves a proposal or an extension. */
    APPROVE,
    /** Lets a waiver count. */
    ACTIVATE,
    /** Asks for a later expiry. */
    EXTEND,
    /** Counts one use. */
    USE,
    /** Ends a waiver. */
    REVOKE,
    /** Marks a waiver as over. */
    EXPIRE
  }

  /** The result of one step. */
  public sealed interface StepResult {

    /**
     * The step was recorded and counts.
     *
     * @param waiver as it is after the step
     */
    record Done(WaiverEntry waiver) implements StepResult {}

    /**
     * Nothing was changed.
     *
     * @param reason a short word, listed at the step's method
     */
    record Refused(String reason) implements StepResult {}

    /** {@return whether the step counts; true when done} */
    default boolean isDone() {
      return this instanceof Done;
    }
  }

  /**
   * The limits of a ledger.
   *
   * @param approvers how many people must approve, at least 1
   * @param perGate how many active waivers may name one gate, over all specs, at least 1
   * @param longest longest time from activation to expiry, positive; an extension counts from its
   *     own activation
   */
  public record Limits(int approvers, int perGate, Duration longest) {
    /**
     * Checks the limits.
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
     * {@return one approver, three waivers a gate, 90 days; the limits CAWS projects start with}
     */
    public static Limits defaults() {
      return new Limits(1, 3, Duration.ofDays(90));
    }

    /**
     * Returns the limits of a policy: as many approvers as any of its waivers needs, its longest
     * duration, and three waivers a gate.
     *
     * @param policyText YAML or JSON in one of the three shapes
     * @return the limits
     * @throws IllegalArgumentException if it is no policy
     */
    public static Limits of(String policyText) {
      return WaiverRules.limits(policyText);
    }
  }

  WaiverLedger(Limits limits, InstantSource clock, Recorder recorder) {
    this.rules = new WaiverRules(limits, false);
    this.clock = clock;
    this.recorder = recorder;
  }

  /**
   * Starts an empty ledger.
   *
   * @param limits for its waivers
   * @param clock tells the time
   * @param recorder keeps every step, such as a journal; called under the ledger's lock; when it
   *     throws the step does not happen
   * @return the ledger
   */
  public static WaiverLedger create(Limits limits, InstantSource clock, Consumer<Step> recorder) {
    return new WaiverLedger(limits, clock, (step, after) -> recorder.accept(step));
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Proposes a waiver.
   *
   * @param proposal the request
   * @return the waiver, proposed; or refused as {@code malformed}, {@code gate_never_waived},
   *     {@code duplicate_id}, {@code already_over}, {@code too_long} or {@code ledger_full}
   */
  public StepResult propose(WaiverEntry.Proposal proposal) {
    return step(proposal.id(), Action.PROPOSE, proposal.by(), "", proposal);
  }

  /**
   * Approves a proposal, or an extension that waits for approval.
   *
   * @param id the waiver
   * @param by the approver
   * @return the waiver with one more approval; or refused as {@code unknown}, {@code not_open},
   *     {@code blank}, {@code self_approval}, {@code already_approved} or {@code
   *     too_many_approvers}
   */
  public StepResult approve(String id, String by) {
    return step(id, Action.APPROVE, by, "", null);
  }

  /**
   * Lets an approved waiver, or an approved extension, count from now on.
   *
   * @param id the waiver
   * @param by the person who activates it
   * @return the waiver, active; or refused as {@code unknown}, {@code blank}, {@code not_open},
   *     {@code insufficient_approvers}, {@code already_over}, {@code too_long}, {@code conflict}
   *     when another active waiver of the spec names the same gate, or {@code too_many_for_gate}
   */
  public StepResult activate(String id, String by) {
    return step(id, Action.ACTIVATE, by, "", null);
  }

  /**
   * Lists the active waivers that block a proposal: those of the same spec with a gate in common.
   *
   * @param proposal the request
   * @return their ids
   */
  public List<String> conflicts(WaiverEntry.Proposal proposal) {
    return locked(() -> WaiverRules.conflicts(proposal, clock.instant(), entries.values()));
  }

  /**
   * Asks for a later expiry. The old expiry counts until enough people have approved anew and the
   * extension is activated; earlier approvals do not count for it.
   *
   * @param id the waiver
   * @param by the person who asks, and so cannot approve
   * @param expires later than now
   * @return the waiver; or refused as {@code unknown}, {@code blank}, {@code not_active}, {@code
   *     not_later} or {@code too_long}
   */
  public StepResult extend(String id, String by, Instant expires) {
    return step(id, Action.EXTEND, by, expires.toString(), null);
  }

  /**
   * Ends a waiver at once, whether proposed or active.
   *
   * @param id the waiver
   * @param by the person who ends it
   * @param reason the reason
   * @return the waiver, revoked; or refused as {@code unknown}, {@code blank} or {@code not_open}
   */
  public StepResult revoke(String id, String by, String reason) {
    return step(id, Action.REVOKE, by, Sanitizer.text(reason, LONGEST_DETAIL), null);
  }

  /**
   * Takes one use.
   *
   * @param id the waiver
   * @param by the agent or process that uses it, not one of its approvers
   * @param subject the thing it is used for, such as a task's id
   * @return the waiver; or refused as {@code unknown}, {@code blank}, {@code not_active}, {@code
   *     approved_by_user} or {@code used_up}
   */
  public StepResult use(String id, String by, String subject) {
    return step(id, Action.USE, by, Sanitizer.text(subject, LONGEST_DETAIL), null);
  }

  /**
   * Takes one use of each waiver that this ledger has, or of none. Unknown ids are ignored.
   *
   * @param ids the waivers
   * @param by the agent or process that uses them
   * @param subject the thing they are used for, such as a task's id
   * @return false when one of them cannot be used; then no use is taken
   */
  public boolean useAll(List<String> ids, String by, String subject) {
    String handle = Ids.handle(by);
    String what = Sanitizer.text(subject, LONGEST_DETAIL);
    return locked(
        () -> {
          Instant now = clock.instant();
          List<WaiverEntry> used = new ArrayList<>();
          for (String id : ids) {
            if (entries.containsKey(id)) {
              Step use = new Step(steps, now, id, Action.USE, handle, what);
              if (!(rules.decide(use, null, entries) instanceof StepResult.Done done)) {
                return false;
              }
              used.add(done.waiver());
            }
          }
          used.forEach(entry -> put(entry, Action.USE, handle, what, now));
          return true;
        });
  }

  /**
   * Tells whether a waiver was used for something before, perhaps by a process that ended before it
   * could say for what result. Knows the newest 10,000 uses.
   *
   * @param id the waiver
   * @param by the agent or process that used it
   * @param subject the thing it was used for
   * @param since an older use does not count
   * @return true if it was
   */
  public boolean wasUsed(String id, String by, String subject, Instant since) {
    String use = keyOf(id, Ids.handle(by), Sanitizer.text(subject, LONGEST_DETAIL));
    return locked(
        () -> {
          Instant at = uses.get(use);
          return at != null && !at.isBefore(since);
        });
  }

  /**
   * Marks waivers that are over as expired. A waiver does not count from its expiry on, marked or
   * not.
   *
   * @return the ids that were marked
   */
  public List<String> expire() {
    return locked(
        () -> {
          Instant now = clock.instant();
          List<String> over = new ArrayList<>();
          for (WaiverEntry entry : List.copyOf(entries.values())) {
            String id = entry.proposal().id();
            Step mark = new Step(steps, now, id, Action.EXPIRE, CLOCK, "");
            if (rules.decide(mark, null, entries) instanceof StepResult.Done done) {
              put(done.waiver(), Action.EXPIRE, CLOCK, "", now);
              over.add(id);
            }
          }
          return over;
        });
  }

  /**
   * Finds one waiver.
   *
   * @param id its id
   * @return as it is now, empty when there is none
   */
  public Optional<WaiverEntry> find(String id) {
    return locked(() -> Optional.ofNullable(entries.get(id)));
  }

  /**
   * Lists the waivers that count now.
   *
   * @return in the order they were proposed
   */
  public List<WaiverEntry> active() {
    return locked(
        () -> {
          Instant now = clock.instant();
          return entries.values().stream().filter(entry -> entry.isActiveAt(now)).toList();
        });
  }

  /**
   * Lists all waivers, whatever their status.
   *
   * @return in the order they were proposed
   */
  public List<WaiverEntry> entries() {
    return locked(() -> List.copyOf(entries.values()));
  }

  /**
   * Counts the steps that changed a waiver's {@link WaiverEntry#document}: every step but a use.
   * Takes no lock, so that a reader can ask often whether to read again.
   *
   * @return at least 0; never falls
   */
  public long changes() {
    return changes.get();
  }

  private StepResult step(
      String id, Action action, String by, String detail, @Nullable Proposal proposal) {
    String handle = Ids.handle(by);
    return locked(
        () -> {
          Instant now = clock.instant();
          Step step = new Step(steps, now, id, action, handle, detail);
          StepResult result = rules.decide(step, proposal, entries);
          return result instanceof StepResult.Done done
              ? put(done.waiver(), action, handle, detail, now)
              : result;
        });
  }

  private StepResult put(WaiverEntry entry, Action action, String by, String detail, Instant now) {
    Step step = new Step(steps, now, entry.proposal().id(), action, by, detail);
    recorder.record(step, entry);
    take(entry, step);
    return new StepResult.Done(entry);
  }

  private void take(WaiverEntry entry, Step step) {
    steps++;
    entries.put(entry.proposal().id(), entry);
    if (step.action() == Action.USE) {
      String use = keyOf(step.waiver(), step.by(), step.detail());
      uses.remove(use);
      uses.put(use, step.at());
      if (uses.size() > MOST_USES) {
        uses.remove(uses.keySet().iterator().next());
      }
    } else {
      changes.incrementAndGet();
    }
  }

  private static String keyOf(String id, String handle, String detail) {
    return String.join("\n", id, handle, detail);
  }

  /**
   * Takes a step that was recorded before, by the rules and limits of its own time; before the
   * ledger is used.
   *
   * @return the reason that it is no step of this ledger, empty when it was taken
   */
  String replay(StepLine line) {
    Step step = line.step();
    if (step.number() != steps || !isWellFormed(step, line.proposal())) {
      return "malformed";
    }
    Limits then = line.limits() == null ? rules.limits() : line.limits();
    StepResult result = new WaiverRules(then, true).decide(step, line.proposal(), entries);
    if (result instanceof StepResult.Done done) {
      take(done.waiver(), step);
      return "";
    }
    return ((StepResult.Refused) result).reason();
  }

  /** Whether a method of this class can have made the step. */
  private static boolean isWellFormed(Step step, @Nullable Proposal proposal) {
    boolean fits =
        switch (step.action()) {
          case PROPOSE ->
              proposal != null
                  && proposal.id().equals(step.waiver())
                  && proposal.by().equals(step.by());
          case EXPIRE -> step.by().equals(CLOCK);
          default -> Ids.handle(step.by()).equals(step.by());
        };
    boolean alone = step.action() == Action.PROPOSE || proposal == null;
    return fits && alone && isDetail(step.action(), step.detail());
  }

  private static boolean isMoment(String text) {
    try {
      return Instant.parse(text).toString().equals(text);
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isDetail(Action action, String detail) {
    return switch (action) {
      case PROPOSE, APPROVE, ACTIVATE, EXPIRE -> detail.isEmpty();
      case EXTEND -> isMoment(detail);
      case USE, REVOKE ->
          detail.length() <= LONGEST_DETAIL + 3
              && detail.codePoints().allMatch(Sanitizer::isPrintable);
    };
  }
}
