/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import dev.arbiter.spi.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Each mistake of a storage fails the test of the sentence that it breaks; without one it passes.
 */
class WrongStoragesTest {
  private static final String MISTAKE = "arbiter.tck.mistake";

  /** A contract that is run from here only: its name does not end in Test. */
  static final class Candidate extends StorageContract {
    @Override
    protected Storage storage(Path place) {
      return new PlainStorage(place, Mistake.valueOf(System.getProperty(MISTAKE, "NONE")));
    }

    @Override
    protected Map<String, String> properties() {
      return Map.of(MISTAKE, System.getProperty(MISTAKE, "NONE"));
    }

    @Override
    protected List<Path> files(Path place) {
      return List.of(place.resolve("log"));
    }
  }

  /** A storage over a server, which looks after its own files. */
  static final class OverServer extends StorageContract {
    @Override
    protected Storage storage(Path place) {
      return new PlainStorage(place, Mistake.NONE);
    }

    @Override
    protected boolean forcesFiles() {
      return false;
    }
  }

  /** A storage whose every write is a sync. */
  static final class WritesThrough extends StorageContract {
    @Override
    protected Storage storage(Path place) {
      return new PlainStorage(place, Mistake.NONE, true);
    }
  }

  /** What came of the tests that were run. */
  private static final class Heard implements TestExecutionListener {
    private final List<TestExecutionResult> results = new ArrayList<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        results.add(result);
      }
    }
  }

  private static TestExecutionResult run(DiscoverySelector test) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(test).build();
    Heard heard = new Heard();
    LauncherFactory.create().execute(request, heard);
    assertThat(heard.results).as(test.toString()).hasSize(1);
    return heard.results.get(0);
  }

  private static boolean fails(Mistake mistake, String test) {
    System.setProperty(MISTAKE, mistake.name());
    try {
      TestExecutionResult result = run(selectMethod(Candidate.class, test));
      assumeTrue(result.getStatus() != Status.ABORTED, test + " cannot be run here");
      return result.getStatus() == Status.FAILED;
    } finally {
      System.clearProperty(MISTAKE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FORGETS_NO_KEY, open_gives_back_the_newest_state_of_each_key",
    "GIVES_OLD_VALUES, open_gives_back_the_newest_state_of_each_key",
    "GIVES_EVERY_VALUE, open_gives_back_the_newest_state_of_each_key",
    "REORDERS_A_BATCH, a_later_change_of_a_batch_wins",
    "SPLITS_A_BATCH, a_batch_is_kept_whole_or_refused",
    "SPLITS_A_BATCH, a_torn_file_holds_whole_batches_or_is_refused",
    "IGNORES_FORCE, a_kill_loses_nothing_that_was_forced",
    "NEVER_SYNCS, force_reaches_the_disk",
    "PASSES_OVER_A_FAILED_SYNC, force_reaches_the_disk",
    "SYNCS_ANOTHER_FILE, force_reaches_the_disk",
    "SYNCS_NO_FOLDER, force_reaches_the_disk",
    "LOSES_WHAT_IS_NOT_FORCED, close_keeps_what_was_not_forced",
    "SWALLOWS_ERRORS, a_batch_is_kept_whole_or_refused",
    "DOES_NOT_LOCK, a_second_storage_of_the_process_is_refused",
    "DOES_NOT_LOCK, the_lock_ends_with_the_process",
    "LOCKS_ITS_PROCESS_ONLY, the_lock_ends_with_the_process",
    "REFUSAL_ENDS_THE_LOCK, a_second_storage_of_the_process_is_refused",
    "REFUSES_WITHOUT_A_NAME, the_lock_ends_with_the_process",
    "FINDS_NOTHING_WHEN_CLOSED, a_storage_that_is_not_open_throws",
    "FINDS_NOTHING_WHEN_CLOSED, find_runs_beside_everything_else",
    "FINDS_THE_FIRST_END, find_gives_the_newest_end",
    "FINDS_STATES, the_kinds_are_apart",
    "FORGETS_ENDS_AT_RESTART, find_gives_the_newest_end",
    "GIVES_ENDS_A_NEW_AGE, many_openings_change_nothing",
    "FORGETS_STATES_WITH_AGE, forget_removes_what_is_older_and_no_state",
    "FORGETS_NO_END, forget_removes_what_is_older_and_no_state",
    "FORGETS_BY_THE_LAST_CLOCK, forget_bears_a_clock_that_steps",
    "FORGETS_FORWARD_ONLY, forget_bears_a_clock_that_steps",
    "FORGETS_ONE_OF_TWO_ENDS, a_forgotten_end_leaves_no_earlier_one",
    "LEAVES_CASE_OUT, odd_keys_are_kept_apart_and_unchanged",
    "TRIMS_KEYS, odd_keys_are_kept_apart_and_unchanged",
    "WRITES_KEYS_AS_UTF_8, half_a_surrogate_pair_is_kept_or_refused",
    "TAKES_EMPTY_FOR_NULL, values_of_any_size_come_back_as_they_were",
    "LIMITS_VALUES, a_value_of_48_megabytes_is_kept",
    "DIES_OF_AN_INTERRUPT, an_interrupted_find_harms_nothing",
    "DOES_NOT_CHECK, damage_is_not_passed_over",
    "STOPS_AT_DAMAGE, damage_is_not_passed_over",
    "STAYS_CLOSED, a_closed_storage_opens_again"
  })
  void a_mistake_is_caught(Mistake mistake, String test) {
    assertThat(fails(Mistake.NONE, test)).as("%s without a mistake", test).isFalse();
    assertThat(fails(mistake, test)).as("%s with %s", test, mistake).isTrue();
  }

  @Test
  void the_readme_counts_the_mistakes() throws Exception {
    assertThat(Files.readString(Path.of("README.md")))
        .contains("\n" + (Mistake.values().length - 1) + " mistakes of a storage are in the tests");
  }

  @Test
  void a_test_that_cannot_look_is_skipped_with_its_reason() {
    for (String test :
        List.of("a_torn_file_holds_whole_batches_or_is_refused", "damage_is_not_passed_over")) {
      assertSkipped(
          selectMethod(OverServer.class, test), "does not apply: files(place) names no file");
    }
    String server = "does not apply: forcesFiles() says that a server syncs";
    assertSkipped(selectMethod(OverServer.class, "force_reaches_the_disk"), server);
    for (String test :
        List.of(
            "a_failed_sync_loses_no_task", "a_real_full_disk_holds_tasks_up_until_there_is_room")) {
      assertSkipped(
          selectNestedMethod(List.of(OverServer.class), StorageContract.AtWork.class, test),
          server);
    }
  }

  private static void assertSkipped(DiscoverySelector test, String reason) {
    TestExecutionResult result = run(test);

    assertThat(result.getStatus()).as(test.toString()).isEqualTo(Status.ABORTED);
    assertThat(result.getThrowable().orElseThrow()).hasMessageContaining(reason);
  }

  @Test
  void a_storage_whose_every_write_is_a_sync_passes() {
    TestExecutionResult result = run(selectMethod(WritesThrough.class, "force_reaches_the_disk"));

    assumeTrue(result.getStatus() != Status.ABORTED, "needs strace");
    assertThat(result.getThrowable()).isEmpty();
  }
}
