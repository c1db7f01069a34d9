/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of the page about work trees works when it is pasted. */
class HowToTest {
  private static final Path PAGE = Path.of("../../docs/how-to/give-agents-work-trees.md");

  @TempDir private Path dir;

  private static int git(Path folder, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void the_program_compiles_runs_and_prints_what_the_page_says() throws Exception {
    assumeThat(git(dir, "--version")).as("git is not installed").isZero();
    Path shop = Files.createDirectory(dir.resolve("shop"));
    assertThat(git(shop, "init", "-q", "-b", "main")).isZero();
    assertThat(git(shop, "commit", "-q", "--allow-empty", "-m", "first")).isZero();
    String page = Files.readString(PAGE);
    Matcher block = Pattern.compile("(?ms)^```java\\n(import .*?)^```$").matcher(page);
    assertThat(block.find()).isTrue();
    Path source = Files.writeString(dir.resolve("TreesOfAgents.java"), block.group(1));
    String classPath = System.getProperty("java.class.path");
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", dir.toString(), "-cp", classPath, source.toString());
    assertThat(code).isZero();

    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Class<?> program = Class.forName("TreesOfAgents", true, loader);
      String[] arguments = {shop.toString()};
      program.getMethod("main", String[].class).invoke(null, (Object) arguments);
    } finally {
      System.setOut(before);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(page).contains("`" + line + "`"));
    assertThat(git(shop, "diff", "--quiet", "main", "arbiter/DOC-7")).isEqualTo(1);
    assertThat(shop.resolve("NOTES")).doesNotExist();
  }
}
