/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.ChildJvm;
import dev.arbiter.caws.Fixtures;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A waiver lifts as often as it says, whoever asks. */
class SharedUsesTest {
  private static final WaiverLedger.Limits LIMITS =
      new WaiverLedger.Limits(2, 2, Duration.ofDays(30));

  @TempDir Path disk;

  private Path project() throws IOException {
    Path caws = disk.resolve("project").resolve(".caws");
    Files.createDirectories(caws.resolve("waivers"));
    Files.writeString(caws.resolve("policy.yaml"), POLICY);
    Files.writeString(
        caws.resolve("waivers").resolve("w.yaml"), WAIVER + "constraints: {max_uses: 3}\n");
    return disk.resolve("project");
  }

  private static Caws load(Path project) {
    return Caws.builder().project(project).sources(Fixtures.sources()).sealHashedOnly().build();
  }

  private static boolean lifts(Caws caws) {
    return judge(caws, reportOf(12, 400)) instanceof Verdict.Waived;
  }

  @Test
  void over_all_constitutions_of_one_project() throws Exception {
    Path project = project();
    Path link = Files.createSymbolicLink(disk.resolve("link"), project);
    List<Caws> all =
        List.of(
            load(project),
            load(project.resolve(".caws")),
            load(project.resolve("..").resolve("project")),
            load(link));

    int lifted = 0;
    for (int round = 0; round < 2; round++) {
      for (Caws caws : all) {
        lifted += lifts(caws) ? 1 : 0;
      }
    }

    assertThat(lifted).isEqualTo(3);
    assertThat(lifts(load(project))).as("one that is built later").isFalse();
  }

  @Test
  void and_not_over_other_projects_or_texts() throws Exception {
    Path project = project();
    for (int i = 0; i < 4; i++) {
      lifts(load(project));
    }
    Path other = disk.resolve("other");
    Files.createDirectories(other);
    Files.copy(
        project.resolve(".caws").resolve("waivers").resolve("w.yaml"), other.resolve("w.yaml"));

    assertThat(lifts(Fixtures.caws().waivers(other).build())).isTrue();
    assertThat(lifts(Fixtures.caws().waiver(WAIVER + "constraints: {max_uses: 1}\n").build()))
        .isTrue();
  }

  /** 8 threads with a constitution each, 100 judgements each. */
  @Test
  void when_threads_race() throws Exception {
    Path project = project();
    List<Callable<Integer>> jobs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Caws caws = load(project);
      jobs.add(
          () -> {
            int lifted = 0;
            for (int n = 0; n < 100; n++) {
              lifted += lifts(caws) ? 1 : 0;
            }
            return lifted;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    int lifted = 0;
    try {
      for (Future<Integer> done : threads.invokeAll(jobs)) {
        lifted += done.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(lifted).isEqualTo(3);
  }

  /** Judges work under the ledger of a folder until its waiver lifts no more. */
  static final class Judge {
    private Judge() {}

    public static void main(String[] arguments) throws InterruptedException {
      ChildJvm.endWithParent();
      int lifted = 0;
      for (boolean more = true; more; ) {
        try (WaiverFolder ledger =
            WaiverFolder.open(Path.of(arguments[0]), LIMITS, () -> NOW, Fixtures.key())) {
          Caws caws = Fixtures.caws().waivers(ledger.ledger()).build();
          more = lifts(caws);
          lifted += more ? 1 : 0;
        } catch (IOException e) {
          Thread.sleep(1); // another process has it
        }
      }
      System.out.println(lifted);
    }
  }

  @Test
  @Tag("many")
  void over_all_processes_with_the_ledger() throws Exception {
    Path folder = disk.resolve("ledger");
    try (WaiverFolder ledger = WaiverFolder.open(folder, LIMITS, () -> NOW, Fixtures.key())) {
      ledger
          .ledger()
          .propose(
              new WaiverEntry.Proposal(
                  "WV-1",
                  "FEAT-001",
                  List.of("budget_limit"),
                  5,
                  200,
                  "why",
                  "ed",
                  NOW.plusSeconds(9),
                  25));
      ledger.ledger().approve("WV-1", "grace");
      ledger.ledger().approve("WV-1", "alan");
      assertThat(ledger.ledger().activate("WV-1", "ed").isDone()).isTrue();
    }
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(ChildJvm.start(Judge.class, folder.toString()));
    }

    int lifted = 0;
    for (Process process : processes) {
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      lifted += Integer.parseInt(said);
    }

    assertThat(lifted).isEqualTo(25);
    assertThat(WaiverFolder.read(folder, Fixtures.key().publicKey()).get(0).uses()).isEqualTo(25);
  }
}
