/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorTest {
  private static final String ORIGIN = "example.com/log";

  private final Path folder;
  private final Path elsewhere;

  AnchorTest(@TempDir Path folder) {
    this.folder = folder.resolve("log");
    this.elsewhere = folder.resolve("anchor.txt");
  }

  private ProvenanceLog open() {
    return ProvenanceLog.open(folder, ORIGIN, key());
  }

  @Test
  void without_an_anchor_the_last_checkpoint_is_how_far_the_log_is_covered() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    log.append("one");
    assertThat(log.verify()).isEqualTo(new LogVerification.Unanchored(0, 1));
    log.checkpoint();
    assertThat(log.verify()).isEqualTo(new LogVerification.Intact(1));
    log.append("two");
    assertThat(log.verify()).isEqualTo(new LogVerification.Unanchored(1, 2));
    assertThat(log.verify().anchored()).isEqualTo(1);
  }

  @Test
  void an_anchor_gets_every_checkpoint_from_then_on() {
    AtomicReference<String> held = new AtomicReference<>();
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    log.append("one");
    log.checkpoint();
    log.anchor(Anchor.callback(held::set, () -> Optional.ofNullable(held.get())));
    assertThat(log.verify()).isEqualTo(new LogVerification.Unanchored(0, 1));

    log.append("two");
    Checkpoint second = log.checkpoint();

    assertThat(held.get()).isEqualTo(second.note());
    assertThat(log.verify()).isEqualTo(new LogVerification.Intact(2));
  }

  @Test
  void a_log_cut_off_or_rewritten_together_with_its_checkpoint_is_found_out() throws Exception {
    try (ProvenanceLog log = open()) {
      log.anchor(Anchor.file(elsewhere));
      for (int i = 0; i < 5; i++) {
        log.append("entry " + i);
      }
    }
    for (int kept : new int[] {0, 4, 5}) {
      Files.delete(folder.resolve("verdicts.jsonl"));
      Files.delete(folder.resolve("checkpoint.txt"));
      try (ProvenanceLog forged = open()) {
        for (int i = 0; i < kept; i++) {
          forged.append("entry " + (i == 4 ? 40 : i));
        }
      }

      try (ProvenanceLog log = open()) {
        assertThat(log.verify().isDamaged()).as("without anchor").isFalse();
        log.anchor(Anchor.file(elsewhere));
        assertThat(log.verify().isDamaged()).as("with anchor").isTrue();
      }
    }
  }

  @Test
  void what_changes_on_disk_below_an_open_log_is_found() throws Exception {
    try (ProvenanceLog log = open()) {
      log.append("one");
      log.append("two");
      log.checkpoint();
      Path file = folder.resolve("verdicts.jsonl");
      String text = Files.readString(file);

      Files.writeString(file, text.replace("two", "twi"));
      assertThat(log.verify().isDamaged()).isTrue();
      Files.writeString(file, "one\n");
      assertThat(log.verify()).isInstanceOf(LogVerification.Damaged.class);
      assertThat(((LogVerification.Damaged) log.verify()).index()).isEqualTo(1);
      Files.writeString(file, text);
      assertThat(log.verify()).isEqualTo(new LogVerification.Intact(2));
    }
  }

  /** Another thread fills a batch in the middle of a signing, and appends nothing more. */
  @Test
  void a_batch_that_fills_while_another_is_signed_is_signed_too() {
    AtomicReference<String> held = new AtomicReference<>();
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key()).checkpointEvery(2, Runnable::run);
    AtomicBoolean first = new AtomicBoolean(true);
    log.anchor(
        Anchor.callback(
            note -> {
              held.set(note);
              if (first.getAndSet(false)) {
                inAnotherThread(() -> appendTwo(log));
              }
            },
            () -> Optional.ofNullable(held.get())));

    appendTwo(log);
    assertThat(log.latest().orElseThrow().size()).isEqualTo(4);
    assertThat(held.get()).isEqualTo(log.latest().orElseThrow().note());

    first.set(true);
    log.append("alone");
    assertThat(log.checkpoint().size()).isEqualTo(5);
    assertThat(log.latest().orElseThrow().size()).as("behind a host's own").isEqualTo(7);
  }

  private static void appendTwo(ProvenanceLog log) {
    log.append("one");
    log.append("two");
  }

  private static void inAnotherThread(Runnable work) {
    try {
      CompletableFuture.runAsync(work, task -> new Thread(task).start()).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void an_emptied_folder_gets_no_checkpoint_where_an_anchor_remembers() throws Exception {
    Path folder = elsewhere.resolveSibling("emptied");
    List<Anchor> anchors = List.of(Anchor.file(elsewhere));
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key(), anchors)) {
      log.append("one");
    }
    for (String name : List.of("verdicts.jsonl", "verdicts.mac", "checkpoint.txt")) {
      Files.delete(folder.resolve(name));
    }

    assertThatThrownBy(() -> ProvenanceLog.open(folder, ORIGIN, key(), anchors))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("compared with its anchors");
    assertThat(folder.resolve("checkpoint.txt")).doesNotExist();
  }

  @Test
  void an_anchor_that_fails_is_counted_and_the_log_goes_on() {
    Anchor broken =
        new Anchor() {
          @Override
          public void hold(Checkpoint checkpoint) throws IOException {
            throw new IOException("disk gone");
          }

          @Override
          public Optional<String> held() {
            throw new IllegalStateException("disk gone");
          }
        };
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key()).anchor(broken);
    log.append("one");

    assertThat(log.checkpoint().size()).isEqualTo(1);
    assertThat(log.verify()).isEqualTo(new LogVerification.Unanchored(0, 1));
    assertThat(log.anchorFailures()).isEqualTo(2);
  }

  @Test
  void a_constitution_shows_its_checkpoints_to_anchors() throws Exception {
    Caws caws = Fixtures.caws().sealInBatches(2).anchor(Anchor.file(elsewhere)).build();
    judge(caws, goodReport());
    assertThat(Files.exists(elsewhere)).isFalse();
    judge(caws, goodReport());

    String note = Files.readString(elsewhere);
    assertThat(Checkpoint.open(note, key().publicKey()).orElseThrow().size()).isEqualTo(2);
    assertThatThrownBy(() -> Fixtures.caws().anchor(Anchor.file(elsewhere)).build())
        .hasMessageContaining("logTo");
  }
}
