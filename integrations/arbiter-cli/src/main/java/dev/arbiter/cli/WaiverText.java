/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.waiver.WaiverEntry;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes the waivers of a ledger as text. */
final class WaiverText {
  private static final Set<String> MISUSE =
      Set.of("malformed", "unknown", "blank", "gate_never_waived");

  private WaiverText() {}

  /** Tells whether the input cannot be used; otherwise the step was refused. */
  static boolean isMisuse(String reason) {
    return MISUSE.contains(reason);
  }

  /** The state of a waiver, on one line. */
  static String line(WaiverEntry entry) {
    long uses = entry.proposal().maxUses();
    String used = uses < 0 ? "" : " uses=" + entry.uses() + "/" + uses;
    String state = entry.status().name().toLowerCase(Locale.ROOT);
    String gates = String.join(",", entry.proposal().gates());
    return ArbiterCli.printable(
        (entry.proposal().id() + " " + state)
            + (" spec=" + entry.proposal().specId() + " gates=" + gates)
            + (" expires=" + entry.expires() + used)
            + (" approvers=" + names(entry.granted()) + waiting(entry)));
  }

  /** The request that is not yet activated; empty if there is none. */
  static String waiting(WaiverEntry entry) {
    String approved = entry.approvals().isEmpty() ? "nobody yet" : names(entry.approvals());
    if (entry.wanted().isPresent()) {
      String extension = ", extension to " + entry.wanted().get();
      return extension + " asked for by " + entry.wantedBy() + ", approved by " + approved;
    }
    return entry.status() == WaiverEntry.Status.PROPOSED
        ? ", asked for by " + entry.proposal().by() + ", approved by " + approved
        : "";
  }

  private static String names(List<WaiverEntry.Approval> approvals) {
    return approvals.stream().map(WaiverEntry.Approval::by).collect(Collectors.joining(","));
  }

  /** A refusal's word and its meaning. */
  static String reason(String word) {
    String meaning =
        switch (word) {
          case "malformed" ->
              "id, spec, gates, numbers or reason are not as they must be; id and spec look like"
                  + " WV-1 and FEAT-201";
          case "gate_never_waived" -> "no waiver lifts this gate";
          case "duplicate_id" -> "the ledger has a waiver of this id";
          case "already_over" -> "its expiry has passed";
          case "too_long" ->
              "it would run longer than the policy allows, or than 90 days if no --policy is given;"
                  + " give an earlier --expires, or the policy";
          case "unknown" -> "the ledger has no waiver of this id";
          case "blank" -> "--by names nobody";
          case "not_open" -> "it waits for no such step";
          case "self_approval" -> "nobody approves what they asked for";
          case "already_approved" -> "this person has approved it";
          case "insufficient_approvers" -> "too few people have approved it";
          case "conflict" -> "another active waiver of the spec lifts the same gate";
          case "too_many_for_gate" -> "too many active waivers lift this gate";
          case "not_active" -> "it is not active";
          case "not_later" -> "the expiry is no later than the present one";
          default -> "the ledger does not take it";
        };
    return word + ": " + meaning;
  }
}
