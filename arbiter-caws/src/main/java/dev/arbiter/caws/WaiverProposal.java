/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a waiver is to lift, for which spec, until when.
 *
 * @param id letters, digits and hyphens, at most 64
 * @param specId the spec it is bound to
 * @param gates one to ten gates or rule ids; names as they are compared, without wildcards
 * @param files how many files it adds to the budget, at least 0
 * @param lines how many lines it adds to the budget, at least 0
 * @param reason why, not blank
 * @param by who asks
 * @param expires from when on it does not count
 * @param maxUses how often it counts, negative for any number
 */
public record WaiverProposal(
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

  /** Copies; gates and proposer are put in their normal form. */
  public WaiverProposal {
    gates = gates.stream().map(Ids::gate).distinct().toList();
    by = WaiverReader.handle(by);
  }

  /** Why it cannot be proposed, empty when it can. */
  String problem(Instant now, Duration longest) {
    boolean wellFormed =
        isId()
            && Ids.isSpecId(specId)
            && !gates.isEmpty()
            && gates.size() <= MOST_GATES
            && gates.stream().allMatch(WaiverProposal::isGate)
            && files >= 0
            && lines >= 0
            && files <= MOST
            && lines <= MOST
            && !reason.isBlank()
            && reason.length() <= LONGEST_REASON
            && !by.isEmpty()
            && maxUses != 0;
    if (!wellFormed) {
      return "malformed";
    }
    if (gates.contains(GateRule.SPEC)) {
      return "gate_never_waived";
    }
    if (!expires.isAfter(now)) {
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
        && gate.chars().allMatch(c -> c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
  }
}
