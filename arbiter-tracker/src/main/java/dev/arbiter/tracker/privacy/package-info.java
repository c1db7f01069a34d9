/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What has to happen to records before they leave the host.
 *
 * <p>Three levels, {@link dev.arbiter.tracker.privacy.Anonymizer.Level}. Single records go through
 * an {@link dev.arbiter.tracker.privacy.Anonymizer}: fields that are listed stay, ids become keyed
 * hashes, text loses secrets and personal data ({@link dev.arbiter.tracker.privacy.Scrubber}).
 * Figures over many go through {@link dev.arbiter.tracker.privacy.PrivateStatistics}, which is
 * differentially private and keeps a budget.
 */
@NullMarked
package dev.arbiter.tracker.privacy;

import org.jspecify.annotations.NullMarked;
