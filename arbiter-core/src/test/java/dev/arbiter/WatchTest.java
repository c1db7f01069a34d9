/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The signs of one call: when it stalls, when it loops, and which work is the same. */
class WatchTest {
  private static final long SECOND = 1_000_000_000L;

  private static Watch loops(int times) {
    return new Watch(Guards.none().sameMessage(times));
  }

  private static String say(Watch watch, String message, int times) {
    String last = "";
    for (int i = 0; i < times; i++) {
      assertThat(last).isEmpty();
      last = watch.message("ada", message);
    }
    return last;
  }

  private static FileChange change(String path, int added, int removed) {
    return new FileChange(path, added, removed);
  }

  private static String digest(String output, FileChange... changes) {
    return Watch.digest(WorkReport.of(output).withChanges(Arrays.asList(changes)));
  }

  private static String digest(String output, Evidence evidence, FileChange... changes) {
    return Watch.digest(
        WorkReport.of(output).withChanges(Arrays.asList(changes)).withEvidence(evidence));
  }

  private static Evidence tree(String content) {
    return Evidence.of("work_tree", true, content);
  }

  @Test
  void there_is_a_watch_only_if_a_guard_looks_at_signs() {
    assertThat(Watch.of(Guards.none())).isNull();
    assertThat(Watch.of(Guards.none().sameWorkOnce())).isNull();
    assertThat(Watch.of(Guards.none().attempts(1, Duration.ofSeconds(1)))).isNull();
    assertThat(Watch.of(Guards.none().sameMessage(2))).isNotNull();
    assertThat(Watch.of(Guards.none().stall(Duration.ofSeconds(1)))).isNotNull();
  }

  @Test
  void a_call_stalls_so_long_after_its_last_sign() {
    Watch watch = new Watch(Guards.none().stall(Duration.ofSeconds(30)));
    assertThat(watch.stallsAfter()).isEqualTo(30 * SECOND);
    watch.sign(7 * SECOND);
    assertThat(watch.stallsAfter()).isEqualTo(37 * SECOND);
    watch.sign(50 * SECOND);
    assertThat(watch.stallsAfter()).isEqualTo(80 * SECOND);
  }

  @Test
  void without_a_guard_against_stalls_no_call_stalls_in_fifty_years() {
    Watch watch = loops(2);
    watch.sign(SECOND);

    assertThat(watch.stallsAfter()).isGreaterThan(Duration.ofDays(20_000).toNanos());
  }

  @Test
  void a_stall_of_ages_does_not_overflow() {
    Watch watch = new Watch(Guards.none().stall(Duration.ofSeconds(Long.MAX_VALUE)));
    watch.sign(Duration.ofDays(365).toNanos());

    assertThat(watch.stallsAfter()).isGreaterThan(Duration.ofDays(20_000).toNanos());
  }

  @Test
  void a_stall_is_told_with_the_agent_and_its_time() {
    assertThat(new Watch(Guards.none().stall(Duration.ofMinutes(2))).stalled("ada"))
        .isEqualTo("stall guard: agent 'ada' made no progress for PT2M; it was interrupted");
  }

  @Test
  void a_message_is_a_loop_at_the_number_of_times_that_was_set() {
    assertThat(say(loops(2), "reading", 1)).isEmpty();
    assertThat(say(loops(2), "reading", 2))
        .isEqualTo("loop guard: agent 'ada' reported 'reading' 2 times; it was interrupted");
    assertThat(say(loops(5), "reading", 4)).isEmpty();
    assertThat(say(loops(5), "reading", 5)).contains("reported 'reading' 5 times");
  }

  @Test
  void other_messages_between_do_not_hide_a_loop() {
    Watch watch = loops(3);
    for (int i = 0; i < 2; i++) {
      assertThat(watch.message("ada", "reading")).isEmpty();
      assertThat(watch.message("ada", "step " + i)).isEmpty();
    }

    assertThat(watch.message("ada", "reading")).isNotEmpty();
  }

  @Test
  void messages_without_a_word_are_no_loop() {
    Watch watch = loops(2);
    for (String nothing : List.of("", " ", "\n\t")) {
      assertThat(say(watch, nothing, 10)).isEmpty();
    }
  }

