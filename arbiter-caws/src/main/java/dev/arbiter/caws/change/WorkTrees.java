/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.agent.Assignment;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Require;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives each attempt a Git work tree of its own, measures what the agent changed there, and lands
 * the work that is approved.
 *
 * <pre>{@code
 * Arbiter.builder()
 *     .agent(AgentProfile.of("coder"), ProcessAgent.builder("coder", "{task}").build())
 *     .interceptor(WorkTrees.of(Path.of("shop")))
 * }</pre>
 *
 * <p><b>The tree</b> holds the files of the base commit, byte for byte: no filter and no line-end
 * conversion runs. It has a repository of its own that borrows the objects of yours. So commits,
 * stashes, hooks and settings of an agent stay in its tree, and nothing of your work tree, index,
 * branches and configuration is touched. Submodules are empty folders. A {@link
 * dev.arbiter.agent.ProcessAgent} runs in the tree; other agents find it in {@link
 * Assignment#directory()}.
 *
 * <p><b>The report</b> that is judged has the changes that were counted on disk, as {@link
 * ChangeSet#ofGit(Path, String)} does, in place of the agent's. Ignored files count, and land,
 * unless {@link Builder#leaveOutIgnored} is called. Evidence named {@value #EVIDENCE} has the ids
 * of the base and of the tree that was counted, so a signed verdict names the very content. A
 * renamed file is one change; its old path is evidence {@value ChangeSet#MOVED_FROM}, and must be
 * in scope too.
 *
 * <p><b>Approved work</b> lands after the store has kept the end of its task, and before {@code
 * await} returns: on a branch of its own, on one branch for all, or as a patch; see {@link
 * Builder}. It is the content that was counted; a program left behind changes nothing any more.
 * Work that changed nothing lands nowhere. If a process is killed between the two, or the landing
 * fails, the content stays in the folder for 30 days: {@link #land} makes up for it. Denied and
 * failed work is kept, up to {@link Builder#keep}, or dropped.
 *
 * <p><b>An agent that asks and leaves</b> ({@link WorkReport#waiting}) finds its tree as it left it
 * when it is called again, after a restart too, for 30 days.
 *
 * <p><b>This is no sandbox.</b> An agent with your rights can write to any path that you can write
 * to. Run agents that you do not trust as another user or in a container.
 *
 * <p>Thread-safe; attempts run at once. One arbiter has its own {@code WorkTrees}; any number of
 * them, in any number of processes, may share a repository and a folder. Trees of a process that
 * was killed are deleted at the next start of one of them. An attempt costs a checkout, a reading
 * of all files and some twenty calls of git, each of which is killed after five minutes. That time
 * is part of the attempt's limit. An {@link IOException} of these is a failed attempt. Needs git
 * 2.29 or newer.
 */
public final class WorkTrees implements TaskInterceptor, ArbiterListener {
  /** The name of the evidence that names the content. */
  public static final String EVIDENCE = "work_tree";

  /** Most trees of denied and failed attempts that are kept, unless set otherwise. */
  public static final int DEFAULT_KEEP = 5;

  private static final int MOST_LANDINGS = 1_000;
  private static final Duration LONGEST_RESERVE = Duration.ofSeconds(5);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final GitFolder repository;
  private final GitProcess git;
  private final TreeFolder folder;
  private final WorkLanding landing;
  private final @Nullable String base;
  private final @Nullable String branch;
  private final int keep;
  private final Predicate<String> leftOut;
  private final boolean ignores;
  private final Sources sources;
  private final Map<TaskKey, List<AttemptTree>> trees = new ConcurrentHashMap<>();
  private final Map<String, Landing> landings = new LinkedHashMap<>();

  private record TaskKey(String tenant, String id) {
    static TaskKey of(Task task) {
      return new TaskKey(task.tenant(), task.id());
    }
  }

  /**
   * Where approved work went.
   *
   * @param place the branch, without {@code refs/heads/}, or the path of the patch
   * @param commit the id of the commit, empty for a patch
   */
  public record Landing(String place, String commit) {}

  private WorkTrees(Builder builder, GitFolder repository, TreeFolder folder) {
    this.repository = repository;
    this.git = new GitProcess(repository.gitDir());
    this.folder = folder;
    this.base = builder.base;
    this.branch = builder.branch;
    this.keep = builder.keep;
    this.leftOut = builder.leftOut;
    this.ignores = builder.ignores;
    this.sources = builder.sources;
    this.landing =
        new WorkLanding(
            git, builder.prefix, branch, builder.patches, builder.author, builder.message);
  }

  /**
   * {@return work trees of a repository with all defaults: approved work gets a branch of its own,
   * {@code arbiter/TASK}, upon the commit that is {@code HEAD} when the attempt begins}
   *
   * @param repository the top folder of a work tree, or a bare repository
   * @throws IllegalArgumentException as {@link Builder#build}
   * @throws IllegalStateException as {@link Builder#build}
   */
  public static WorkTrees of(Path repository) {
    return builder(repository).build();
  }

  /**
   * {@return a builder}
   *
   * @param repository the top folder of a work tree, or a bare repository
   */
  public static Builder builder(Path repository) {
    return new Builder(repository);
  }

  @Override
  public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
      throws Exception {
    if (assignment.directory().isPresent()) {
      throw new IllegalStateException(
          "the attempt has a folder already, "
              + assignment.directory().get()
              + "; add one WorkTrees, and no other interceptor that gives a folder");
    }
    long began = sources.nanoTime().getAsLong();
    AttemptTree tree = grow(assignment);
    CompletionStage<WorkReport> stage;
    try {
      stage = next.proceed(withTree(assignment, tree, began));
    } catch (Throwable e) {
      leave(tree, e);
      throw e;
    }
    CompletableFuture<WorkReport> measured = new CompletableFuture<>();
    CompletionStage<?> unused =
        stage.whenComplete((report, error) -> finish(tree, measured, report, error));
    CompletionStage<?> unusedToo =
        measured.whenComplete((report, error) -> cancelIfCancelled(measured, stage));
    return measured;
  }

  private Assignment withTree(Assignment assignment, AttemptTree tree, long began) {
    Duration limit = assignment.timeLimit();
    Duration reserve = limit.dividedBy(20);
    reserve = reserve.compareTo(LONGEST_RESERVE) > 0 ? LONGEST_RESERVE : reserve;
    Duration left = limit.minus(reserve).minusNanos(sources.nanoTime().getAsLong() - began);
    return assignment
        .withDirectory(tree.root())
        .withTimeLimit(left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left);
  }

  private AttemptTree grow(Assignment assignment) throws IOException {
    AttemptTree before = assignment.resumeToken().isEmpty() ? null : resumed(assignment);
    if (before != null) {
      return before;
    }
    folder.sweepIfNeeded(sources.clock().instant());
    String commit = baseCommit();
    AttemptTree tree =
        new AttemptTree(assignment, folder.take(), repository, commit, this::dropped);
    add(tree);
    try {
      tree.place().named(attempt(assignment));
      tree.checkOut();
      return tree;
    } catch (IOException | RuntimeException e) {
      leave(tree, e);
      throw e;
    }
  }

  /* The tree in which an agent asked and left, in this process or in a dead one. */
  private @Nullable AttemptTree resumed(Assignment assignment) throws IOException {
    for (AttemptTree tree : of(assignment.task())) {
      if (tree.isOf(assignment) && tree.resume()) {
        return tree;
      }
    }
    TreeFolder.Parked found = folder.parked(attempt(assignment));
    if (found == null) {
      return null;
    }
    AttemptTree tree =
        new AttemptTree(assignment, found.place(), repository, found.base(), this::dropped);
    add(tree);
    return tree;
  }

  private String baseCommit() throws IOException {
    String wanted = base;
    if (wanted == null) {
      String tip = branch == null ? null : WorkLanding.tip(git, branch);
      wanted = tip == null ? "HEAD" : tip;
    }
    String commit = commit(git, wanted);
    if (commit == null) {
      throw new IOException(
          "'"
              + Sanitizer.text(wanted, 60)
              + "' is no commit of "
              + repository.root()
              + " any more");
    }
    return commit;
  }

  private static @Nullable String commit(GitProcess git, String revision) throws IOException {
    return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
  }

  private void add(AttemptTree tree) throws IOException {
    List<AttemptTree> replaced = new ArrayList<>();
    trees.compute(
        TaskKey.of(tree.assignment().task()),
        (task, known) -> {
          List<AttemptTree> all = known == null ? new ArrayList<>() : new ArrayList<>(known);
          all.stream().filter(other -> other.isMadeAgain(tree.assignment())).forEach(replaced::add);
          all.add(tree);
          return List.copyOf(all);
        });
    for (AttemptTree before : replaced) {
      before.decided();
    }
  }

  /* The agent is gone without a report; its own exception matters most. */
  private static void leave(AttemptTree tree, Throwable error) {
    try {
      uninterrupted(() -> tree.left(false));
    } catch (IOException e) {
      error.addSuppressed(e);
    }
  }

  private void finish(
      AttemptTree tree,
      CompletableFuture<WorkReport> measured,
      @Nullable WorkReport report,
      @Nullable Throwable error) {
    if (error != null || report == null) {
      Throwable reason =
          error == null ? new IllegalStateException("the agent returned null") : error;
      leave(tree, reason);
      boolean unused = measured.completeExceptionally(reason);
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      WorkReport counted =
          report.pending().isPresent() ? parked(tree, report) : measured(tree, report);
      boolean unused = measured.complete(counted);
    } catch (Throwable e) {
      leave(tree, e);
      boolean unused = measured.completeExceptionally(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /* The agent waits for an answer, and goes on in the same tree. */
  private WorkReport parked(AttemptTree tree, WorkReport report) throws IOException {
    tree.park(sources.clock().instant().getEpochSecond());
    return report;
  }

  private WorkReport measured(AttemptTree tree, WorkReport report) throws IOException {
    if (tree.isDecided()) {
      throw new IOException("the attempt was over before its work could be counted");
    }
    ChangeSet changes = tree.measure(leftOut, ignores, sources.clock().instant().getEpochSecond());
    WorkSnapshot snapshot = tree.snapshot();
    tree.left(true);
    if (snapshot == null) {
      throw new IllegalStateException("the work was counted without a snapshot");
    }
    WorkReport counted = changes.in(report);
    List<Evidence> evidence = new ArrayList<>(counted.evidence());
    evidence.removeIf(piece -> piece.gate().equals(EVIDENCE));
    evidence.add(Evidence.of(EVIDENCE, true, detail(snapshot.base(), snapshot.tree())));
    return new WorkReport(
        report.output(), counted.changes(), evidence, report.usage(), report.pending());
  }

  private static String detail(String base, String tree) {
    return "base " + base + " tree " + tree;
  }

  private static void cancelIfCancelled(
      CompletableFuture<WorkReport> measured, CompletionStage<WorkReport> stage) {
    if (measured.isCancelled()) {
      try {
        boolean unused = stage.toCompletableFuture().cancel(true);
      } catch (UnsupportedOperationException e) {
        return; // it cannot be cancelled, and ends when it ends
      }
    }
  }

  /* What ends an attempt without a landing. */

  private void dropped(AttemptTree tree) throws IOException {
    remove(tree);
    try {
      if (keep > 0) {
        Assignment of = tree.assignment();
        String name =
            String.join(
                "-",
                TIME.format(sources.clock().instant()),
                WorkLanding.name(of.task().id()),
                String.valueOf(of.attempt()),
                WorkLanding.name(of.agent()));
        tree.place().keep(name, keep);
      }
    } finally {
      tree.place().giveBack();
    }
  }

  private void remove(AttemptTree tree) {
    trees.computeIfPresent(
        TaskKey.of(tree.assignment().task()),
        (task, known) -> {
          List<AttemptTree> others = new ArrayList<>(known);
          others.remove(tree);
          return others.isEmpty() ? null : List.copyOf(others);
        });
  }

  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof TaskEvent.AttemptEnded ended) {
      decided(ended.step());
    } else if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      decided(routing.step());
    }
    if (event instanceof TaskEvent.Concluded concluded) {
      TaskResult result = concluded.result();
      List<AttemptTree> all = of(result.task());
      Steps steps = new Steps();
      if (result instanceof TaskResult.Completed done) {
        steps.take(() -> landDecided(done, all));
      }
      boolean isUnsure =
          result instanceof TaskResult.Failed failed && failed.cause() == FailureCause.UNRECORDED;
      for (AttemptTree tree : all) {
        if (isUnsure) {
          steps.take(() -> leaveUndecided(tree));
        }
        steps.take(tree::decided);
      }
      steps.end();
    }
  }

  /* The attempt is not the result of its task. */
  private void decided(TaskEvent.Step step) {
    Steps steps = new Steps();
    for (AttemptTree tree : of(step.task())) {
      if (tree.assignment().attempt() == step.attempt()) {
        steps.take(tree::decided);
      }
    }
    steps.end();
  }

  private List<AttemptTree> of(Task task) {
    return trees.getOrDefault(TaskKey.of(task), List.of());
  }

  private void landDecided(TaskResult.Completed done, List<AttemptTree> all) throws IOException {
    boolean isCounted =
        all.stream()
            .anyMatch(
                tree -> tree.assignment().agent().equals(done.agent()) && tree.snapshot() != null);
    if (isCounted && tree(done.report()).isEmpty()) {
      throw new IOException(
          "the approved report has no evidence '"
              + EVIDENCE
              + "' any more, so its work cannot land");
    }
    Optional<Landing> unused = land(done);
  }

  /* The store may have kept another end than the one that was told. */
  private void leaveUndecided(AttemptTree tree) throws IOException {
    if (tree.takeToLand()) {
      giveBack(tree, true);
    }
  }

  private void giveBack(AttemptTree tree, boolean leavesSnapshot) throws IOException {
    remove(tree);
    try {
      if (leavesSnapshot) {
        tree.place().leaveSnapshot();
      }
    } finally {
      tree.place().giveBack();
    }
  }

  /**
   * Lands the work of a completed task, unless it has landed. Needed only after a process was
   * killed between the end of a task and its landing, or after a landing failed.
   *
   * @param done the end of a task whose agent worked in such a tree, here or in a dead process
   * @return where it is; empty if it changed nothing, landed in another process, or the content is
   *     not here any more
   * @throws IOException if it cannot land; then the content stays in the folder
   */
  public Optional<Landing> land(TaskResult.Completed done) throws IOException {
    String tree = tree(done.report());
    if (tree.isEmpty()) {
      return Optional.empty();
    }
    String attempt = attempt(done.task(), done.attempts());
    synchronized (landings) {
      Landing known = landings.get(attempt + tree);
      if (known != null) {
        return Optional.of(known);
      }
    }
    for (AttemptTree live : of(done.task())) {
      WorkSnapshot work = live.snapshot();
      if (work != null
          && work.tree().equals(tree)
          && live.assignment().agent().equals(done.agent())
          && live.takeToLand()) {
        return landLive(live, work, done, attempt);
      }
    }
    WorkSnapshot left = folder.undecided(attempt, tree);
    if (left == null) {
      folder.sweep(sources.clock().instant()); // its process may have died since
      left = folder.undecided(attempt, tree);
    }
    if (left == null) {
      return Optional.empty();
    }
    Optional<Landing> landed = remember(attempt + tree, landing.land(left, done));
    Removal.delete(left.folder());
    return landed;
  }

  private Optional<Landing> landLive(
      AttemptTree live, WorkSnapshot work, TaskResult.Completed done, String attempt)
      throws IOException {
    boolean isLanded = false;
    try {
      Optional<Landing> landed = remember(attempt + work.tree(), landing.land(work, done));
      isLanded = true;
      return landed;
    } finally {
      giveBack(live, !isLanded);
    }
  }

  private Optional<Landing> remember(String work, Optional<Landing> landed) {
    synchronized (landings) {
      landed.ifPresent(place -> landings.put(work, place));
      if (landings.size() > MOST_LANDINGS) {
        landings.remove(landings.keySet().iterator().next());
      }
    }
    return landed;
  }

  private static String tree(WorkReport report) {
    for (Evidence piece : report.evidence()) {
      String[] words = piece.detail().split(" ", -1);
      if (piece.gate().equals(EVIDENCE) && words.length == 4) {
        return words[3];
      }
    }
    return "";
  }

  private static String attempt(Assignment assignment) {
    return attempt(assignment.task(), assignment.attempt());
  }

  private static String attempt(Task task, int attempt) {
    return Digests.sha256Hex(task.tenant() + '\0' + task.id()).substring(0, 26) + "-" + attempt;
  }

  /**
   * Reads a file of an attempt as it was counted. {@code trees::text} is a {@link
   * dev.arbiter.caws.gates.WorkTree} for the gates that read files.
   *
   * @param assignment the attempt
   * @param path from the root, with forward slashes
   * @return its text, one character a byte (ISO 8859-1); empty if the file does not exist, or a
   *     folder is in its place
   * @throws IOException if it is no plain file, has more than 8 MiB, or the work of the attempt is
   *     not here
   */
  public Optional<String> text(Assignment assignment, String path) throws IOException {
    WorkSnapshot work = null;
    for (AttemptTree tree : of(assignment.task())) {
      work = tree.isOf(assignment) ? tree.snapshot() : work;
    }
    if (work == null) {
      work = folder.undecided(attempt(assignment), null);
    }
    if (work == null) {
      throw new IOException(
          "the work of attempt "
              + assignment.attempt()
              + " at task '"
              + assignment.task().id()
              + "' is not in the folder of work trees");
    }
    return work.text(path);
  }

  private interface Step {
    void go() throws IOException;
  }

  /** Runs a step that an interrupt of an agent's thread must not break. */
  private static void uninterrupted(Step step) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      step.go();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Takes every step, and then tells the first failure: the engine counts and logs it. */
  private static final class Steps {
    private @Nullable RuntimeException failure;

    void take(Step step) {
      try {
        uninterrupted(step);
      } catch (IOException e) {
        failed(new UncheckedIOException("work did not land, or its tree was not given back", e));
      } catch (RuntimeException e) {
        failed(e);
      }
    }

    private void failed(RuntimeException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }

    void end() {
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** Builds {@link WorkTrees}; not thread-safe. */
  public static final class Builder {
    private final Path path;
    private @Nullable Path trees;
    private @Nullable String base;
    private String prefix = "arbiter/";
    private @Nullable String branch;
    private @Nullable Path patches;
    private int keep = DEFAULT_KEEP;
    private Predicate<String> leftOut = path -> false;
    private boolean ignores;
    private String author = "";
    private Function<TaskResult.Completed, String> message = Builder::message;
    private Sources sources = Sources.system();

    private Builder(Path repository) {
      this.path = repository;
    }

    /**
     * Sets the commit that attempts begin with. Default: the tip of the branch of {@link #commitTo}
     * if there is one, or else {@code HEAD}.
     *
     * @param revision a commit, branch or tag; looked up when an attempt begins
     * @return this
     */
    public Builder base(String revision) {
      this.base = revision;
      return this;
    }

    /**
     * Sets where the trees lie. Default: beside the repository, its name with {@code .trees}.
     *
     * @param folder outside the repository, and writable by you only; it is made
     * @return this
     */
    public Builder folder(Path folder) {
      this.trees = folder;
      return this;
    }

    /**
     * Gives approved work a branch of its own: the prefix and the task's id, with a number if that
     * branch exists. This is the default, with prefix {@code arbiter/}.
     *
     * @param prefix such as {@code agents/}
     * @return this
     */
    public Builder branchEach(String prefix) {
      this.prefix = prefix;
      this.branch = null;
      this.patches = null;
      return this;
    }

    /**
     * Commits approved work on one branch, which is made if it is not there. If the branch has
     * moved since the attempt began, the files of the work are put on its tip as they are. Work
     * gets a branch of its own, {@code arbiter/TASK}, when one of its files was changed on the
     * branch too, for nothing is merged; or when a work tree of yours has the branch checked out.
     *
     * @param branch such as {@code agents}; not checked out
     * @return this
     */
    public Builder commitTo(String branch) {
      this.branch = branch;
      this.patches = null;
      return this;
    }

    /**
     * Writes approved work as patches for {@code git apply}, {@code TASK.patch} each; nothing in
     * the repository changes.
     *
     * @param folder takes the patches; it is made
     * @return this
     */
    public Builder patchesTo(Path folder) {
      this.patches = folder;
      this.branch = null;
      return this;
    }

    /**
     * Sets how many trees of denied and failed attempts are kept, in {@code kept} of the folder.
     * The oldest go first. Default: {@value WorkTrees#DEFAULT_KEEP}.
     *
     * @param trees at least 0; 0 drops all
     * @return this
     */
    public Builder keep(int trees) {
      Require.that(trees >= 0, "keep must be at least 0, got %s", trees);
      this.keep = trees;
      return this;
    }

    /**
     * Leaves files out: they do not count, and do not land. Default: none.
     *
     * @param path tells for each path from the root; must be true for all below a folder if it is
     *     for the folder
     * @return this
     */
    public Builder leaveOut(Predicate<String> path) {
      this.leftOut = path;
      return this;
    }

    /**
     * Leaves out what the {@code .gitignore} files of the base ignore, such as the output of a
     * build. Those that the agent writes are not asked, nor are your {@code info/exclude} and
     * global file. Default: ignored files count and land.
     *
     * @return this
     */
    public Builder leaveOutIgnored() {
      this.ignores = true;
      return this;
    }

    /**
     * Sets author and committer. Default: the agent's id.
     *
     * @param person as {@code Name <address>}
     * @return this
     */
    public Builder author(String person) {
      Require.that(
          person.matches("[^<>\\p{Cntrl}]+ <[^<>\\p{Cntrl}]*>"),
          "author must be 'Name <address>', got '%s'",
          person);
      this.author = person;
      return this;
    }

    /**
     * Sets the message of commits. Default: the first line of the payload, the task's id, the agent
     * and the digest of the verdict.
     *
     * @param message gives the message for a completed task
     * @return this
     */
    public Builder message(Function<TaskResult.Completed, String> message) {
      this.message = message;
      return this;
    }

    /**
     * Sets the clocks. Default: {@link Sources#system()}.
     *
     * @param sources clocks
     * @return this
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    private static String message(TaskResult.Completed done) {
      String payload = done.task().payload().strip();
      String first = payload.lines().findFirst().orElse(done.task().type());
      return Sanitizer.text(first, 72)
          + "\n\nTask: "
          + done.task().id()
          + "\nAgent: "
          + done.agent()
          + "\nVerdict: "
          + done.verdict().seal().digest();
    }

    /**
     * Checks all of it, makes the folders, and deletes trees that dead processes left.
     *
     * @return the work trees, ready
     * @throws IllegalArgumentException if the path is no repository, has no commit, the base is
     *     none, a name cannot be that of a branch, the branch is checked out, or the folder lies in
     *     the repository
     * @throws IllegalStateException if git cannot be run, or a folder cannot be written to
     */
    public WorkTrees build() {
      GitFolder repository = repository();
      GitProcess git = new GitProcess(repository.gitDir());
      try {
        checkGit(git);
        checkNames(git, repository);
      } catch (IOException e) {
        throw new IllegalStateException(
            "git does not work in " + path + ": " + e.getMessage() + "; install git", e);
      }
      Path top = trees == null ? beside(repository.root()) : trees.toAbsolutePath().normalize();
      try {
        TreeFolder folder = TreeFolder.at(outside(repository, top));
        folder.sweep(sources.clock().instant());
        if (patches != null) {
          Files.createDirectories(patches);
          Files.delete(Files.createTempFile(patches, ".arbiter", ".patch"));
        }
        return new WorkTrees(this, repository, folder);
      } catch (IOException e) {
        throw new IllegalStateException(
            "work trees cannot lie in " + top + ": " + e + "; give a folder that can be written to",
            e);
      }
    }

    private GitFolder repository() {
      try {
        GitFolder found = Files.isDirectory(path) ? GitFolder.repository(path) : null;
        if (found != null) {
          return found;
        }
      } catch (IOException e) {
        throw new IllegalArgumentException(path + " cannot be read as a Git repository: " + e, e);
      }
      throw new IllegalArgumentException(
          path + " is no Git repository; give the top folder of a work tree, or a bare repository");
    }

    private static void checkGit(GitProcess git) throws IOException {
      if (git.ask("--version") == null) {
        throw new IOException("git --version failed");
      }
    }

    private void checkNames(GitProcess git, GitFolder repository) throws IOException {
      String wanted = base == null ? "HEAD" : base;
      Require.that(
          !wanted.isEmpty() && !wanted.startsWith("-"),
          "base must be a revision, got '%s'",
          Sanitizer.text(wanted, 60));
      Require.that(
          commit(git, wanted) != null,
          base == null
              ? "%s has no commit at HEAD ('%s'); commit something first, or give a base"
              : "%s has no commit '%s'; give a commit, branch or tag that is there",
          repository.root(),
          Sanitizer.text(wanted, 60));
      Require.that(WorkLanding.isName(git, prefix + "T"), "no branch can begin with '%s'", prefix);
      if (branch != null) {
        Require.that(WorkLanding.isName(git, branch), "no branch can have the name '%s'", branch);
        Require.that(
            !WorkLanding.isCheckedOut(git, branch),
            "branch '%s' of %s is checked out, and would change under your hands; name another",
            branch,
            repository.root());
      }
    }

    private static Path beside(Path root) {
      Path name = root.getFileName();
      Require.that(name != null, "the repository is the root folder; give a folder for trees");
      return root.resolveSibling(name + ".trees");
    }

    private static Path outside(GitFolder repository, Path folder) throws IOException {
      Path there = folder;
      while (!Files.exists(there) && there.getParent() != null) {
        there = there.getParent();
      }
      Path real = there.toRealPath().resolve(there.relativize(folder)).normalize();
      for (Path part : List.of(repository.root(), repository.gitDir(), repository.commonDir())) {
        Require.that(
            !real.startsWith(part.toRealPath()),
            "the folder of work trees, %s, lies in the repository; give one outside",
            folder);
      }
      return real;
    }
  }
}
