/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Exports verdicts for programs in any language, and verifies such an export: in-toto statements in
 * DSSE envelopes, Sigstore bundles, inclusion proofs and a checkpoint.
 *
 * <pre>{@code
 * LogFolder --> EvidenceFolder.write --> Envelope              N.dsse.json, N.bundle.json
 *                        |               ProofJson             N.proof.json
 *                        |               VerificationSummary   N.summary.json
 *                        +-------------> checkpoint.txt, public-key.pem
 *
 * folder --> EvidenceFolder.verify --> Listing --> EvidenceAudit --> LogVerification
 *                                  (which files)   (every byte; layout by FixedLayout)
 * }</pre>
 *
 * <p>Start at {@link EvidenceFolder}; {@link Envelope} signs a single verdict.
 */
@NullMarked
package dev.arbiter.caws.export;

import org.jspecify.annotations.NullMarked;
