/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README gives to paste works when it is pasted. */
class FirstProgramTest {
  private static final Path README = Path.of("../../README.md");

  @TempDir private Path dir;

  private static String block(String language, String holding) throws Exception {
    Matcher blocks =
        Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$").matcher(Files.readString(README));
    while (blocks.find()) {
      if (blocks.group(1).contains(holding)) {
        return blocks.group(1);
      }
    }
    throw new AssertionError("the README has no " + language + " block with " + holding);
  }

  @Test
  void the_first_program_compiles_and_runs_as_it_stands() throws Exception {
    Path source = dir.resolve("FirstTask.java");
    Files.writeString(source, block("java", "class FirstTask"));
    compile(source);

    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Class<?> program = Class.forName("FirstTask", true, loader);
      program.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8)).matches("ada did it in attempt [12]\\R");
  }

  @Test
  void the_lines_for_a_coding_agent_compile() throws Exception {
    Path source = dir.resolve("CodingAgent.java");
    Files.writeString(
        source,
        """
        import dev.arbiter.Arbiter;
        import dev.arbiter.agent.AgentProfile;
        import dev.arbiter.agent.ProcessAgent;
        import dev.arbiter.agent.UsageLimit;
        import dev.arbiter.caws.change.WorkTrees;
        import dev.arbiter.task.Question;
        import dev.arbiter.task.Task;
        import java.nio.file.Path;
        import java.time.InstantSource;
        import java.time.ZoneId;

        public class CodingAgent {
          static Arbiter arbiter() {
            return Arbiter.builder()
        """
            + block("java", "WorkTrees.of")
            + """
              .withoutConstitution()
              .build();
          }
          static Task task() {
            return
        """
            + phrase("Task.builder(\"deploy\")")
            + """
              .build();
          }
        }
        """);
    compile(source);
  }

  /* Code within a sentence, from its beginning to its closing mark. */
  private static String phrase(String beginning) throws Exception {
    String page = Files.readString(README);
    int begin = page.indexOf('`' + beginning) + 1;
    return page.substring(begin, page.indexOf('`', begin));
  }

  private void compile(Path source) throws Exception {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-d",
            dir.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Xlint:all",
            "-Xlint:-options",
            "-Xlint:-path",
            "-proc:none",
            "--release",
            "17");
    try (StandardJavaFileManager files = javac.getStandardFileManager(found, null, null)) {
      boolean compiles =
          javac.getTask(null, files, found, options, null, files.getJavaFileObjects(source)).call();
      assertThat(found.getDiagnostics()).isEmpty();
      assertThat(compiles).isTrue();
    }
  }

  @Test
  void the_coordinates_are_those_of_the_bom() throws Exception {
    String bom = Files.readString(Path.of("../../arbiter-bom/pom.xml"));
    Matcher version = Pattern.compile("<version>([^<$]+)</version>").matcher(bom);
    assertThat(version.find()).isTrue();
    String maven = block("xml", "<artifactId>arbiter-bom</artifactId>");
    String gradle = block("kotlin", "platform(");

    assertThat(maven).contains("<version>" + version.group(1) + "</version>");
    assertThat(gradle).contains("platform(\"dev.arbiter:arbiter-bom:" + version.group(1) + "\")");
    for (String library : List.of("arbiter-routing", "arbiter-caws", "arbiter-tracker")) {
      assertThat(bom).contains("<artifactId>" + library + "</artifactId>");
      assertThat(maven).contains("<artifactId>" + library + "</artifactId>");
      assertThat(gradle).contains("implementation(\"dev.arbiter:" + library + "\")");
    }
  }

  @Test
  void every_link_of_the_pages_leads_somewhere() throws Exception {
    List<Path> pages =
        List.of(
            README,
            Path.of("../../docs/options.md"),
            Path.of("../../docs/shutdown.md"),
            Path.of("../../docs/security.md"),
            Path.of("../../docs/formats/spec.md"),
            Path.of("../../docs/formats/policy.md"),
            Path.of("../../docs/formats/waiver.md"),
            Path.of("../../examples/README.md"));
    for (Path page : pages) {
      Matcher links = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(Files.readString(page));
      while (links.find()) {
        assertThat(page.resolveSibling(links.group(1))).as(page.toString()).exists();
      }
    }
  }
}
