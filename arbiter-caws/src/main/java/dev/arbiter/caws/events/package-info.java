/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The evidence files of CAWS projects: {@code events.jsonl}, a chain of hashed events, and the
 * older {@code chain.json}.
 *
 * <p>Start at {@link EventChain}. These files are not signed: a writer of the file can make a new
 * chain. Verdicts go into {@link dev.arbiter.caws.provenance.ProvenanceLog}.
 */
@NullMarked
package dev.arbiter.caws.events;

import org.jspecify.annotations.NullMarked;
