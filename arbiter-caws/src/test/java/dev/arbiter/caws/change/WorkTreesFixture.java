/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A repository of the real git command, with a dirty work tree; skipped where there is none. */
abstract class WorkTreesFixture {
  static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path dir;
  Path shop;

  @BeforeEach
  final void makeShop() throws Exception {
    assumeThat(hasGit()).as("git is not installed").isTrue();
    shop = repository("shop");
    write(shop, "src/cart.txt", "one\ntwo\nthree\n");
    write(shop, "src/till.txt", "till\n");
    write(shop, "README", "shop\n");
    commitAll(shop, "base");
    write(shop, "README", "not committed\n");
    write(shop, "staged.txt", "staged\n");
    git(shop, "add", "staged.txt");
    write(shop, "untracked.txt", "untracked\n");
  }

  private static boolean hasGit() {
    try {
      return new ProcessBuilder("git", "--version").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  final Path repository(String name) throws Exception {
    Path made = Files.createDirectories(dir.resolve(name));
    git(made, "init", "-q", "-b", "main");
    return made;
  }

  static void write(Path root, String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  static void commitAll(Path root, String message) throws Exception {
    git(root, "add", "-A");
    git(root, "commit", "-q", "-m", message);
  }

  static String git(Path folder, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    return said.strip();
  }

  /** A command of a shell as an agent. */
  static ProcessAgent sh(String script) {
    return ProcessAgent.builder("sh", "-c", script).build();
  }

  static ArbiterBuilder arbiter(WorkTrees trees, String script) {
    return arbiter(trees).agent(AgentProfile.of("ada"), sh(script));
  }

  static ArbiterBuilder arbiter(WorkTrees trees) {
    return Arbiter.builder().withoutConstitution().fallbacks(0).interceptor(trees);
  }

  static TaskResult run(ArbiterBuilder builder, String id) throws Exception {
    try (Arbiter arbiter = builder.build()) {
      return arbiter.submit(task(id)).await(SOON);
    }
  }

  static Task task(String id) {
    return Task.builder("fix").id(id).payload("Mend the cart\nIt is broken.").build();
  }

  static TaskResult.Completed completed(TaskResult result) {
    assertThat(result).as(result.summary()).isInstanceOf(TaskResult.Completed.class);
    return (TaskResult.Completed) result;
  }

  static TaskResult.Failed failed(TaskResult result) {
    assertThat(result).as(result.summary()).isInstanceOf(TaskResult.Failed.class);
    return (TaskResult.Failed) result;
  }

  Path trees() {
    return dir.resolve("shop.trees");
  }

  /** Nothing of an attempt is left but what was asked for. */
  void assertNothingIsLeft() throws IOException {
    assertThat(names(trees().resolve("attempts"))).containsExactly(".git");
    assertThat(names(trees().resolve("undecided"))).isEmpty();
  }

  List<String> kept() throws IOException {
    return names(trees().resolve("kept"));
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }

  /** All files of a folder by path, without the objects of a repository and some others. */
  static Map<String, String> content(Path root, String... without) throws IOException {
    Map<String, String> files = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = root.relativize(file).toString();
            if (!name.startsWith(".git/objects")
                && Stream.of(without).noneMatch(name::startsWith)) {
              String text =
                  attributes.isSymbolicLink()
                      ? "-> " + Files.readSymbolicLink(file)
                      : Files.readString(file, StandardCharsets.ISO_8859_1);
              files.put(name, text);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
