/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.Policy;
import dev.arbiter.caws.internal.project.PolicySnapshot;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.project.Waiver.Approver;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverLedger;
import dev.arbiter.internal.Identity;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides which waivers count for one judgement, and gives the reason of each that does not.
 *
 * <p>Asked only when a gate blocks. The derivation is the kernel's (status, gate, expiry strictly
 * after now, delta, approvers), made stricter: a waiver must be bound to the spec, counts once per
 * id, has no approver who is the agent, runs no longer than the policy allows, and {@code max_uses}
 * is counted.
 */
final class WaiverResolver {
  private static final int MOST_LISTED = 100;
  private static final int MOST_TOLD = 3;

  /* By the folder of its file, a waiver is one for all constitutions of this process. */
  private static final Map<Key, AtomicLong> SHARED = new ConcurrentHashMap<>();

  private final Map<Key, AtomicLong> own = new ConcurrentHashMap<>();
  private final @Nullable WaiverLedger ledger;

  /**
   * Counts uses in the ledger for its own waivers, in this process for those of files, and here for
   * those that were given as texts.
   */
  WaiverResolver(@Nullable WaiverLedger ledger) {
    this.ledger = ledger;
  }

  /** Two tenants may call different waivers the same. */
  private record Key(String home, String tenant, String id) {}

  /**
   * The agent and tenant that ask, the spec and policy, and the time.
   *
   * @param use the use that a waiver would have
   */
  record Case(
      EffectiveSpec effective,
      PolicySnapshot now,
      String agent,
      String tenant,
      Instant at,
      Use use) {}

  /**
   * What a waiver is used for.
   *
   * @param subject the task's id; with the key of the attempt unless it is the first of the default
   *     tenant and the id stands there unchanged, for others could look the same
   * @param since from when on a use in the ledger is that of this attempt, by a process that ended
   *     before its verdict was recorded
   */
  record Use(String agent, String subject, Instant since) {
    private static final int LONGEST_ID = 100;
    private static final String ATTEMPT = ", attempt ";

    static Use of(Assignment assignment, Instant since) {
      Task task = assignment.task();
      String id = Sanitizer.text(task.id(), LONGEST_ID);
      boolean isPlain =
          task.tenant().equals(Task.DEFAULT_TENANT)
              && assignment.attempt() == 1
              && id.equals(task.id())
              && !id.contains(ATTEMPT);
      String subject = isPlain ? id : id + ATTEMPT + assignment.attemptKey();
      return new Use(assignment.agent(), subject, since);
    }

    /** No use: only asked. */
    static Use none() {
      return new Use("", "", Instant.MAX);
    }
  }

  /** A waiver that does not count, and why. */
  record Skipped(String id, String reason) {}

  /** The waivers that count, and those that do not. */
  static final class Ruling {
    final List<Waiver> counted = new ArrayList<>();
    final List<Skipped> skipped = new ArrayList<>();
    private final Case asked;
    private final List<Meant> meant = new ArrayList<>();
    private final Set<Skipped> seen = new HashSet<>();

    Ruling(Case asked) {
      this.asked = asked;
    }

    void skip(Waiver waiver, String reason) {
      Skipped skip = new Skipped(waiver.id(), reason);
      if (!seen.add(skip)) {
        return;
      }
      if (skipped.size() < MOST_LISTED) {
        skipped.add(skip);
      }
      boolean isMeant =
          waiver.specId().equals(asked.effective().spec().id()) && !isAnothers(waiver, asked);
      if (isMeant && meant.size() < MOST_LISTED) {
        meant.add(new Meant(waiver, skip));
      }
    }

    /**
     * Why the waivers of this spec for a gate do not count, as the end of a sentence; empty if
     * there are none.
     */
    String told(String gate) {
      return meant.stream()
          .filter(one -> one.waiver.covers(gate))
          .limit(MOST_TOLD)
          .map(
              one ->
                  "; waiver '"
                      + Sanitizer.text(one.skip.id(), Use.LONGEST_ID)
                      + "' does not count: "
                      + one.skip.reason().replace('_', ' '))
          .collect(Collectors.joining());
    }

    /** A waiver of this spec and tenant that does not count. */
    private record Meant(Waiver waiver, Skipped skip) {}
  }

  /**
   * Checks every waiver once.
   *
   * @param gates the gates to lift, in their normal form
   */
  Ruling rule(Case c, Set<String> gates) {
    Ruling ruling = new Ruling(c);
    Set<String> counted = new HashSet<>();
    Set<String> revoked = revoked(c.effective().waivers(), c);
    Set<String> revokedSince = revoked(c.now().waivers(), c);
    for (Waiver waiver : c.effective().waivers()) {
      String reason =
          revoked.contains(waiver.id()) ? "status_not_active" : reason(c, waiver, gates);
      if (!reason.isEmpty()) {
        ruling.skip(waiver, reason);
      } else if (revokedSince.contains(waiver.id())) {
        ruling.skip(waiver, "status_not_active");
      } else if (!counted.add(waiver.id())) {
        ruling.skip(waiver, "duplicate_id");
      } else {
        ruling.counted.add(waiver);
      }
    }
    return ruling;
  }

