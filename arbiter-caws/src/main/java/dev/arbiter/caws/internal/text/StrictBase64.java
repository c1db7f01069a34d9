/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Base64 with one spelling for each value: text that does not encode back to itself is refused. */
public final class StrictBase64 {
  private StrictBase64() {}

  /** Decodes a text; null unless it is exactly what an encoder writes. */
  public static byte @Nullable [] decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Encodes each hash. */
  public static List<String> encode(List<byte[]> hashes) {
    return hashes.stream().map(Base64.getEncoder()::encodeToString).toList();
  }

  /** Null when one text is not Base64. */
  public static @Nullable List<byte[]> decode(List<String> texts) {
    List<byte[]> hashes = new ArrayList<>();
    for (String text : texts) {
      byte[] hash = decode(text);
      if (hash == null) {
        return null;
      }
      hashes.add(hash);
    }
    return hashes;
  }
}
