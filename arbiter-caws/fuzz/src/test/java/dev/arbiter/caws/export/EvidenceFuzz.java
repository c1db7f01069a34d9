/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** A genuine folder in which the fuzzer edits one file. */
class EvidenceFuzz {
  private static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Sources SOURCES = new Sources(() -> NOW, () -> 0, new SplittableRandom(1));
  private static final Map<String, String> GOOD = exported();
  private static final List<String> NAMES = List.copyOf(new TreeSet<>(GOOD.keySet()));

  private static Map<String, String> exported() {
    try {
      Path log = Files.createTempDirectory("fuzz-log");
      Path out = Files.createTempDirectory("fuzz-out");
      try (Caws caws =
          Caws.builder().sources(SOURCES).key(KEY).sealInBatches(100).logTo(log).build()) {
        for (String id : List.of("T-1", "T-2", "T-3")) {
          Task task = Task.builder("fix").id(id).build();
          caws.judge(
              new Assignment(task, "ada", 1, "", Duration.ofMinutes(1)), WorkReport.of("done"));
        }
      }
      try (LogFolder read = LogFolder.read(log, KEY.publicKey())) {
        EvidenceFolder.write(read, KEY, out);
      }
      Map<String, String> files = new HashMap<>();
      try (var all = Files.list(out)) {
        for (Path file : all.toList()) {
          files.put(
              String.valueOf(file.getFileName()),
              new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void a_folder_with_one_edited_file_is_damaged(FuzzedDataProvider data) throws IOException {
    Map<String, String> files = new HashMap<>(GOOD);
    String name = data.pickValue(NAMES);
    String text = GOOD.getOrDefault(name, "");
    int from = data.consumeInt(0, text.length());
    int to = data.consumeInt(from, text.length());
    String instead = new String(data.consumeRemainingAsBytes(), StandardCharsets.ISO_8859_1);
    files.put(name, text.substring(0, from) + instead + text.substring(to));

    LogVerification verdict =
        new EvidenceAudit(file -> files.getOrDefault(file, ""), KEY.publicKey())
            .verdict(files.keySet(), List.of());

    assertThat(verdict.isDamaged()).isEqualTo(!files.equals(GOOD));
  }
}
