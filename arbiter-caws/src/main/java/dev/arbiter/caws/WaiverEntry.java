/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A waiver as a {@link WaiverLedger} has it at one moment. Immutable.
 *
 * @param proposal what was asked for
 * @param status where it stands; what is over may still be called active until it is marked
 * @param created when it was proposed, or last activated
 * @param expires from when on it does not count
 * @param granted the approvals it was last activated with
 * @param approvals those given since, for the proposal or for the extension that is asked for
 * @param wanted the expiry an extension asks for
 * @param wantedBy who asked for the extension, empty when none is asked for
 * @param uses how often it was used
 */
public record WaiverEntry(
    WaiverProposal proposal,
    Status status,
    Instant created,
    Instant expires,
    List<Approval> granted,
    List<Approval> approvals,
    Optional<Instant> wanted,
    String wantedBy,
    long uses) {

  /** Where a waiver stands. */
  public enum Status {
    /** Waits for approvals. */
    PROPOSED,
    /** Counts until it expires. */
    ACTIVE,
    /** Was ended by somebody. */
    REVOKED,
    /** Is over. */
    EXPIRED
  }

  /**
   * One person's yes.
   *
   * @param by who, in lower case without a leading {@code @}
   * @param at when
   */
  public record Approval(String by, Instant at) {}

  /** Copies. */
  public WaiverEntry {
    granted = List.copyOf(granted);
    approvals = List.copyOf(approvals);
  }

  static WaiverEntry of(WaiverProposal proposal, Instant now) {
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
    return status == Status.ACTIVE && expires.isAfter(now);
  }

  /** Whether it may still be ended: it waits, or was activated and not yet marked as over. */
  boolean isOpen() {
    return status == Status.PROPOSED || status == Status.ACTIVE;
  }

  /** Whether it says something about files of the same id: it counts, or was taken back. */
  boolean isDecided() {
    return status == Status.ACTIVE || status == Status.REVOKED;
  }

  boolean covers(String gate) {
    return proposal.gates().contains(gate);
  }

  /** Whether somebody asked for the waiver, or for the extension that waits. */
  boolean isBy(String handle) {
    return proposal.by().equals(handle) || wantedBy.equals(handle);
  }

  boolean wasApprovedBy(String handle) {
    return granted.stream().anyMatch(approval -> approval.by().equals(handle));
  }

  WaiverEntry with(Approval approval) {
    List<Approval> more = new ArrayList<>(approvals);
    more.add(approval);
    return new WaiverEntry(
        proposal, status, created, expires, granted, more, wanted, wantedBy, uses);
  }

  /** Counts from now to the expiry that was approved last. */
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
   * The waiver as a file of a project's {@code waivers} folder.
   *
   * @return JSON that {@link Caws} reads
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
