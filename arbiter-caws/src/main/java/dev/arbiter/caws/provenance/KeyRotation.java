/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.StrictBase64;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.internal.Digests;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An entry that replaces a log's key: an in-toto statement that names the old and the new key. Both
 * keys sign it for one place of one log, so that the holder of one key cannot make it alone.
 *
 * @param origin the log
 * @param index the entry's own place
 * @param from the key before this entry
 * @param to the key after this entry
 */
record KeyRotation(String origin, long index, PublicKey from, PublicKey to) {
  private static final String START =
      "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"from\":{";
  private static final String TYPE = "https://arbiter.dev/key-rotation/v1";

  static String document(String origin, long index, Signer from, Signer to, Instant at) {
    byte[] message = message(origin, index, from.publicKey(), to.publicKey(), at.toString());
    JsonBytes json = new JsonBytes().raw(START);
    key(from, message, json);
    json.raw("},\"index\":").number(index).raw(",\"origin\":").string(origin);
    json.raw(",\"time\":").string(at.toString()).raw(",\"to\":{");
    key(to, message, json);
    json.raw("}},\"predicateType\":\"").raw(TYPE).raw("\",\"subject\":[{\"digest\":{\"sha256\":\"");
    json.raw(to.id().substring(Digests.NAME.length())).raw("\"},\"name\":\"public-key\"}]}");
    return json.text();
  }

  private static void key(Signer signer, byte[] message, JsonBytes json) {
    String key = base64(signer.publicKey().getEncoded());
    json.raw("\"publicKey\":\"").raw(key).raw("\",\"signature\":\"");
    json.raw(base64(signer.signChecked(message))).raw('"');
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] message(
      String origin, long index, PublicKey from, PublicKey to, String time) {
    String text =
        String.join(
            "\n",
            TYPE,
            origin,
            Long.toString(index),
            SigningKey.idOf(from),
            SigningKey.idOf(to),
            time,
            "");
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether an entry begins like a rotation; cheap. */
  static boolean isOne(byte[] entry, int length) {
    return begins(entry, length, START);
  }

  /** Whether an entry begins with an ASCII text; cheap. */
  static boolean begins(byte[] entry, int length, String start) {
    if (length < start.length()) {
      return false;
    }
    for (int i = start.length() - 1; i >= 0; i--) { // backwards: verdicts differ at the end
      if (entry[i] != start.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Null when it is no rotation, or a signature is invalid. */
  static @Nullable KeyRotation read(String document) {
    try {
      if (!(Document.json(document) instanceof Node.Fields root)
          || !(root.field("predicate") instanceof Node.Fields predicate)
          || !(predicate.field("index") instanceof Node.Whole index)
          || !root.text("predicateType").equals(TYPE)) {
        return null;
      }
      Node from = predicate.field("from");
      Node to = predicate.field("to");
      String origin = predicate.text("origin");
      PublicKey before = key(from);
      PublicKey after = key(to);
      byte[] message = message(origin, index.value(), before, after, predicate.text("time"));
      return isSigned(from, before, message) && isSigned(to, after, message)
          ? new KeyRotation(origin, index.value(), before, after)
          : null;
    } catch (Unreadable | IllegalArgumentException e) {
      return null;
    }
  }

  private static PublicKey key(Node side) {
    byte[] spki = StrictBase64.decode(side.text("publicKey"));
    return Ed25519.publicKey(spki == null ? new byte[0] : spki);
  }

  private static boolean isSigned(Node side, PublicKey key, byte[] message) {
    byte[] signature = StrictBase64.decode(side.text("signature"));
    return signature != null && Ed25519.verify(key, message, signature);
  }
}
