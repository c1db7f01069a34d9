/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Hands verdicts to programs in any language: in-toto statements in DSSE envelopes, Sigstore
 * bundles, inclusion proofs and a checkpoint, and checks such a folder again.
 *
 * <p>Start at {@link EvidenceFolder}; {@link Envelope} signs a single verdict at once.
 */
@NullMarked
package dev.arbiter.caws.export;

import org.jspecify.annotations.NullMarked;
