/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.ChildJvm;
import dev.arbiter.task.WorkReport.FileChange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What counting costs is bounded, and a bound never makes a count smaller. */
class LineCountTest extends RepositoryFixture {
  private final SplittableRandom random = new SplittableRandom(5);

  private void write(String name, byte[] content) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private void write(String name, String content) throws Exception {
    write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private void commit() throws Exception {
    git("add", "-A");
    git("commit", "-q", "-m", "base");
  }

  private String lines(int count, int letters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < letters; j++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Test
  @Timeout(20) // comparing them takes git 10 s each, 40 s together
  void files_that_would_take_long_to_compare_count_all_their_lines() throws Exception {
    for (String name : new String[] {"a", "b", "c"}) {
      write(name, lines(700_000, 2));
    }
    write("moved", lines(700_000, 2));
    commit();
    for (String name : new String[] {"a", "b", "c"}) {
      write(name, "same\n" + lines(700_000, 2));
    }
    Files.delete(folder.resolve("moved"));
    write("to", lines(700_000, 2));

    ChangeSet set = ChangeSet.ofGit(folder, "HEAD");

    assertThat(set.changes()).contains(new FileChange("moved", 0, 700_000));
    assertThat(set.changes()).contains(new FileChange("to", 700_000, 0));
    assertThat(set.changes()).filteredOn(c -> c.path().length() == 1).hasSize(3);
    assertThat(set.changes())
        .filteredOn(c -> c.path().length() == 1)
        .allMatch(c -> c.added() > 699_990 && c.removed() > 699_990);
  }

  @Test
  void a_long_file_with_few_changes_is_compared() throws Exception {
    String text = lines(200_000, 8);
    write("long.txt", text);
    commit();
    String[] changed = text.split("\n", -1);
    for (int i = 0; i < 300; i++) {
      changed[i * 600 + 100] = "changed " + i;
    }
    write("long.txt", String.join("\n", changed));

    assertThat(ChangeSet.ofGit(folder, "HEAD").changes())
        .containsExactly(new FileChange("long.txt", 300, 300));
  }

  /** As a pack of scripts has it: short lines, and one that holds everything. */
  @Test
  void a_long_line_counts_once_for_each_started_kib() throws Exception {
    String few = lines(19_000, 100);
    String one = lines(1, 1 << 20);
    String two = lines(1, 1 << 20);
    write("grows", few);
    write("shrinks", few + one);
    write("changes", few + one);
    write("moves", few + one);
    write("turns", few + one.replace('\n', '\r'));
    write("swaps", one + few);
    commit();
    write("grows", few + one);
    write("shrinks", few);
    write("changes", few + two);
    Files.delete(folder.resolve("moves"));
    write("moved", "first\n" + few + two);
    write("turns", few + two.replace('\n', '\r'));
    write("swaps", few + one);
    write("new", one + one + "x".repeat(1025));
    write("short", ("x".repeat(1024) + "\r\n").repeat(3));
    git("add", "-A");

    for (ChangeSet set : List.of(ChangeSet.ofGit(folder, "HEAD"), ChangeSet.parse(diff()))) {
      assertThat(set.changes())
          .containsExactlyInAnyOrder(
              new FileChange("grows", 1024, 0),
              new FileChange("shrinks", 0, 1024),
              new FileChange("changes", 1024, 1024),
              new FileChange("moved", 1025, 1024),
              new FileChange("turns", 1024, 1024),
              new FileChange("swaps", 1, 1),
              new FileChange("new", 2050, 0),
              new FileChange("short", 3, 0));
    }
  }

  private byte[] diff() throws Exception {
    Process git =
        new ProcessBuilder("git", "diff", "-M", "--text", "HEAD")
            .directory(folder.toFile())
            .start();
    byte[] printed = git.getInputStream().readAllBytes();
    assertThat(git.waitFor()).isZero();
    return printed;
  }

  @Test
  @Timeout(60)
  void many_moves_with_changes_are_found_while_that_is_cheap() throws Exception {
    for (int i = 0; i < 20; i++) {
      write("old/f" + i, lines(200, 20));
    }
    commit();
    for (int i = 0; i < 20; i++) {
      Path old = folder.resolve("old/f" + i);
      write("new/f" + i, Files.readString(old) + "more\n");
      Files.delete(old);
    }

    ChangeSet moved = ChangeSet.ofGit(folder, "HEAD");
    assertThat(moved.changes()).hasSize(20).allMatch(c -> c.added() == 1 && c.removed() == 0);
    assertThat(moved.movedFrom()).hasSize(20);

    for (int i = 0; i < 400; i++) { // too many lines to pair
      write("new/g" + i, lines(15_000, 2));
    }
    ChangeSet bulk = ChangeSet.ofGit(folder, "HEAD");
    assertThat(bulk.movedFrom()).isEmpty();
    assertThat(bulk.lines()).isEqualTo(20 * 201 + 20 * 200 + 400 * 15_000);
  }

  @Test
  void copies_of_a_file_that_is_gone_count_but_for_one() throws Exception {
    String text = lines(500, 30);
    write("a", text);
    write("b", text);
    commit();
    Files.delete(folder.resolve("a"));
    write("x", text);
    write("y", text);
    write("z", text);

    ChangeSet set = ChangeSet.ofGit(folder, "HEAD");

    assertThat(set.movedFrom()).containsExactly("a");
    assertThat(set.lines()).isEqualTo(1_000);
  }

  @Test
  void a_binary_file_that_moves_and_changes_counts_what_is_gone_too() throws Exception {
    byte[] old = new byte[40 * 1024];
    random.nextBytes(old);
    write("old.bin", old);
    commit();
    Files.delete(folder.resolve("old.bin"));
    byte[] fresh = Arrays.copyOf(old, old.length + 1024);
    write("new.bin", fresh);

    ChangeSet set = ChangeSet.ofGit(folder, "HEAD");

    long removed = set.changes().stream().mapToLong(FileChange::removed).sum();
    long added = set.changes().stream().mapToLong(FileChange::added).sum();
    assertThat(removed).isGreaterThanOrEqualTo(40);
    assertThat(added).isGreaterThanOrEqualTo(41);

    write("new.bin", old); // the very same: a move and nothing else
    assertThat(ChangeSet.ofGit(folder, "HEAD").changes())
        .containsExactly(new FileChange("new.bin", 0, 0));
  }

  @Test
  @Timeout(120)
  void sixty_megabytes_of_line_ends_need_no_heap_but_their_own() throws Exception {
    byte[] returns = new byte[60 << 20];
    Arrays.fill(returns, (byte) '\r');
    write("a.txt", "x\n");
    commit();
    write("a.txt", returns);
    write("b.txt", returns);

    Process measured = ChildJvm.start(List.of("-Xmx160m"), Measure.class, folder.toString());
    String said = new String(measured.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).contains("files 2 lines " + (2L * returns.length + 1));
    assertThat(measured.waitFor()).isZero();
  }

  /** A program that measures a folder, for a JVM with a small heap. */
  static final class Measure {
    public static void main(String[] folder) throws Exception {
      ChangeSet set = ChangeSet.ofGit(Path.of(folder[0]), "HEAD");
      System.out.println("files " + set.files() + " lines " + set.lines());
    }
  }

  @Test
  void a_cost_is_judged_by_steps_and_never_hides_a_line() {
    for (int round = 0; round < 200; round++) {
      ContentLines old = new ContentLines(some(30));
      ContentLines fresh = new ContentLines(some(30));
      DiffCost cost = new DiffCost(old, fresh);

      assertThat(cost.oldLines()).isBetween(0L, old.count());
      assertThat(cost.newLines()).isBetween(0L, fresh.count());
      assertThat(old.count() - cost.oldLines()).isEqualTo(fresh.count() - cost.newLines());
      if (!Arrays.equals(old.content(), fresh.content())) {
        assertThat(cost.oldLines() + cost.newLines()).isPositive();
      }
    }
  }

  private byte[] some(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) "a\r\nb".charAt(random.nextInt(4));
    }
    return bytes;
  }
}
