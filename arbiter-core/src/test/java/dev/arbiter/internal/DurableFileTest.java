/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.architecture.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
  @TempDir private Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void a_claim_is_one_until_it_is_closed() throws Exception {
    Path path = folder.resolve("a.lock");
    DurableFile first = Objects.requireNonNull(DurableFile.claim(path));
    for (int i = 0; i < 3; i++) {
      assertThat(DurableFile.claim(path)).isNull();
    }
    try (DurableFile other = DurableFile.open(path)) {
      assertThat(other.lock()).isFalse();
      assertThat(first.lock()).isTrue();
    }
    first.close();

    DurableFile next = Objects.requireNonNull(DurableFile.claim(path));
    next.close();
    try (DurableFile open = DurableFile.open(path)) {
      assertThat(open.lock()).isTrue();
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), path);
    assertThatThrownBy(() -> DurableFile.claim(link)).hasMessageContaining("is a link");
  }

  @Test
  void an_interrupt_closes_nothing_and_loses_nothing() throws Exception {
    Path path = folder.resolve("a");
    try (DurableFile file = DurableFile.open(path)) {
      assertThat(file.lock()).isTrue();
      Thread.currentThread().interrupt();
      file.append(bytes("one\n"), 0, 4);
      file.force();
      DurableFile.replace(folder.resolve("b"), bytes("two"));
      try (var in = DurableFile.read(path)) {
        assertThat(in.readAllBytes()).isEqualTo(bytes("one\n"));
      }
      assertThat(Thread.interrupted()).isTrue();
      file.append(bytes("two\n"), 0, 4);
    }

    assertThat(Files.readString(path)).isEqualTo("one\ntwo\n");
    assertThat(Files.readString(folder.resolve("b"))).isEqualTo("two");
  }

  @Test
  void a_storm_of_interrupts_loses_no_line() throws Exception {
    Path path = folder.resolve("a");
    AtomicBoolean done = new AtomicBoolean();
    Thread writer = Thread.currentThread();
    Thread storm =
        new Thread(
            () -> {
              while (!done.get()) {
                writer.interrupt();
                Thread.onSpinWait();
              }
            });
    storm.start();
    try (DurableFile file = DurableFile.open(path)) {
      for (int i = 0; i < 2_000; i++) {
        file.append(bytes("line\n"), 0, 5);
        if (i % 100 == 0) {
          file.force();
        }
      }
    } finally {
      done.set(true);
      while (storm.isAlive()) {
        Thread.onSpinWait();
      }
      boolean unused = Thread.interrupted();
    }

    assertThat(Files.size(path)).isEqualTo(10_000);
  }

  @Test
  void a_link_is_never_written_through() throws Exception {
    Path victim = Files.writeString(folder.resolve("victim"), "mine");
    Path link = Files.createSymbolicLink(folder.resolve("link"), victim);
    Files.createSymbolicLink(folder.resolve("note.new"), victim);

    assertThatThrownBy(() -> DurableFile.open(link)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> DurableFile.read(folder)).hasMessageContaining("regular file");
    try (var in = DurableFile.read(link)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes("mine"));
    }
    DurableFile.replace(folder.resolve("note"), bytes("text"));

    assertThat(Files.readString(victim)).isEqualTo("mine");
    assertThat(Files.readString(folder.resolve("note"))).isEqualTo("text");
  }

  @Test
  void a_second_claim_is_refused_and_reading_leaves_the_end() throws Exception {
    Path path = folder.resolve("a");
    try (DurableFile file = DurableFile.open(path);
        DurableFile other = DurableFile.open(path)) {
      assertThat(file.lock()).isTrue();
      assertThat(other.lock()).isFalse();
      file.append(bytes("0123456789"), 0, 10);
      byte[] three = new byte[3];

      assertThat(file.read(8, three)).isEqualTo(2);
      file.truncate(4);
      file.append(bytes("x"), 0, 1);

      assertThat(file.size()).isEqualTo(5);
    }
    assertThat(Files.readString(path)).isEqualTo("0123x");
    DurableFile closed = DurableFile.open(path);
    closed.close();
    assertThatThrownBy(() -> closed.append(bytes("x"), 0, 1)).hasMessageContaining("is closed");
  }

  @Test
  void a_closed_file_takes_and_gives_nothing() throws Exception {
    DurableFile file = DurableFile.open(folder.resolve("a"));
    assertThat(file.isClosed()).isFalse();
    file.close();

    assertThat(file.isClosed()).isTrue();
    assertThatThrownBy(file::force).hasMessageContaining("is closed; open it again");
    assertThatThrownBy(() -> file.truncate(0)).hasMessageContaining("is closed");
    assertThatThrownBy(() -> file.read(0, new byte[1])).hasMessageContaining("is closed");
    assertThatThrownBy(() -> file.append(new byte[1], 0, 1)).hasMessageContaining("is closed");
    file.close();
  }

  @Test
  void an_open_file_goes_on_at_the_end_of_what_was_there() throws Exception {
    Path path = Files.writeString(folder.resolve("a"), "old ");
    try (DurableFile file = DurableFile.open(path)) {
      assertThat(file.size()).isEqualTo(4);
      file.append(bytes("-new-"), 1, 3);
      assertThat(file.size()).isEqualTo(7);
    }

    assertThat(Files.readString(path)).isEqualTo("old new");
  }

  /** 500 steps, against a text. */
  @Test
  void a_file_holds_what_was_appended_and_not_cut() throws Exception {
    SplittableRandom random = new SplittableRandom(23);
    StringBuilder model = new StringBuilder();
    Path path = folder.resolve("a");
    DurableFile file = DurableFile.open(path);
    for (int step = 0; step < 500; step++) {
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> {
          String text = "x".repeat(random.nextInt(20)) + step;
          file.append(bytes(text), 0, text.length());
          model.append(text);
        }
        case 3 -> {
          int size = random.nextInt(model.length() + 1);
          file.truncate(size);
          model.setLength(size);
        }
        case 4 -> {
          int from = random.nextInt(model.length() + 3);
          byte[] into = new byte[random.nextInt(40)];
          int count = file.read(from, into);
          int there = Math.max(0, Math.min(into.length, model.length() - from));
          assertThat(count).as("step %s", step).isEqualTo(there);
          assertThat(new String(into, 0, count, StandardCharsets.UTF_8))
              .isEqualTo(there == 0 ? "" : model.substring(from, from + there));
        }
        default -> {
          file.close();
          file = DurableFile.open(path);
        }
      }
      assertThat(file.size()).as("step %s", step).isEqualTo(model.length());
    }
    file.close();

    assertThat(Files.readString(path)).isEqualTo(model.toString());
  }

  @Test
  void a_replaced_file_has_the_new_bytes_and_no_other_file_stays() throws Exception {
    Path path = Files.writeString(folder.resolve("a"), "old, and longer");
    Files.writeString(folder.resolve("a.new"), "left by a crash");

    DurableFile.replace(path, bytes("new"));

    assertThat(Files.readString(path)).isEqualTo("new");
    assertThat(folder.toFile().list()).containsExactly("a");
  }

  @Test
  void a_file_that_cannot_be_replaced_is_as_it_was() throws Exception {
    Path full = Files.createDirectory(folder.resolve("full"));
    Path inner = Files.writeString(full.resolve("inner"), "mine");
    assertThatThrownBy(() -> DurableFile.replace(full, bytes("new")))
        .isInstanceOf(IOException.class);
    assertThat(inner).hasContent("mine");
    assertThat(folder.resolve("full.new")).doesNotExist();

    Path path = Files.writeString(folder.resolve("a"), "old");
    Path taken = Files.createDirectory(folder.resolve("a.new"));
    assertThatThrownBy(() -> DurableFile.replace(path, bytes("new")))
        .hasMessage(taken + " is a link or no regular file; put a regular file there");
    assertThat(path).hasContent("old");
    assertThat(taken).isDirectory();
  }

  @Test
  void a_file_is_moved_over_another() throws Exception {
    Path from = Files.writeString(folder.resolve("from"), "new");
    Path to = Files.writeString(folder.resolve("to"), "old");

    DurableFile.move(from, to);

    assertThat(to).hasContent("new");
    assertThat(from).doesNotExist();
    assertThatThrownBy(() -> DurableFile.move(from, to)).isInstanceOf(IOException.class);
    assertThat(to).hasContent("new");
  }

  @Test
  void a_folder_that_is_not_there_cannot_be_forced() throws Exception {
    DurableFile.forceFolder(folder.resolve("any"));
    DurableFile.forceFolder(Path.of("any"));

    assertThatThrownBy(() -> DurableFile.forceFolder(folder.resolve("none").resolve("any")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void an_interrupt_while_a_folder_is_forced_is_kept_for_the_caller() throws Exception {
    Thread.currentThread().interrupt();
    DurableFile.forceFolder(folder.resolve("any"));
    assertThat(Thread.interrupted()).isTrue();

    DurableFile.forceFolder(folder.resolve("any"));
    assertThat(Thread.interrupted()).as("and none is made up").isFalse();
  }

  @Test
  void a_claim_on_a_file_that_is_not_there_makes_it() throws Exception {
    Path path = folder.resolve("a.lock");

    try (DurableFile claim = Objects.requireNonNull(DurableFile.claim(path))) {
      assertThat(path).isEmptyFile();
      assertThat(claim.lock()).as("it is locked already").isTrue();
    }
    assertThat(path).as("others may wait for it").exists();
  }

  @Test
  void only_a_regular_file_is_opened() throws Exception {
    Path below = Files.createDirectory(folder.resolve("below"));

    assertThatThrownBy(() -> DurableFile.open(below)).hasMessageContaining("put a regular file");
    assertThatThrownBy(() -> DurableFile.claim(below)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> DurableFile.open(below.resolve("none").resolve("a")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> DurableFile.read(folder.resolve("none")))
        .isInstanceOf(IOException.class);
  }

  /** Claims a file, says so, and holds it until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      boolean isHeld = DurableFile.claim(Path.of(arguments[0])) != null;
      System.out.println(isHeld);
      while (System.in.read() >= 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void a_claim_of_another_process_holds_until_that_process_ends() throws Exception {
    Path path = folder.resolve("a.lock");
    Process other =
        new Program()
            .with(DurableFile.class, DurableFileTest.class)
            .start(Holder.class, path.toString());
    try (BufferedReader words = other.inputReader(StandardCharsets.UTF_8)) {
      assertThat(words.readLine()).isEqualTo("true");

      assertThat(DurableFile.claim(path)).isNull();
      assertThat(DurableFile.claim(path)).as("and is not given up by a look").isNull();

      other.getOutputStream().close();
      assertThat(other.waitFor()).isZero();
    } finally {
      other.destroyForcibly();
    }
    DurableFile own = Objects.requireNonNull(DurableFile.claim(path));
    own.close();
  }

  private static String claimedByAnother(Path path) throws Exception {
    Process other =
        new Program()
            .with(DurableFile.class, DurableFileTest.class)
            .start(Holder.class, path.toString());
    other.getOutputStream().close();
    try (BufferedReader words = other.inputReader(StandardCharsets.UTF_8)) {
      return String.valueOf(words.readLine());
    } finally {
      other.destroyForcibly();
    }
  }

  /** Its memory is given back, and with it its number in the system. */
  @Test
  void a_second_opening_that_is_garbage_does_not_give_up_the_lock_of_the_first() throws Exception {
    Path path = folder.resolve("a.lock");
    DurableFile first = Objects.requireNonNull(DurableFile.claim(path));
    refuse(path);
    collectGarbage();

    assertThat(claimedByAnother(path)).isEqualTo("false");
    first.close();
    assertThat(claimedByAnother(path)).isEqualTo("true");
  }

  /** Returns when an object that is garbage now has been given back. */
  private static void collectGarbage() {
    WeakReference<Object> canary = new WeakReference<>(new Object());
    while (canary.get() != null) {
      System.gc();
    }
    System.gc();
  }

  private static void refuse(Path path) throws IOException {
    DurableFile second = DurableFile.open(path);
    assertThat(second.lock()).isFalse();
    second.close();
  }

  /** How often this process has a file open now. */
  private static long open(Path path) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(one -> pointsTo(one, path)).count();
    }
  }

  private static boolean pointsTo(Path one, Path path) {
    try {
      return Files.readSymbolicLink(one).equals(path.toRealPath());
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void second_openings_are_closed_with_the_first() throws Exception {
    Path path = folder.resolve("a.lock");
    DurableFile first = Objects.requireNonNull(DurableFile.claim(path));
    refuse(path);
    DurableFile used = DurableFile.open(path);
    assertThat(used.lock()).isFalse();
    assertThat(open(path)).isEqualTo(3);

    first.close();

    assertThat(open(path)).as("one is in use").isEqualTo(1);
    used.append(bytes("x"), 0, 1);
    used.close();
    assertThat(open(path)).isZero();
  }

  @Test
  void a_second_opening_may_lock_when_the_first_is_closed() throws Exception {
    Path path = folder.resolve("a.lock");
    DurableFile first = Objects.requireNonNull(DurableFile.claim(path));
    DurableFile second = DurableFile.open(path);
    assertThat(second.lock()).isFalse();
    first.close();

    assertThat(second.lock()).isTrue();
    assertThat(DurableFile.claim(path)).isNull();
    second.close();
    DurableFile third = Objects.requireNonNull(DurableFile.claim(path));
    third.close();
    assertThat(open(path)).isZero();
  }

  /** 50 rounds of 4 threads. */
  @Test
  void one_of_many_threads_has_the_claim() throws Exception {
    Path path = folder.resolve("a.lock");
    for (int round = 0; round < 50; round++) {
      Queue<DurableFile> claims = new ConcurrentLinkedQueue<>();
      CountDownLatch done = new CountDownLatch(4);
      for (int t = 0; t < 4; t++) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    DurableFile claim = DurableFile.claim(path);
                    if (claim != null) {
                      claims.add(claim);
                    }
                  } catch (IOException madeByAnother) {
                    // The file was made between the look and the making.
                  } finally {
                    done.countDown();
                  }
                });
        thread.start();
      }
      done.await();

      assertThat(claims).as("round %s", round).hasSize(1);
      claims.remove().close();
      assertThat(open(path)).isZero();
    }
  }
}
