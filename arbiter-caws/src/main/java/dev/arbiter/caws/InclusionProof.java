/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.util.List;

/**
 * That a verdict stands at one place of a provenance log (RFC 6962, section 2.1.1).
 *
 * @param index the verdict's place, from 0
 * @param size how many verdicts the log had
 * @param hashes the audit path from the leaf up, each 32 bytes in Base64
 */
public record InclusionProof(long index, long size, List<String> hashes) {
  /** Copies. */
  public InclusionProof {
    hashes = List.copyOf(hashes);
  }
}