  /** The ids of which one record does not count: it ends all others of its id. */
  private static Set<String> revoked(List<Waiver> waivers, Case c) {
    Set<String> revoked = new HashSet<>();
    for (Waiver waiver : waivers) {
      if (!waiver.isActive() && !isAnothers(waiver, c)) {
        revoked.add(waiver.id());
      }
    }
    return revoked;
  }

  private static boolean isAnothers(Waiver waiver, Case c) {
    return !waiver.tenant().isEmpty() && !waiver.tenant().equals(c.tenant());
  }

  private String reason(Case c, Waiver waiver, Set<String> gates) {
    if (!waiver.problem().isEmpty()) {
      return waiver.problem();
    }
    if (waiver.specId().isEmpty()) {
      return "not_bound_to_spec";
    }
    if (!waiver.specId().equals(c.effective().spec().id())) {
      return "other_spec";
    }
    if (isAnothers(waiver, c)) {
      return "other_tenant";
    }
    if (waiver.gates().stream().noneMatch(gates::contains)) {
      return "gate_not_covered";
    }
    String time = timeReason(c, waiver);
    return time.isEmpty() ? approvalReason(c, waiver) : time;
  }

  private static String timeReason(Case c, Waiver waiver) {
    Instant expires = waiver.expires();
    if (expires == null) {
      return "malformed";
    }
    if (Waiver.isOver(expires, c.at())) {
      return "expired";
    }
    Instant created = waiver.created();
    if (created != null && created.isAfter(c.at())) {
      return "not_yet_valid";
    }
    Instant from = created == null ? firstApproval(waiver, c.at()) : created;
    Duration longest = Duration.ofDays(c.effective().policy().waiverDays());
    if (Duration.between(from, expires).compareTo(longest) > 0) {
      return "too_long";
    }
    boolean withdrawn = !c.now().waivers().contains(waiver);
    return withdrawn ? "changed_since_admission" : "";
  }

  private static Instant firstApproval(Waiver waiver, Instant otherwise) {
    Instant first = otherwise;
    for (Approver approver : waiver.approvers()) {
      Instant at = approver.at();
      first = at != null && at.isBefore(first) ? at : first;
    }
    return first;
  }

  private String approvalReason(Case c, Waiver waiver) {
    String agent = Ids.handle(c.agent());
    Set<String> distinct = new HashSet<>();
    for (Approver approver : waiver.approvers()) {
      Instant at = approver.at();
      if (approver.handle().isEmpty()) {
        return "blank_approver";
      }
      if (Identity.isSame(approver.handle(), agent)) {
        return "approved_by_the_agent";
      }
      if (at != null && at.isAfter(c.at())) {
        return "not_yet_approved";
      }
      distinct.add(Identity.of(approver.handle()));
    }
    Policy policy = c.effective().policy();
    boolean raises = waiver.covers(GateRule.BUDGET);
    int needed =
        raises
            ? Math.max(policy.raiseApprovers(), policy.waiverApprovers())
            : policy.waiverApprovers();
    if (distinct.size() < needed) {
      return "insufficient_approvers";
    }
    boolean usedUp =
        waiver.maxUses() >= 0 && used(waiver) >= waiver.maxUses() && !wasTaken(waiver, c.use());
    return usedUp ? "max_uses_reached" : "";
  }

  /* Whether the ledger has this very use. */
  private boolean wasTaken(Waiver waiver, Use use) {
    return ledger != null && ledger.wasUsed(waiver.id(), use.agent(), use.subject(), use.since());
  }

  /**
   * Takes one use of each, save those that the ledger has taken for this very attempt. Returns
   * false, and takes none, when one of them has none left.
   */
  boolean take(List<Waiver> waivers, Use use) {
    List<Waiver> taken = new ArrayList<>();
    List<String> inLedger = new ArrayList<>();
    for (Waiver waiver : waivers) {
      if (entry(waiver).isPresent()) {
        if (!wasTaken(waiver, use)) {
          inLedger.add(waiver.id());
        }
      } else if (waiver.maxUses() >= 0) {
        taken.add(waiver);
        if (count(waiver).incrementAndGet() > waiver.maxUses()) {
          return giveBack(taken);
        }
      }
    }
    boolean all =
        inLedger.isEmpty() || ledger == null || ledger.useAll(inLedger, use.agent(), use.subject());
    return all || giveBack(taken);
  }

  private boolean giveBack(List<Waiver> taken) {
    taken.forEach(waiver -> count(waiver).decrementAndGet());
    return false;
  }

  private long used(Waiver waiver) {
    return entry(waiver).map(WaiverEntry::uses).orElseGet(() -> count(waiver).get());
  }

  private Optional<WaiverEntry> entry(Waiver waiver) {
    return ledger == null ? Optional.empty() : ledger.find(waiver.id());
  }

  private AtomicLong count(Waiver waiver) {
    Key key = new Key(waiver.home(), waiver.tenant(), waiver.id());
    return (waiver.home().isEmpty() ? own : SHARED).computeIfAbsent(key, k -> new AtomicLong());
  }
}
