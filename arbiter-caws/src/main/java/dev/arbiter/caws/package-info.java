/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Holds a task to its CAWS working spec, before and after the work, and makes each verdict
 * checkable by anyone who has the public key.
 *
 * <p>Start at {@link Caws}. {@link QualityGate} is what a host plugs in; {@link VerdictVerifier} is
 * for whoever checks a verdict later. Everything fails closed: what is missing, unreadable or
 * ambiguous is refused with a finding that says how to mend it.
 */
@NullMarked
package dev.arbiter.caws;

import org.jspecify.annotations.NullMarked;
