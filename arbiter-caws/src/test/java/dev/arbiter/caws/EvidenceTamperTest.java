/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.ProvenanceLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody does who owns the log and its key, or only its disk: cuts the tail, deletes,
 * reorders or rewrites entries, drops a tenant, forks. Twelve entries of two tenants, a checkpoint
 * held elsewhere after every second.
 */
class EvidenceTamperTest {
  private static final String ORIGIN = "example.com/log";
  private static final int ENTRIES = 12;

  private final Path folder;
  private final List<String> held = new ArrayList<>();

  EvidenceTamperTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static String entry(int number) {
    return "{\"n\":" + number + ",\"tenant\":\"" + (number % 3 == 0 ? "acme" : "globex") + "\"}";
  }

  @BeforeEach
  void fill() throws IOException {
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      for (int i = 0; i < ENTRIES; i++) {
        log.append(entry(i));
        if (i % 2 == 1) {
          held.add(log.checkpoint().note());
        }
      }
    }
    assertThat(audited(held)).isEqualTo(new LogVerification.Intact(ENTRIES));
  }

  private LogVerification audited(List<String> anchors) throws IOException {
    try (LogFolder read = LogFolder.read(folder, key().publicKey())) {
      return read.verify(anchors);
    }
  }

  /* With the key: entries, checkpoint and everything else made anew. */
  private void forge(UnaryOperator<List<String>> change) throws IOException {
    List<String> lines =
        change.apply(new ArrayList<>(Files.readAllLines(folder.resolve("verdicts.jsonl"))));
    Files.delete(folder.resolve("verdicts.jsonl"));
    Files.delete(folder.resolve("checkpoint.txt"));
    try (ProvenanceLog forged = ProvenanceLog.open(folder, ORIGIN, key())) {
      lines.forEach(forged::append);
    }
  }

  private void assertFoundAt(long index) throws IOException {
    assertThat(audited(List.of()).isDamaged()).as("without anchors").isFalse();
    List<String> last = List.of(held.get(held.size() - 1));
    assertThat(audited(last).isDamaged()).as("against the last anchor").isTrue();
    LogVerification found = audited(held);
    assertThat(found).isInstanceOf(LogVerification.Damaged.class);
    assertThat(((LogVerification.Damaged) found).index()).isEqualTo(index);
  }

  @Test
  void a_tail_cut_off_is_found_where_it_was_cut() throws Exception {
    forge(lines -> lines.subList(0, 9));
    assertFoundAt(9);
  }

  @Test
  void a_deleted_entry_is_found() throws Exception {
    forge(
        lines -> {
          lines.remove(4);
          lines.add(entry(ENTRIES));
          return lines;
        });
    assertFoundAt(4);
  }

  @Test
  void reordered_entries_are_found() throws Exception {
    forge(
        lines -> {
          Collections.swap(lines, 6, 7);
          return lines;
        });
    assertFoundAt(6);
  }

  @Test
  void a_rewritten_entry_is_found() throws Exception {
    forge(
        lines -> {
          lines.set(10, entry(99));
          return lines;
        });
    assertFoundAt(10);
  }

  @Test
  void a_log_rewritten_from_its_first_entry_is_found() throws Exception {
    forge(
        lines -> {
          lines.replaceAll(line -> line.replace("globex", "initech"));
          return lines;
        });
    assertFoundAt(0);
  }

  @Test
  void a_dropped_tenant_is_found() throws Exception {
    forge(
        lines -> {
          lines.removeIf(line -> line.contains("acme"));
          while (lines.size() < ENTRIES) {
            lines.add(entry(1));
          }
          return lines;
        });
    assertFoundAt(0);
  }

  @Test
  void entries_after_the_last_anchor_are_called_unanchored() throws Exception {
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append(entry(ENTRIES));
    }

    assertThat(audited(held)).isEqualTo(new LogVerification.Unanchored(ENTRIES, ENTRIES + 1));
    assertThat(audited(held.subList(0, 2)))
        .isEqualTo(new LogVerification.Unanchored(4, ENTRIES + 1));
  }

  /** Without the key the checkpoint stays the old one, and is enough. */
  @Test
  void without_the_key_every_change_is_found_by_the_logs_own_checkpoint() throws Exception {
    Path file = folder.resolve("verdicts.jsonl");
    String text = Files.readString(file);
    for (String changed :
        List.of(
            text.substring(0, text.lastIndexOf("{")),
            text.replace(entry(4) + "\n", ""),
            text.replace(entry(4) + "\n" + entry(5), entry(5) + "\n" + entry(4)),
            text.replace("acme", "acne"),
            entry(0) + "\n" + text,
            "")) {
      Files.writeString(file, changed);

      assertThat(audited(List.of()).isDamaged()).isTrue();
      assertThat(audited(held).isDamaged()).isTrue();
      assertThatThrownBy(() -> ProvenanceLog.open(folder, ORIGIN, key()))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** While a log is open it knows its leaves, and so the very entry, covered by a root or not. */
  @Test
  void an_open_log_names_the_entry_that_was_changed_below_it() throws Exception {
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append(entry(ENTRIES));
      log.append(entry(ENTRIES + 1));
      assertThat(log.verify().isDamaged()).isFalse();
      Path file = folder.resolve("verdicts.jsonl");
      String text = Files.readString(file);
      for (int i = 0; i < ENTRIES + 2; i++) {
        Files.writeString(file, text.replace(entry(i) + "\n", entry(i + 50) + "\n"));
        assertThat(((LogVerification.Damaged) log.verify()).index()).isEqualTo(i);
        Files.writeString(file, text.replace(entry(i) + "\n", ""));
        assertThat(((LogVerification.Damaged) log.verify()).index()).isEqualTo(i);
      }
      Files.writeString(file, text);
      assertThat(log.verify().isDamaged()).isFalse();
    }
  }

  @Test
  void two_views_of_one_log_cannot_both_be_shown() throws Exception {
    ProvenanceLog one = ProvenanceLog.create(ORIGIN, key());
    ProvenanceLog other = ProvenanceLog.create(ORIGIN, key());
    for (int i = 0; i < 5; i++) {
      one.append(entry(i));
      other.append(entry(i == 2 ? 22 : i));
    }
    Checkpoint shown = one.checkpoint();
    one.append(entry(5));
    other.append(entry(5));

    assertThat(ProvenanceLog.verify(shown, one.checkpoint(), one.consistency(5, 6))).isTrue();
    assertThat(ProvenanceLog.verify(shown, other.checkpoint(), other.consistency(5, 6))).isFalse();
    assertThat(ProvenanceLog.verify(shown, other.checkpoint(), one.consistency(5, 6))).isFalse();
  }

  @Test
  void an_entry_cannot_be_two_lines() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());

    assertThatThrownBy(() -> log.append("{}\n{}")).hasMessageContaining("one line");
    assertThat(log.size()).isZero();
  }
}
