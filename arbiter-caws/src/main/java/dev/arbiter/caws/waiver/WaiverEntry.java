/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.internal.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A waiver of a {@link WaiverLedger} at one moment. Immutable.
 *
 * @param proposal the request
 * @param status its status; a waiver that is over stays active until it is marked
 * @param created the moment of the proposal, or of the last activation
 * @param expires the moment from which it does not count
 * @param granted the approvals of the last activation
 * @param approvals the approvals since then, for the proposal or the extension that waits
 * @param wanted the expiry an extension asks for
 * @param wantedBy the person who asked for the extension, empty when there is none
 * @param uses how often it was used
 */
public record WaiverEntry(
    Proposal proposal,
    Status status,
    Instant created,
    Instant expires,
    List<Approval> granted,
    List<Approval> approvals,
    Optional<Instant> wanted,
    String wantedBy,
    long uses) {

  /**
   * A request for a waiver.
   *
   * @param id letters, digits and hyphens, at most 64
   * @param specId the spec it is bound to
   * @param gates one to ten gates or rule ids, without wildcards
   * @param files how many files it adds to the budget, at least 0
   * @param lines how many lines it adds to the budget, at least 0
   * @param reason not blank
   * @param by the person who asks
   * @param expires the moment from which it does not count
   * @param maxUses how often it counts, at most 1,000,000,000; negative for any number
   */
  public record Proposal(
      String id,
      String specId,
      List<String> gates,
      long files,
      long lines,
      String reason,
      String by,
      Instant expires,
      long maxUses) {
    private static final int LONGEST_ID = 64;
    private static final int LONGEST_REASON = 1_000;
    private static final int MOST_GATES = 10;
    private static final long MOST = 1_000_000;

    /**
     * Copies the gates; puts gates and proposer in their normal form, and limits a negative number.
     */
    public Proposal {
      gates = gates.stream().map(Ids::gate).distinct().toList();
      by = Ids.handle(by);
      maxUses = Math.max(-Waiver.MOST, maxUses); // a file has numbers of at most 18 digits
    }

    /** The reason it cannot be proposed, empty when it can. */
    String problem(Instant now, Duration longest) {
      boolean wellFormed =
          isId()
              && Ids.isSpecId(specId)
              && !gates.isEmpty()
              && gates.size() <= MOST_GATES
              && gates.stream().allMatch(Proposal::isGate)
              && files >= 0
              && lines >= 0
              && files <= MOST
              && lines <= MOST
              && !reason.isBlank()
              && reason.length() <= LONGEST_REASON
              && !by.isEmpty()
              && maxUses != 0
              && maxUses <= Waiver.MOST;
      if (!wellFormed) {
        return "malformed";
      }
      if (gates.contains(GateRule.SPEC)) {
        return "gate_never_waived";
      }
      if (Waiver.isOver(expires, now)) {
        return "already_over";
      }
      return Duration.between(now, expires).compareTo(longest) > 0 ? "too_long" : "";
    }

    private boolean isId() {
      return !id.isEmpty()
          && id.length() <= LONGEST_ID
          && id.chars()
              .allMatch(
                  c ->
                      c == '-'
                          || (c >= '0' && c <= '9')
                          || (c >= 'a' && c <= 'z')
                          || (c >= 'A' && c <= 'Z'));
    }

    private static boolean isGate(String gate) {
      return !gate.isEmpty()
          && gate.length() <= 100
          && gate.chars()
              .allMatch(c -> c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
    }
  }

  /** The status of a waiver. */
  public enum Status {
    /** Waits for approvals. */
    PROPOSED,
    /** Counts until it expires. */
    ACTIVE,
    /** Was ended before its time. */
    REVOKED,
    /** Its time is over. */
    EXPIRED
  }

  /**
   * One person's approval.
   *
   * @param by the person, in lower case without a leading {@code @}
   * @param at the time
   */
  public record Approval(String by, Instant at) {}

  /** Copies the lists. */
  public WaiverEntry {
    granted = List.copyOf(granted);
    approvals = List.copyOf(approvals);
  }

  static WaiverEntry of(Proposal proposal, Instant now) {
    return new WaiverEntry(
        proposal,
        Status.PROPOSED,
        now,
        proposal.expires(),
        List.of(),
        List.of(),
        Optional.empty(),
        "",
        0);
  }

  boolean isActiveAt(Instant now) {
    return status == Status.ACTIVE && !Waiver.isOver(expires, now);
  }

  /** Whether it may still be ended: it is proposed or active. */
  boolean isOpen() {
    return status == Status.PROPOSED || status == Status.ACTIVE;
  }

  boolean covers(String gate) {
    return proposal.gates().contains(gate);
  }

  /** Whether this person asked for the waiver, or for the extension that waits. */
  boolean isBy(String handle) {
    return Identity.isSame(proposal.by(), handle) || Identity.isSame(wantedBy, handle);
  }

  boolean wasApprovedBy(String handle) {
    return granted.stream().anyMatch(approval -> Identity.isSame(approval.by(), handle));
  }

  WaiverEntry with(Approval approval) {
    List<Approval> more = new ArrayList<>(approvals);
    more.add(approval);
    return new WaiverEntry(
        proposal, status, created, expires, granted, more, wanted, wantedBy, uses);
  }

  /** The waiver from now on, until the expiry that was approved last. */
  WaiverEntry activated(Instant now) {
    Instant until = wanted.orElse(expires);
    return new WaiverEntry(
        proposal, Status.ACTIVE, now, until, approvals, List.of(), Optional.empty(), "", uses);
  }

  WaiverEntry wanting(Instant until, String by) {
    return new WaiverEntry(
        proposal, status, created, expires, granted, List.of(), Optional.of(until), by, uses);
  }

  WaiverEntry ended(Status how) {
    return new WaiverEntry(
        proposal, how, created, expires, granted, List.of(), Optional.empty(), "", uses);
  }

  WaiverEntry used() {
    return new WaiverEntry(
        proposal, status, created, expires, granted, approvals, wanted, wantedBy, uses + 1);
  }

  /**
   * Writes the waiver as a file of a project's {@code waivers} folder.
   *
   * @return JSON that {@code Caws} reads
   */
  public String document() {
    JsonBytes json = new JsonBytes();
    json.raw("{\"applies_to\":").string(proposal.specId()).raw(",\"approvers\":[");
    for (int i = 0; i < granted.size(); i++) {
      json.raw(i == 0 ? "{\"approved_at\":" : ",{\"approved_at\":");
      json.string(granted.get(i).at().toString());
      json.raw(",\"handle\":").string(granted.get(i).by()).raw('}');
    }
    json.raw(']');
    if (proposal.maxUses() >= 0) {
      json.raw(",\"constraints\":{\"max_uses\":").number(proposal.maxUses()).raw('}');
    }
    json.raw(",\"created_at\":").string(created.toString());
    json.raw(",\"delta\":{\"max_files\":").number(proposal.files());
    json.raw(",\"max_loc\":").number(proposal.lines());
    json.raw("},\"expires_at\":").string(expires.toString()).raw(",\"gates\":[");
    for (int i = 0; i < proposal.gates().size(); i++) {
      json.raw(i == 0 ? "" : ",").string(proposal.gates().get(i));
    }
    json.raw("],\"id\":").string(proposal.id());
    json.raw(",\"reason\":").string(proposal.reason());
    json.raw(",\"status\":").string(status.name().toLowerCase(Locale.ROOT)).raw('}');
    return json.text();
  }
}
