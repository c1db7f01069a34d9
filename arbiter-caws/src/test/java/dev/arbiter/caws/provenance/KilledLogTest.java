/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that append to one log without end and are killed (SIGKILL) at any moment: between
 * entry and code, between entries and checkpoint. The next process opens the log and continues.
 */
class KilledLogTest {
  private static final String ORIGIN = "example.com/log";

  @TempDir Path folder;

  /** Appends entries of many lengths, and says how many a checkpoint covers. */
  static final class Appender {
    private Appender() {}

    public static void main(String[] arguments) {
      ChildJvm.endWithParent();
      SplittableRandom random = new SplittableRandom();
      try (ProvenanceLog log = ProvenanceLog.open(Path.of(arguments[0]), ORIGIN, key())) {
        System.out.println(log.size());
        while (true) {
          log.append("entry " + log.size() + " " + "x".repeat(random.nextInt(5_000)));
          if (random.nextInt(40) == 0) {
            System.out.println(log.checkpoint().size());
          }
        }
      }
    }
  }

  @Test
  @Tag("many")
  void killed_processes_lose_nothing_signed_and_leave_a_log_that_opens() throws Exception {
    assertSurvives(6);
  }

  @Test
  @Tag("long")
  void so_do_thirty() throws Exception {
    assertSurvives(30);
  }

  /** On POSIX a process loses its lock on a file when it closes any other descriptor of it. */
  @Test
  @Tag("many")
  void a_log_that_was_read_while_it_is_open_still_belongs_to_its_process() throws Exception {
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append("entry 0 ");
      log.checkpoint();
      assertThat(log.verify().isDamaged()).isFalse();
      assertInOrder();
      assertThatThrownBy(() -> ProvenanceLog.open(folder, ORIGIN, key()))
          .isInstanceOf(UncheckedIOException.class);

      Process process = ChildJvm.start(Appender.class, folder.toString());
      assertThat(process.getInputStream().readAllBytes()).isEmpty();
      assertThat(process.waitFor()).isNotZero();
    }
  }

  private void assertSurvives(int rounds) throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    long tails = 0;
    long last = 0;
    for (int round = 0; round < rounds; round++) {
      long signed = kill(random.nextInt(5, 120), last);
      long covered;
      try (LogFolder read = LogFolder.read(folder, key().publicKey())) {
        covered = read.checkpoint().orElseThrow().size();
        tails += read.size() - covered;
      }
      try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
        assertThat(log.size()).isGreaterThanOrEqualTo(covered);
        assertThat(covered).isGreaterThanOrEqualTo(signed);
        last = log.size();
      }
      assertInOrder();
    }
    assertThat(tails).as("entries behind a checkpoint").isPositive();
  }

  /** Starts a process and kills it some milliseconds after its first words. */
  private long kill(int millis, long expected) throws Exception {
    Process process = ChildJvm.start(Appender.class, folder.toString());
    long signed = 0;
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(Long.parseLong(String.valueOf(said.readLine()))).isEqualTo(expected);
      Thread.sleep(millis);
      process.toHandle().destroyForcibly(); // leaves its output readable
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        signed = line.matches("[0-9]+") ? Math.max(signed, complete(line, signed)) : signed;
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return signed;
  }

  /** A last line may be cut: then it is a smaller number, which is as true. */
  private static long complete(String line, long before) {
    return Math.max(before, Long.parseLong(line));
  }

  private void assertInOrder() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("verdicts.jsonl"));
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).startsWith("entry " + i + " ");
    }
  }
}
