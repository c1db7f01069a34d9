/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Seal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entry that takes back a verdict of the same log, because its task did not end as completed: an
 * in-toto statement whose subject is the verdict's document.
 *
 * @param verdict the digest of the verdict's document, {@code sha256:} and 64 hexadecimal digits
 * @param tenant the tenant of the task
 * @param task the id of the task
 * @param attempt the number of the attempt, from 1
 * @param at the time of the withdrawal
 * @param reason one line for a reader; cut after 300 characters
 */
public record Withdrawal(
    String verdict, String tenant, String task, long attempt, Instant at, String reason) {
  private static final int LONGEST_REASON = 300;
  private static final String START =
      "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"attempt\":";
  private static final String TYPE = "https://arbiter.dev/withdrawal/v1";

  /**
   * Checks the digest and cleans the reason.
   *
   * @throws IllegalArgumentException if the verdict is named by anything but a digest
   */
  public Withdrawal {
    if (!Digests.isNamed(verdict)) {
      throw new IllegalArgumentException("a withdrawal names a verdict's digest, got " + verdict);
    }
    if (reason.length() > LONGEST_REASON + 3
        || !reason.codePoints().allMatch(Sanitizer::isPrintable)) {
      reason = Sanitizer.text(reason, LONGEST_REASON);
    }
  }

  /** {@return the entry; canonical JSON} */
  public String document() {
    JsonBytes json = new JsonBytes().raw(START).number(attempt);
    json.raw(",\"reason\":").string(reason);
    json.raw(",\"task\":{\"id\":").string(task).raw(",\"tenant\":").string(tenant);
    json.raw("},\"time\":").string(at.toString());
    json.raw("},\"predicateType\":\"").raw(TYPE).raw("\",\"subject\":[{\"digest\":{\"sha256\":\"");
    json.raw(verdict, Digests.NAME.length()).raw("\"},\"name\":\"verdict\"}]}");
    return json.text();
  }

  /**
   * Reads an entry.
   *
   * @param document an entry of a log
   * @return empty when it is none that {@link #document()} wrote
   */
  public static Optional<Withdrawal> read(String document) {
    try {
      return document.startsWith(START) && Document.json(document) instanceof Node.Fields root
          ? read(root).filter(read -> read.document().equals(document))
          : Optional.empty();
    } catch (Unreadable | DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Withdrawal> read(Node root) {
    Node predicate = root.field("predicate");
    Long attempt = FieldReader.whole(predicate.field("attempt"));
    if (attempt == null || root.field("subject").items().size() != 1) {
      return Optional.empty();
    }
    Node subject = root.field("subject").items().get(0);
    return Optional.of(
        new Withdrawal(
            Digests.NAME + subject.field("digest").text("sha256"),
            predicate.field("task").text("tenant"),
            predicate.field("task").text("id"),
            attempt,
            Instant.parse(predicate.text("time")),
            predicate.text("reason")));
  }

  /** The withdrawals of one log. Not thread-safe. */
  static final class Register {
    private final Map<String, Withdrawal> byVerdict = new HashMap<>();

    /** Records an entry if it is a withdrawal; cheap for others. */
    void see(byte[] entry, int length) {
      if (KeyRotation.begins(entry, length, START)) {
        read(new String(entry, 0, length, StandardCharsets.UTF_8))
            .ifPresent(read -> byVerdict.putIfAbsent(read.verdict(), read));
      }
    }

    /** By the document itself: the digest in a seal is a claim. */
    @Nullable Withdrawal of(Seal seal) {
      return byVerdict.isEmpty() ? null : byVerdict.get(Digests.named(seal.document()));
    }
  }
}
