/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.arbiter.caws.events.EventChain.ChainReport;
import dev.arbiter.caws.events.EventChain.ChainReport.Form;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Finding;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Verifies {@code chain.json}: see {@link EventChain#verifyChainJson}. */
final class ProvenanceChain {
  private static final int MOST_FINDINGS = 1000;

  private final List<Finding> findings = new ArrayList<>();
  private long entries;
  private String head = "";

  private ProvenanceChain() {}

  static ChainReport verify(Path file) throws IOException {
    try (Metered reader = new Metered(Files.newBufferedReader(file, StandardCharsets.UTF_8));
        JsonParser parser = EcmaJson.parser(reader)) {
      ProvenanceChain chain = new ProvenanceChain();
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IOException(file + " is no JSON list of entries");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        int line = parser.currentTokenLocation().getLineNr();
        chain.entry(EcmaJson.value(parser), line);
        reader.next();
      }
      if (parser.nextToken() != null) {
        throw new IOException(file + " goes on after its list");
      }
      return new ChainReport(Form.PROVENANCE_V10, chain.entries, chain.head, chain.findings);
    }
  }

  /** Stops reading when one entry is too long. */
  private static final class Metered extends FilterReader {
    private long sinceLast;

    Metered(Reader reader) {
      super(reader);
    }

    void next() {
      sinceLast = 0;
    }

    @Override
    public int read(char[] to, int offset, int length) throws IOException {
      if (sinceLast > EventChain.LONGEST_LINE) {
        throw new IOException("an entry has more than " + EventChain.LONGEST_LINE + " characters");
      }
      int count = super.read(to, offset, length);
      sinceLast += Math.max(0, count);
      return count;
    }
  }

  private void entry(@Nullable Object value, int line) {
    long index = entries++;
    if (!(value instanceof Map<?, ?> fields)) {
      broken(index, line, "event.envelope_invalid", "is no object");
      return;
    }
    if (!head.equals(fields.get("previous_hash"))) {
      broken(
          index, line, "chain.prev_hash_mismatch", "previous_hash is not that of the entry before");
    }
    Map<String, @Nullable Object> hashed = new TreeMap<>();
    fields.forEach((key, field) -> hashed.put((String) key, field));
    Object hash = hashed.remove("hash");
    head = hash instanceof String text ? text : "";
    try {
      if (!hashOf(hashed).equals(head)) {
        broken(
            index, line, "chain.event_hash_mismatch", "the entry is not the one that was hashed");
      }
    } catch (IllegalArgumentException e) {
      broken(index, line, "canonical.non_finite_number", "holds a number beyond a double's range");
    }
  }

  private static String hashOf(Map<String, @Nullable Object> entry) {
    StringBuilder json = new StringBuilder();
    EcmaJson.write(entry, entry.keySet(), json);
    return Digests.sha256Hex(json.toString());
  }

  private void broken(long index, int line, String rule, String message) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(
          Finding.error("evidence." + rule, "/" + index, "entry " + index + ": " + message)
              .onLine(line));
    }
  }
}
