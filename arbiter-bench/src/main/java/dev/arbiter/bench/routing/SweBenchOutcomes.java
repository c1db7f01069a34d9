/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.arbiter.bench.Arguments;
import dev.arbiter.bench.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Turns the recorded outcomes of SWE-bench Pro into a CSV file for {@link RoutingLab} and for the
 * example outcome-replay.
 *
 * <p>The outcomes are in the public repository {@code scaleapi/SWE-bench_Pro-os} on GitHub (MIT
 * licence): {@code traj/AGENT/eval_results.json} holds for each task whether the agent solved it.
 * {@code java -cp benchmarks.jar dev.arbiter.bench.routing.SweBenchOutcomes SWE-bench_Pro-os/traj
 * outcomes.csv}. A task that is not in an agent's file gives no row: the agent was not available.
 * Tasks with fewer than three agents are left out, and counted: there is little to choose among.
 * The outcomes themselves are not part of this project. Ends with 2 if no task is left, or a file
 * cannot be used.
 */
public final class SweBenchOutcomes {
  private static final String RESULTS = "eval_results.json";
  private static final String HEADER = "task_id,category,language,agent,success,cost,duration";
  private static final int COMMIT_DIGITS = 12;
  private static final int FEWEST_AGENTS = 3;

  /** Such as {@code instance_owner__name-commit-vversion}. */
  private static final Pattern TASK =
      Pattern.compile(
          "instance_(?<owner>[^,]+?)__(?<name>[^,]+?)-(?<commit>[0-9a-f]{40})(-v[^,]*)?");

  private static final Map<String, String> LANGUAGES =
      Map.ofEntries(
          Map.entry("NodeBB", "javascript"),
          Map.entry("ansible", "python"),
          Map.entry("element-hq", "typescript"),
          Map.entry("flipt-io", "go"),
          Map.entry("future-architect", "go"),
          Map.entry("gravitational", "go"),
          Map.entry("internetarchive", "python"),
          Map.entry("navidrome", "go"),
          Map.entry("protonmail", "typescript"),
          Map.entry("qutebrowser", "python"),
          Map.entry("tutao", "typescript"));

  private SweBenchOutcomes() {}

  /**
   * Converts.
   *
   * @param arguments the folder {@code traj} of the repository, and the file to write
   * @throws Exception if the file cannot be written
   */
  public static void main(String[] arguments) throws Exception {
    Program.main(SweBenchOutcomes::read, arguments);
  }

  static Program.Work read(String... arguments) {
    List<String> names =
        new Arguments(
                "give the folder traj of SWE-bench_Pro-os, and the CSV file to write",
                List.of(),
                List.of(),
                arguments)
            .others(2, 2);
    Path csv = Path.of(names.get(1));
    Converted converted = convert(Path.of(names.get(0)));
    Program.requireWritable(csv);
    return out -> {
      Files.write(csv, converted.lines());
      out.println(converted.lines().size() - 1 + " outcomes in " + csv);
      out.println(
          converted.leftOut()
              + " tasks left out, because fewer than "
              + FEWEST_AGENTS
              + " agents have an outcome of them");
      return true;
    };
  }

  /**
   * Outcomes as CSV.
   *
   * @param lines a header and a line for each task and agent, sorted
   * @param leftOut how many tasks had too few agents
   */
  record Converted(List<String> lines, long leftOut) {}

  static Converted convert(Path folder) {
    Map<String, List<String>> tasks = new TreeMap<>();
    for (Path file : results(folder)) {
      add(tasks, file);
    }
    List<String> lines = new ArrayList<>(List.of(HEADER));
    tasks.values().stream().filter(rows -> rows.size() >= FEWEST_AGENTS).forEach(lines::addAll);
    if (lines.size() == 1) {
      throw new IllegalArgumentException(
          folder
              + " has no task with outcomes of "
              + FEWEST_AGENTS
              + " agents, only "
              + tasks.size()
              + " tasks with fewer; give the folder traj of the whole repository");
    }
    long leftOut = tasks.values().stream().filter(rows -> rows.size() < FEWEST_AGENTS).count();
    return new Converted(lines, leftOut);
  }

  private static List<Path> results(Path folder) {
    List<Path> files = List.of();
    try (Stream<Path> agents = Files.list(folder)) {
      files = agents.map(agent -> agent.resolve(RESULTS)).filter(Files::exists).sorted().toList();
    } catch (IOException e) {
      // as a folder without results
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          folder + " has no folder with " + RESULTS + "; give the folder traj of the repository");
    }
    return files;
  }

  private static void add(Map<String, List<String>> tasks, Path file) {
    Set<String> ids = new HashSet<>();
    String agent = String.valueOf(file.getName(file.getNameCount() - 2));
    for (Map.Entry<String, JsonNode> outcome : read(file).properties()) {
      Matcher task = TASK.matcher(outcome.getKey());
      if (!task.matches() || !outcome.getValue().isBoolean()) {
        throw new IllegalArgumentException(
            file
                + " holds "
                + outcome
                + "; expected a task as instance_OWNER__REPOSITORY-COMMIT and true or false");
      }
      String owner = task.group("owner");
      String id = task.group("name") + "-" + task.group("commit").substring(0, COMMIT_DIGITS);
      String success = outcome.getValue().asBoolean() ? "1" : "0";
      String language = LANGUAGES.getOrDefault(owner, "");
      if (!ids.add(id)) {
        throw new IllegalArgumentException(file + " holds two outcomes of task " + id);
      }
      tasks
          .computeIfAbsent(id, first -> new ArrayList<>())
          .add(String.join(",", id, owner, language, agent, success, "", ""));
    }
  }

  private static JsonNode read(Path file) {
    try {
      return new ObjectMapper().readTree(Program.text(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
