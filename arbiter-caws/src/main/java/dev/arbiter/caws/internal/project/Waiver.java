/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception somebody granted: what it lifts, for which spec, until when, and who approved.
 *
 * @param id as the file has it; free form
 * @param status only {@code active} counts
 * @param gates names as compared
 * @param specId the spec it is bound to, empty when it names none
 * @param tenant the only tenant it is for, empty for any
 * @param files how many files it adds to the limit
 * @param lines how many lines it adds to the limit
 * @param created null when the file does not say
 * @param expires null when the file does not say, or not readably
 * @param approvers who approved, in their normal form
 * @param maxUses how often it counts, negative for any number
 * @param problem why it cannot count at all, empty when it may
 * @param digest of its fields
 */
public record Waiver(
    String id,
    String status,
    List<String> gates,
    String specId,
    String tenant,
    long files,
    long lines,
    @Nullable Instant created,
    @Nullable Instant expires,
    List<Approver> approvers,
    long maxUses,
    String problem,
    String digest) {

  /**
   * One approval.
   *
   * @param handle trimmed, without a leading {@code @}, in lower case; empty when blank
   * @param at null when not said
   */
  public record Approver(String handle, @Nullable Instant at) {}

  /** Most uses, files or lines that a waiver may name. */
  public static final long MOST = 1_000_000_000;

  /** Why a waiver with these fields can never count, empty when it may. */
  public static String problem(
      List<String> gates, @Nullable Instant created, @Nullable Instant expires) {
    if (gates.isEmpty() || expires == null) {
      return "malformed";
    }
    if (gates.stream().anyMatch(gate -> gate.indexOf('*') >= 0 || gate.equals("all"))) {
      return "wildcard_gate";
    }
    return created != null && !expires.isAfter(created) ? "malformed" : "";
  }

  /** Whether it adds files or lines to the limit. */
  public boolean raisesBudget() {
    return files > 0 || lines > 0;
  }

  /** Whether it names a gate. */
  public boolean covers(String gate) {
    return gates.contains(gate);
  }

  /** Whether its status lets it count. */
  public boolean isActive() {
    return status.equals("active");
  }
}
