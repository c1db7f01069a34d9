/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Inclusion proofs as JSON, with the field names that Sigstore gives them. */
final class ProofJson {
  private static final int MOST_DIGITS = 18;
  private static final FixedLayout LAYOUT =
      new FixedLayout("{\"hashes\":[", "],\"logIndex\":", ",\"treeSize\":", "}");

  private ProofJson() {}

  static String write(InclusionProof proof) {
    String hashes =
        proof.hashes().isEmpty() ? "" : "\"" + String.join("\",\"", proof.hashes()) + "\"";
    return LAYOUT.write(hashes, Long.toString(proof.index()), Long.toString(proof.size()));
  }

  static @Nullable InclusionProof read(String json) {
    List<String> values = LAYOUT.read(json);
    if (values == null || !isNumber(values.get(1)) || !isNumber(values.get(2))) {
      return null;
    }
    String hashes = values.get(0);
    List<String> path =
        hashes.length() < 2
            ? List.of()
            : Arrays.asList(hashes.substring(1, hashes.length() - 1).split("\",\"", -1));
    InclusionProof proof =
        new InclusionProof(Long.parseLong(values.get(1)), Long.parseLong(values.get(2)), path);
    return write(proof).equals(json) ? proof : null;
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= MOST_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
