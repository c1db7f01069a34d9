/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Entries behind the last checkpoint. Each test begins with the folder of a process that was
 * killed: nine entries, the first four of them signed. The hands that change it have the disk, not
 * the key.
 */
class UnsignedTailTest {
  private static final String ORIGIN = "example.com/log";
  private static final int SIGNED = 4;
  private static final int ENTRIES = 9;
  private static final SigningKey NEXT =
      SigningKey.fromSeed("b".repeat(32).getBytes(StandardCharsets.US_ASCII));

  private final Path disk;
  private final Path folder;
  private final Path entries;
  private final Path codes;
  private final Path checkpoint;
  private String oldest = "";

  UnsignedTailTest(@TempDir Path disk) {
    this.disk = disk;
    this.folder = disk.resolve("log");
    this.entries = folder.resolve("verdicts.jsonl");
    this.codes = folder.resolve("verdicts.mac");
    this.checkpoint = folder.resolve("checkpoint.txt");
  }

  private static String entry(int number) {
    return "{\"n\":" + number + "}";
  }

  @BeforeEach
  void crash() throws IOException {
    Path running = disk.resolve("running");
    try (ProvenanceLog log = ProvenanceLog.open(running, ORIGIN, key())) {
      oldest = Files.readString(running.resolve("checkpoint.txt"));
      for (int i = 0; i < ENTRIES; i++) {
        log.append(entry(i));
        if (i == SIGNED - 1) {
          log.checkpoint();
        }
      }
      crashed(log, running, folder);
    }
  }

