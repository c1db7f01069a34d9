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

/** A process with a storage of the test, which a test reads and kills. */
final class ChildProcess implements AutoCloseable {
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
   * @param contract the test class, which makes the storage there too
   * @param job what the process does
   */
  static ChildProcess start(
      Class<?> contract, Map<String, String> properties, StorageProcess.Job job, Path place)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", classPath(contract), StorageProcess.class.getName()));
    command.addAll(List.of(contract.getName(), job.name(), place.toString()));
    return new ChildProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /* Modules and class path of this process alike: the other one has a class path only. */
  private static String classPath(Class<?> contract) {
    Set<String> parts = new LinkedHashSet<>();
    for (String property :
        List.of("surefire.test.class.path", "java.class.path", "jdk.module.path")) {
      for (String part : System.getProperty(property, "").split(File.pathSeparator, -1)) {
        if (!part.isEmpty()) {
          parts.add(part);
        }
      }
    }
    parts.add(home(contract));
    parts.add(home(StorageProcess.class));
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

  long pid() {
    return process.pid();
  }

  /** The next line; null at the end of the process. */
  @Nullable String line() throws IOException {
    return lines.readLine();
  }

  /**
   * Reads until a line.
   *
   * @throws AssertionError if it does not come; with all that came
   */
  void await(String line) throws IOException {
    List<String> before = new ArrayList<>();
    for (String next = line(); !line.equals(next); next = line()) {
      if (next == null) {
        throw new AssertionError("the process ended before '" + line + "'; it wrote " + before);
      }
      before.add(next);
    }
  }

  /** Kills it, as kill -9 does, and returns what it had written before. */
  List<String> kill() throws IOException, InterruptedException {
    // By its handle: Process.destroyForcibly throws away what was not read yet.
    process.toHandle().destroyForcibly();
    process.waitFor();
    List<String> rest = new ArrayList<>();
    for (String next = line(); next != null; next = line()) {
      rest.add(next);
    }
    return rest;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    lines.close();
  }
}
