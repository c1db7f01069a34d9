/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An exception that people approved. The only model of a waiver, whether it comes from a file or a
 * ledger.
 *
 * @param id as in the file; free form
 * @param status only {@code active} counts
 * @param gates the gates it lifts, in their normal form
 * @param specId the spec it is bound to, empty for none
 * @param tenant the only tenant it is for, empty for any
 * @param files files it adds to the limit
 * @param lines lines it adds to the limit
 * @param created null when the file has no such time
 * @param expires null when the file has no such time that can be read
 * @param approvers the approvers, their handles in normal form
 * @param maxUses most uses, negative for any number
 * @param problem the reason it cannot count at all, empty when it may
 * @param digest of its fields
 * @param home the folder of its file, where its uses are counted for all constitutions of this
 *     process; empty when it comes from no file
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
    String digest,
    String home) {

  /**
   * One approval.
   *
   * @param handle trimmed, without a leading {@code @}, in lower case; empty when blank
   * @param at null when not said
   */
  public record Approver(String handle, @Nullable Instant at) {}

  /** The same waiver, read from a file of this folder. */
  Waiver from(String folder) {
    return new Waiver(
        id, status, gates, specId, tenant, files, lines, created, expires, approvers, maxUses,
        problem, digest, folder);
  }

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

  /**
   * Whether a waiver with this expiry is over. It counts strictly before its expiry. The only place
   * that decides this, for judgements and for the steps of a ledger.
   */
  public static boolean isOver(Instant expires, Instant now) {
    return !expires.isAfter(now);
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
