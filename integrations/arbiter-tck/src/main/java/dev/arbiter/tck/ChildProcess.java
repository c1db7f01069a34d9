/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Java process that a test starts, reads line by line, and kills as {@code kill -9} does.
 *
 * <p>It has the class path and the modules of this process. Its errors are among its lines. It ends
 * with the test: by {@link #close}, after two minutes, or by {@link #endWithParent}. Not
 * thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
  private static final long LONGEST = 120;

  private final Process process;
  private final BufferedReader lines;

  private ChildProcess(Process process) {
    this.process = process;
    // A process that hangs ends, and the test that waits for its lines fails.
    CompletableFuture.delayedExecutor(LONGEST, TimeUnit.SECONDS)
        .execute(process.toHandle()::destroyForcibly);
    this.lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Starts a process.
   *
   * @param main a class with a main method
   * @param arguments its arguments
   * @return the process
   * @throws IOException if it cannot be started
   */
  public static ChildProcess start(Class<?> main, String... arguments) throws IOException {
    return start(List.of(), Map.of(), main, arguments);
  }

  /**
   * Starts a process by another program, such as strace.
   *
   * @param by the command of the program, which becomes the process or kills it at its end
   * @param properties the system properties of the process
   * @param main a class with a main method
   * @param arguments its arguments
   * @return the process
   * @throws IOException if it cannot be started
   */
  public static ChildProcess start(
      List<String> by, Map<String, String> properties, Class<?> main, String... arguments)
      throws IOException {
    return start(by, properties, main, main, arguments);
  }

  /* Another class that the process must find may lie elsewhere. */
  static ChildProcess start(
      List<String> by,
      Map<String, String> properties,
      Class<?> other,
      Class<?> main,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(by);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    // Else Java 24 and later write a warning among the lines, once a driver loads its library.
    command.add("--enable-native-access=ALL-UNNAMED");
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", classPath(main, other), main.getName()));
    command.addAll(List.of(arguments));
    return new ChildProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Ends this process, a child, when the process that started it has ended. */
  public static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is sent; at the end of the parent, the input ends.
                }
              } catch (IOException e) {
                // The same: the other end is gone.
              }
              Runtime.getRuntime().halt(1);
            });
    watch.setDaemon(true);
    watch.start();
  }

  /* Modules and class path of this process alike: the other one has a class path only. */
  private static String classPath(Class<?>... found) {
    Set<String> parts = new LinkedHashSet<>();
    for (String property :
        List.of("surefire.test.class.path", "java.class.path", "jdk.module.path")) {
      for (String part : System.getProperty(property, "").split(File.pathSeparator, -1)) {
        if (!part.isEmpty()) {
          parts.add(part);
        }
      }
    }
    for (Class<?> one : found) {
      parts.add(home(one));
    }
    parts.add(home(ChildProcess.class));
    return String.join(File.pathSeparator, parts);
  }

  /* The folder of the class file: that of a patch of a module is in no property. */
  private static String home(Class<?> type) {
    String file = type.getName().replace('.', '/') + ".class";
    try {
      URI found = Objects.requireNonNull(type.getResource("/" + file), type.getName()).toURI();
      if (found.getScheme().equals("file")) {
        Path home = Path.of(found);
        for (int i = 0; i < Path.of(file).getNameCount(); i++) {
          home = Objects.requireNonNull(home.getParent());
        }
        return home.toString();
      }
      CodeSource jar = Objects.requireNonNull(type.getProtectionDomain().getCodeSource());
      return Path.of(jar.getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@return its number} */
  public long pid() {
    return process.pid();
  }

  /**
   * Waits for its next line.
   *
   * @return the line; null at the end of the process
   * @throws IOException if it cannot be read
   */
  public @Nullable String line() throws IOException {
    return lines.readLine();
  }

  /**
   * Reads until a line.
   *
   * @param line the line
   * @throws AssertionError if it does not come; with all lines that came
   * @throws IOException if it cannot be read
   */
  public void await(String line) throws IOException {
    List<String> before = new ArrayList<>();
    for (String next = line(); !line.equals(next); next = line()) {
      if (next == null) {
        throw new AssertionError("the process ended before '" + line + "'; it wrote " + before);
      }
      before.add(next);
    }
  }

  /**
   * Kills it, as kill -9 does.
   *
   * @return the lines that it had written before, as far as they were not read; the last one may be
   *     cut
   * @throws IOException if they cannot be read
   * @throws InterruptedException if the thread is interrupted
   */
  public List<String> kill() throws IOException, InterruptedException {
    // By its handle: Process.destroyForcibly throws away what was not read yet.
    process.toHandle().destroyForcibly();
    process.waitFor();
    List<String> rest = new ArrayList<>();
    for (String next = line(); next != null; next = line()) {
      rest.add(next);
    }
    return rest;
  }

  /** Kills it, if it has not ended. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    lines.close();
  }
}
