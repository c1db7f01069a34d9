/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The life of waivers: proposed, approved, activated, extended, used, revoked or expired.
 *
 * <p>Start at {@link WaiverLedger}, or at {@link WaiverFolder} for a ledger kept in files.
 */
@NullMarked
package dev.arbiter.caws.waiver;

import org.jspecify.annotations.NullMarked;
