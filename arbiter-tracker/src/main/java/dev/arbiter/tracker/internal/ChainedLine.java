/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of a file whose lines carry a SHA-256 chain: <code>
 *  {"seq":2,"prev":"...",...,"hash":"..."}</code>.
 *
 * <p>The hash covers the file's domain, a line feed, and the line up to the comma before {@code
 * "hash"}, as UTF-8. {@code prev} is the hash of the line before, 64 zeros for the first. So a
 * check of a line does not depend on how its JSON was written.
 *
 * @param seq its number, from 1
 * @param prev the hash of the line before
 * @param hash its own hash
 * @param text the whole line without its line feed
 * @param fields its content, including seq and prev
 */
public record ChainedLine(long seq, String prev, String hash, String text, Json.Fields fields) {
  /** The hash before the first line. */
  public static final String NOTHING = "0".repeat(Digests.HEX_LENGTH);

  private static final String SEAL = ",\"hash\":\"";
  private static final int SEAL_LENGTH = SEAL.length() + Digests.HEX_LENGTH + 2;

  /**
   * Seals a line of a domain, which keeps lines of different kinds of files apart. The fields must
   * not include seq, prev and hash. Throws {@link IllegalArgumentException} if the line could not
   * be read back.
   */
  public static ChainedLine seal(String domain, long seq, String prev, Map<String, ?> fields) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("seq", seq);
    all.put("prev", prev);
    all.putAll(fields);
    String json = Json.write(all);
    String body = json.substring(0, json.length() - 1);
    String hash = hash(domain, body);
    return new ChainedLine(seq, prev, hash, body + SEAL + hash + "\"}", Json.Fields.of(all));
  }

  /**
   * Reads a line without its line feed and checks its own hash; throws if it is no such line or was
   * changed. The caller checks that it follows another line.
   */
  public static ChainedLine read(String domain, String text) throws IOException {
    return of(checked(domain, text), text, Json.read(text));
  }

  /**
   * Reads a line, but of its content only the fields before one: its hash vouches for the others.
   */
  public static ChainedLine readUntil(String domain, String text, String field) throws IOException {
    return of(checked(domain, text), text, Json.readUntil(text, field));
  }

  private static ChainedLine of(String hash, String text, Json.Fields fields) throws IOException {
    return new ChainedLine(fields.whole("seq"), fields.text("prev"), hash, text, fields);
  }

  private static String checked(String domain, String text) throws IOException {
    int end = text.length() - SEAL_LENGTH;
    if (end < 1 || !text.startsWith(SEAL, end) || !text.endsWith("\"}")) {
      throw new IOException("it is no sealed line");
    }
    String hash = text.substring(end + SEAL.length(), text.length() - 2);
    if (!hash.equals(hash(domain, text.substring(0, end)))) {
      throw new IOException("its hash is not that of what it says");
    }
    return hash;
  }

  /** {@return the line as written to a file: UTF-8 with the line feed} */
  public byte[] bytes() {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String hash(String domain, String body) {
    return Digests.sha256Hex(domain + "\n" + body);
  }
}
