/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to {@code events.jsonl} that the tools of CAWS 11 and later can verify.
 *
 * <p>Not thread-safe. Each append locks the file, verifies its last line, and forces the new line
 * to disk: a millisecond or more. It refuses to append after a last line that does not verify;
 * earlier lines are verified by {@link EventChain#verify(Path)}.
 */
public final class EventWriter {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Path file;

  private EventWriter(Path file) {
    this.file = file;
  }

  /**
   * Creates a writer.
   *
   * @param file is created with the first event if it does not exist
   * @return a writer
   */
  public static EventWriter to(Path file) {
    return new EventWriter(file);
  }

  /**
   * The author of an event.
   *
   * @param kind human, agent, system or automation
   * @param id not empty
   * @param sessionId empty for none
   * @param platform empty for none
   */
  public record Actor(String kind, String id, String sessionId, String platform) {
    /**
     * Checks.
     *
     * @throws IllegalArgumentException if the kind is unknown, or the id is empty
     */
    public Actor {
      if (!Set.of("human", "agent", "system", "automation").contains(kind)) {
        throw new IllegalArgumentException(
            "actor.kind must be human, agent, system or automation, got '" + kind + "'");
      }
      if (id.isEmpty()) {
        throw new IllegalArgumentException("actor.id must not be empty");
      }
    }

    Map<String, @Nullable Object> fields() {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("kind", kind);
      fields.put("id", id);
      if (!sessionId.isEmpty()) {
        fields.put("session_id", sessionId);
      }
      if (!platform.isEmpty()) {
        fields.put("platform", platform);
      }
      return fields;
    }
  }

  /**
   * Appends one event.
   *
   * @param event the kind of event, such as {@code gate_evaluated}
   * @param time the time of the event
   * @param actor the author
   * @param specId the spec that the event is about; empty for none
   * @param data maps, lists, texts, numbers, booleans and null; at most 60 levels deep
   * @return the event's hash
   * @throws IOException if the file cannot be written, or its last line does not verify
   * @throws IllegalArgumentException if the data has a value of another kind
   */
  public String append(String event, Instant time, Actor actor, String specId, Map<String, ?> data)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.lock();
      Event last = last(channel);
      Long seq = last == null ? Long.valueOf(0) : last.seq();
      if (last != null && (seq == null || !last.computed().equals(last.hash()))) {
        throw new IOException(
            "the last event of " + file + " does not verify; keep it as evidence");
      }
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("seq", seq == null ? 1 : seq + 1);
      fields.put("event", event);
      fields.put("ts", MILLIS.format(time));
      fields.put("actor", actor.fields());
      if (!specId.isEmpty()) {
        fields.put("spec_id", specId);
      }
      fields.put("data", data);
      fields.put("prev_hash", last == null ? null : last.hash());
      return write(channel, fields);
    }
  }

  private String write(FileChannel channel, Map<String, @Nullable Object> fields)
      throws IOException {
    StringBuilder line = new StringBuilder();
    EcmaJson.write(fields, null, line);
    String hash = Event.hashOf(sorted(EcmaJson.read(line.toString())));
    fields.put("event_hash", hash);
    line.setLength(0);
    EcmaJson.write(fields, null, line);
    byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > EventChain.LONGEST_LINE) {
      throw new IllegalArgumentException(
          "an event has at most " + EventChain.LONGEST_LINE + " bytes, got " + bytes.length);
    }
    ByteBuffer pending = ByteBuffer.wrap(bytes);
    channel.position(channel.size());
    while (pending.hasRemaining()) {
      channel.write(pending);
    }
    channel.force(false);
    return hash;
  }

  private static Map<?, ?> sorted(@Nullable Object read) {
    return read instanceof Map<?, ?> fields ? fields : new TreeMap<>();
  }

  private @Nullable Event last(FileChannel channel) throws IOException {
    long size = channel.size();
    int count = (int) Math.min(size, EventChain.LONGEST_LINE + 1L);
    ByteBuffer tail = ByteBuffer.allocate(count);
    while (tail.hasRemaining() && channel.read(tail, size - count + tail.position()) >= 0) {
      // read until the tail is complete
    }
    String text = new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw new IOException("the last line of " + file + " is torn; cut it off");
    }
    String line = text.stripTrailing();
    line = line.substring(line.lastIndexOf('\n') + 1);
    if (line.isEmpty()) {
      return null;
    }
    if (EcmaJson.read(line) instanceof Map<?, ?> fields) {
      return new Event(fields);
    }
    throw new IOException("the last line of " + file + " is no event");
  }
}
