/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.task.WorkReport;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Hires whoever can work on the running JDK. */
final class Workers {
  private static final String PROBE = "class A {\n    int a;\n}\n";

  private final Desks desks;
  private final Executor executor;
  private final Consumer<String> leftOut;
  private final List<Worker> hired = new ArrayList<>();

  Workers(Desks desks, Executor executor, Consumer<String> leftOut) {
    this.desks = desks;
    this.executor = executor;
    this.leftOut = leftOut;
  }

  /** Makes a tool; whatever goes wrong means that it cannot work here. */
  @FunctionalInterface
  private interface Make {
    Tool make() throws Exception;
  }

  /** The tools, each in the way it is best called, and the user's own commands. */
  List<Worker> hire(CodeBase base, Compiler compiler, Map<String, String> commands) {
    inProcess("google-java-format", Formatters::google, ChoreType.FORMAT_GOOGLE);
    inProcess("palantir-java-format", Formatters::palantir, ChoreType.FORMAT_WIDE);
    asynchronous("openrewrite", () -> new Recipes(base.classPath()), ChoreType.WHITESPACE);
    inProcess("jdk-fixer", () -> new JdkFixer(compiler), ChoreType.EXPLICIT_TYPES);
    hasty();
    new LinkedHashMap<>(commands).forEach(this::command);
    return hired;
  }

  private void inProcess(String name, Make make, ChoreType probe) {
    Tool tool = probed(name, make, probe);
    if (tool != null) {
      hired.add(
          new Worker(
              name,
              assignment -> CompletableFuture.completedFuture(work(name, tool, assignment)),
              tool));
    }
  }

  private void asynchronous(String name, Make make, ChoreType probe) {
    Tool tool = probed(name, make, probe);
    if (tool != null) {
      hired.add(
          new Worker(
              name,
              assignment ->
                  CompletableFuture.supplyAsync(
                      () -> {
                        try {
                          return work(name, tool, assignment);
                        } catch (Exception e) {
                          throw new IllegalStateException(e.getMessage(), e);
                        }
                      },
                      executor),
              tool));
    }
  }

  private WorkReport work(String name, Tool tool, dev.arbiter.agent.Assignment assignment)
      throws Exception {
    Path file = desks.file(assignment);
    Chore chore = desks.chore(assignment);
    String text = Files.readString(file);
    Files.writeString(file, tool.apply(chore.type(), chore.path(), text));
    return WorkReport.of(name + " changed what it could");
  }

  /* Tools reach into the compiler; one that does not fit this JDK fails in ways of its own. */
  private @org.jspecify.annotations.Nullable Tool probed(String name, Make make, ChoreType probe) {
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

  /* A small heap and the quick compiler only: the program lives for a tenth of a second. */
  private void hasty() {
    ProcessAgent agent =
        ProcessAgent.builder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx32m",
                "-cp",
                ownClasses(),
                HastyFixer.class.getName(),
                "{type}",
                "{dir}")
            .directory(desks::folder)
            .build();
    hired.add(
        new Worker(
            "hasty-regex",
            assignment -> CompletableFuture.completedFuture(agent.run(assignment)),
            (type, path, source) -> HastyFixer.fix(type.id(), source)));
  }

  private void command(String name, String command) {
    ProcessAgent agent =
        ProcessAgent.builder(List.of(command.strip().split("\\s+")))
            .directory(desks::folder)
            .build();
    hired.add(
        new Worker(
            name, assignment -> CompletableFuture.completedFuture(agent.run(assignment)), null));
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
