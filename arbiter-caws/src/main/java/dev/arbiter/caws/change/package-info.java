/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The changes that work made, from a report, a diff, numstat or a Git work tree; and the trail of
 * verdicts in a Git repository.
 *
 * <p>Start at {@link ChangeSet} or {@link GitTrail}.
 */
@NullMarked
package dev.arbiter.caws.change;

import org.jspecify.annotations.NullMarked;
