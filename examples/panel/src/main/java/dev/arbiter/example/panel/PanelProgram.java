/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.panel;

import dev.arbiter.example.report.RunOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what deciding between agents gains, on recorded answers or on scripted agents. */
@Command(
    name = "panel",
    mixinStandardHelpOptions = true,
    version = "panel 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = "Decides between agents that disagree; without a file, between scripted ones.")
final class PanelProgram implements Callable<Integer> {
  private static final int LEARN = 1_000;

  @Option(
      names = "--answers",
      paramLabel = "FILE",
      description =
          "CSV: question_id, category, answer, one column a model; an empty cell is an abstention.")
  private @Nullable Path answers;

  @Option(
      names = "--verdicts",
      paramLabel = "FILE",
      description =
          "CSV: subset, index, label, then judge|form|ab and judge|form|ba with 1, 2 or None.")
  private @Nullable Path verdicts;

  @Option(
      names = "--models",
      paramLabel = "A,B,C",
      description = "Only these models or judges; default: all of the file.")
  private String models = "";

  @Option(
      names = "--learn",
      paramLabel = "N",
      description =
          "Questions to learn from; the rest is scored. Default: 1000, or half of a smaller file.")
  private @Nullable Integer learn;

  @Option(names = "--splits", paramLabel = "S", description = "Default: ${DEFAULT-VALUE}.")
  private int splits = 10;

  @Option(names = "--seed", paramLabel = "S", description = "Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--price",
      paramLabel = "P",
      description =
          "What a call costs, as a share of the value of a right answer; default:"
              + " ${DEFAULT-VALUE}.")
  private double price = .005;

  @Option(names = "--format", paramLabel = "text|json", description = "Default: ${DEFAULT-VALUE}.")
  private String format = "text";

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also writes a page with charts, such as report.html; default: none.")
  private @Nullable Path page;

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * Runs the command and exits with 0, or 2 for unusable input.
   *
   * @param args options
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return RunOptions.commandLine(new PanelProgram());
  }

  @Override
  public Integer call() throws IOException {
    check(
        answers == null || verdicts == null,
        "--answers and --verdicts exclude each other; run the program once for each file");
    check(splits >= 1 && splits <= 1_000, "--splits must be 1 to 1000, got " + splits);
    check(price >= 0 && price <= 1, "--price must be in [0, 1], got " + price);
    check(
        List.of("text", "json").contains(format),
        "--format must be text or json, got '" + format + "'");
    if (page != null) {
      RunOptions.requireWritable("--report", page);
    }
    List<String> wanted =
        Arrays.stream(models.split(",", -1))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList();
    boolean scripted = answers == null && verdicts == null;
    check(wanted.isEmpty() || !scripted, "--models needs a file; add --answers or --verdicts");
    AnswerTable table =
        answers != null
            ? AnswerTable.answers(answers, wanted)
            : verdicts != null ? AnswerTable.verdicts(verdicts, wanted) : Scenes.answers(seed);
    int all = table.questions().size();
    int known = learn == null ? Math.min(LEARN, all / 2) : learn;
    check(
        known >= 1 && known < all,
        "--learn must be 1 to " + (all - 1) + " for " + all + " questions, got " + known);
    PanelFigures measured = new PanelFigures(table, known, splits, seed, price);
    if (page != null) {
      new PanelPage(measured).write(page);
    }
    PanelText text = new PanelText(measured, spec.commandLine().getOut());
    if (format.equals("json")) {
      text.json();
      return CommandLine.ExitCode.OK;
    }
    if (scripted) {
      new Scenes(spec.commandLine().getOut(), seed).play();
    }
    text.text();
    return CommandLine.ExitCode.OK;
  }

  private void check(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