  @Test
  void without_a_guard_against_loops_no_message_is_one() {
    assertThat(say(new Watch(Guards.none().stall(Duration.ofSeconds(1))), "reading", 100))
        .isEmpty();
  }

  @Test
  void a_message_counts_again_after_64_others() {
    Watch watch = loops(2);
    assertThat(watch.message("ada", "reading")).isEmpty();
    for (int i = 0; i < 63; i++) {
      assertThat(watch.message("ada", "step " + i)).isEmpty();
    }
    assertThat(watch.message("ada", "reading")).as("still known").isNotEmpty();

    Watch other = loops(2);
    assertThat(other.message("ada", "reading")).isEmpty();
    for (int i = 0; i < 64; i++) {
      assertThat(other.message("ada", "step " + i)).isEmpty();
    }
    assertThat(other.message("ada", "reading")).as("forgotten").isEmpty();
  }

  @Test
  void the_message_that_was_said_longest_ago_is_forgotten_first() {
    Watch watch = loops(3);
    assertThat(watch.message("ada", "reading")).isEmpty();
    for (int i = 0; i < 63; i++) {
      assertThat(watch.message("ada", "step " + i)).isEmpty();
    }
    assertThat(watch.message("ada", "reading")).isEmpty();
    assertThat(watch.message("ada", "one more")).isEmpty();

    assertThat(watch.message("ada", "reading")).isNotEmpty();
  }

  @Test
  void of_a_long_message_the_first_200_characters_are_told_and_all_are_compared() {
    String begin = "x".repeat(200);
    assertThat(say(loops(2), begin, 2)).contains("reported '" + begin + "' 2 times");
    assertThat(say(loops(2), begin + "one", 2)).contains("reported '" + begin + "' 2 times");
    Watch watch = loops(2);
    assertThat(watch.message("ada", begin + "one")).isEmpty();
    assertThat(watch.message("ada", begin + "two")).isEmpty();
    assertThat(watch.message("ada", begin)).isEmpty();
    assertThat(watch.message("ada", begin + "two")).isNotEmpty();
  }

  @Test
  void work_without_changes_is_the_same_if_its_output_is() {
    assertThat(digest("one")).isEqualTo(digest("one")).isNotEqualTo(digest("two"));
    assertThat(digest("one", tree("abc"))).isNotEqualTo(digest("two", tree("abc")));
  }

  @Test
  void work_of_the_same_content_is_the_same_whatever_it_says() {
    FileChange change = change("A.java", 1, 2);

    assertThat(digest("one", tree("abc"), change)).isEqualTo(digest("two", tree("abc"), change));
    assertThat(digest("one", tree("abc"), change)).isNotEqualTo(digest("one", tree("abd"), change));
  }

  @Test
  void where_nothing_names_the_content_the_output_counts_too() {
    FileChange change = change("A.java", 1, 2);
    Evidence tests = Evidence.of("tests", true, "abc");

    assertThat(digest("one", change)).isEqualTo(digest("one", change));
    assertThat(digest("one", change)).isNotEqualTo(digest("two", change));
    assertThat(digest("one", tests, change)).isEqualTo(digest("one", change));
    assertThat(digest("one", tests, change)).isNotEqualTo(digest("two", tests, change));
  }

  @Test
  void each_part_of_a_change_makes_other_work() {
    String one = digest("", change("A.java", 1, 2));

    assertThat(
            List.of(
                digest("", change("B.java", 1, 2)),
                digest("", change("A.java", 2, 2)),
                digest("", change("A.java", 1, 1)),
                digest("", change("A.java", 12, 0)),
                digest("", change("A.java", 1, 2), change("B.java", 1, 2)),
                digest("")))
        .doesNotHaveDuplicates()
        .doesNotContain(one);
  }

  @Test
  void what_work_used_up_makes_it_no_other_work() {
    WorkReport report = WorkReport.of("one").withChanges(List.of(change("A.java", 1, 2)));

    assertThat(Watch.digest(report.withUsage(Usage.cost(3)))).isEqualTo(Watch.digest(report));
    assertThat(Watch.digest(report)).startsWith("sha256:");
  }
}
