/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.SpecValidator;
import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks specs, and changes made under them. */
@Command(
    name = "validate",
    description = "Checks working specs; with a policy and changes, scope and budget too.",
    mixinStandardHelpOptions = true)
final class ValidateCommand extends CliCommand implements Callable<Integer> {
  private static final int MOST_SPEC_BYTES = 1 << 20;
  private static final int MOST_CHANGES_BYTES = ChangeSet.MOST_CHARACTERS;

  private final InstantSource clock;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Working specs, YAML or JSON.")
  private List<Path> files = List.of();

  @Option(names = "--dialect", description = "auto, legacy or v1; default auto.")
  private Dialect dialect = Dialect.AUTO;

  @Option(names = "--policy", paramLabel = "FILE", description = "The policy to hold to.")
  private @Nullable Path policy;

  @Option(names = "--waivers", paramLabel = "DIR", description = "A folder of waivers.")
  private @Nullable Path waivers;

  @ArgGroup private @Nullable Source source;

  @Option(
      names = "--repository",
      paramLabel = "DIR",
      description = "The work tree for --base; default the current folder.")
  private Path repository = Path.of("");

  @Option(
      names = "--leave-out",
      paramLabel = "PATH",
      description = "A file or folder of the work tree that --base does not count, such as target.")
  private List<String> leftOut = List.of();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where the answer goes; default standard output. --base does not count it.")
  private @Nullable Path output;

  @Mixin private Now now = new Now();

  @Option(names = "--format", description = "text, json or sarif; default text.")
  private Format format = Format.TEXT;

  /** The source of the changes. */
  private static final class Source {
    @Option(
        names = "--changes",
        paramLabel = "FILE",
        description = "What git diff or git diff --numstat printed.")
    private @Nullable Path changes;

    @Option(
        names = "--base",
        paramLabel = "REV",
        description = "Changes since the work left this Git revision (their merge base).")
    private @Nullable String base;

    @Option(
        names = "--exact-base",
        paramLabel = "REV",
        description = "Changes since this very Git revision.")
    private @Nullable String exactBase;
  }

  ValidateCommand(InstantSource clock) {
    this.clock = clock;
  }

  /** A file and its validation. */
  record Answer(Path file, Validation validation) {}

  @Override
  public Integer call() {
    OutputPlace place = OutputPlace.of(output, repository);
    List<Answer> answers = new ArrayList<>();
    List<Finding> unusable = new ArrayList<>();
    SpecValidator validator = validator(unusable, place);
    for (Path file : files) {
      answers.add(new Answer(file, validate(file, validator, unusable)));
    }
    if (output == null) {
      print(answers, out());
    } else {
      StringWriter text = new StringWriter();
      print(answers, new PrintWriter(text));
      try {
        place.write(output, text.toString());
      } catch (IOException e) {
        throw Inputs.refusal(output, e);
      }
    }
    int code = Exit.ALLOWED;
    for (Answer answer : answers) {
      code = Math.max(code, code(answer.validation().outcome()));
    }
    return code;
  }

  private void print(List<Answer> answers, PrintWriter out) {
    FindingFile of = new FindingFile(policy, waivers, source == null ? null : source.changes);
    switch (format) {
      case TEXT -> answers.forEach(answer -> new TextAnswer(of).print(answer, out));
      case JSON -> answers.forEach(answer -> out.println(JsonAnswer.of(answer, of)));
      case SARIF -> out.println(new Sarif(of).of(answers));
    }
    out.flush();
  }

  private static int code(Validation.Outcome outcome) {
    return switch (outcome) {
      case ALLOWED -> Exit.ALLOWED;
      case DENIED -> Exit.DENIED;
      case UNUSABLE -> Exit.UNUSABLE;
    };
  }

  private SpecValidator validator(List<Finding> unusable, OutputPlace place) {
    SpecValidator.Builder builder = SpecValidator.at(now.or(clock)).dialect(dialect);
    use("policy.file.unreadable", unusable, () -> policy(builder));
    use("waiver.folder.unreadable", unusable, () -> waivers(builder));
    use("changes.unreadable", unusable, () -> changes(builder, place));
    return builder.build();
  }

  private static void use(String rule, List<Finding> unusable, Runnable step) {
    try {
      step.run();
    } catch (Refusal | IllegalArgumentException e) {
      unusable.add(error(rule, e));
    }
  }

  private void policy(SpecValidator.Builder builder) {
    if (policy != null) {
      builder.policy(Inputs.text(policy, MOST_SPEC_BYTES));
    }
  }

  private void waivers(SpecValidator.Builder builder) {
    if (waivers != null) {
      if (!Files.exists(waivers)) {
        throw new Refusal(waivers + " does not exist");
      }
      builder.waivers(waivers);
    }
  }

  private void changes(SpecValidator.Builder builder, OutputPlace place) {
    if (source != null && source.changes != null) {
      builder.changes(ChangeSet.parse(Inputs.bytes(source.changes, MOST_CHANGES_BYTES)));
    } else if (source != null && (source.base != null || source.exactBase != null)) {
      try {
        builder.changes(measured(repository.toAbsolutePath(), source, place));
      } catch (IOException e) {
        throw new Refusal(String.valueOf(e.getMessage()));
      }
    }
  }

  private ChangeSet measured(Path tree, Source since, OutputPlace place) throws IOException {
    String base =
        since.exactBase != null
            ? ChangeSet.commitOf(tree, since.exactBase)
            : ChangeSet.mergeBaseOf(tree, String.valueOf(since.base));
    Set<String> paths = new HashSet<>();
    leftOut.forEach(
        path -> paths.add(path.endsWith("/") ? path.substring(0, path.length() - 1) : path));
    place.inTree().ifPresent(paths::add);
    return ChangeSet.ofGit(
        tree,
        base,
        path -> paths.stream().anyMatch(out -> path.equals(out) || path.startsWith(out + "/")));
  }

  private Validation validate(Path file, SpecValidator validator, List<Finding> unusable) {
    List<Finding> problems = new ArrayList<>(unusable);
    try {
      String text = Inputs.text(file, MOST_SPEC_BYTES);
      if (problems.isEmpty()) {
        return validator.validate(text);
      }
    } catch (Refusal e) {
      problems.add(error("spec.file.unreadable", e));
    }
    return Validation.unusable(dialect, problems);
  }

  private static Finding error(String rule, RuntimeException problem) {
    return Finding.error(rule, "", ArbiterCli.printable(String.valueOf(problem.getMessage())));
  }
}
