/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The part of a valid working spec that decisions need.
 *
 * @param dormant why no task may run under the spec now; null when a task may
 */
public record Spec(
    String id,
    int tier,
    String mode,
    boolean hasContracts,
    Scope scope,
    @Nullable Instant experimentalUntil,
    @Nullable Finding dormant) {

  /** An experiment that is over. */
  public static Finding experimentEnded(Instant until, Severity severity) {
    return new Finding(
        "spec.semantic.experimental_mode.expired",
        severity,
        "/experimental_mode/expires_at",
        "experimental_mode ended " + until + "; renew it or remove it");
  }
}
