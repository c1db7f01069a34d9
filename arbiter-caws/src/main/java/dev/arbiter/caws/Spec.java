/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A working spec that keeps all rules, as far as the decisions need it.
 *
 * @param dormant why no task runs under it now; null when one may
 */
record Spec(
    String id,
    int tier,
    String mode,
    boolean hasContracts,
    Scope scope,
    @Nullable Instant experimentalUntil,
    @Nullable Finding dormant) {}
