/* SPDX-License-Identifier: Apache-2.0 */

/**
 * An append-only log of verdicts that others can verify: entries, a Merkle tree (RFC 6962), signed
 * checkpoints (C2SP signed note), keys and their rotation.
 *
 * <p>Start at {@link ProvenanceLog}; {@link LogFolder} reads a log's folder without its key. A
 * {@link Signer} can be a key elsewhere; an {@link Anchor} keeps checkpoints elsewhere.
 *
 * <pre>{@code
 * document --append--> ProvenanceLog --> LogEntries ---------> VerdictFile (verdicts.jsonl)
 *                            |               |   |                  +--> EntryCodes (verdicts.mac)
 *                            |               |   +--> KeyRing <-- KeyRotation entries
 *                            |               |   +--> Withdrawal entries
 *                            |               v
 *                            |          MerkleTree <-- LeafIndex --> InclusionProof
 *                            v               | root
 *                     CheckpointSigner <-----+
 *              Signer --sign-->|
 *              (SigningKey)    +--> Checkpoint --> checkpoint.txt, Anchor*
 *
 * ProvenanceLog.verify, LogFolder.verify --> LogAudit --> LogVerification
 * }</pre>
 */
@NullMarked
package dev.arbiter.caws.provenance;

import org.jspecify.annotations.NullMarked;
