/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A number cannot be made to be used again, so the handles of some processes are written here. */
class ProcessTreeTest {
  private final AtomicBoolean alive = new AtomicBoolean(true);
  private final AtomicInteger asked = new AtomicInteger();
  private boolean survives;

  /** A handle that lives while {@code alive}, and counts how often it is asked for its own. */
  private ProcessHandle handle(Supplier<Stream<ProcessHandle>> descendants) {
    return handle(alive, descendants);
  }

  private ProcessHandle handle(AtomicBoolean living, Supplier<Stream<ProcessHandle>> descendants) {
    return (ProcessHandle)
        Proxy.newProxyInstance(
            ProcessHandle.class.getClassLoader(),
            new Class<?>[] {ProcessHandle.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "isAlive" -> living.get();
                  case "descendants" -> {
                    asked.incrementAndGet();
                    yield descendants.get();
                  }
                  case "destroyForcibly" -> living.getAndSet(survives);
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static Process process(ProcessHandle handle) {
    return new Process() {
      @Override
      public ProcessHandle toHandle() {
        return handle;
      }

      @Override
      public OutputStream getOutputStream() {
        throw new UnsupportedOperationException();
      }

      @Override
      public InputStream getInputStream() {
        throw new UnsupportedOperationException();
      }

      @Override
      public InputStream getErrorStream() {
        throw new UnsupportedOperationException();
      }

      @Override
      public int waitFor() {
        throw new UnsupportedOperationException();
      }

      @Override
      public int exitValue() {
        throw new UnsupportedOperationException();
      }

      @Override
      public void destroy() {
        throw new UnsupportedOperationException();
      }
    };
  }

  private static Process sleeping() throws IOException {
    return new ProcessBuilder("sleep", "60").start();
  }

  @Test
  void the_children_of_a_stranger_with_the_number_of_a_dead_process_live_on() throws Exception {
    Process stranger = sleeping();
    ProcessTree tree = new ProcessTree();
    try {
      tree.root(process(handle(() -> Stream.of(stranger.toHandle()))));
      alive.set(false);

      tree.look();
      tree.close();

      assertThat(stranger.waitFor(1, TimeUnit.SECONDS)).isFalse();
      assertThat(asked).hasValue(0);
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void a_child_outlives_its_parent_in_the_tree() throws Exception {
    Process child = sleeping();
    ProcessTree tree = new ProcessTree();
    try {
      tree.root(process(handle(() -> Stream.of(child.toHandle()))));
      tree.look();
      alive.set(false);

      tree.close();

      assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void a_process_that_was_found_below_another_is_not_searched_itself() {
    ProcessHandle child = handle(Stream::of);
    ProcessTree tree = new ProcessTree();
    tree.root(process(handle(() -> Stream.of(child))));

    for (int i = 0; i < 10; i++) {
      tree.look();
    }

    assertThat(asked).hasValue(10);
    tree.close();
  }

  @Test
  void the_time_of_a_look_counts_to_the_limit() throws Exception {
    Process command = sleeping();
    ProcessTree tree = new ProcessTree();
    try (ProcessFiles files = new ProcessFiles()) {
      tree.root(
          process(
              handle(
                  () -> {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                    return Stream.of();
                  })));
      ProcessAgent agent = ProcessAgent.builder("sleep").build();

      assertThat(
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      return agent.await(command, Duration.ofSeconds(1), files, tree);
                    } catch (IOException | InterruptedException e) {
                      return e.toString();
                    }
                  }))
          .as("with the looks beside it: more than 20 seconds")
          .succeedsWithin(Duration.ofSeconds(10))
          .isEqualTo("took longer than PT1S");
    } finally {
      command.destroyForcibly();
      alive.set(false);
      tree.close();
    }
  }

  private static ProcessHandle child(AtomicBoolean living) {
    return new ProcessTreeTest().handle(living, Stream::of);
  }

  @Test
  void every_tree_has_a_name_of_its_own() {
    String name = new ProcessTree().name();

    assertThat(name).startsWith(ProcessHandle.current().pid() + "-");
    assertThat(new ProcessTree().name()).isNotEqualTo(name);
  }

  @Test
  void all_of_a_tree_are_killed_and_a_second_end_does_nothing() {
    AtomicBoolean one = new AtomicBoolean(true);
    AtomicBoolean other = new AtomicBoolean(true);
    ProcessHandle first = child(one);
    ProcessHandle second = child(other);
    ProcessTree tree = new ProcessTree();
    tree.root(process(handle(() -> Stream.of(first, second))));

    tree.close();

    assertThat(alive).isFalse();
    assertThat(one).isFalse();
    assertThat(other).isFalse();
    tree.close();
    tree.kill();
    assertThat(asked).as("nobody is left to ask").hasValue(1);
  }

  /** The root dies in the first round, and what it started just before is found in it. */
  @Test
  void what_is_started_between_a_look_and_the_end_is_killed_too() {
    AtomicBoolean late = new AtomicBoolean(true);
    ProcessHandle started = child(late);
    ProcessTree tree = new ProcessTree();
    tree.root(process(handle(() -> asked.get() < 3 ? Stream.of() : Stream.of(started))));
    tree.look();
    tree.look();

    tree.kill();

    assertThat(late).isFalse();
    tree.close();
  }

  /** As one that waits for a disk that does not answer. */
  @Test
  void a_process_that_does_not_die_is_left_after_ten_rounds() {
    ProcessTree tree = new ProcessTree();
    tree.root(process(handle(Stream::of)));
    survives = true;

    tree.kill();

    assertThat(asked).hasValue(10);
    survives = false;
    tree.close();
    assertThat(alive).isFalse();
  }

  private static Process marked(String name) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sleep", "60");
    builder.environment().put(ProcessTree.VARIABLE, name);
    return builder.start();
  }

  @Test
  void a_process_is_known_by_the_whole_name_of_its_tree() throws Exception {
    ProcessTree tree = new ProcessTree();
    Process own = marked(tree.name());
    Process stranger = marked(tree.name() + "0");
    try {
      tree.close();

      assertThat(own.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(stranger.waitFor(1, TimeUnit.SECONDS)).isFalse();
    } finally {
      own.destroyForcibly();
      stranger.destroyForcibly();
    }
  }
}