  /** Copies the files as a killed process leaves them. */
  private static void crashed(ProvenanceLog log, Path from, Path to) throws IOException {
    assertThat(log.verify().isDamaged()).isFalse(); // hands the entries to the system
    Files.createDirectories(to);
    for (String name : List.of("verdicts.jsonl", "verdicts.mac", "checkpoint.txt")) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  private ProvenanceLog open() {
    return ProvenanceLog.open(folder, ORIGIN, key());
  }

  private void assertRefused(String why) throws IOException {
    String before = Files.readString(checkpoint);
    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(why);
    assertThat(Files.readString(checkpoint)).isEqualTo(before);
  }

  @Test
  void a_crash_loses_no_entry_and_the_log_continues() throws Exception {
    try (ProvenanceLog log = open()) {
      assertThat(log.size()).isEqualTo(ENTRIES);
      log.append(entry(ENTRIES));
      Path again = disk.resolve("again");
      crashed(log, folder, again);
      try (ProvenanceLog twice = ProvenanceLog.open(again, ORIGIN, key())) {
        assertThat(twice.size()).isEqualTo(ENTRIES + 1);
      }
    }
    try (LogFolder read = LogFolder.read(folder, key().publicKey())) {
      assertThat(read.verify(List.of())).isEqualTo(new LogVerification.Intact(ENTRIES + 1));
    }
  }

  @Test
  void a_line_that_another_hand_added_is_never_signed() throws Exception {
    Files.writeString(entries, "{\"n\":100}\n", StandardOpenOption.APPEND);

    assertRefused("line 10 of verdicts.jsonl was not written there by " + key().id());

    Files.writeString(entries, Files.readString(entries).replace("{\"n\":100}\n", ""));
    open().close(); // as the message says
  }

  @Test
  void nor_one_that_was_added_after_an_orderly_end() throws Exception {
    open().close();
    Files.writeString(entries, "{\"n\":100}\n", StandardOpenOption.APPEND);

    assertRefused("its checkpoint covers 9, and line 10");
  }

  @Test
  void a_code_of_another_place_proves_nothing() throws Exception {
    String line = Files.readAllLines(codes).get(ENTRIES - 1);
    Files.writeString(entries, entry(ENTRIES - 1) + "\n", StandardOpenOption.APPEND);
    Files.writeString(codes, line + "\n", StandardOpenOption.APPEND);

    assertRefused("line 10");
  }

  @Test
  void a_log_without_its_checkpoint_is_refused() throws Exception {
    Files.delete(checkpoint);

    assertThatThrownBy(this::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("it has 9 entries and no checkpoint.txt");
    assertThat(checkpoint).doesNotExist();
    assertThatThrownBy(() -> Fixtures.caws().sealInBatches(2).origin(ORIGIN).logTo(folder).build())
        .hasMessageContaining("no checkpoint.txt");
  }

  @Test
  void an_older_checkpoint_hides_no_entry() throws Exception {
    Files.writeString(checkpoint, oldest);

    try (ProvenanceLog log = open()) {
      assertThat(log.size()).isEqualTo(ENTRIES);
    }
  }

  @Test
  void the_checkpoint_of_another_log_is_refused() throws Exception {
    Path other = disk.resolve("other");
    try (ProvenanceLog log = ProvenanceLog.open(other, "example.com/other", key())) {
      log.append(entry(0));
    }
    Files.copy(
        other.resolve("checkpoint.txt"),
        checkpoint,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertRefused("is not signed by " + key().id() + " for log " + ORIGIN);
  }

  /** Two logs of one key do not lend each other their entries. */
  @Test
  void entries_of_another_log_of_the_key_are_refused() throws Exception {
    Path other = disk.resolve("other");
    try (ProvenanceLog log = ProvenanceLog.open(other, "example.com/other", key())) {
      for (int i = 0; i < ENTRIES; i++) {
        log.append(entry(i));
      }
    }
    Files.delete(codes);
    Files.copy(other.resolve("verdicts.mac"), codes);

    assertRefused("line 5");
  }

  /** Both histories were written by the key, after a return to the same checkpoint. */
  @Test
  void entries_of_two_histories_are_not_mixed() throws Exception {
    Path fork = disk.resolve("fork");
    Files.createDirectories(fork);
    Files.copy(checkpoint, fork.resolve("checkpoint.txt"));
    Files.write(fork.resolve("verdicts.jsonl"), lines(entries).subList(0, SIGNED));
    List<String> first = lines(codes);
    List<String> mixed = lines(entries);
    try (ProvenanceLog log = ProvenanceLog.open(fork, ORIGIN, key())) {
      log.append("{\"other\":4}");
      log.append("{\"other\":5}");
      Path image = disk.resolve("image");
      crashed(log, fork, image);
      mixed.set(SIGNED, lines(image.resolve("verdicts.jsonl")).get(SIGNED));
      first.set(SIGNED, lines(image.resolve("verdicts.mac")).get(SIGNED));
    }
    Files.write(entries, mixed);
    Files.write(codes, first);

    assertRefused("line 6");
  }

  private static List<String> lines(Path file) throws IOException {
    return new ArrayList<>(Files.readAllLines(file));
  }

  @Test
  void codes_that_were_lost_take_nothing_that_is_signed() throws Exception {
    open().close();
    Files.delete(codes);

    try (ProvenanceLog log = open()) {
      assertThat(log.size()).isEqualTo(ENTRIES);
      log.append(entry(ENTRIES));
      Path image = disk.resolve("image");
      crashed(log, folder, image);
      try (ProvenanceLog again = ProvenanceLog.open(image, ORIGIN, key())) {
        assertThat(again.size()).isEqualTo(ENTRIES + 1);
      }
    }
  }

  /**
   * Whatever the hands do, the log that opens holds the first entries that the key wrote, no fewer
   * than its checkpoint, and nothing else. 600 changes, one to three at once; seed 5.
   */
  @Test
  @Tag("many")
  void what_opens_was_written_by_the_key() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    List<String> honest = lines(entries);
    List<String> proofs = lines(codes);
    String note = Files.readString(checkpoint);
    int opened = 0;
    for (int round = 0; round < 600; round++) {
      List<String> changed = new ArrayList<>(honest);
      List<String> changedCodes = new ArrayList<>(proofs);
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        change(random.nextBoolean() ? changed : changedCodes, random);
      }
      Files.write(entries, changed);
      Files.write(codes, changedCodes);
      Files.writeString(checkpoint, random.nextInt(4) == 0 ? oldest : note);
      try (ProvenanceLog log = open()) {
        opened++;
        List<String> now = lines(entries);
        assertThat(log.size()).isEqualTo(now.size());
        assertThat(honest.subList(0, now.size())).isEqualTo(now);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("keep");
      }
    }
    assertThat(opened).isBetween(30, 400);
  }

  private static void change(List<String> lines, SplittableRandom random) {
    int at = random.nextInt(lines.size());
    int other = random.nextInt(lines.size());
    switch (random.nextInt(7)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, lines.get(other));
      case 2 -> Collections.swap(lines, at, other);
      case 3 -> lines.set(at, lines.get(at).replace('1', '7').replace('A', 'B'));
      case 4 -> lines.add(lines.get(at));
      case 5 -> lines.subList(Math.max(1, at), lines.size()).clear();
      default -> lines.addAll(new ArrayList<>(lines.subList(at, lines.size())));
    }
    if (lines.isEmpty()) {
      lines.add("{}");
    }
  }

