/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a class of the tests in a process of its own, which can be killed. It ends with this one if
 * its main method begins with {@link #endWithParent}.
 */
public final class ChildJvm {
  private ChildJvm() {}

  /** Starts the main method of a class; its errors go to those of this process. */
  public static Process start(Class<?> main, String... arguments) throws IOException {
    return start(List.of(), main, arguments);
  }

  /** Starts as {@link #start(Class, String...)}, with options of the JVM such as {@code -Xmx}. */
  public static Process start(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    return start(Map.of(), options, main, arguments);
  }

  /** Starts as {@link #start(Class, String...)}, with variables of the environment. */
  public static Process start(Map<String, String> environment, Class<?> main, String... arguments)
      throws IOException {
    return start(environment, List.of(), main, arguments);
  }

  private static Process start(
      Map<String, String> environment, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    Set<String> path = new LinkedHashSet<>();
    for (Class<?> needed : List.of(main, Caws.class, dev.arbiter.internal.Digests.class)) {
      path.add(root(needed));
    }
    for (String property : List.of("java.class.path", "jdk.module.path")) {
      path.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator)));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"));
    command.add(String.join(File.pathSeparator, path));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Ends this process when the one that started it has ended: then its input ends. */
  public static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // nothing is sent
                }
              } catch (IOException e) {
                // as good as its end
              }
              Runtime.getRuntime().halt(1);
            });
    watch.setDaemon(true);
    watch.start();
  }

  /** The folder or archive that has a class. */
  private static String root(Class<?> type) {
    String name = type.getName().replace('.', '/') + ".class";
    String place = String.valueOf(type.getResource("/" + name));
    String root = place.substring(0, place.length() - name.length());
    root = root.startsWith("jar:") ? root.substring(4, root.length() - 2) : root;
    try {
      return Path.of(new URI(root)).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
