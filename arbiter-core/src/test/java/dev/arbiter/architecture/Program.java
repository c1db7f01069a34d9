/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.architecture;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java program in a process of its own, on a class path of the test's choice. */
public final class Program {
  private final List<String> classPath = new ArrayList<>();

  /** Adds a folder or a jar. */
  public Program with(Path place) {
    classPath.add(place.toString());
    return this;
  }

  /** Adds the folders or jars that classes come from. */
  public Program with(Class<?>... from) {
    for (Class<?> type : from) {
      with(home(type));
    }
    return this;
  }

  /** The folder or jar that a class comes from. */
  public static Path home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a class and returns all it wrote. */
  public String run(Class<?> main) throws IOException, InterruptedException {
    Process process = start(main);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  /** Starts a class. Its errors come with what it writes. */
  public Process start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
