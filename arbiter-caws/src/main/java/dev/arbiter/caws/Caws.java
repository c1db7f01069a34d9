/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.provenance.Anchor;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.internal.Library;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Holds tasks to CAWS working specs: reads a project's specs, policy and waivers, decides strictly,
 * and seals every verdict.
 *
 * <p>Fails closed: input that is missing, unreadable or ambiguous is a refusal or a denial, with a
 * finding that says how to correct it. Neither {@link #admit} nor {@link #judge} throws.
 *
 * <p>Thread-safe. A spec is parsed once per text. Admitting a known spec costs well under a
 * microsecond, and one stat call more when the spec is a file. A judgement costs a few
 * microseconds, and a millisecond more when each verdict has its own signature, without {@link
 * Builder#sealInBatches}.
 */
public final class Caws implements Constitution, AutoCloseable {
  private final Evaluator court;
  private final Sources sources;
  private final VerdictSealer sealer;
  private volatile Signer key;

  private Caws(Builder from) {
    this.court = new Evaluator(from);
    this.sources = from.sources;
    this.key = from.key == null ? SigningKey.generate() : from.key;
    this.sealer = from.sealing.sealer(key);
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
    Library.JACKSON_CORE.require(Caws.class);
    return new Builder();
  }

  @Override
  public Admission admit(Task task) {
    return court.admit(task);
  }

  /**
   * {@inheritDoc}
   *
   * <p>SHA-256 over the spec's text, the policy and the active waivers that name the spec. Empty,
   * and so unlike any admitted digest, when the task would be refused now.
   */
  @Override
  public String specDigest(Task task) {
    return court.specDigest(task);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A question for work that breaks rules with remedy {@code ESCALATE}, or whose risk tier wants
   * an approval ({@link Builder#approvalAfter}). It lists all of them. A rule that a person
   * approved before the work is not asked for again. Never throws: if the question cannot be made,
   * {@link #judge} denies.
   */
  @Override
  public Optional<Question> asks(Assignment assignment, WorkReport report) {
    return court.asks(assignment, report, Instant.MAX);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A waiver that a ledger has as used for this attempt lifts a rule that escalates, though it
   * has no more uses.
   */
  @Override
  public Optional<Question> asksAgain(Assignment assignment, WorkReport report, Instant since) {
    return court.asks(assignment, report, since);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A person's denial of this very work denies it, and no waiver lifts that. An approval makes a
   * broken rule that escalates a warning. A decision about other work, another attempt or other
   * broken rules counts for nothing.
   */
  @Override
  public Verdict judge(Assignment assignment, WorkReport report) {
    return sealer.seal(court.judge(assignment, report));
  }

  /**
   * {@inheritDoc}
   *
   * <p>With a log in a folder ({@link Builder#logTo}), the answer is the verdict that the log had
   * when it was opened: for the same tenant, task, attempt, agent, report and charter, judged since
   * the task was accepted and not withdrawn, among the last 16 MB of entries. A use of a waiver
   * that a ledger has for this attempt is not taken again.
   */
  @Override
  public Verdict judgeAgain(Assignment assignment, WorkReport report, Instant since) {
    Verdict recorded = sealer.recorded(assignment, report, since);
    return recorded != null ? recorded : sealer.seal(court.judgeAgain(assignment, report, since));
  }

  /**
   * {@inheritDoc}
   *
   * <p>The log of the verdicts gets an entry that names the verdict, and a checkpoint that covers
   * it. Without a log nothing is recorded: a verdict with its own signature cannot be taken back.
   *
   * @throws UncheckedIOException if the log cannot be written
   */
  @Override
  public void withdraw(Assignment assignment, Verdict verdict, String reason) {
    sealer.withdraw(assignment, verdict.seal().digest(), reason, sources.clock().instant());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Looks where {@link #judgeAgain} looks, and judges nothing.
   *
   * @throws UncheckedIOException if the log cannot be written
   */
  @Override
  public void withdrawEarlier(
      Assignment assignment, WorkReport report, Instant since, String reason) {
    Verdict recorded = sealer.recorded(assignment, report, since);
    if (recorded != null && recorded.passed()) {
      withdraw(assignment, recorded, reason);
    }
  }

  /**
   * Signs a checkpoint over every verdict so far.
   *
   * @return the checkpoint
   * @throws IllegalStateException if verdicts go into no log
   * @throws UncheckedIOException if the log cannot be written
   */
  public Checkpoint checkpoint() {
    return sealer.checkpoint();
  }

  /**
   * {@return the log of the verdicts; empty unless verdicts are sealed in batches or logged to a
   * folder}
   */
  public Optional<ProvenanceLog> log() {
    return Optional.ofNullable(sealer.log());
  }

  /**
   * Signs with another key from now on. A log records the change, signed by both keys; verdicts
   * judged at this moment may still name the old one.
   *
   * <p>Keep the new key before the call, and the old one until it returns. If it fails after the
   * log's entry, {@link #publicKey()} is the new key already; the same call again finishes.
   *
   * @param next has not signed for this log before
   * @throws IllegalArgumentException if it has
   * @throws UncheckedIOException if the log cannot be written
   */
  public void rotateKey(Signer next) {
    sealer.rotate(next, sources.clock().instant(), taken -> key = taken);
  }

  /** {@return the key that others check verdicts and checkpoints with; the public key} */
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
  public static final class Builder extends CawsTexts<Builder> {
    final Map<String, QualityGate> gates = new HashMap<>();
    Sources sources = Sources.system();
    @Nullable ConstitutionalRules rules;
    @Nullable Signer key;
    Referral referral = Referral.NONE;
    final SealConfig sealing = new SealConfig();

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Registers a check for a gate. A gate that the policy does not name blocks.
     *
     * @param name the gate; hyphens and underscores are alike
     * @param gate the check
     * @throws IllegalArgumentException if the gate is one of the kernel's, or has a check already
     * @throws NullPointerException if the check is null
     */
    public Builder gate(String name, QualityGate gate) {
      Objects.requireNonNull(gate, () -> "the check of gate '" + name + "' must not be null");
      String compared = Ids.gate(name);
      if (GateRule.KERNEL.contains(compared)) {
        throw new IllegalArgumentException("gate '" + name + "' is decided by Caws itself");
      }
      if (gates.putIfAbsent(compared, gate) != null) {
        throw new IllegalArgumentException("gate '" + name + "' has a checker already");
      }
      return this;
    }

    /**
     * Holds every task to rules beside its spec, before the work and after it. A waiver lifts a
     * blocking rule if its gates name the rule's id; it lifts no other rule. A broken rule that
     * escalates asks a person, if no waiver lifts it.
     *
     * @param rules such as {@link ConstitutionalRules#defaults()}; none by default
     */
    public Builder rules(ConstitutionalRules rules) {
      this.rules = rules;
      return this;
    }

    /**
     * Wants a person's approval before the work, by risk tier. The task waits for it, see {@code
     * Arbiter.approvals()}; it is bound to the task, its spec and the policy.
     *
     * @param tier 1, 2 or 3: tasks whose spec has this risk tier or a riskier one; 1 is the
     *     riskiest. By default no tier wants it
     * @throws IllegalArgumentException if there is no such tier
     */
    public Builder approvalBefore(int tier) {
      referral = new Referral(tier(tier), referral.after(), referral.audiences(), referral.time());
      return this;
    }

    /**
     * Wants a person's approval of the work before its verdict, by risk tier. It is bound to the
     * report and the attempt; the verdict names who decided.
     *
     * @param tier 1, 2 or 3: tasks whose spec has this risk tier or a riskier one; 1 is the
     *     riskiest. By default no tier wants it
     * @throws IllegalArgumentException if there is no such tier
     */
    public Builder approvalAfter(int tier) {
      referral = new Referral(referral.before(), tier(tier), referral.audiences(), referral.time());
      return this;
    }

    private static int tier(int tier) {
      if (tier < 1 || tier > 3) {
        throw new IllegalArgumentException("risk tiers are 1, 2 and 3, got " + tier);
      }
      return tier;
    }

    /**
     * Sets who is asked, for risk tiers and for rules that escalate. By default whoever the host
     * lets decide, who has a day.
     *
     * @param each how long each audience has before the next is asked; after the last the task
     *     fails
     * @param inOrder names or roles of the host, in order
     * @throws IllegalArgumentException if the time is not positive, or a name is empty
     */
    public Builder approvalBy(Duration each, String... inOrder) {
      Question checked = Question.of("x").to(inOrder).within(each);
      referral =
          new Referral(referral.before(), referral.after(), checked.audiences(), checked.time());
      return this;
    }

    /**
     * Sets the clocks; the machine's by default.
     *
     * @param sources clocks
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Sets the key that signs. By default a new key that ends with the process.
     *
     * @param key a {@link SigningKey}, or a signer that reaches a key elsewhere
     */
    public Builder key(Signer key) {
      this.key = key;
      return this;
    }

    /**
     * Lets one signature cover many verdicts. Each verdict goes into the log, and a checkpoint is
     * signed for every batch. One signature costs a millisecond, so a batch of 256 costs 4
     * microseconds a verdict.
     *
     * @param verdicts verdicts in a batch, at least 1
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder sealInBatches(int verdicts) {
      if (verdicts < 1) {
        throw new IllegalArgumentException("a batch has at least 1 verdict, got " + verdicts);
      }
      sealing.signEach = false;
      sealing.batch = verdicts;
      return this;
    }

    /**
     * Hands the signing of full batches to other threads. By default the task whose verdict fills a
     * batch pays for it: a signature and, with a folder, two forced writes, a millisecond or more.
     *
     * <p>A checkpoint that fails refuses all later verdicts; by default also the verdict that
     * filled the batch. If the executor rejects a checkpoint, the task's thread signs it.
     *
     * @param executor one thread is enough; the caller shuts it down, after {@link Caws#close}
     */
    public Builder checkpointsOn(Executor executor) {
      sealing.checkpoints = executor;
      return this;
    }

    /**
     * Hashes verdicts and signs none. A reader who keeps the hashes elsewhere sees a change, but
     * not who made a verdict.
     */
    public Builder sealHashedOnly() {
      sealing.signEach = false;
      sealing.batch = 0;
      return this;
    }

    /**
     * Keeps all verdicts in a folder. An existing log in it is continued.
     *
     * @param folder made if it is not there; to be used with the same {@link #key} next time
     */
    public Builder logTo(Path folder) {
      sealing.logFolder = folder;
      return this;
    }

    /**
     * Names the log in its checkpoints.
     *
     * @param origin such as {@code example.com/arbiter}, without spaces or plus signs; default
     *     {@code arbiter/verdicts}
     */
    public Builder origin(String origin) {
      sealing.origin = origin;
      return this;
    }

    /**
     * Gives every checkpoint to an anchor; may be called more than once.
     *
     * @param anchor keeps checkpoints where this process cannot change them
     */
    public Builder anchor(Anchor anchor) {
      sealing.anchors.add(anchor);
      return this;
    }

    /**
     * Builds the constitution and reads everything once. A file that cannot be read refuses tasks
     * later; it does not fail here.
     *
     * @return the constitution
     * @throws UncheckedIOException if the log's folder cannot be used
     * @throws IllegalStateException if the log's entries are not those its checkpoint signed, or it
     *     has entries and no checkpoint, or one behind the checkpoint that the key did not write,
     *     or an anchor remembers another log; or if an anchor is given and no log
     */
    public Caws build() {
      return new Caws(this);
    }
  }
}
