/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key is on the disk before the command tells of it: what it asked of the disk, by strace. */
class KeyOnDiskTest {
  @TempDir private Path folder;

  /** The file names of its syncs and renames, in order. */
  private List<String> asked(String... arguments) throws Exception {
    Path trace = folder.resolve("trace");
    assumeTrue(works(), "needs Linux, strace, and the right to trace a process");
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-y", "-o", trace.toString()));
    command.addAll(List.of("-e", "trace=fsync,fdatasync,rename,renameat,renameat2"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String path = System.getProperty("surefire.test.class.path");
    command.addAll(List.of("-cp", path == null ? System.getProperty("java.class.path") : path));
    command.add(ArbiterCli.class.getName());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("out"))).isZero();
    List<String> asked = new ArrayList<>();
    for (String line : Files.readAllLines(trace)) {
      if (line.contains("sync(") && line.contains("<")) {
        asked.add("sync " + line.substring(line.indexOf('<') + 1, line.indexOf('>')));
      } else if (line.contains("rename")) {
        String[] names = line.split("\"", -1);
        asked.add("rename " + names[1] + " " + names[3]);
      }
    }
    return asked;
  }

  private static boolean works() throws InterruptedException {
    try {
      Process tried = new ProcessBuilder("strace", "-o", "/dev/null", "true").start();
      return tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void new_and_rotated_keys_are_forced_with_their_folder() throws Exception {
    Path keys = Files.createDirectories(folder.toRealPath().resolve("keys"));
    String file = keys.resolve("key.pem").toString();

    assertThat(asked("key", "new", file))
        .containsSubsequence("sync " + file, "sync " + keys)
        .containsSubsequence("rename " + file + ".pub.new " + file + ".pub", "sync " + keys);

    List<String> rotated = asked("key", "rotate", file);
    String replaced = "rename " + file + ".new " + file;
    assertThat(rotated)
        .containsSubsequence("sync " + file + ".new", "sync " + keys, replaced, "sync " + keys);
    assertThat(rotated.subList(0, rotated.indexOf(replaced)))
        .as("the old key is kept before another takes its place")
        .anyMatch(one -> one.matches("sync .*key\\.pem\\.[0-9a-f]{12}"));
  }
}
