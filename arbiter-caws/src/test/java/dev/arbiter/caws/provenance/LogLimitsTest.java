/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Fixtures;
import dev.arbiter.caws.internal.text.LineFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first and the last place, size and length a log has, and the first it has not. */
class LogLimitsTest {
  private static final String ORIGIN = "example.com/log";

  private final Path folder;

  LogLimitsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ProvenanceLog open() {
    return ProvenanceLog.open(folder, ORIGIN, key());
  }

  /** Shorter and longer than the buffer of 64 KiB, and just so long that they fill it. */
  @Test
  void entries_of_any_length_are_read_back_as_they_were() throws Exception {
    List<String> entries = new ArrayList<>();
    for (int length : new int[] {0, 1, 4095, 4096, 4097, 65534, 65535, 65536, 200_000, 10}) {
      entries.add("\u00e9" + "x".repeat(length));
    }
    try (ProvenanceLog log = open()) {
      for (int i = 0; i < entries.size(); i++) {
        assertThat(log.append(entries.get(i))).isEqualTo(i);
      }
    }

    try (LogFolder read = LogFolder.read(folder, key().publicKey())) {
      assertThat(read.size()).isEqualTo(entries.size());
      assertThat(read.verify(List.of())).isEqualTo(new LogVerification.Intact(entries.size()));
      for (int i = 0; i < entries.size(); i++) {
        assertThat(read.document(i)).isEqualTo(entries.get(i));
        assertThat(
                ProvenanceLog.verify(
                    entries.get(i), read.proof(i, entries.size()), read.checkpoint().orElseThrow()))
            .isTrue();
      }
    }
    try (ProvenanceLog again = open()) {
      assertThat(again.size()).isEqualTo(entries.size());
    }
  }

  @Test
  void a_folder_of_more_entries_than_were_foreseen_is_read_whole() throws Exception {
    try (ProvenanceLog log = open()) {
      for (int i = 0; i < 200; i++) {
        log.append("entry " + i);
      }
    }

    try (LogFolder read = LogFolder.read(folder, key().publicKey())) {
      assertThat(read.size()).isEqualTo(200);
      for (int i : new int[] {0, 1, 63, 64, 65, 127, 128, 199}) {
        assertThat(read.document(i)).isEqualTo("entry " + i);
      }
      for (long wrong : new long[] {-1, 200, 201}) {
        assertThatThrownBy(() -> read.document(wrong)).hasMessageContaining("the log has 200");
        assertThatThrownBy(() -> read.proof(wrong, 200)).hasMessageContaining("the log has 200");
      }
      assertThatThrownBy(() -> read.proof(0, 201)).hasMessageContaining("the log has 200");
      assertThatThrownBy(() -> read.proof(0, 0)).hasMessageContaining("the log has 200");
      assertThat(read.proof(0, 1).hashes()).isEmpty();
    }
  }

  @Test
  void a_folder_that_was_closed_reads_no_more_and_one_that_was_cut_says_so() throws Exception {
    try (ProvenanceLog log = open()) {
      log.append("one");
      log.append("two");
    }
    LogFolder closed = LogFolder.read(folder, key().publicKey());
    closed.close();
    assertThatThrownBy(() -> closed.document(0)).isInstanceOf(java.io.IOException.class);
    try (LogFolder read = LogFolder.read(folder, key().publicKey())) {
      Files.writeString(folder.resolve("verdicts.jsonl"), "one\n");
      assertThat(read.document(0)).isEqualTo("one");
      assertThatThrownBy(() -> read.document(1)).hasMessageContaining("cut off at entry 1");
    }
  }

