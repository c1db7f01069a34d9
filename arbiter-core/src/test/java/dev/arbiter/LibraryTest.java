/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.architecture.Program;
import dev.arbiter.internal.Library;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a host sees whose class path lacks a library, in a process of its own. */
class LibraryTest {

  @ParameterizedTest
  @ValueSource(classes = {Engine.class, Command.class})
  void without_slf4j_the_first_use_says_what_to_add(Class<?> host) throws Exception {
    String output = new Program().with(Arbiter.class, LibraryTest.class).run(host);

    assertThat(output)
        .contains("IllegalStateException: dev.arbiter")
        .contains("needs org.slf4j:slf4j-api 1.7 or later, found none; add it")
        .doesNotContain("NoClassDefFoundError", "ExceptionInInitializerError");
  }

  @Test
  void with_slf4j_the_same_host_works() throws Exception {
    String output =
        new Program().with(Arbiter.class, LibraryTest.class, LoggerFactory.class).run(Engine.class);

    assertThat(output).contains("built").doesNotContain("Exception");
  }

  @Test
  void a_library_at_hand_that_is_new_enough_is_no_reason_to_complain() {
    Library.SLF4J.require(LibraryTest.class);
  }

  /** Builds an engine. */
  public static final class Engine {
    private Engine() {}

    public static void main(String[] arguments) {
      Arbiter.builder();
      System.out.println("built");
    }
  }

  /** Builds an agent before any engine. */
  public static final class Command {
    private Command() {}

    public static void main(String[] arguments) {
      ProcessAgent.builder("true");
    }
  }
}
