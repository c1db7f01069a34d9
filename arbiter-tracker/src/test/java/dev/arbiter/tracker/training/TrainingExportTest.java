/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.FailingDisk;
import dev.arbiter.tracker.internal.SmallDisk;
import dev.arbiter.tracker.privacy.Anonymizer;
import dev.arbiter.tracker.privacy.Contribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingExportTest {
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final Instant NOW = Instant.parse("2026-03-01T10:15:30.123Z");

  @TempDir private Path folder;
  private final Sources sources = new Sources(() -> NOW, () -> 0, new SplittableRandom(1));

  private TrainingExport plain() {
    return TrainingExport.withoutAnonymization(folder, BatchQuality.standard(), sources);
  }

  private TrainingExport basic() {
    return TrainingExport.basic(folder, KEY, BatchQuality.standard(), sources);
  }

  private static TrainingExport.Result.Written written(TrainingExport.Result result) {
    return result.match(
        written -> written,
        refused -> {
          throw new AssertionError(refused.why());
        },
        failed -> {
          throw new AssertionError(failed.message());
        });
  }

  private List<String> files() throws IOException {
    try (var all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void what_is_read_back_equals_what_was_written() {
    List<Transition> steps = Steps.good(0, 64);

    TrainingExport.Result.Written written = written(plain().write(steps));

    TrainingSet data = TrainingSet.read(written.manifest());
    assertThat(data.steps()).isEqualTo(steps);
    assertThat(data.manifest()).isEqualTo(written.contents());
  }

  /** 640 steps with random figures, at level BASIC: pseudonyms apart, every figure is the same. */
  @Test
  void figures_survive_exactly() {
    SplittableRandom random = new SplittableRandom(3);
    List<Transition> steps = new ArrayList<>();
    for (int i = 0; i < 640; i++) {
      Transition step = Steps.step(i, "type-" + i % 3, Steps.AGENTS.get(i % 4), (i / 4) % 2);
      Transition.Reward reward = step.reward();
      steps.add(
          new Transition(
              step.tenant(),
              step.task(),
              step.at().plusNanos(random.nextInt(1_000_000_000)),
              step.state(),
              step.action(),
              step.policy(),
              1 - random.nextDouble(),
              new Transition.Reward(
                  reward.outcome(),
                  reward.success(),
                  reward.success() ? 1 - random.nextDouble() / 10 : 0,
                  random.nextDouble() * Math.pow(10, random.nextInt(-12, 6)),
                  random.nextDouble() * 1e7,
                  random.nextInt(3)),
              step.next(),
              step.done()));
    }

    List<Transition> back = TrainingSet.read(written(basic().write(steps)).manifest()).steps();

    assertThat(back).hasSize(640);
    for (int i = 0; i < 640; i++) {
      assertThat(back.get(i).reward()).isEqualTo(steps.get(i).reward());
      assertThat(back.get(i).propensity()).isEqualTo(steps.get(i).propensity());
      assertThat(back.get(i).at()).isEqualTo(steps.get(i).at());
      assertThat(back.get(i).state().taskType()).isEqualTo(steps.get(i).state().taskType());
    }
  }

  @Test
  void the_manifest_says_what_it_is() throws Exception {
    List<Transition> steps = new ArrayList<>(Steps.good(0, 32));
    for (int i = 32; i < 64; i++) {
      steps.add(Steps.step(i, "refactor", "ada", 1));
    }

    TrainingExport.Result.Written written = written(basic().write(steps));

    TrainingSet.Manifest manifest = written.contents();
    Path data = folder.resolve(manifest.data());
    byte[] bytes = Files.readAllBytes(data);
    assertThat(manifest.schema()).isEqualTo("arbiter.training.v1");
    assertThat(manifest.createdAt()).isEqualTo(NOW);
    assertThat(manifest.steps()).isEqualTo(32);
    assertThat(manifest.batches()).isEqualTo(1);
    assertThat(manifest.refused())
        .containsExactly("diversity 0.000, at least 0.7; reward variance 0.000, at least 0.1");
    assertThat(manifest.bytes()).isEqualTo(bytes.length);
    assertThat(manifest.sha256())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    assertThat(manifest.level()).isEqualTo(Anonymizer.Level.BASIC);
    assertThat(manifest.privacy()).contains("keyed hashes");
    assertThat(manifest.gates()).isEqualTo(BatchQuality.standard());
    assertThat(written.verdicts()).hasSize(2);
    assertThat(files())
        .containsExactly(
            "training-20260301T101530123Z-000.jsonl",
            "training-20260301T101530123Z-000.manifest.json");
    assertThat(Files.readAllLines(data)).hasSize(32);
  }

  @Test
  void no_id_and_no_secret_is_in_any_byte() throws IOException {
    List<Transition> steps = new ArrayList<>();
    for (Transition step : Steps.good(0, 32)) {
      Transition.State state =
          new Transition.State(
              "mail ada@example.com",
              5,
              List.of("password=hunter2"),
              1,
              List.of("canary-failed"),
              "",
              step.state().elapsedMillis(),
              0,
              List.of("ada", "bob", "eve", "zoë", "canary-candidate"),
              "");
      steps.add(
          new Transition(
              "canary-tenant",
              "canary-" + step.task(),
              step.at(),
              state,
              step.action(),
              step.policy(),
              step.propensity(),
              step.reward(),
              step.next(),
              step.done()));
    }

    TrainingExport.Result.Written written = written(basic().write(steps));

    for (String file : files()) {
      assertThat(Files.readString(folder.resolve(file)))
          .doesNotContain("canary", "example.com", "hunter2", "\"ada\"", "zoë", "T-1");
    }
    Transition first = TrainingSet.read(written.manifest()).steps().get(0);
    assertThat(first.state().candidates()).hasSize(5).contains(first.action());
    assertThat(first.state().taskType()).isEqualTo("mail [email]");
  }

  @Test
  void exports_of_the_same_moment_have_names_of_their_own() throws IOException {
    written(plain().write(Steps.good(0, 32)));
    written(plain().write(Steps.good(32, 32)));

    assertThat(files()).hasSize(4).contains("training-20260301T101530123Z-001.manifest.json");
  }

  @Test
  void nothing_is_written_of_what_is_not_good_enough() throws IOException {
    TrainingExport.Result few = plain().write(Steps.good(0, 31));
    TrainingExport.Result none = plain().write(List.of());

    assertThat(few).isInstanceOf(TrainingExport.Result.Refused.class);
    assertThat(((TrainingExport.Result.Refused) few).why()).isEqualTo("steps 31.00, at least 32.0");
    assertThat(((TrainingExport.Result.Refused) none).why()).isEqualTo("no steps");
    assertThat(files()).isEmpty();
  }

  /** The disk fills up after each number of bytes in turn. */
  @Test
  void a_full_disk_leaves_no_half_file_and_says_so() throws IOException {
    long needed = written(plain().write(Steps.good(0, 32))).contents().bytes();
    List<String> before = files();
    for (long room = 0; room < needed + 1200; room += 700) {
      FailingDisk disk = new FailingDisk();
      disk.room = room;
      TrainingExport export =
          new TrainingExport(
              folder, BatchQuality.standard(), Anonymizer.none(), sources.clock(), disk);

      TrainingExport.Result result = export.write(Steps.good(0, 32));

      if (result instanceof TrainingExport.Result.Failed failed) {
        assertThat(failed.message()).contains("cannot export to", "No space left");
        assertThat(files()).isEqualTo(before);
      } else {
        assertThat(room).isGreaterThan(needed);
        before = files();
      }
    }
    assertThat(before).hasSizeLessThan(7);
  }

  @Test
  void a_file_system_that_is_really_full_leaves_no_half_file() throws IOException {
    Path root = folder.resolve("small");
    try (SmallDisk disk = SmallDisk.mount(root)) {
      Path ballast = disk.fill(8_192);
      TrainingExport export =
          TrainingExport.withoutAnonymization(root, BatchQuality.standard(), sources);

      TrainingExport.Result full = export.write(Steps.good(0, 64));
      Files.delete(ballast);
      TrainingExport.Result roomy = export.write(Steps.good(0, 64));

      assertThat(full).isInstanceOf(TrainingExport.Result.Failed.class);
      assertThat(((TrainingExport.Result.Failed) full).message()).contains("No space left");
      assertThat(TrainingSet.read(written(roomy).manifest()).steps()).hasSize(64);
      try (var all = Files.list(root)) {
        assertThat(all).hasSize(2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true, false, cannot be changed", "false, true, Input/output error"})
  void a_disk_that_fails_otherwise_leaves_nothing(boolean forces, boolean replaces, String message)
      throws IOException {
    FailingDisk disk = new FailingDisk();
    disk.forces = forces;
    disk.replaces = replaces;
    TrainingExport export =
        new TrainingExport(
            folder, BatchQuality.standard(), Anonymizer.none(), sources.clock(), disk);

    TrainingExport.Result result = export.write(Steps.good(0, 32));

    assertThat(result).isInstanceOf(TrainingExport.Result.Failed.class);
    assertThat(((TrainingExport.Result.Failed) result).message()).contains(message);
    assertThat(files()).isEmpty();
  }

  @Test
  void a_folder_that_is_a_file_is_a_failure_not_an_exception() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "x");

    TrainingExport.Result result =
        TrainingExport.withoutAnonymization(file, BatchQuality.standard(), sources)
            .write(Steps.good(0, 32));

    assertThat(result).isInstanceOf(TrainingExport.Result.Failed.class);
  }

  @Test
  void any_changed_byte_of_the_data_is_found() throws IOException {
    Path manifest = written(plain().write(Steps.good(0, 32))).manifest();
    Path data = folder.resolve(TrainingSet.read(manifest).manifest().data());
    byte[] whole = Files.readAllBytes(data);
    for (int at = 0; at < whole.length; at += 97) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(data, changed);

      assertThat(TrainingSet.check(manifest).sound()).as("byte %s", at).isFalse();
    }
    Files.write(data, whole);
    assertThat(TrainingSet.check(manifest).sound()).isTrue();
    assertThat(TrainingSet.check(manifest).verdicts()).hasSize(1);
  }

  @Test
  void the_validator_names_what_is_wrong() throws IOException {
    Path manifest = written(plain().write(Steps.good(0, 64))).manifest();
    Path data = folder.resolve(TrainingSet.read(manifest).manifest().data());
    List<String> lines = new ArrayList<>(Files.readAllLines(data));
    lines.set(3, "no json");
    lines.set(4, lines.get(4).replace("\"propensity\":0.25", "\"propensity\":0"));
    lines.set(5, lines.get(5).replace("\"done\":true", "\"done\":false"));
    lines.set(6, lines.get(6).replaceFirst("\"action\":\"[^\"]*\"", "\"action\":\"mallory\""));
    lines.set(7, lines.get(7).replace("\"quality\":1.0", "\"quality\":1.5"));
    lines.set(8, lines.get(8).replaceFirst("\"cost\":[0-9.]+", "\"cost\":-1"));
    lines.set(9, lines.get(9).replace("\"outcome\":\"failure\"", "\"outcome\":\"bad luck\""));
    lines.set(10, lines.get(10).replace("\"success\":false", "\"success\":\"no\""));
    Files.write(data, lines);

    List<String> problems = TrainingSet.check(manifest).problems();

    assertThat(String.join("\n", problems))
        .contains("line 4:", "line 5: propensity", "line 6: done", "line 7: the action")
        .contains("line 8: quality", "line 9: cost", "line 10:", "line 11: field 'success'")
        .contains("bytes: the manifest says", "sha256: the manifest says", "steps: the manifest")
        .contains("batch from line 33: steps 24");
    assertThatThrownBy(() -> TrainingSet.read(manifest))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("line 4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "arbiter.training.v1 | arbiter.training.v9 | schema arbiter.training.v9",
        "\"data\" : \" | \"data\" : \"../x/ | another folder",
        "\"batches\" : 1 | \"batches\" : 2 | batches: the manifest says 2",
        "\"batchSize\" : 32 | \"batchSize\" : 1 | rl.batchSize",
        "\"basic\" | \"perfect\" | manifest cannot be read",
        "\"gates\" | \"doors\" | gates",
      })
  void a_manifest_that_does_not_fit_is_refused(String from, String to, String why)
      throws IOException {
    Path manifest = written(basic().write(Steps.good(0, 32))).manifest();
    Files.writeString(manifest, Files.readString(manifest).replace(from, to));

    TrainingSet.Check check = TrainingSet.check(manifest);

    assertThat(check.sound()).isFalse();
    assertThat(check.problems().get(0)).contains(why);
  }

  @Test
  void what_is_not_there_is_a_problem_not_an_exception() throws IOException {
    Path manifest = written(plain().write(Steps.good(0, 32))).manifest();
    Files.delete(folder.resolve(TrainingSet.read(manifest).manifest().data()));

    assertThat(TrainingSet.check(manifest).sound()).isFalse();
    assertThat(TrainingSet.check(folder.resolve("none")).problems())
        .containsExactly("there is no " + folder.resolve("none"));
  }

  @Test
  void steps_contribute_their_reward_to_private_figures() {
    assertThat(TrainingExport.contributions(Steps.good(4, 1)))
        .containsExactly(new Contribution("4:acmeT-4", "refactor/ada", 1));
  }
}
