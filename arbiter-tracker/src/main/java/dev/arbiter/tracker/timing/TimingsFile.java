/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.arbiter.tracker.internal.Jackson;
import dev.arbiter.tracker.timing.TimedRun.Pair;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.math.BigDecimal;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The file: a JSON array of {agent, cli, duration, timestamp}, always replaced as a whole. */
final class TimingsFile {
  /*
   * A failed run has "success": false besides the four documented fields. Readers of the format
   * skip unknown fields; without it the share of successes would be lost on restart.
   *
   * A file that is no such array is renamed, never overwritten, because a person may want to look
   * at it. Entries before the damage are used, and those behind it, from the next line that begins
   * an entry as this class writes it. A well-formed but invalid entry is skipped and counted, and
   * disappears with the next write.
   *
   * What is written can be read: durations are cut to the longest, names to the longest (both by
   * AgentTimings), and the oldest runs that do not fit into the largest file are left out.
   */
  private static final long MOST_BYTES = 64L << 20;
  private static final int LONGEST_TEXT = 4096;
  private static final int MOST_ASIDE = 100;
  static final Duration LONGEST = Duration.ofDays(3660);

  private static final double MOST_MILLIS = LONGEST.toMillis();
  private static final double EXACT = 1L << 51;
  private static final double NANOS_A_MILLI = 1e6;
  private static final int ENTRY_BYTES = 256;
  private static final byte[] ENTRY_BEGINS = "\n  {".getBytes(StandardCharsets.US_ASCII);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final JsonFactory JSON =
      Jackson.factory(
          StreamReadConstraints.builder()
              .maxNestingDepth(8)
              .maxStringLength(LONGEST_TEXT)
              .maxNameLength(LONGEST_TEXT)
              .maxNumberLength(64)
              .build());

  private final Path path;

  TimingsFile(Path path) {
    this.path = path;
  }

  /** The result of reading, besides the runs. */
  record Read(Optional<Path> keptAside, String problem, int skipped) {}

  Read read(Consumer<TimedRun> sink, Instant now) throws IOException {
    if (!Files.exists(path)) {
      return new Read(Optional.empty(), "", 0);
    }
    if (Files.size(path) > MOST_BYTES) {
      return new Read(Optional.of(keepAside(now)), "larger than " + MOST_BYTES + " bytes", 0);
    }
    byte[] bytes = Files.readAllBytes(path);
    Entries entries = new Entries(sink);
    String problem = "";
    for (int from = 0; from >= 0; ) {
      Entries.Damage damage = entries.readFrom(bytes, from);
      problem = problem.isEmpty() ? damage.problem() : problem;
      from = damage.problem().isEmpty() ? -1 : nextEntry(bytes, from + damage.at());
    }
    return problem.isEmpty()
        ? new Read(Optional.empty(), "", entries.skipped)
        : new Read(Optional.of(keepAside(now)), problem, entries.skipped);
  }

