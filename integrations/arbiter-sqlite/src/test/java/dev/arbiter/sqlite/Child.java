/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import dev.arbiter.Arbiter;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.sqlite.SQLiteConfig;

/** A process of its own that runs a class of the tests, and can be killed. */
final class Child {
  private Child() {}

  /** Starts the main method of a class; its errors go to those of this process. */
  static Process start(Class<?> main, String... arguments) throws IOException {
    Set<String> path = new LinkedHashSet<>();
    for (Class<?> needed :
        List.of(main, SqliteStore.class, Arbiter.class, SQLiteConfig.class, Logger.class)) {
      path.add(root(needed));
    }
    for (String property : List.of("java.class.path", "jdk.module.path")) {
      path.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator)));
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m", "-cp"));
    command.add(String.join(File.pathSeparator, path));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Ends this process when the one that started it has ended: then its input ends. */
  static void endWithParent() {
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
    return Path.of(URI.create(root)).toString();
  }
}
