/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A working spec that keeps all rules, as far as the decisions need it. */
record Spec(
    String id,
    int tier,
    String mode,
    boolean hasContracts,
    Scope scope,
    @Nullable Instant experimentalUntil) {}
