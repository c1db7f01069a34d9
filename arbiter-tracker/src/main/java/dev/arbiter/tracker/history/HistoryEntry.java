/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.tracker.internal.ChainedLine;
import dev.arbiter.tracker.internal.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of a segment: a record, or a gap in place of deleted records.
 *
 * @param gap its numbers and hashes; a record covers one number
 * @param type type of the record, empty for a gap
 * @param at event time, {@link Instant#MIN} for a gap
 * @param text the line
 */
record HistoryEntry(DeletedRange gap, String type, Instant at, String text) {
  static final String DOMAIN = "arbiter.history.v1";
  static final String DELETION = "deletion";

  static final String DATA = "data";

  private static final String GAP = "{\"gap\":";

  static HistoryEntry of(DeletedRange gap) {
    String text = Json.write(Map.of("gap", fields(gap)));
    return new HistoryEntry(gap, "", Instant.MIN, text);
  }

  static HistoryEntry read(String text) throws IOException {
    if (text.startsWith(GAP)) {
      return of(gap(Json.read(text).object("gap")));
    }
    ChainedLine line = ChainedLine.readUntil(DOMAIN, text, DATA);
    Json.Fields fields = line.fields();
    try {
      return new HistoryEntry(
          new DeletedRange(line.seq(), line.seq(), line.prev(), line.hash()),
          fields.text("type"),
          Instant.parse(fields.text("at")),
          text);
    } catch (DateTimeException e) {
      throw new IOException("its time is none", e);
    }
  }

  boolean isGap() {
    return type.isEmpty();
  }

  /** The gaps that a record of type deletion proves. */
  List<DeletedRange> proves() throws IOException {
    List<DeletedRange> gaps = new ArrayList<>();
    for (Json.Fields fields : Json.read(text).object(DATA).objects("gaps")) {
      gaps.add(gap(fields));
    }
    return gaps;
  }

  static Map<String, Object> fields(DeletedRange gap) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("from", gap.from());
    fields.put("to", gap.to());
    fields.put("prev", gap.prev());
    fields.put("last", gap.last());
    return fields;
  }

  private static DeletedRange gap(Json.Fields fields) throws IOException {
    DeletedRange gap =
        new DeletedRange(
            fields.whole("from"), fields.whole("to"), fields.text("prev"), fields.text("last"));
    if (gap.from() > gap.to() || gap.from() < 1) {
      throw new IOException("a gap that cannot be");
    }
    return gap;
  }
}
