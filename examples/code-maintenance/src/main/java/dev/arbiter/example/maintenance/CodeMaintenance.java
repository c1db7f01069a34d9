/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.CodeBase.UnusableCodeBase;
import dev.arbiter.routing.BanditPolicy;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Real tools do real maintenance on a real code base, routed by Arbiter and held to CAWS. */
@Command(
    name = "code-maintenance",
    mixinStandardHelpOptions = true,
    version = "code-maintenance 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = "Gives maintenance tasks on a code base to tools, and learns whom to trust.")
final class CodeMaintenance implements Callable<Integer> {
  private static final int SAMPLED = 5;

  @Option(
      names = "--repo",
      paramLabel = "DIR",
      description = "A Git repository of yours, which is cloned; default: commons-lang3.")
  private @Nullable Path repo;

  @Option(
      names = "--agent",
      paramLabel = "NAME=COMMAND",
      description = "An agent of yours: a command, {task} is the instruction, {dir} the work tree.")
  private List<String> agents = new ArrayList<>();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "Most tasks; default: ${DEFAULT-VALUE}.")
  private int tasks = 320;

  @Option(names = "--seed", paramLabel = "S", description = "Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "default, ucb1, ... (a wrong name lists all); default: ${DEFAULT-VALUE}.")
  private String policy = "default";

  @Option(
      names = "--fallbacks",
      paramLabel = "F",
      description = "Other agents tried after a failure; default: ${DEFAULT-VALUE}.")
  private int fallbacks = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where repository, verdicts and report go; default: a new temporary folder.")
  private @Nullable Path out;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final PrintStream print;

  CodeMaintenance(PrintStream print) {
    this.print = print;
  }

  /**
   * Runs the command and exits with 0, or 2 for unusable input.
   *
   * @param args options
   */
  public static void main(String[] args) {
    System.exit(commandLine(System.out).execute(args));
  }

  static CommandLine commandLine(PrintStream print) {
    return new CommandLine(new CodeMaintenance(print))
        .setParameterExceptionHandler(
            (error, arguments) -> {
              error.getCommandLine().getErr().println(error.getMessage());
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              if (!(error instanceof UnusableCodeBase)) {
                throw error;
              }
              command.getErr().println(error.getMessage());
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws IOException, GitAPIException, InterruptedException {
    if (!BanditPolicy.names().contains(policy)) {
      throw wrong("--policy must be one of " + BanditPolicy.names() + ", got '" + policy + "'");
    }
    BanditPolicy chosen = BanditPolicy.named(policy);
    if (tasks < 1 || fallbacks < 0) {
      throw wrong("--tasks must be at least 1 and --fallbacks at least 0");
    }
    Map<String, String> commands = commands();
    Path results = out == null ? Files.createTempDirectory("code-maintenance-") : out;
    Files.createDirectories(results);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    ExecutorService rewriting = Executors.newSingleThreadExecutor();
    Path repository = results.resolve("repository");
    if (Files.exists(repository)) {
      throw wrong(repository + " exists already; give --out a new folder");
    }
    try (CodeBase base =
            repo == null ? CodeBase.library(repository, seed) : CodeBase.of(repo, repository);
        Compiler compiler = new Compiler(base.classPath(), base.sourcePath())) {
      work(base, compiler, chosen, commands, results, threads, rewriting);
    } finally {
      threads.shutdownNow();
      rewriting.shutdownNow();
    }
    return CommandLine.ExitCode.OK;
  }

  private void work(
      CodeBase base,
      Compiler compiler,
      BanditPolicy chosen,
      Map<String, String> commands,
      Path results,
      ExecutorService threads,
      ExecutorService rewriting)
      throws IOException, GitAPIException, InterruptedException {
    List<Chore> chores = new ChoreFinder(base, compiler).find(tasks, seed);
    if (chores.isEmpty()) {
      throw new UnusableCodeBase("nothing to do was found in " + base.folder());
    }
    Path work = Files.createDirectories(results.resolve("work"));
    Gates gates = new Gates(compiler);
    Desks desks = new Desks(base, gates, work);
    List<Worker> workers =
        new Workers(desks, rewriting, print::println).hire(base, compiler, commands);
    List<String> names = workers.stream().map(Worker::name).toList();
    desks.open(chores, workers);
    String setting = setting(chores, base, names);
    print.println(setting);
    Sample sample = sample(chores, workers, gates, threads);
    Engine.Settings settings = new Engine.Settings(seed, chosen, fallbacks, threads);
    WarmUp.run(settings, rewriting);
    Ledger ledger = new Ledger();
    Optional<Chore> waived = secondGiant(chores);
    Optional<String> waiver = waived.map(chore -> WorkingSpec.waiver(chore, 100_000));
    Path evidence = results.resolve("verdicts");
    Shift.Proof proof;
    try (Engine engine = new Engine(settings, workers, desks, ledger, waiver, evidence);
        Progress progress = new Progress("tasks", chores.size(), print)) {
      Shift shift = new Shift(engine, base, desks);
      shift.run(chores, progress);
      proof = shift.prove(ledger.verdicts());
    }
    String report = report(ledger, sample, names, proof, waived);
    Files.writeString(results.resolve("report.txt"), report);
    new RunPage(ledger, sample, names).write(results.resolve("report.html"), setting, proof);
    printf("%n%s", report);
    printf(
        "Repository with the approved changes as commits: %s%nVerdicts, checkpoint, public key: %s%n"
            + "Attempts, a folder each: %s%nThis report: %s%nThe same with charts: %s%n",
        base.folder(),
        evidence,
        work,
        results.resolve("report.txt"),
        results.resolve("report.html"));
  }

  private String setting(List<Chore> chores, CodeBase base, List<String> names) {
    return String.format(
        Locale.ROOT,
        "%d tasks of %d types on %d Java files%s; agents: %s; policy %s, seed %d",
        chores.size(),
        chores.stream().map(Chore::type).distinct().count(),
        base.texts().size(),
        repo == null ? " of commons-lang3 3.17.0 (small defects were seeded)" : "",
        String.join(", ", names),
        policy,
        seed);
  }

  private Sample sample(
      List<Chore> chores, List<Worker> workers, Gates gates, ExecutorService threads) {
    // A command of the user's may cost money: it is not run beyond the tasks themselves.
    List<Worker> tools = workers.stream().filter(worker -> !worker.seesEverything()).toList();
    int attempts = Sample.attempts(chores, tools.size(), SAMPLED);
    try (Progress progress = new Progress("sample, every agent", attempts, print)) {
      return Sample.run(chores, tools, gates, SAMPLED, threads, progress::step);
    }
  }

  /* The longest file breaks its budget and is denied; the next longest has a waiver. */
  private static Optional<Chore> secondGiant(List<Chore> chores) {
    return chores.stream()
        .filter(chore -> chore.type() == ChoreType.FORMAT_GOOGLE)
        .sorted(Comparator.comparingInt((Chore chore) -> chore.source().length()).reversed())
        .skip(1)
        .findFirst();
  }

  private String report(
      Ledger ledger, Sample sample, List<String> names, Shift.Proof proof, Optional<Chore> waived) {
    return new Report(ledger, sample, names).text()
        + waived
            .map(chore -> "Waiver WV-0001 lets " + chore.id() + " lay out " + chore.path() + "\n")
            .orElse("")
        + String.format(
            Locale.ROOT,
            "Verdicts: %d sealed, %d verified against the signed checkpoint of %d%n"
                + "Decisions and verdicts: %s%n%n",
            proof.verdicts(),
            proof.genuine(),
            proof.checkpoint().size(),
            ledger.digest());
  }

  private Map<String, String> commands() {
    Map<String, String> commands = new LinkedHashMap<>();
    for (String agent : agents) {
      int equals = agent.indexOf('=');
      if (equals < 1 || agent.substring(equals + 1).isBlank()) {
        throw wrong(
            "--agent must be NAME=COMMAND, such as mine='fix {task} {dir}', got '" + agent + "'");
      }
      commands.put(agent.substring(0, equals), agent.substring(equals + 1));
    }
    return commands;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void printf(String format, Object... values) {
    print.printf(Locale.ROOT, format, values);
  }
}