  /** The files as they are at each signature before, during and after the change. */
  @Test
  void a_change_of_the_key_can_be_cut_short_anywhere() throws Exception {
    List<Path> images = new ArrayList<>();
    Runnable look = () -> images.add(image(images.size()));
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, new Watched(key(), look))) {
      log.append(entry(ENTRIES));
      log.rotate(new Watched(NEXT, look), NOW);
      log.append(entry(ENTRIES + 1));
      log.checkpoint();
    }

    int byOld = 0;
    for (Path image : images) {
      boolean old = opens(image, key());
      byOld += old ? 1 : 0;
      assertThat(old || opens(image, NEXT)).as(image.toString()).isTrue();
    }
    assertThat(byOld).isBetween(2, images.size() - 2);
    assertThat(opens(folder, key())).isFalse();
  }

  private static boolean opens(Path image, Signer key) {
    try (ProvenanceLog log = ProvenanceLog.open(image, ORIGIN, key)) {
      assertThat(log.size()).isGreaterThanOrEqualTo(ENTRIES);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private Path image(int number) {
    Path image = disk.resolve("image" + number);
    try {
      Files.createDirectories(image);
      for (String name : List.of("verdicts.jsonl", "verdicts.mac", "checkpoint.txt")) {
        Files.copy(folder.resolve(name), image.resolve(name));
      }
      return image;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a test look before each signature. */
  private record Watched(Signer inner, Runnable look) implements Signer {
    @Override
    public PublicKey publicKey() {
      return inner.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      look.run();
      return inner.sign(message);
    }
  }

  @Test
  void the_checkpoint_before_a_change_of_the_key_hides_nothing_and_an_older_one_is_refused()
      throws Exception {
    String before;
    try (ProvenanceLog log = open()) {
      before = log.checkpoint().note();
      log.rotate(NEXT, NOW);
      log.append(entry(ENTRIES + 1));
    }
    Files.writeString(checkpoint, before);
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, NEXT)) {
      assertThat(log.size()).isEqualTo(ENTRIES + 2);
      Files.writeString(entries, "x\n", StandardOpenOption.APPEND);
    }
    Files.writeString(checkpoint, oldest);
    assertThatThrownBy(() -> ProvenanceLog.open(folder, ORIGIN, NEXT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("line 1 ");
  }

  @Test
  void a_signer_that_never_signs_alike_keeps_no_log_in_a_folder() {
    AtomicInteger calls = new AtomicInteger();
    Signer fickle =
        new Signer() {
          @Override
          public PublicKey publicKey() {
            return key().publicKey();
          }

          @Override
          public byte[] sign(byte[] message) {
            byte[] signature = key().sign(message);
            signature[0] = (byte) calls.incrementAndGet();
            return signature;
          }
        };

    assertThatThrownBy(() -> ProvenanceLog.open(disk.resolve("new"), ORIGIN, fickle))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another signature each time");
    assertThat(ProvenanceLog.create(ORIGIN, fickle).append("one")).isZero();
  }

  /** Only another disk sees a log that was taken back to an earlier moment. */
  @Test
  void a_log_that_was_taken_back_is_opened_unless_an_anchor_remembers() throws Exception {
    Path anchor = disk.resolve("anchor.txt");
    Caws.Builder builder =
        Fixtures.caws().sealInBatches(1).origin(ORIGIN).logTo(folder).anchor(Anchor.file(anchor));
    Path image = disk.resolve("image");
    try (Caws caws = builder.build()) {
      Fixtures.judge(caws, Fixtures.goodReport());
      crashed(caws.log().orElseThrow(), folder, image);
      Fixtures.judge(caws, Fixtures.reportOf(2, 2));
    }
    builder.build().close();

    for (String name : List.of("verdicts.jsonl", "verdicts.mac", "checkpoint.txt")) {
      Files.write(folder.resolve(name), Files.readAllBytes(image.resolve(name)));
    }
    String held = Files.readString(anchor);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("covers 11 entries, only 10 are there");
    assertThat(Files.readString(anchor)).isEqualTo(held);
    open().close();
  }
}