  /** Where the next line begins that looks like an entry; -1 for none. */
  private static int nextEntry(byte[] bytes, int from) {
    int length = ENTRY_BEGINS.length;
    for (int at = Math.max(0, from); at + length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + length, ENTRY_BEGINS, 0, length)) {
        return at;
      }
    }
    return -1;
  }

  private Path keepAside(Instant now) throws IOException {
    String name = path.getFileName() + ".damaged-" + STAMP.format(now);
    Path aside = path.resolveSibling(name);
    for (int i = 1; i < MOST_ASIDE && Files.exists(aside); i++) {
      aside = path.resolveSibling(name + "-" + i);
    }
    return Files.move(path, aside);
  }

  void replace(List<TimedRun> runs) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Path next = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
    try {
      write(runs, next);
      move(next);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  private void move(Path next) throws IOException {
    try {
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(next, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** How many runs from the oldest on do not fit. */
  private static int tooMany(List<TimedRun> runs) {
    long room = MOST_BYTES - ENTRY_BYTES;
    int first = runs.size();
    while (first > 0) {
      TimedRun.Pair pair = runs.get(first - 1).pair();
      room -= ENTRY_BYTES + length(pair.agent()) + length(pair.cli());
      if (room < 0) {
        break;
      }
      first--;
    }
    return first;
  }

  /** Bytes of a text in the file, at most. */
  private static int length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= ' ' && c < 0xD800;
      length += !plain ? 6 : c < 0x80 ? 2 : 3;
    }
    return length;
  }

  private static void write(List<TimedRun> runs, Path to) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        OutputStream out = Channels.newOutputStream(channel);
        JsonGenerator json = JSON.createGenerator(out)) {
      json.setPrettyPrinter(pretty());
      json.writeStartArray();
      for (TimedRun run : runs.subList(tooMany(runs), runs.size())) {
        write(run, json);
      }
      json.writeEndArray();
      json.flush();
      channel.force(true);
    }
  }

  private static void write(TimedRun run, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("agent", run.pair().agent());
    json.writeStringField("cli", run.pair().cli());
    long nanos = run.duration().toNanos();
    if (nanos < EXACT) {
      json.writeNumberField("duration", nanos / NANOS_A_MILLI);
    } else {
      json.writeNumberField("duration", BigDecimal.valueOf(nanos, 6));
    }
    json.writeStringField("timestamp", run.at().toString());
    if (!run.success()) {
      json.writeBooleanField("success", false);
    }
    json.writeEndObject();
  }

  private static DefaultPrettyPrinter pretty() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    Separators separators =
        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
    printer.indentArraysWith(indenter);
    printer.indentObjectsWith(indenter);
    return printer;
  }

  /** Reads entries one by one. */
  private static final class Entries {
    private final Consumer<TimedRun> sink;
    private int skipped;

    Entries(Consumer<TimedRun> sink) {
      this.sink = sink;
    }

    /**
     * The end of a reading.
     *
     * @param at how many bytes were read
     * @param problem empty if there was none
     */
    record Damage(int at, String problem) {}

    /** Reads the whole array, or from an entry in its middle. */
    Damage readFrom(byte[] bytes, int from) throws IOException {
      InputStream rest = new ByteArrayInputStream(bytes, from, bytes.length - from);
      InputStream in =
          from == 0
              ? rest
              : new SequenceInputStream(new ByteArrayInputStream(new byte[] {'['}), rest);
      try (JsonParser parser = JSON.createParser(in)) {
        try {
          readAll(parser);
          return new Damage(0, "");
        } catch (JsonProcessingException e) {
          return new Damage(read(parser), e.getOriginalMessage());
        } catch (CharConversionException e) {
          return new Damage(read(parser), "not UTF-8");
        }
      } catch (CharConversionException e) {
        return new Damage(0, "not UTF-8");
      }
    }

    private static int read(JsonParser parser) {
      return (int) Math.max(0, parser.currentLocation().getByteOffset());
    }

    private void readAll(JsonParser parser) throws IOException {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new JsonParseException(parser, "no JSON array");
      }
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token == null) {
          throw new JsonParseException(parser, "the array does not end");
        }
        TimedRun run = token == JsonToken.START_OBJECT ? entry(parser) : other(parser);
        if (run == null) {
          skipped++;
        } else {
          sink.accept(run);
        }
      }
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "something follows the array");
      }
    }

    private static @Nullable TimedRun other(JsonParser parser) throws IOException {
      parser.skipChildren();
      return null;
    }

    private static @Nullable TimedRun entry(JsonParser parser) throws IOException {
      String agent = null;
      String cli = null;
      String timestamp = null;
      double millis = Double.NaN;
      long nanos = 0;
      boolean success = true;
      for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        String text = value == JsonToken.VALUE_STRING ? parser.getText() : null;
        switch (field) {
          case "agent" -> agent = text;
          case "cli" -> cli = text;
          case "timestamp" -> timestamp = text;
          case "duration" -> {
            millis = value.isNumeric() ? parser.getDoubleValue() : Double.NaN;
            nanos = nanos(parser, millis);
          }
          case "success" -> success = value != JsonToken.VALUE_FALSE;
          default -> parser.skipChildren();
        }
        parser.skipChildren();
      }
      boolean sound = agent != null && cli != null && millis >= 0 && millis <= MOST_MILLIS;
      Instant at = timestamp == null ? null : instant(timestamp);
      if (!sound || agent == null || cli == null || at == null) {
        return null;
      }
      return new TimedRun(new Pair(agent, cli), Duration.ofNanos(nanos), at, success);
    }

    /* A double is exact up to 26 days. */
    private static long nanos(JsonParser parser, double millis) throws IOException {
      double nanos = millis * NANOS_A_MILLI;
      return nanos < EXACT || !(millis <= MOST_MILLIS)
          ? Math.round(nanos)
          : parser.getDecimalValue().movePointRight(6).longValue();
    }

    private static @Nullable Instant instant(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        return null;
      }
    }
  }
}
