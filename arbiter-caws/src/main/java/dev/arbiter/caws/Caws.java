/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Charter.Standing;
import dev.arbiter.caws.Rules.Named;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The constitution that holds tasks to CAWS working specs: reads specs, policy and waivers as
 * projects have them on disk, decides strictly, and seals every verdict.
 *
 * <p>It fails closed. Whatever is missing, unreadable or ambiguous is a refusal or a denial with a
 * finding that says how to mend it; neither {@link #admit} nor {@link #judge} throws.
 *
 * <p>Thread-safe. A spec is parsed once per text. Admitting a known spec costs well under a
 * microsecond, one stat call more when it comes from a file; a judgement costs a few microseconds,
 * plus a millisecond when each verdict is signed on its own ({@link Builder#sealInBatches} avoids
 * that).
 */
public final class Caws implements Constitution, AutoCloseable {
  private final Docket docket;
  private final Sources sources;
  private final Map<String, QualityGate> checkers;
  private volatile Signer key;
  private final Sealer sealer;
  private final @Nullable Bylaws bylaws;
  private final WaiverBoard board = new WaiverBoard();

  private Caws(Builder from) {
    this.docket = new Docket(new Library(from));
    this.sources = from.sources;
    this.checkers = Collections.unmodifiableMap(new TreeMap<>(from.gates));
    this.key = from.key == null ? SigningKey.generate() : from.key;
    this.sealer = from.sealer(key);
    this.bylaws = from.rules == null ? null : new Bylaws(from.rules);
  }

  /**
   * Reads a project's folder, with defaults for everything else.
   *
   * @param projectDir the project, or its {@code .caws} folder itself
   * @return the constitution
   * @throws IllegalArgumentException if it is no folder
   */
  public static Caws load(Path projectDir) {
    return builder().project(projectDir).build();
  }

  /**
   * Starts an empty constitution.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Admission admit(Task task) {
    try {
      Standing standing = docket.standing(task.spec());
      Charter charter = standing.charter();
      if (charter == null) {
        return standing.admission();
      }
      Instant until = charter.spec().experimentalUntil();
      if (until != null && !until.isAfter(sources.clock().instant())) {
        return refuse(
            "spec.semantic.experimental_mode.expired",
            "/experimental_mode/expires_at",
            "experimental_mode ended " + until + "; renew it or remove it");
      }
      Admission admission = underBylaws(task, charter, standing.admission());
      if (admission instanceof Admission.Admitted) {
        docket.admitted(task.spec(), charter);
      }
      return admission;
    } catch (Unreadable e) {
      return refuse("spec.reference." + e.rule(), "", e.reason());
    } catch (RuntimeException e) {
      return refuse("caws.internal", "", "the spec could not be decided: " + describe(e));
    }
  }

  private Admission underBylaws(Task task, Charter charter, Admission admission) {
    if (bylaws == null || !(admission instanceof Admission.Admitted admitted)) {
      return admission;
    }
    List<Finding> broken =
        bylaws.admit(task, charter, board, docket.rules(), sources.clock().instant());
    if (broken.isEmpty()) {
      return admission;
    }
    Notes all = new Notes();
    all.addAll(broken);
    all.addAll(admitted.findings());
    return all.hasErrors()
        ? new Admission.Refused(all.all())
        : new Admission.Admitted(admitted.specDigest(), all.all());
  }

  private static Admission refuse(String rule, String place, String message) {
    return new Admission.Refused(List.of(Finding.error(rule, place, message)));
  }

  private static String describe(RuntimeException e) {
    return Clean.text(e.getClass().getSimpleName() + ": " + e.getMessage(), 200);
  }

  /**
   * {@inheritDoc}
   *
   * <p>SHA-256 over the spec's text, the policy and the active waivers that name the spec. Empty,
   * and so unlike any admitted digest, when the task would be refused now.
   */
  @Override
  public String specDigest(Task task) {
    try {
      Charter charter = docket.standing(task.spec()).charter();
      return charter == null ? "" : charter.digest();
    } catch (Unreadable | RuntimeException e) {
      return "";
    }
  }

  @Override
  public Verdict judge(Assignment assignment, WorkReport report) {
    Instant now = sources.clock().instant();
    try {
      Charter charter = docket.charter(assignment);
      if (charter == null) {
        return deny(
            assignment,
            report,
            now,
            "spec.reference.not_admitted",
            "the spec digest of this assignment belongs to no spec that was admitted, or the spec"
                + " has changed and is no longer remembered; admit the task again");
      }
      return sealer.seal(
          new Hearing(charter, assignment, report, now)
              .decide(checkers, bylaws, board, docket.rules()));
    } catch (RuntimeException e) {
      return deny(
          assignment, report, now, "caws.internal", "the work could not be judged: " + describe(e));
    }
  }

  private Verdict deny(
      Assignment assignment, WorkReport report, Instant now, String rule, String message) {
    return sealer.seal(
        new Decision(
            assignment,
            report,
            now,
            "",
            "",
            Decision.Outcome.DENIED,
            List.of(Finding.error(rule, "", message)),
            List.of(),
            Decision.Budget.NONE,
            List.of(),
            List.of()));
  }

  /**
   * Signs for every verdict so far.
   *
   * @return the checkpoint
   * @throws IllegalStateException if verdicts go into no log
   * @throws UncheckedIOException if the log cannot be written
   */
  public Checkpoint checkpoint() {
    return log()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "verdicts go into no log; use sealInBatches or logTo on the builder"))
        .checkpoint();
  }

  /**
   * The log the verdicts go into.
   *
   * @return empty unless verdicts are sealed in batches or logged to a folder
   */
  public Optional<ProvenanceLog> log() {
    return Optional.ofNullable(sealer.log());
  }

  /**
   * Signs with another key from now on. A log records the change, signed by both keys; verdicts
   * judged at this moment may still name the old one.
   *
   * @param next has not signed for this log before
   * @throws IllegalArgumentException if it has
   * @throws UncheckedIOException if the log cannot be written
   */
  public void rotateKey(Signer next) {
    sealer.rotate(next, sources.clock().instant());
    key = next;
  }

  /**
   * What others need to check verdicts and checkpoints.
   *
   * @return the public key
   */
  public PublicKey publicKey() {
    return key.publicKey();
  }

  /**
   * Signs a last checkpoint and closes the log, if there is one.
   *
   * @throws UncheckedIOException if the log cannot be written
   */
  @Override
  public void close() {
    sealer.close();
  }

  /** Collects the parts of a {@link Caws}; not thread-safe. */
  public static final class Builder {
    private static final String DEFAULT_ORIGIN = "arbiter/verdicts";

    final List<Named> specTexts = new ArrayList<>();
    final List<Path> specPaths = new ArrayList<>();
    final List<Path> policyPaths = new ArrayList<>();
    final List<Named> waiverTexts = new ArrayList<>();
    final List<Path> waiverPaths = new ArrayList<>();
    final Map<String, QualityGate> gates = new HashMap<>();
    @Nullable String policyText;
    Sources sources = Sources.system();
    private final List<Anchor> anchors = new ArrayList<>();
    private @Nullable ConstitutionalRules rules;
    private @Nullable Signer key;
    private @Nullable Path logFolder;
    private String origin = DEFAULT_ORIGIN;
    private boolean signEach = true;
    private int batch;
    private Executor checkpoints = Runnable::run;

    private Builder() {}

    /**
     * Reads a project's folder: {@code working-spec.yaml}, {@code specs}, {@code policy.yaml} or
     * {@code policy/tier-policy.json}, {@code waivers}.
     *
     * @param projectDir the project, or its {@code .caws} folder itself
     * @return this
     * @throws IllegalArgumentException if it is no folder
     */
    public Builder project(Path projectDir) {
      Path caws = projectDir.resolve(".caws");
      Path root = Files.isDirectory(caws) ? caws : projectDir;
      if (!Files.isDirectory(root)) {
        throw new IllegalArgumentException(
            projectDir + " is no folder; give the project or its .caws folder");
      }
      for (String spec : List.of("working-spec.yaml", "working-spec.yml", "specs")) {
        specPaths.add(root.resolve(spec));
      }
      for (String policy :
          List.of(
              "policy.yaml",
              "policy.yml",
              "policy.json",
              "policy/tier-policy.json",
              "tier-policy.json")) {
        policyPaths.add(root.resolve(policy));
      }
      waiverPaths.add(root.resolve("waivers"));
      return this;
    }

    /**
     * Gives the policy.
     *
     * @param text YAML or JSON in one of the three shapes
     * @return this
     */
    public Builder policy(String text) {
      this.policyText = text;
      return this;
    }

    /**
     * Gives the policy as a file, which is looked at again when it changes.
     *
     * @param file YAML or JSON
     * @return this
     */
    public Builder policy(Path file) {
      policyPaths.add(file);
      return this;
    }

    /**
     * Adds a spec that tasks may name by its id.
     *
     * @param text YAML or JSON
     * @return this
     */
    public Builder spec(String text) {
      specTexts.add(new Named("spec " + (specTexts.size() + 1), text));
      return this;
    }

    /**
     * Adds all specs of a folder.
     *
     * @param folder holds YAML and JSON files
     * @return this
     */
    public Builder specs(Path folder) {
      specPaths.add(folder);
      return this;
    }

    /**
     * Adds a waiver.
     *
     * @param text YAML or JSON in one of the three shapes
     * @return this
     */
    public Builder waiver(String text) {
      waiverTexts.add(new Named("waiver " + (waiverTexts.size() + 1), text));
      return this;
    }

    /**
     * Adds all waivers of a folder, which is looked at again when it changes.
     *
     * @param folder holds YAML and JSON files
     * @return this
     */
    public Builder waivers(Path folder) {
      waiverPaths.add(folder);
      return this;
    }

    /**
     * Registers a check for a gate. A gate the policy does not name blocks.
     *
     * @param name the gate; hyphens and underscores are alike
     * @param gate the check
     * @return this
     * @throws IllegalArgumentException if the name is the kernel's own, or taken
     */
    public Builder gate(String name, QualityGate gate) {
      String compared = Ids.gate(name);
      if (Policy.GateRule.KERNEL.contains(compared)) {
        throw new IllegalArgumentException("gate '" + name + "' is decided by Caws itself");
      }
      if (gates.putIfAbsent(compared, gate) != null) {
        throw new IllegalArgumentException("gate '" + name + "' has a checker already");
      }
      return this;
    }

    /**
     * Holds every task to rules beside its spec: before the work and after. A rule that blocks is
     * lifted by a waiver whose gates name its id, for the rule it names and nothing else.
     *
     * @param rules such as {@link ConstitutionalRules#defaults()}; none by default
     * @return this
     */
    public Builder rules(ConstitutionalRules rules) {
      this.rules = rules;
      return this;
    }

    /**
     * Gives time and chance; the machine's by default.
     *
     * @param sources clocks
     * @return this
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Gives the key that signs; by default a new one that ends with the process.
     *
     * @param key a {@link SigningKey}, or what reaches a key elsewhere
     * @return this
     */
    public Builder key(Signer key) {
      this.key = key;
      return this;
    }

    /**
     * Lets one signature cover many verdicts: each goes into the log, and a checkpoint is signed
     * whenever the log has grown by so many. One signature costs a millisecond, so 256 verdicts a
     * checkpoint cost 4 microseconds each.
     *
     * @param verdicts how many, at least 1
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder sealInBatches(int verdicts) {
      if (verdicts < 1) {
        throw new IllegalArgumentException("a batch has at least 1 verdict, got " + verdicts);
      }
      this.signEach = false;
      this.batch = verdicts;
      return this;
    }

    /**
     * Hands the signing of full batches to other threads. By default the task whose verdict fills a
     * batch pays for it: a signature and, with a folder, two forced writes, a millisecond or more.
     *
     * <p>A checkpoint that fails refuses all later verdicts; with the default it also refuses the
     * one that filled the batch. What the executor rejects is signed by the task's thread.
     *
     * @param executor one thread is enough; stays the caller's to shut down, after {@link
     *     Caws#close}
     * @return this
     */
    public Builder checkpointsOn(Executor executor) {
      this.checkpoints = executor;
      return this;
    }

    /**
     * Hashes verdicts and signs none: whoever keeps them elsewhere can tell a change, nobody can
     * tell who made them.
     *
     * @return this
     */
    public Builder sealHashedOnly() {
      this.signEach = false;
      this.batch = 0;
      return this;
    }

    /**
     * Keeps all verdicts in a folder, and goes on with the log that is there.
     *
     * @param folder made if it is not there; to be used with the same {@link #key} next time
     * @return this
     */
    public Builder logTo(Path folder) {
      this.logFolder = folder;
      return this;
    }

    /**
     * Names the log in its checkpoints.
     *
     * @param origin such as {@code example.com/arbiter}, without spaces or plus signs; default
     *     {@value #DEFAULT_ORIGIN}
     * @return this
     */
    public Builder origin(String origin) {
      this.origin = origin;
      return this;
    }

    /**
     * Shows every checkpoint to somebody who keeps it; may be called more than once.
     *
     * @param anchor keeps checkpoints where this process cannot change them
     * @return this
     */
    public Builder anchor(Anchor anchor) {
      anchors.add(anchor);
      return this;
    }

    private Sealer sealer(Signer signer) {
      ProvenanceLog log = null;
      if (logFolder != null) {
        log = ProvenanceLog.open(logFolder, origin, signer);
      } else if (batch > 0) {
        log = ProvenanceLog.create(origin, signer);
      }
      if (log != null) {
        anchors.forEach(log::anchor);
      } else if (!anchors.isEmpty()) {
        throw new IllegalStateException(
            "an anchor keeps a log's checkpoints; add sealInBatches or logTo to the builder");
      }
      return new Sealer(signEach || log != null ? signer : null, signEach, log, batch, checkpoints);
    }

    /**
     * Builds the constitution, reading everything once. What cannot be read refuses tasks later; it
     * does not fail here.
     *
     * @return the constitution
     * @throws UncheckedIOException if the log's folder cannot be used
     * @throws IllegalStateException if the log's entries are not those its checkpoint signed, or an
     *     anchor is given and no log
     */
    public Caws build() {
      return new Caws(this);
    }
  }
}
