/* SPDX-License-Identifier: Apache-2.0 */

/**
 * An append-only log of verdicts that others can check: entries, a Merkle tree (RFC 6962), signed
 * checkpoints (C2SP signed note), keys and their rotation.
 *
 * <p>Start at {@link ProvenanceLog}; read a folder of it with {@link LogFolder}. {@link Signer} is
 * the socket for keys elsewhere, {@link Anchor} the socket for keepers of checkpoints.
 *
 * <pre>
 *   append --> ProvenanceLog --> LogEntries --> VerdictFile (verdicts.jsonl)
 *                   |               |    \
 *                   |               |     KeyRing (KeyRotation)   Ed25519, SigningKey, Signer
 *                   |          MerkleTree, LeafIndex                      |
 *                   +--> CheckpointSigner --> Checkpoint -----------------+--> Anchors
 *   verify --> LogAudit --> LogVerification
 * </pre>
 */
@NullMarked
package dev.arbiter.caws.provenance;

import org.jspecify.annotations.NullMarked;
