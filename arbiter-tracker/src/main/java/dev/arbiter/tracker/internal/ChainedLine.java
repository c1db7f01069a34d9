/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of a file whose lines carry a SHA-256 chain: <code>
 * {"seq":2,"prev":"...",...,"hash":"..."}</code>.
 *
 * <p>The hash is over the file's domain, a line feed, and the line up to the comma before {@code
 * "hash"}, as UTF-8; {@code prev} is the hash of the line before, 64 zeros for the first. So a line
 * can be checked without knowing how its JSON was written.
 *
 * @param seq its place, from 1
 * @param prev the hash of the line before
 * @param hash its own
 * @param text the whole line without its line feed
 * @param fields what it says; seq and prev among them
 */
public record ChainedLine(long seq, String prev, String hash, String text, Json.Fields fields) {
  /** What comes before the first line. */
  public static final String NOTHING = "0".repeat(Digests.HEX_LENGTH);

  private static final String SEAL = ",\"hash\":\"";
  private static final int SEAL_LENGTH = SEAL.length() + Digests.HEX_LENGTH + 2;

  /**
   * Seals a line.
   *
   * @param domain what kind of file, so that a line of one kind never passes as another
   * @param seq its place, from 1
   * @param prev the hash of the line before
   * @param fields what it says; none of them named seq, prev or hash
   * @return the line
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
   * Reads a line and checks its own hash; whether it follows another is for the caller.
   *
   * @param domain what kind of file
   * @param text the line without its line feed
   * @return the line
   * @throws IOException if it is no such line, or was changed
   */
  public static ChainedLine read(String domain, String text) throws IOException {
    int end = text.length() - SEAL_LENGTH;
    if (end < 1 || !text.startsWith(SEAL, end) || !text.endsWith("\"}")) {
      throw new IOException("it is no sealed line");
    }
    String hash = text.substring(end + SEAL.length(), text.length() - 2);
    if (!hash.equals(hash(domain, text.substring(0, end)))) {
      throw new IOException("its hash is not that of what it says");
    }
    Json.Fields fields = Json.read(text);
    return new ChainedLine(fields.whole("seq"), fields.text("prev"), hash, text, fields);
  }

  /**
   * The line as it stands in a file.
   *
   * @return UTF-8 with the line feed
   */
  public byte[] bytes() {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String hash(String domain, String body) {
    return Digests.sha256Hex(domain + "\n" + body);
  }
}
