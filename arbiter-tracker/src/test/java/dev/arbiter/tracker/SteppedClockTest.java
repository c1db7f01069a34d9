/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.arbiter.spi.Sources;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** In a process of its own whose wall clock libfaketime turns; where that is installed. */
class SteppedClockTest {
  private static final Path LIBRARIES = Path.of("/usr/lib");
  private static final Path FAKETIME = Path.of("faketime", "libfaketimeMT.so.1");
  @TempDir Path directory;

  @Test
  void an_hour_either_way_loses_nothing_and_makes_no_time_negative() throws Exception {
    Map<String, Long> seen = run("+0", "+3600", "+0", "-3600", "+0");

    assertThat(seen)
        .containsEntry("recorded", 10_000L)
        .containsEntry("delivered", 10_000L)
        .containsEntry("counted", 10_000L)
        .containsEntry("late", 0L)
        .containsEntry("corrected", 0L);
    assertThat(seen.get("slowest")).isLessThan(60_000);
    assertThat(seen.get("forward")).isBetween(59L, 61L);
    assertThat(seen.get("back")).isBetween(-61L, -59L);
  }

  @Test
  void the_end_of_32_bits_is_a_second_like_any_other() throws Exception {
    Map<String, Long> seen = run("@2038-01-19 03:14:00", "@2038-01-19 03:19:00");

    assertThat(seen)
        .containsEntry("counted", 4_000L)
        .containsEntry("late", 0L)
        .containsEntry("corrected", 0L);
    assertThat(seen.get("forward")).isBetween(4L, 5L);
  }

  private Map<String, Long> run(String... steps) throws Exception {
    Optional<Path> faketime = faketime();
    assumeTrue(faketime.isPresent(), "libfaketime is not installed");
    Path turn = Files.writeString(directory.resolve("turn"), steps[0]);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), SteppedClockMain.class.getName(), turn.toString()));
    command.addAll(List.of(steps));
    Path errors = directory.resolve("errors");
    ProcessBuilder child = new ProcessBuilder(command).redirectError(errors.toFile());
    child
        .environment()
        .putAll(
            Map.of(
                "LD_PRELOAD", faketime.get().toString(),
                "FAKETIME_TIMESTAMP_FILE", turn.toString(),
                "FAKETIME_NO_CACHE", "1",
                "DONT_FAKE_MONOTONIC", "1",
                "TZ", "UTC"));
    Process process = child.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    Map<String, Long> seen = new HashMap<>();
    Arrays.stream(said.trim().split(" "))
        .map(pair -> pair.split("="))
        .forEach(pair -> seen.put(pair[0], Long.valueOf(pair[1])));
    return seen;
  }

  private static Optional<Path> faketime() throws IOException {
    if (!Files.isDirectory(LIBRARIES)) {
      return Optional.empty();
    }
    try (Stream<Path> found =
        Files.find(LIBRARIES, 3, (file, attributes) -> file.endsWith(FAKETIME))) {
      return found.findFirst();
    }
  }

  private static String classPath() throws IOException {
    return Stream.of(
            SteppedClockMain.class, PerformanceTracker.class, Sources.class, LoggerFactory.class)
        .map(SteppedClockTest::root)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The folder or jar a class was loaded from, also when it is patched into a module. */
  private static String root(Class<?> type) {
    String name = type.getName().replace('.', '/') + ".class";
    String at = String.valueOf(type.getResource('/' + name));
    String root = at.substring(0, at.length() - name.length()).replaceFirst("!/$", "");
    return Path.of(URI.create(root.replaceFirst("^jar:", ""))).toString();
  }
}
