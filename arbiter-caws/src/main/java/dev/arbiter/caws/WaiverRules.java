/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.WaiverEntry.Approval;
import dev.arbiter.caws.WaiverEntry.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which steps a waiver may take under a ledger's limits. Changes nothing; callers hold the lock.
 */
record WaiverRules(WaiverLedger.Limits limits) {
  private static final int MOST_APPROVERS = 64;

  /** Decides one step; the person's handle is in its normal form. */
  interface Decider {
    WaiverOutcome decide(WaiverEntry entry, String by, Instant now);
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

  WaiverOutcome approve(WaiverEntry entry, String by, Instant now) {
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

  WaiverOutcome activate(WaiverEntry entry, Instant now, Collection<WaiverEntry> all) {
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
    String problem = extension ? "" : crowded(entry.proposal(), now, all);
    return problem.isEmpty()
        ? new WaiverOutcome.Done(entry.activated(now))
        : new WaiverOutcome.Refused(problem);
  }

  private String crowded(WaiverProposal proposal, Instant now, Collection<WaiverEntry> all) {
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
  static List<String> conflicts(WaiverProposal proposal, Instant now, Collection<WaiverEntry> all) {
    List<String> found = new ArrayList<>();
    for (WaiverEntry other : all) {
      boolean shares = proposal.gates().stream().anyMatch(other::covers);
      if (other.isActiveAt(now) && shares && other.proposal().specId().equals(proposal.specId())) {
        found.add(other.proposal().id());
      }
    }
    return found;
  }

  WaiverOutcome extend(WaiverEntry entry, String by, Instant expires, Instant now) {
    if (!entry.isActiveAt(now)) {
      return new WaiverOutcome.Refused("not_active");
    }
    if (!expires.isAfter(entry.expires())) {
      return new WaiverOutcome.Refused("not_later");
    }
    return Duration.between(now, expires).compareTo(limits.longest()) > 0
        ? new WaiverOutcome.Refused("too_long")
        : new WaiverOutcome.Done(entry.wanting(expires, by));
  }

  WaiverOutcome revoke(WaiverEntry entry) {
    return entry.isOpen()
        ? new WaiverOutcome.Done(entry.ended(Status.REVOKED))
        : new WaiverOutcome.Refused("not_open");
  }

  WaiverOutcome use(WaiverEntry entry, String by, Instant now) {
    if (!entry.isActiveAt(now)) {
      return new WaiverOutcome.Refused("not_active");
    }
    if (entry.wasApprovedBy(by)) {
      return new WaiverOutcome.Refused("approved_by_user");
    }
    long most = entry.proposal().maxUses();
    return most >= 0 && entry.uses() >= most
        ? new WaiverOutcome.Refused("used_up")
        : new WaiverOutcome.Done(entry.used());
  }
}
