/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.caws.change.WorkTrees;
import dev.arbiter.example.report.ReportPage;
import dev.arbiter.example.report.RunOptions;
import dev.arbiter.example.report.RunOptions.UnusableInput;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.util.FileUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Real tools do real maintenance on a real code base, routed by Arbiter and held to CAWS. */
@Command(
    name = "code-maintenance",
    mixinStandardHelpOptions = true,
    version = "code-maintenance 0.1.0-SNAPSHOT",
    sortOptions = false,
    description =
        "Gives maintenance tasks on a code base to tools, and learns which tool to trust.")
final class CodeMaintenance implements Callable<Integer> {
  private static final int SAMPLED = 5;
  private static final Duration LONG = Duration.ofMinutes(30);

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
      names = "--task",
      paramLabel = "WORDS",
      description =
          "A task of your own for your agents, such as --task 'Add a test for Parser'; may be"
              + " repeated.")
  private List<String> ownTasks = new ArrayList<>();

  @Option(
      names = "--scope",
      paramLabel = "PATH",
      description = "A folder or file that a task of your own may change; default: all.")
  private List<String> scope = new ArrayList<>();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "Most tasks; default: ${DEFAULT-VALUE}.")
  private int tasks = 320;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where repository, verdicts and report go; default: a new temporary folder.")
  private @Nullable Path out;

  @Option(
      names = "--durable",
      paramLabel = "DIR",
      description =
          "Keeps the whole run in DIR. If it is killed, start it again with the same options: it"
              + " goes on where it was.")
  private @Nullable Path durable;

  @Mixin private RunOptions options = new RunOptions();

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
    return RunOptions.commandLine(new CodeMaintenance(print))
        .setParameterExceptionHandler(
            (error, arguments) -> {
              error.getCommandLine().getErr().println(error.getMessage());
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  @SuppressWarnings("try") // the lock of a durable run is only held
  public Integer call() throws IOException, GitAPIException, InterruptedException {
    BanditPolicy chosen = options.policy();
    options.check(tasks >= 1, "--tasks must be at least 1, got " + tasks);
    Map<String, String> commands = commands();
    options.check(
        ownTasks.isEmpty() || !commands.isEmpty(),
        "--task needs an agent of yours, such as --agent mine='fix {task} {dir}'");
    options.check(
        ownTasks.stream().noneMatch(String::isBlank), "--task needs words, such as 'Add a test'");
    options.check(scope.isEmpty() || !ownTasks.isEmpty(), "--scope is for --task; give both");
    options.check(
        durable == null || (out == null && ownTasks.isEmpty()),
        "--durable keeps the chores of a run, and all results are in its folder; leave out --out"
            + " and --task");
    Path results = durable != null ? durable : out;
    results = results == null ? Files.createTempDirectory("code-maintenance-") : results;
    Files.createDirectories(results);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    ExecutorService rewriting = Executors.newSingleThreadExecutor();
    Path repository = results.resolve("repository");
    options.check(
        durable != null || !Files.exists(repository),
        repository + " exists already; give --out a new folder");
    try (FileChannel unused = durable == null ? null : DurableRun.take(durable);
        CodeBase base =
            durable == null ? newBase(repository) : baseAgain(durable, repository, commands);
        Compiler compiler = new Compiler(base.classPath(), base.sourcePath())) {
      leftOut(base);
      if (ownTasks.isEmpty()) {
        work(base, compiler, chosen, commands, results, threads, rewriting);
      } else {
        new OwnTasks(base, compiler, commands, results, print)
            .run(ownTasks, scope, chosen, options.seed, options.fallbacks);
      }
    } finally {
      threads.shutdownNow();
      rewriting.shutdownNow();
    }
    return CommandLine.ExitCode.OK;
  }

  /* Of an agent its name: its command may hold a secret. */
  private String settings(Map<String, String> commands) {
    return String.format(
        Locale.ROOT,
        "--tasks %d --seed %d --policy %s --fallbacks %d --repo %s%s",
        tasks,
        options.seed,
        options.policy,
        options.fallbacks,
        repo,
        commands.isEmpty()
            ? ""
            : " --agent " + String.join(" --agent ", new TreeSet<>(commands.keySet())));
  }

  private CodeBase newBase(Path repository) throws IOException, GitAPIException {
    return repo == null
        ? CodeBase.library(repository, options.seed)
        : CodeBase.of(repo, repository);
  }

  /* It gets its name when it is whole, so that a run that is killed leaves no half of it. */
  private CodeBase baseAgain(Path folder, Path repository, Map<String, String> commands)
      throws IOException, GitAPIException {
    DurableRun.sameAsBefore(folder, settings(commands));
    if (!Files.exists(repository)) {
      Path unfinished = repository.resolveSibling("repository.unfinished");
      FileUtils.delete(unfinished.toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
      try (CodeBase made = newBase(unfinished)) {
        made.mark();
      }
      Files.move(unfinished, repository);
    }
    return CodeBase.again(repository, repo == null);
  }

  private void leftOut(CodeBase base) {
    if (!base.unread().isEmpty()) {
      printf(
          "%d Java file(s) are left out, because they are no UTF-8, such as %s%n",
          base.unread().size(), base.unread().get(0));
    }
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
    printf("looking for chores in %d Java files ...%n", base.texts().size());
    ChoreFinder finder =
        repo == null ? ChoreFinder.ofLibrary(base, compiler) : ChoreFinder.ofAny(base, compiler);
    List<Chore> chores = finder.find(tasks, options.seed);
    if (chores.isEmpty()) {
      throw new UnusableInput(
          "nothing to do was found: none of "
              + base.texts().size()
              + " Java files has a class with a member that the compiler can parse; give a task of"
              + " your own with --task 'words' and --agent");
    }
    if (durable != null) {
      base.goOn();
    }
    Engine.Settings settings =
        new Engine.Settings(options.seed, chosen, options.fallbacks, threads);
    Path work = results.resolve("work");
    Map<String, Chore> byId = new HashMap<>();
    chores.forEach(chore -> byId.put(chore.id(), chore));
    WorkTrees trees =
        base.trees(work, settings.sources(), done -> message(byId.get(done.task().id()), done));
    WorkChecks checks = new WorkChecks(compiler);
    AttemptChecks attempts = new AttemptChecks(base, trees, checks);
    List<Worker> workers =
        new Workers(attempts, rewriting, print::println).hire(base, compiler, commands);
    List<String> names = workers.stream().map(Worker::name).toList();
    attempts.open(chores, workers);
    String setting = setting(chores, base, names);
    print.println(setting);
    ToolSample sample = sample(chores, workers, checks, threads);
    WarmUp.run(settings, rewriting);
    RunLog log = new RunLog();
    // The longest file breaks its budget and is denied. The second longest has a waiver.
    Optional<Chore> waived = ChoreFinder.giants(chores).stream().skip(1).findFirst();
    Optional<String> waiver = waived.map(chore -> WorkingSpec.waiver(chore, 100_000));
    Path evidence = results.resolve("verdicts");
    Engine.Proof proof;
    String unrun = "";
    List<TaskResult> ends = new ArrayList<>();
    Store store = durable == null ? Store.memory() : DurableRun.store(durable);
    List<TaskInterceptor> measuring = List.of(attempts, trees);
    try (Engine engine = new Engine(settings, workers, measuring, log, waiver, evidence, store);
        Progress progress = new Progress("tasks", chores.size(), print)) {
      for (Chore chore : chores) {
        TaskResult result = handle(engine.arbiter(), chore).await(LONG);
        ends.add(result);
        if (!(result instanceof TaskResult.Completed)) {
          unrun = unrun.isEmpty() ? unrun(result) : unrun;
        }
        if (result instanceof TaskResult.Completed done) {
          Optional<WorkTrees.Landing> unused = trees.land(done); // a killed process may not have
          base.follow();
          base.takeAgain(chore.path());
        }
        progress.step();
      }
      if (durable != null) {
        printf("%d task(s) had ended before this start%n", ends.size() - log.entries().size());
        log.restore(ends, DurableRun.tried(durable));
      }
      proof = engine.prove(log.verdicts());
    }
    String report = report(log, sample, names, proof, waived);
    Files.writeString(results.resolve("report.txt"), report);
    new RunPage(log, sample, names).write(results.resolve("report.html"), setting, proof);
    printf("%n%s", report);
    if (!unrun.isEmpty()) {
      printf("A task that ended before an agent ran: %s%n", unrun);
    }
    printf(
        "Repository with the approved changes as commits: %s%nVerdicts, checkpoint, public key: %s%n"
            + "Denied and failed attempts, a folder each: %s%nThis report: %s%nThe same with charts: %s%n",
        base.folder(),
        evidence,
        work.resolve("kept"),
        results.resolve("report.txt"),
        results.resolve("report.html"));
  }

  private static String message(@Nullable Chore chore, TaskResult.Completed done) {
    return chore == null
        ? done.task().id()
        : chore.type().id() + " " + chore.path() + " by " + done.agent();
  }

  /* The task of a run before this one, or a new one. */
  private static TaskHandle handle(Arbiter arbiter, Chore chore) {
    return arbiter
        .find(Task.DEFAULT_TENANT, chore.id())
        .orElseGet(() -> arbiter.submit(chore.task()));
  }

  private static String unrun(TaskResult result) {
    boolean ran = result instanceof TaskResult.Failed failed && failed.attempts() > 0;
    return ran ? "" : result.summary();
  }

  private String setting(List<Chore> chores, CodeBase base, List<String> names) {
    return ReportPage.say(
        "%d tasks of %d types on %d Java files%s; agents: %s; policy %s, seed %d",
        chores.size(),
        chores.stream().map(Chore::type).distinct().count(),
        base.texts().size(),
        repo == null ? " of commons-lang3 3.17.0 (small defects were seeded)" : "",
        String.join(", ", names),
        options.policy,
        options.seed);
  }

  private ToolSample sample(
      List<Chore> chores, List<Worker> workers, WorkChecks checks, ExecutorService threads) {
    // A command of the user may cost money, so it runs for the tasks only.
    List<Worker> tools = workers.stream().filter(worker -> !worker.seesEverything()).toList();
    int attempts = ToolSample.attempts(chores, tools.size(), SAMPLED);
    try (Progress progress = new Progress("sample, every agent", attempts, print)) {
      return ToolSample.run(chores, tools, checks, SAMPLED, threads, progress::step);
    }
  }

  private String report(
      RunLog log,
      ToolSample sample,
      List<String> names,
      Engine.Proof proof,
      Optional<Chore> waived) {
    return new TextReport(log, sample, names).text()
        + waived
            .map(chore -> "Waiver WV-0001 lets " + chore.id() + " lay out " + chore.path() + "\n")
            .orElse("")
        + ReportPage.say(
            "Verdicts: %d sealed, %d verified against the signed checkpoint of %d%n"
                + "Decisions and verdicts: %s%n%n",
            proof.verdicts(), proof.genuine(), proof.checkpoint().size(), log.digest());
  }

  private Map<String, String> commands() {
    Map<String, String> commands = new LinkedHashMap<>();
    for (String agent : agents) {
      int equals = agent.indexOf('=');
      options.check(
          equals > 0 && !agent.substring(equals + 1).isBlank(),
          "--agent must be NAME=COMMAND, such as mine='fix {task} {dir}', got '" + agent + "'");
      commands.put(agent.substring(0, equals), agent.substring(equals + 1));
    }
    return commands;
  }

  private void printf(String format, Object... values) {
    print.printf(Locale.ROOT, format, values);
  }
}
