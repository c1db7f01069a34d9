/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.caws.internal.project.Policy;
import dev.arbiter.caws.internal.project.PolicyReader;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.waiver.WaiverEntry.Approval;
import dev.arbiter.caws.waiver.WaiverEntry.Proposal;
import dev.arbiter.caws.waiver.WaiverEntry.Status;
import dev.arbiter.caws.waiver.WaiverLedger.Action;
import dev.arbiter.caws.waiver.WaiverLedger.Step;
import dev.arbiter.caws.waiver.WaiverLedger.StepResult;
import dev.arbiter.internal.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which steps a waiver may take under a ledger's limits. Changes nothing; callers hold the lock.
 *
 * @param isReplay whether the steps were taken before: an older version looked for no conflict when
 *     it extended a waiver that was over
 */
record WaiverRules(WaiverLedger.Limits limits, boolean isReplay) {
  private static final int MOST = 10_000;
  private static final int MOST_APPROVERS = 64;

  /**
   * Decides one step at its own time; for steps that are taken, and for those that are read back.
   *
   * @param proposal of the first step of a waiver
   * @param all the waivers before the step
   */
  StepResult decide(Step step, @Nullable Proposal proposal, Map<String, WaiverEntry> all) {
    if (step.action() == Action.PROPOSE) {
      return proposal == null ? new StepResult.Refused("malformed") : propose(proposal, step, all);
    }
    WaiverEntry entry = all.get(step.waiver());
    if (entry == null || step.by().isEmpty()) {
      return new StepResult.Refused(entry == null ? "unknown" : "blank");
    }
    return switch (step.action()) {
      case PROPOSE -> new StepResult.Refused("duplicate_id");
      case APPROVE -> approve(entry, step.by(), step.at());
      case ACTIVATE -> activate(entry, step.at(), all.values());
      case EXTEND -> extend(entry, step.by(), Instant.parse(step.detail()), step.at());
      case USE -> use(entry, step.by(), step.at());
      case REVOKE -> revoke(entry);
      case EXPIRE -> expire(entry, step.at());
    };
  }

  private StepResult propose(Proposal proposal, Step step, Map<String, WaiverEntry> all) {
    String problem = proposal.problem(step.at(), limits.longest());
    if (problem.isEmpty() && all.containsKey(proposal.id())) {
      problem = "duplicate_id";
    }
    if (problem.isEmpty() && all.size() >= MOST) {
      problem = "ledger_full";
    }
    return problem.isEmpty()
        ? new StepResult.Done(WaiverEntry.of(proposal, step.at()))
        : new StepResult.Refused(problem);
  }

  static WaiverLedger.Limits limits(String policyText) {
    Policy policy = PolicyReader.read(policyText).policy();
    if (policy == null) {
      throw new IllegalArgumentException("the policy has errors; arbiter validate shows them");
    }
    int approvers = Math.max(1, Math.max(policy.waiverApprovers(), policy.raiseApprovers()));
    Duration longest = Duration.ofDays(Math.max(1, policy.waiverDays()));
    return new WaiverLedger.Limits(approvers, 3, longest);
  }

  private StepResult approve(WaiverEntry entry, String by, Instant now) {
    boolean open = entry.status() == Status.PROPOSED || entry.wanted().isPresent();
    if (!open) {
      return new StepResult.Refused("not_open");
    }
    if (entry.isBy(by)) {
      return new StepResult.Refused("self_approval");
    }
    if (entry.approvals().stream().anyMatch(approval -> Identity.isSame(approval.by(), by))) {
      return new StepResult.Refused("already_approved");
    }
    return entry.approvals().size() >= MOST_APPROVERS
        ? new StepResult.Refused("too_many_approvers")
        : new StepResult.Done(entry.with(new Approval(by, now)));
  }

  private StepResult activate(WaiverEntry entry, Instant now, Collection<WaiverEntry> all) {
    boolean extension = entry.wanted().isPresent();
    if (entry.status() != Status.PROPOSED && !extension) {
      return new StepResult.Refused("not_open");
    }
    if (entry.approvals().size() < limits.approvers()) {
      return new StepResult.Refused("insufficient_approvers");
    }
    Instant expires = entry.wanted().orElse(entry.expires());
    if (Waiver.isOver(expires, now)) {
      return new StepResult.Refused("already_over");
    }
    if (Duration.between(now, expires).compareTo(limits.longest()) > 0) {
      return new StepResult.Refused("too_long");
    }
    boolean hasItsPlace = extension && (isReplay || entry.isActiveAt(now));
    String problem = hasItsPlace ? "" : crowded(entry.proposal(), now, all);
    return problem.isEmpty()
        ? new StepResult.Done(entry.activated(now))
        : new StepResult.Refused(problem);
  }

  private String crowded(Proposal proposal, Instant now, Collection<WaiverEntry> all) {
    if (!conflicts(proposal, now, all).isEmpty()) {
      return "conflict";
    }
    for (String gate : proposal.gates()) {
      long active = all.stream().filter(e -> e.isActiveAt(now) && e.covers(gate)).count();
      if (active >= limits.perGate()) {
        return "too_many_for_gate";
      }
    }
    return "";
  }

  /** The active waivers of the same spec with a gate in common. */
  static List<String> conflicts(Proposal proposal, Instant now, Collection<WaiverEntry> all) {
    List<String> found = new ArrayList<>();
    for (WaiverEntry other : all) {
      boolean shares = proposal.gates().stream().anyMatch(other::covers);
      if (other.isActiveAt(now) && shares && other.proposal().specId().equals(proposal.specId())) {
        found.add(other.proposal().id());
      }
    }
    return found;
  }

  private StepResult extend(WaiverEntry entry, String by, Instant expires, Instant now) {
    if (!entry.isActiveAt(now)) {
      return new StepResult.Refused("not_active");
    }
    if (!expires.isAfter(entry.expires())) {
      return new StepResult.Refused("not_later");
    }
    return Duration.between(now, expires).compareTo(limits.longest()) > 0
        ? new StepResult.Refused("too_long")
        : new StepResult.Done(entry.wanting(expires, by));
  }

  private static StepResult expire(WaiverEntry entry, Instant now) {
    return entry.isOpen() && Waiver.isOver(entry.expires(), now)
        ? new StepResult.Done(entry.ended(Status.EXPIRED))
        : new StepResult.Refused("not_over");
  }

  private static StepResult revoke(WaiverEntry entry) {
    return entry.isOpen()
        ? new StepResult.Done(entry.ended(Status.REVOKED))
        : new StepResult.Refused("not_open");
  }

  private static StepResult use(WaiverEntry entry, String by, Instant now) {
    if (!entry.isActiveAt(now)) {
      return new StepResult.Refused("not_active");
    }
    if (entry.wasApprovedBy(by)) {
      return new StepResult.Refused("approved_by_user");
    }
    long most = entry.proposal().maxUses();
    return most >= 0 && entry.uses() >= most
        ? new StepResult.Refused("used_up")
        : new StepResult.Done(entry.used());
  }
}
