/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
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
}
