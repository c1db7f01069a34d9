/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.task.WorkReport;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the agents whose tools work on the running JDK. */
final class Workers {
  private static final String PROBE = "class A {\n    int a;\n}\n";

  private final AttemptChecks checks;
  private final Executor executor;
  private final Consumer<String> leftOut;
  private final List<Worker> hired = new ArrayList<>();

  Workers(AttemptChecks checks, Executor executor, Consumer<String> leftOut) {
    this.checks = checks;
    this.executor = executor;
    this.leftOut = leftOut;
  }

  /** Makes a tool; an exception means that the tool cannot work on this JDK. */
  @FunctionalInterface
  private interface Make {
    Tool make() throws Exception;
  }

  /** The tools on their threads, and the user's own commands. */
  List<Worker> hire(CodeBase base, Compiler compiler, Map<String, String> commands) {
    hire("google-java-format", Formatters::google, ChoreType.FORMAT_GOOGLE, Runnable::run);
    hire("palantir-java-format", Formatters::palantir, ChoreType.FORMAT_WIDE, Runnable::run);
    hire("openrewrite", () -> new Recipes(base.classPath()), ChoreType.WHITESPACE, executor);
    hire("jdk-fixer", () -> new JdkFixer(compiler), ChoreType.EXPLICIT_TYPES, Runnable::run);
    hasty();
    commands.forEach(
        (name, command) -> process(name, List.of(command.strip().split("\\s+")), null));
    return hired;
  }

  private void hire(String name, Make make, ChoreType probe, Executor runsOn) {
    Tool tool = probed(name, make, probe);
    if (tool != null) {
      hired.add(
          new Worker(
              name,
              assignment ->
                  CompletableFuture.supplyAsync(() -> work(name, tool, assignment), runsOn),
              tool));
    }
  }

  private WorkReport work(String name, Tool tool, Assignment assignment) {
    Path file = checks.file(assignment);
    Chore chore = checks.chore(assignment);
    try {
      String raw = Files.readString(file);
      String text = tool.apply(chore.type(), chore.path(), CodeBase.normal(raw));
      Files.writeString(file, CodeBase.withEndsOf(raw, text));
    } catch (Exception e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    return WorkReport.of(name + " changed what it could");
  }

  /* Tools use the compiler's internals; a tool that does not fit this JDK may fail in any way. */
  private @Nullable Tool probed(String name, Make make, ChoreType probe) {
    try {
      Tool tool = make.make();
      String unused = tool.apply(probe, "A.java", PROBE);
      return tool;
    } catch (Exception | LinkageError e) {
      leftOut.accept(
          name + " does not run on JDK " + Runtime.version().feature() + " and is left out: " + e);
      return null;
    }
  }

  /* A small heap and the quick compiler only: the program runs for a tenth of a second. */
  private void hasty() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String options = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx32m -cp";
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(List.of(ownClasses(), HastyFixer.class.getName(), "{type}", "{dir}", "{task}"));
    process("hasty-regex", command, (type, path, source) -> HastyFixer.fix(type.id(), source));
  }

  private void process(String name, List<String> command, @Nullable Tool tool) {
    ProcessAgent agent = ProcessAgent.builder(command).build();
    hired.add(
        new Worker(
            name, assignment -> CompletableFuture.completedFuture(agent.run(assignment)), tool));
  }

  private static String ownClasses() {
    try {
      return Path.of(HastyFixer.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the example does not know where its own classes are", e);
    }
  }
}
