/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import dev.arbiter.caws.events.EventChain.ChainReport.Form;
import dev.arbiter.task.Finding;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies {@code events.jsonl}, where each event's hash covers the event and the hash before it.
 *
 * <p>The hash is SHA-256 over {@code caws.events.v1}, a zero byte and the event as canonical JSON
 * without {@code event_hash}. A chain does not show that events were cut off at its end: keep its
 * {@link ChainReport#head} elsewhere. Rule ids are those of the CAWS kernel. Memory is bounded: a
 * line has at most {@value #LONGEST_LINE} bytes, and only the numbers of events are kept.
 */
public final class EventChain {
  /** The longest line that is read, in bytes. */
  public static final int LONGEST_LINE = 1 << 20;

  private static final int MOST_FINDINGS = 1000;
  private static final int MOST_EVENTS = 10_000_000;

  private final List<Finding> findings = new ArrayList<>();
  private final Set<Long> numbers = new HashSet<>();
  private Form form = Form.EVENTS;
  private long entries;
  private @Nullable Event last;

  private EventChain() {}

  /**
   * Verifies a file.
   *
   * @param file one event a line
   * @return the findings
   * @throws IOException if it cannot be read
   */
  public static ChainReport verify(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return verify(in);
    }
  }

  /**
   * Verifies a stream.
   *
   * @param in one event a line; blank lines are skipped
   * @return the findings
   * @throws IOException if it cannot be read
   */
  public static ChainReport verify(InputStream in) throws IOException {
    EventChain chain = new EventChain();
    chain.readAll(in);
    Event last = chain.last;
    String head = last == null ? "" : last.hash();
    return new ChainReport(chain.form, chain.entries, head, chain.findings);
  }

  /**
   * Verifies {@code chain.json} of CAWS 10, as the tool of that version does.
   *
   * <p>Its hash covers the top-level values, and of nested objects only fields that have the same
   * name as a top-level one: a commit's message and author, or the violations of a gate, can be
   * changed unnoticed. So a whole chain proves little. Arbiter reads this format and never writes
   * it.
   *
   * @param file a JSON list of entries
   * @return the findings
   * @throws IOException if it cannot be read, is no JSON list, or has an entry of more than {@value
   *     #LONGEST_LINE} characters
   */
  public static ChainReport verifyChainJson(Path file) throws IOException {
    return ProvenanceChain.verify(file);
  }

  private void readAll(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int line = 1;
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        line(bytes, line++);
      } else if (bytes.size() < LONGEST_LINE) {
        bytes.write(b);
      } else {
        broken(
            line, "event.envelope_invalid", "the event has more than " + LONGEST_LINE + " bytes");
        return;
      }
      if (entries > MOST_EVENTS) {
        broken(line, "event.envelope_invalid", "more than " + MOST_EVENTS + " events; split it");
        return;
      }
    }
    line(bytes, line);
  }

  private void line(ByteArrayOutputStream bytes, int line) {
    byte[] read = bytes.toByteArray();
    bytes.reset();
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read)).toString().strip();
      if (line == 1 && text.startsWith("\ufeff")) {
        text = text.substring(1);
      }
      if (!text.isEmpty()) {
        entries++;
        if (EcmaJson.read(text) instanceof Map<?, ?> fields) {
          event(new Event(fields), line);
        } else {
          unreadable(line, "is no object");
        }
      }
    } catch (CharacterCodingException e) {
      unreadable(line, "is no UTF-8");
    } catch (IOException e) {
      unreadable(line, "is no JSON object, or has a key twice");
    }
  }

  private void unreadable(int line, String message) {
    broken(line, "event.envelope_invalid", message + "; restore it from a copy");
    last = null;
  }

  private void event(Event event, int line) {
    boolean genesis = entries == 1;
    if (genesis && event.isV10()) {
      form = Form.EVENTS_V10;
    }
    number(event, genesis, line);
    link(event, genesis, line);
    hash(event, line);
    last = event;
  }

  private void number(Event event, boolean genesis, int line) {
    Long seq = event.seq();
    if (seq == null) {
      broken(line, "chain.seq_not_integer", "seq is no whole number");
      return;
    }
    if (seq < 1) {
      broken(line, "chain.seq_not_positive", "seq is " + seq + ", the first is 1");
      return;
    }
    if (!numbers.add(seq)) {
      broken(line, "chain.seq_duplicate", "seq " + seq + " is there twice");
    }
    Long before = last == null ? null : last.seq();
    if (genesis && seq != 1) {
      broken(line, "chain.seq_gap", "the first seq is " + seq + ", not 1: events are missing");
    } else if (before != null && seq != before + 1) {
      broken(line, "chain.seq_gap", "seq is " + seq + " after " + before);
    }
  }

  private void link(Event event, boolean genesis, int line) {
    Object previous = event.previous();
    if (genesis) {
      if (form == Form.EVENTS && previous != null) {
        broken(line, "chain.genesis_prev_hash_not_null", "the first prev_hash must be null");
      }
    } else if (previous == null) {
      broken(line, "chain.non_genesis_prev_hash_null", "only the first prev_hash is null");
    } else if (!Event.isHash(previous)) {
      broken(line, "chain.prev_hash_malformed", "prev_hash is not sha256: and 64 digits");
    } else if (last != null && Event.isHash(last.hash()) && !previous.equals(last.hash())) {
      broken(line, "chain.prev_hash_mismatch", "prev_hash is not the hash of the event before");
    }
  }

  private void hash(Event event, int line) {
    if (!Event.isHash(event.hash())) {
      broken(line, "chain.event_hash_malformed", "event_hash is not sha256: and 64 digits");
      return;
    }
    try {
      if (!event.computed().equals(event.hash())) {
        broken(line, "chain.event_hash_mismatch", "the event is not the one that was hashed");
      }
    } catch (IllegalArgumentException e) {
      broken(
          line,
          "canonical.non_finite_number",
          "the event holds a number beyond the range of a double");
    }
  }

  private void broken(int line, String rule, String message) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(Finding.error("evidence." + rule, "/" + (line - 1), message).onLine(line));
    }
  }

  /**
   * The result of verifying a chain.
   *
   * @param form the format of the chain
   * @param entries how many entries there are
   * @param head the hash of the last entry, to be kept elsewhere; empty when there is none
   * @param findings the faults, at most 1,000; none when the chain is whole
   */
  public record ChainReport(Form form, long entries, String head, List<Finding> findings) {
    /** Copies. */
    public ChainReport {
      findings = List.copyOf(findings);
    }

    /** The format of a chain. */
    public enum Form {
      /** {@code events.jsonl} of CAWS 11 and later. */
      EVENTS("events.v1"),
      /** {@code events.jsonl} of CAWS 10: the first previous hash is an empty text. */
      EVENTS_V10("events.v10"),
      /** {@code chain.json} of CAWS 10, which leaves most of each entry out of its hash. */
      PROVENANCE_V10("chain.v10");

      private final String word;

      Form(String word) {
        this.word = word;
      }

      /** {@return the name of the format; such as {@code events.v1}} */
      public String word() {
        return word;
      }
    }

    /**
     * {@return whether no entry was changed, removed or inserted; true when there are no findings}
     */
    public boolean isWhole() {
      return findings.isEmpty();
    }
  }
}