  @Test
  void an_entry_has_at_most_16_mebibytes() {
    String most = "x".repeat(LineFile.LONGEST_LINE);
    try (ProvenanceLog log = open()) {
      assertThatThrownBy(() -> log.append(most + "x")).hasMessageContaining("16777216");
      assertThat(log.size()).isZero();
      assertThat(log.append(most)).isZero();
    }
    try (ProvenanceLog again = open()) {
      assertThat(again.size()).isEqualTo(1);
      assertThat(again.verify()).isEqualTo(new LogVerification.Intact(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\r", "{}\r", "a\rb", "{}\n", "\ufeff", "\ufeff{}"})
  void what_a_file_does_not_give_back_is_no_entry(String entry) {
    try (ProvenanceLog log = open()) {
      assertThatThrownBy(() -> log.append(entry)).isInstanceOf(IllegalArgumentException.class);
      log.append("{}");
      assertThatThrownBy(() -> log.append(entry)).isInstanceOf(IllegalArgumentException.class);
      log.checkpoint();
      assertThat(log.verify()).isEqualTo(new LogVerification.Intact(1));
    }
    try (ProvenanceLog again = open()) {
      assertThat(again.size()).isEqualTo(1);
    }
  }

  @Test
  void places_and_sizes_end_where_the_log_ends() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    for (int i = 0; i < 5; i++) {
      assertThat(log.append("entry " + i)).isEqualTo(i);
    }

    assertThat(log.consistency(0, 0)).isEmpty();
    assertThat(log.consistency(0, 5)).isEmpty();
    assertThat(log.consistency(5, 5)).isEmpty();
    assertThat(log.consistency(4, 5)).hasSize(1);
    assertThat(log.proof(4, 5).hashes()).hasSize(1);
    assertThat(log.proof(0, 1).hashes()).isEmpty();
    assertThatThrownBy(() -> log.consistency(-1, 5)).hasMessageContaining("the log has 5");
    assertThatThrownBy(() -> log.consistency(5, 4)).hasMessageContaining("the log has 5");
    assertThatThrownBy(() -> log.consistency(5, 6)).hasMessageContaining("the log has 5");
    assertThatThrownBy(() -> log.proof(5, 5)).hasMessageContaining("the log has 5");
    assertThatThrownBy(() -> log.proof(0, 6)).hasMessageContaining("the log has 5");
  }

  @Test
  void a_path_between_checkpoints_that_is_anything_else_proves_nothing() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    List<Checkpoint> at = new ArrayList<>(List.of(log.checkpoint()));
    for (int i = 1; i <= 9; i++) {
      log.append("entry " + i);
      at.add(log.checkpoint());
    }
    String zero = Base64.getEncoder().encodeToString(new byte[32]);
    String odd = Base64.getEncoder().encodeToString(new byte[31]);

    for (int first = 0; first <= 9; first++) {
      for (int second = 0; second <= 9; second++) {
        Checkpoint from = at.get(first);
        Checkpoint to = at.get(second);
        List<String> path = log.consistency(Math.min(first, second), Math.max(first, second));
        assertThat(ProvenanceLog.verify(from, to, path)).isEqualTo(first <= second);
        List<String> longer = new ArrayList<>(path);
        longer.add(zero);
        assertThat(ProvenanceLog.verify(from, to, longer)).isFalse();
        longer.set(longer.size() - 1, odd);
        assertThat(ProvenanceLog.verify(from, to, longer)).isFalse();
        if (first > 0 && first < second) {
          assertThat(ProvenanceLog.verify(from, to, List.of())).isFalse();
          assertThat(ProvenanceLog.verify(from, to, List.of(zero))).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "~", "a", "example.com/a-b_c"})
  void an_origin_is_printable(String origin) {
    assertThat(ProvenanceLog.create(origin, key()).checkpoint().origin()).isEqualTo(origin);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a+b", "a\u007f", "a\n", "\u00e9"})
  void and_nothing_else(String origin) {
    assertThatThrownBy(() -> ProvenanceLog.create(origin, key())).hasMessageContaining("origin");
  }

  @Test
  void an_origin_has_at_most_200_characters() {
    assertThat(ProvenanceLog.create("a".repeat(200), key()).size()).isZero();
    assertThatThrownBy(() -> ProvenanceLog.create("a".repeat(201), key()))
        .hasMessageContaining("1 to 200");
  }

  /** The hint as the C2SP specification of signed notes has it. */
  @Test
  void a_checkpoint_names_its_key_as_signed_notes_do() throws Exception {
    Checkpoint checkpoint = ProvenanceLog.create(ORIGIN, key()).checkpoint();
    byte[] spki = key().publicKey().getEncoded();
    ByteArrayOutputStream hashed = new ByteArrayOutputStream();
    hashed.writeBytes((ORIGIN + "\n").getBytes(StandardCharsets.UTF_8));
    hashed.write(1);
    hashed.write(spki, spki.length - 32, 32);
    byte[] hint = MessageDigest.getInstance("SHA-256").digest(hashed.toByteArray());
    String line = checkpoint.note().substring(checkpoint.note().lastIndexOf(' ') + 1).strip();

    assertThat(Arrays.copyOf(Base64.getDecoder().decode(line), 4))
        .isEqualTo(Arrays.copyOf(hint, 4));
    assertThat(checkpoint.root()).isEqualTo(checkpoint.note().lines().toList().get(2));
    assertThat(checkpoint).hasToString("Checkpoint[" + ORIGIN + " 0 " + checkpoint.root() + "]");
  }

  @Test
  void integrity_says_how_far_it_reaches() {
    assertThat(new LogVerification.Intact(7).anchored()).isEqualTo(7);
    assertThat(new LogVerification.Unanchored(3, 7).anchored()).isEqualTo(3);
    assertThat(new LogVerification.Damaged("x", 2, "y").anchored()).isZero();
  }

  @Test
  void the_first_entry_is_watched_before_anything_was_signed() throws Exception {
    try (ProvenanceLog log = open()) {
      log.append("one");
      log.append("two");
      assertThat(log.verify()).isEqualTo(new LogVerification.Unanchored(0, 2));
      Path file = folder.resolve("verdicts.jsonl");
      Files.writeString(file, Files.readString(file).replace("one", "own"));

      assertThat(log.verify()).isInstanceOf(LogVerification.Damaged.class);
      assertThat(((LogVerification.Damaged) log.verify()).index()).isZero();
    }
  }

  @Test
  void a_rotation_leaves_the_new_key_beside_the_log() throws Exception {
    SigningKey next = SigningKey.generate();
    try (ProvenanceLog log = open()) {
      log.rotate(next, Fixtures.NOW);
    }

    assertThat(Files.readString(folder.resolve("public-key.pem"))).isEqualTo(next.publicPem());
  }

  /** Whatever was asked, another thread is let in. */
  @Test
  void no_call_leaves_the_log_locked() throws Exception {
    try (ProvenanceLog log = open()) {
      List<Runnable> calls =
          List.of(
              () -> log.append("one"),
              log::size,
              log::root,
              log::checkpoint,
              log::verify,
              () -> log.proof(0, 1),
              () -> log.consistency(0, 1),
              () -> log.prove(dev.arbiter.task.Seal.none()),
              () -> log.withdrawal(dev.arbiter.task.Seal.none()),
              () -> log.rotate(SigningKey.generate(), Fixtures.NOW));
      for (Runnable call : calls) {
        call.run();
        CompletableFuture<Long> other =
            CompletableFuture.supplyAsync(
                () -> {
                  log.append("other");
                  return log.checkpoint().size();
                });
        assertThat(other.get(30, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(log.size()).isEqualTo(calls.size() + 2);
    }
  }

  @Test
  void a_closed_log_takes_nothing_and_gives_its_folder_free() {
    ProvenanceLog log = open();
    log.append("one");
    log.close();
    log.close();

    assertThatThrownBy(() -> log.append("two")).hasStackTraceContaining("is closed");
    try (ProvenanceLog again = open()) {
      assertThat(again.size()).isEqualTo(1);
      assertThat(again.append("two")).isEqualTo(1);
    }
  }
}
