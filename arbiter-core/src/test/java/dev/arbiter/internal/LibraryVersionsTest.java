/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which version of a library is enough, and what a host is told that has none. */
class LibraryVersionsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"2.16", "2.16.0", "2.16-rc1", "2.17.1", "2.999999999", "3.0", "10.0.1"})
  void the_least_version_and_later_ones_are_enough(String version) {
    assertThat(Library.JACKSON_CORE.isEnough(version)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2.15.9",
        "2.1",
        "1.99",
        "0.16",
        "",
        "none",
        "2",
        "2.",
        "v2.16",
        "two.sixteen",
        "2147483648.0"
      })
  void an_earlier_one_or_none_is_not(String version) {
    assertThat(Library.JACKSON_CORE.isEnough(version)).isFalse();
  }

  @Test
  void each_library_has_its_own_least_version() {
    assertThat(Library.SLF4J.isEnough("1.7.36")).isTrue();
    assertThat(Library.SLF4J.isEnough("1.6.6")).isFalse();
    assertThat(Library.JACKSON_TOML.isEnough("1.7.36")).isFalse();
  }

  @Test
  void a_version_is_read_from_the_library_that_the_user_would_load() throws Exception {
    String source =
        "package com.fasterxml.jackson.core.json;"
            + "public class PackageVersion { public static final Object VERSION = \"2.14.2\"; }";
    Path file = Files.writeString(folder.resolve("PackageVersion.java"), source);
    ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
    assertThat(compiler.run(System.out, System.err, "-d", folder.toString(), file.toString()))
        .isZero();
    URL[] places = {folder.toUri().toURL()};

    try (URLClassLoader loader = new URLClassLoader(places, null)) {
      assertThat(Library.JACKSON_CORE.found(loader)).isEqualTo("2.14.2");
      assertThat(Library.JACKSON_DATABIND.found(loader)).isEqualTo("none");
      assertThat(Library.SLF4J.found(loader)).isEqualTo("none");
    }
  }

  @Test
  void a_library_that_does_not_say_its_version_is_enough_if_it_is_there() {
    ClassLoader loader = Objects.requireNonNull(getClass().getClassLoader());

    assertThat(Library.SLF4J.isEnough(Library.SLF4J.found(loader))).isTrue();
  }

  /** Twice: that it is missing is not remembered. */
  @Test
  void who_needs_a_library_that_is_missing_is_told_what_to_add() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> Library.JACKSON_TOML.require(LibraryVersionsTest.class))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "dev.arbiter.internal needs com.fasterxml.jackson.dataformat:jackson-dataformat-toml"
                  + " 2.16 or later, found none; add it or raise its version"
                  + " (dev.arbiter:arbiter-bom has a tested one)");
    }
  }
}
