/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.events.EventChain.ChainReport;
import dev.arbiter.caws.events.EventChain.ChainReport.Form;
import dev.arbiter.task.Finding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventChainTest {
  /* Made with the hash function the format describes, by another program: sha256 over
   * "caws.events.v1", a zero byte and JSON with sorted keys. */
  private static final String FIRST =
      "{\"seq\":1,\"event\":\"spec_created\",\"ts\":\"2026-01-01T00:00:00.000Z\",\"actor\":{\"kind\":"
          + "\"human\",\"id\":\"ada\"},\"spec_id\":\"FEAT-001\",\"data\":{\"n\":[1,2.5,1e21,null],"
          + "\"e\":\"\\u00e4\"},\"prev_hash\":null,\"event_hash\":\"@HASH@\"}";

  private static final EventWriter.Actor ADA = new EventWriter.Actor("human", "ada", "", "");

  @TempDir Path folder;
  private Path file;
  private List<String> lines = List.of();

  @BeforeEach
  void three_events() throws IOException {
    file = folder.resolve("events.jsonl");
    EventWriter writer = EventWriter.to(file);
    for (int i = 0; i < 3; i++) {
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("z", i + 0.5);
      data.put("a", Arrays.asList(true, null, "text \u00e4 \u2028"));
      writer.append("gate_evaluated", Instant.parse("2026-01-01T00:00:00.5Z"), ADA, "FEAT-1", data);
    }
    lines = Files.readAllLines(file);
  }

  private static ChainReport verify(List<String> lines) throws IOException {
    String text = String.join("\n", lines) + "\n";
    return EventChain.verify(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> rules(ChainReport report) {
    return report.findings().stream().map(Finding::ruleId).toList();
  }

  @Test
  void what_was_written_verifies() throws IOException {
    ChainReport report = EventChain.verify(file);

    assertThat(report.findings()).isEmpty();
    assertThat(report.form()).isEqualTo(Form.EVENTS);
    assertThat(report.entries()).isEqualTo(3);
    assertThat(lines.get(2)).endsWith("\"event_hash\":\"" + report.head() + "\"}");
    assertThat(lines.get(0))
        .contains("\"ts\":\"2026-01-01T00:00:00.500Z\"")
        .contains(":null,\"event_hash\"");
  }

  @Test
  void the_hash_is_that_of_the_format() throws IOException {
    String hash = "sha256:add4df20b2936eadf94671cdaf6728d90609e66730c8cfbea127baf9444bb006";

    assertThat(verify(List.of(FIRST.replace("@HASH@", hash))).findings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"FEAT-1\"|\"FEAT-2\"|evidence.chain.event_hash_mismatch",
        "\"z\":1.5|\"z\":1.25|evidence.chain.event_hash_mismatch",
        "\"z\":1.5|\"y\":1,\"z\":1.5|evidence.chain.event_hash_mismatch",
        "\"seq\":2|\"seq\":3|evidence.chain.seq_gap",
        "\"seq\":2|\"seq\":1|evidence.chain.seq_duplicate",
        "\"seq\":2|\"seq\":0|evidence.chain.seq_not_positive",
        "\"seq\":2|\"seq\":2.5|evidence.chain.seq_not_integer",
        "\"seq\":2|\"seq\":\"2\"|evidence.chain.seq_not_integer",
        "\"prev_hash\":\"sha256:|\"prev_hash\":\"sha1:|evidence.chain.prev_hash_malformed",
        "\"event_hash\":\"sha256:|\"event_hash\":\"|evidence.chain.event_hash_malformed",
        "\"z\":1.5|\"z\":1e999|evidence.canonical.non_finite_number",
        "\"z\":1.5|\"z\":1.5,\"z\":1.5|evidence.event.envelope_invalid",
        "\"seq\":2|seq:2|evidence.event.envelope_invalid"
      })
  void a_changed_event_is_named_by_rule_and_line(String from, String to, String rule)
      throws IOException {
    List<String> changed = new ArrayList<>(lines);
    assertThat(lines.get(1)).contains(from);
    changed.set(1, lines.get(1).replace(from, to));

    ChainReport report = verify(changed);

    assertThat(rules(report)).contains(rule);
    assertThat(report.findings().get(0).line()).isEqualTo(2);
  }

  @Test
  void a_removed_an_inserted_and_a_swapped_event_are_seen() throws IOException {
    assertThat(rules(verify(lines.subList(1, 3))))
        .contains("evidence.chain.seq_gap", "evidence.chain.genesis_prev_hash_not_null");
    assertThat(rules(verify(List.of(lines.get(0), lines.get(2)))))
        .contains("evidence.chain.seq_gap", "evidence.chain.prev_hash_mismatch");
    assertThat(rules(verify(List.of(lines.get(0), lines.get(1), lines.get(1)))))
        .contains("evidence.chain.seq_duplicate", "evidence.chain.prev_hash_mismatch");
    assertThat(rules(verify(List.of(lines.get(0), lines.get(2), lines.get(1)))))
        .contains("evidence.chain.prev_hash_mismatch");
  }

  @Test
  void white_space_and_the_order_of_keys_do_not_matter() throws IOException {
    String spaced =
        "  " + lines.get(0).replace("{\"seq\":1,", "{").replaceFirst("}$", ", \"seq\": 1.0}");

    assertThat(verify(List.of(spaced, "", lines.get(1))).findings()).isEmpty();
  }

  @Test
  void every_flipped_bit_is_seen_or_changes_nothing_that_is_read() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(3);
    int unseen = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] flipped = bytes.clone();
      int at = random.nextInt(bytes.length - 1);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      if (EventChain.verify(new ByteArrayInputStream(flipped)).isWhole()) {
        unseen++;
      }
    }
    assertThat(unseen).isZero();
  }

  @Test
  void an_empty_chain_is_whole_and_a_long_line_is_refused() throws IOException {
    assertThat(verify(List.of()).isWhole()).isTrue();
    assertThat(rules(verify(List.of("x".repeat(EventChain.LONGEST_LINE + 1)))))
        .containsExactly("evidence.event.envelope_invalid");
    assertThat(rules(verify(List.of("[".repeat(100_000)))))
        .containsExactly("evidence.event.envelope_invalid");
  }

  @Test
  void the_older_form_begins_with_an_empty_hash() throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("seq", 1);
    fields.put("ts", "2026-01-01T00:00:00.000Z");
    fields.put("session_id", "standalone");
    fields.put("actor", "cli");
    fields.put("event", "validation_completed");
    fields.put("data", Map.of("compliance_score", 0.6000000000000001));
    fields.put("prev_hash", "");
    StringBuilder json = new StringBuilder();
    EcmaJson.write(fields, null, json);
    fields.put("event_hash", Event.hashOf(new java.util.TreeMap<>(fields)));
    json.setLength(0);
    EcmaJson.write(fields, null, json);

    ChainReport report = verify(List.of(json.toString()));

    assertThat(report.isWhole()).isTrue();
    assertThat(report.form()).isEqualTo(Form.EVENTS_V10);
    assertThat(rules(verify(List.of(json.toString().replace("\"cli\"", "{\"kind\":\"human\"}")))))
        .contains("evidence.chain.genesis_prev_hash_not_null");
  }

  @Test
  void a_writer_does_not_go_on_from_a_broken_line() throws IOException {
    String text = Files.readString(file);
    EventWriter writer = EventWriter.to(file);

    Files.writeString(file, text.replace("FEAT-1", "FEAT-2"));
    assertThatThrownBy(() -> append(writer)).hasMessageContaining("does not verify");
    Files.writeString(file, text.substring(0, text.length() - 4));
    assertThatThrownBy(() -> append(writer)).hasMessageContaining("torn");
  }

  private static void append(EventWriter writer) throws IOException {
    writer.append("commit_made", Instant.EPOCH, ADA, "", Map.of());
  }
}
