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

/** The programs of the how-to pages work when they are pasted. */
class HowToTest {
  private static final Path PAGES = Path.of("../../docs/how-to");

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

  private static String block(String page, String beginning) {
    Matcher block =
        Pattern.compile("(?ms)^```java\\n(" + Pattern.quote(beginning) + ".*?)^```$").matcher(page);
    assertThat(block.find()).as(beginning).isTrue();
    return block.group(1);
  }

  private void compile(String name, String text) throws IOException {
    Path source = Files.writeString(dir.resolve(name + ".java"), text);
    String classPath = System.getProperty("java.class.path");
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", dir.toString(), "-cp", classPath, source.toString());
    assertThat(code).as(text).isZero();
  }

  @Test
  void the_lines_of_the_pages_compile() throws Exception {
    String gate = block(Files.readString(PAGES.resolve("add-a-gate.md")), "QualityGate ");
    compile(
        "Gate",
        "import dev.arbiter.caws.*;\n"
            + "class Gate {\n"
            + "  static boolean printsNothing(dev.arbiter.task.WorkReport report) { return true; }\n"
            + "  static void lines(java.nio.file.Path folder) {\n"
            + gate
            + "}}\n");

    String trees = block(Files.readString(PAGES.resolve("give-agents-work-trees.md")), ".inter");
    compile(
        "Trees",
        "import dev.arbiter.task.WorkReport.Evidence;\n"
            + "class Trees {\n"
            + "  static Evidence tests(java.nio.file.Path tree) { return null; }\n"
            + "  static void lines(dev.arbiter.caws.change.WorkTrees trees) {\n"
            + "    dev.arbiter.Arbiter.builder()\n"
            + trees
            + ".build(); }}\n");

    String several = block(Files.readString(PAGES.resolve("let-several-agents-try.md")), "Task ");
    compile(
        "Several", "import dev.arbiter.task.*;\nclass Several { void lines() {" + several + "}}");
  }

  /** Compiles and runs the program of a page, and returns what it prints. */
  private String run(String page, String name, String... arguments) throws Exception {
    compile(name, block(page, "import "));

    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Class<?> program = Class.forName(name, true, loader);
      program.getMethod("main", String[].class).invoke(null, (Object) arguments);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void agents_get_work_trees_as_the_page_says() throws Exception {
    assumeThat(git(dir, "--version")).as("git is not installed").isZero();
    Path shop = Files.createDirectory(dir.resolve("shop"));
    assertThat(git(shop, "init", "-q", "-b", "main")).isZero();
    assertThat(git(shop, "commit", "-q", "--allow-empty", "-m", "first")).isZero();
    String page = Files.readString(PAGES.resolve("give-agents-work-trees.md"));

    String printed = run(page, "TreesOfAgents", shop.toString());

    assertThat(printed.lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(page).contains("`" + line + "`"));
    assertThat(git(shop, "diff", "--quiet", "main", "arbiter/DOC-7")).isEqualTo(1);
    assertThat(shop.resolve("NOTES")).doesNotExist();
  }

  @Test
  void people_are_asked_as_the_page_says() throws Exception {
    String page = Files.readString(PAGES.resolve("ask-a-person.md"));

    String printed = run(page, "AskingPeople");

    assertThat(page).contains("```\n" + printed.replace(System.lineSeparator(), "\n") + "```");
  }

  @Test
  void agents_learn_as_the_page_says() throws Exception {
    String page = Files.readString(PAGES.resolve("let-agents-learn.md"));

    String printed = run(page, "AgentsThatLearn");

    assertThat(page).contains("```\n" + printed.replace(System.lineSeparator(), "\n") + "```");
  }
}
