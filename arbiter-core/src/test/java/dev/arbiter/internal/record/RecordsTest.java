/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordsTest {
  private static final int ROUNDS = 3_000;

  private final SplittableRandom random = new SplittableRandom(11);

  private static final List<String> ODD =
      List.of(
          "",
          "a",
          "äöü",
          "\u0000",
          "\uD83D\uDE00",
          "\uD83D",
          "\uDE00x",
          "\u202e",
          "line\nline",
          "'--");

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(ODD.get(random.nextInt(ODD.size())));
    }
    return text.toString();
  }

  private String name() {
    return "n" + Integer.toString(random.nextInt(1_000_000), 36);
  }

  private long number() {
    return random.nextLong() >>> random.nextInt(64) & Long.MAX_VALUE;
  }

  private int small() {
    return random.nextInt(1 << random.nextInt(31));
  }

  private Duration duration() {
    return Duration.ofSeconds(random.nextInt(1 << 20), random.nextInt(1_000_000_000));
  }

  private Instant instant() {
    return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
  }

  private Usage usage() {
    return random.nextBoolean()
        ? Usage.none()
        : new Usage(number(), number(), random.nextDouble() * small(), duration());
  }

  private Task task() {
    Set<String> capabilities = new HashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      capabilities.add(name());
    }
    SpecRef spec =
        switch (random.nextInt(3)) {
          case 0 -> SpecRef.none();
          case 1 -> SpecRef.id(name());
          default -> SpecRef.text(text());
        };
    return new Task(
            name(),
            name(),
            name(),
            1 + random.nextInt(10),
            capabilities,
            spec,
            text(),
            random.nextBoolean() ? Optional.empty() : Optional.of(duration().plusNanos(1)),
            random.nextBoolean() ? "" : name())
        .withCorrelationId(random.nextBoolean() ? "" : "trace-" + random.nextInt());
  }

  private WorkReport report() {
    List<FileChange> changes = new ArrayList<>();
    List<Evidence> evidence = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      changes.add(new FileChange("f" + text(), small(), small()));
      double value = random.nextBoolean() ? Double.NaN : random.nextDouble();
      evidence.add(new Evidence(name(), random.nextBoolean(), value, text()));
    }
    return new WorkReport(text(), changes, evidence, usage());
  }

  private List<Finding> findings(int least) {
    List<Finding> findings = new ArrayList<>();
    for (int i = least + random.nextInt(3); i > 0; i--) {
      Finding.Severity[] all = Finding.Severity.values();
      findings.add(new Finding(name(), all[random.nextInt(all.length)], text(), small(), text()));
    }
    return findings;
  }

  private Verdict verdict() {
    Seal seal = random.nextBoolean() ? Seal.none() : new Seal(text(), name(), text(), text());
    return switch (random.nextInt(3)) {
      case 0 -> new Verdict.Approved(findings(0), random.nextDouble(), seal);
      case 1 -> new Verdict.Waived(findings(0), List.of(name(), name()), random.nextDouble(), seal);
      default -> new Verdict.Denied(findings(1), seal, random.nextBoolean());
    };
  }

  private TaskResult result() {
    return switch (random.nextInt(4)) {
      case 0 -> new TaskResult.Completed(task(), name(), small(), report(), verdict());
      case 1 -> new TaskResult.Rejected(task(), findings(0));
      case 2 -> {
        FailureCause[] all = FailureCause.values();
        FailureCause cause = all[random.nextInt(all.length)];
        Optional<Verdict> verdict =
            random.nextBoolean() ? Optional.empty() : Optional.of(verdict());
        yield new TaskResult.Failed(task(), cause, text(), small(), verdict, usage(), text());
      }
      default -> new TaskResult.Cancelled(task(), text(), usage());
    };
  }

  private KeptProgress progress() {
    List<RoutingDecision> decisions = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      decisions.add(new KeptDecision(random.nextLong(), name(), name()));
    }
    TaskState[] all = TaskState.values();
    return new KeptProgress(
        all[random.nextInt(all.length)],
        decisions,
        text(),
        random.nextBoolean() ? null : report(),
        number(),
        usage(),
        random.nextBoolean() ? null : new WaitReason.UnknownEffect(name(), small()),
        KeptMeans.none(),
        round());
  }

  private KeptRound round() {
    return random.nextBoolean()
        ? KeptRound.none()
        : new KeptRound(
            1, small(), List.of(new KeptRound.Work(small(), report(), number(), usage())));
  }

  private KeptStep step() {
    return new KeptStep(
        instant(), name(), name(), small(), text(), random.nextDouble(), usage(), text());
  }

  @Test
  void every_record_comes_back_as_it_was() {
    for (int i = 0; i < ROUNDS; i++) {
      KeptTask task = new KeptTask(task(), instant());
      KeptProgress progress = progress();
      List<KeptStep> steps = List.of(step(), step());
      KeptEnd end = new KeptEnd(result(), instant(), instant());

      assertThat(Records.task(Records.bytes(task))).isEqualTo(task);
      assertThat(Records.progress(Records.bytes(progress))).isEqualTo(progress);
      assertThat(Records.steps(Records.bytes(steps))).isEqualTo(steps);
      assertThat(Records.end(Records.bytes(end))).isEqualTo(end);
    }
  }

  /** The first moment of the calendar is one too, not none. */
  @Test
  void a_task_not_before_the_epoch_comes_back_as_it_was() {
    for (Task.Builder task : List.of(Task.builder("fix"), Task.builder("fix").hedged())) {
      KeptTask kept = new KeptTask(task.notBefore(Instant.EPOCH).build(), Instant.EPOCH);
      assertThat(Records.task(Records.bytes(kept))).isEqualTo(kept);
    }
  }

  /** One flipped bit, or a missing end, is always refused, in words. */
  @Test
  void damage_is_refused() {
    for (int i = 0; i < 20 * ROUNDS; i++) {
      byte[] bytes = Records.bytes(new KeptEnd(result(), instant(), instant()));
      int place = random.nextInt(bytes.length);
      byte[] damaged = random.nextInt(3) == 0 ? Arrays.copyOf(bytes, place) : bytes.clone();
      if (place < damaged.length) {
        damaged[place] ^= (byte) (1 << random.nextInt(8));
      }
      assertThatThrownBy(() -> Records.end(damaged))
          .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class)
          .hasMessageContaining("record");
    }
  }

  @Test
  void a_newer_version_is_refused_by_name() {
    byte[] bytes = Records.bytes(new KeptTask(task(), instant()));
    bytes[0] = 2;

    assertThatThrownBy(() -> Records.task(bytes))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("version 2")
        .hasMessageContaining("reads version 1");
  }

  @Test
  void an_unknown_field_is_skipped() {
    Fields.Writer newer =
        new Fields.Writer().text(1, "WAITING").number(4, 12).text(99, "new").decimal(1_000, 1);

    KeptProgress progress = Records.progress(newer.record(Records.VERSION, 'S'));

    assertThat(progress.state()).isEqualTo(TaskState.WAITING);
    assertThat(progress.nanos()).isEqualTo(12);
  }

  /** Fields that lie, under a checksum that fits: refused in words, or read; never an Error. */
  @Test
  void fields_that_lie_are_refused_in_words() {
    for (int i = 0; i < 20 * ROUNDS; i++) {
      byte[] bytes = Records.bytes(new KeptEnd(result(), instant(), instant()));
      Fields.Writer forged = new Fields.Writer();
      int place = Fields.HEADER + random.nextInt(bytes.length - Fields.HEADER);
      bytes[place] = (byte) random.nextInt();
      forged.raw(Arrays.copyOfRange(bytes, Fields.HEADER, bytes.length));
      try {
        KeptEnd unused = Records.end(forged.record(Records.VERSION, 'E'));
      } catch (IllegalArgumentException | IllegalStateException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
      }
    }
  }

  @Test
  void a_record_of_another_kind_is_refused() {
    byte[] bytes = Records.bytes(KeptProgress.none());

    assertThatThrownBy(() -> Records.task(bytes)).hasMessageContaining("kind");
    assertThatThrownBy(() -> Records.task(new byte[0])).hasMessageContaining("damaged");
  }

  /** The bytes of the first version, written once and for all. */
  @Test
  void the_bytes_of_version_1_are_read_for_ever() throws Exception {
    Golden.check(getClass());
  }
}
