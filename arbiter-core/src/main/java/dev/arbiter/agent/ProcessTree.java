/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process and all that it started, to be ended together.
 *
 * <p>A process whose parent has ended belongs to nobody, so the tree is not looked up when it is
 * needed: it is collected while its root runs. On Linux each process also inherits a variable with
 * a name of this tree, by which those are found that started and lost their parent between two
 * looks. Ends with the JVM too, unless the JVM is killed.
 */
final class ProcessTree {
  /** The variable by which the processes of a tree are known. */
  static final String VARIABLE = "ARBITER_PROCESS_TREE";

  private static final int MOST_ROUNDS = 10;
  private static final int LONGEST_ENVIRONMENT = 1 << 20;
  private static final Path PROC = Path.of("/proc");
  private static final AtomicLong TREES = new AtomicLong();

  private final String name =
      ProcessHandle.current().pid()
          + "-"
          + TREES.incrementAndGet()
          + "-"
          + Integer.toHexString(System.identityHashCode(this));
  private final Thread hook = new Thread(this::kill, "arbiter-kill-" + name);
  private final Set<ProcessHandle> known = new LinkedHashSet<>();
  private boolean closed;

  /** What the variable holds. */
  String name() {
    return name;
  }

  /**
   * Watches a process from its start.
   *
   * @throws IllegalStateException if the JVM is ending
   */
  synchronized void root(Process process) {
    known.add(process.toHandle());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Collects what has been started since the last look, and forgets what has ended: its number can
   * be a stranger's by now, and the JDK finds children by the number alone.
   */
  synchronized void look() {
    Set<ProcessHandle> found = new HashSet<>();
    for (ProcessHandle handle : List.copyOf(known)) {
      if (!handle.isAlive()) {
        known.remove(handle);
      } else if (!found.contains(handle)) { // or its own are found already
        handle.descendants().forEach(found::add);
      }
    }
    known.addAll(found);
  }

  /** Kills all of them; those that are started meanwhile too. */
  synchronized void kill() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      look();
      marked();
      boolean alive = false;
      for (ProcessHandle handle : known) {
        alive |= handle.isAlive() && handle.destroyForcibly();
      }
      if (!alive) {
        return;
      }
    }
  }

  /** Kills all, and forgets about the end of the JVM. */
  void close() {
    kill();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // the hook runs already
    }
  }

  private void marked() {
    byte[] wanted = (VARIABLE + "=" + name + "\0").getBytes(StandardCharsets.US_ASCII);
    if (!Files.isReadable(PROC.resolve("self/environ"))) {
      return;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (contains(environment(process), wanted)) {
          long pid = Long.parseLong(String.valueOf(process.getFileName()));
          ProcessHandle.of(pid).ifPresent(known::add);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // what has ended meanwhile need not be killed
    }
  }

  private static byte[] environment(Path process) {
    try (var in = Files.newInputStream(process.resolve("environ"))) {
      return in.readNBytes(LONGEST_ENVIRONMENT);
    } catch (IOException e) {
      return new byte[0]; // ended, or somebody else's
    }
  }

  private static boolean contains(byte[] text, byte[] wanted) {
    for (int i = 0; i + wanted.length <= text.length; i++) {
      int same = 0;
      while (same < wanted.length && text[i + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return true;
      }
    }
    return false;
  }
}
