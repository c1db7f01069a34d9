/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.WaiverResolver.Ruling;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.Policy;
import dev.arbiter.caws.internal.project.PolicyReader;
import dev.arbiter.caws.internal.project.PolicySchema;
import dev.arbiter.caws.internal.project.PolicySnapshot;
import dev.arbiter.caws.internal.project.PolicySnapshot.Named;
import dev.arbiter.caws.internal.project.Spec;
import dev.arbiter.caws.internal.project.SpecReader;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.text.FileText;
import dev.arbiter.caws.internal.text.FindingLines;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides about working specs, and about changes made under them, without running a task. The
 * command line and build servers use it.
 *
 * <p>Given only a spec, it checks the spec. Given a policy, it checks the policy too. Given
 * changes, it decides scope and budget by the same class as {@link Caws}; then a spec that is not
 * active, or an experiment that has ended, denies. It ignores gates that need evidence, and takes
 * no use of a waiver.
 *
 * <p>A breach of the schema policy.v1 that {@link Caws} does not care about, such as a gate of the
 * host's own, is a warning; with {@link Dialect#V1} given it is an error, as in the CAWS kernel.
 *
 * <p>Immutable. {@link #validate} throws for no text.
 */
public final class SpecValidator {
  private final Dialect dialect;
  private final @Nullable String policyText;
  private final List<Named> waivers;
  private final List<Finding> unread;
  private final @Nullable ChangeSet changes;
  private final Instant now;

  private SpecValidator(Builder from) {
    this.dialect = from.dialect;
    this.policyText = from.policyText;
    this.waivers = List.copyOf(from.waivers);
    this.unread = List.copyOf(from.unread);
    this.changes = from.changes;
    this.now = from.now;
  }

  /**
   * Starts a validator.
   *
   * @param now the moment at which waivers and experiments are judged
   * @return a builder
   */
  public static Builder at(Instant now) {
    return new Builder(now);
  }

  /**
   * Decides about one spec.
   *
   * @param specText YAML or JSON
   * @return the decision and its findings
   */
  public Validation validate(String specText) {
    SpecReader.Reading reading = SpecReader.read(specText, dialect);
    PolicyReader.Reading policy = policyText == null ? null : PolicyReader.read(policyText);
    Findings notes = new Findings();
    notes.addAll(reading.findings());
    notes.addAll(unread);
    boolean readable = !isUnread(reading.findings()) && !isUnread(unread);
    PolicySnapshot rules = null;
    if (policy != null || changes != null || !waivers.isEmpty()) {
      rules = PolicySnapshot.read(policy, waivers, PolicySnapshot.Ledger.NONE, List.of());
      readable &= !isUnread(rules.errors());
      boolean needsPolicy = policy != null || changes != null;
      for (Finding error : rules.errors()) {
        if (needsPolicy || !error.ruleId().equals("policy.schema.missing")) {
          notes.add(error);
        }
      }
    }
    Node.Fields policyTree = policy == null ? null : policy.root();
    if (policyTree != null && reading.dialect() == Dialect.V1) {
      Severity severity = dialect == Dialect.V1 ? Severity.ERROR : Severity.WARNING;
      PolicySchema.check(policyTree, severity, notes);
    }
    Validation.Budget budget = Validation.Budget.NONE;
    Spec spec = reading.spec();
    if (spec != null) {
      lifecycle(spec, notes);
      if (rules != null && rules.policy() != null) {
        budget = budget(specText, spec, rules.policy(), rules, notes);
      }
    }
    Validation.Outcome outcome =
        !readable
            ? Validation.Outcome.UNUSABLE
            : notes.hasErrors() ? Validation.Outcome.DENIED : Validation.Outcome.ALLOWED;
    List<Finding> located = new FindingLines(reading.root(), policyTree).locate(notes.all());
    return new Validation(
        outcome, reading.dialect(), Sanitizer.text(reading.id(), 128), located, budget);
  }

  private static boolean isUnread(List<Finding> findings) {
    return findings.stream()
        .anyMatch(
            finding ->
                finding.ruleId().startsWith("spec.yaml.")
                    || finding.ruleId().startsWith("policy.yaml.")
                    || finding.ruleId().startsWith("waiver.schema.")
                    || finding.ruleId().equals("caws.folder_unreadable"));
  }

  private void lifecycle(Spec spec, Findings notes) {
    Finding dormant = spec.dormant();
    if (dormant != null) {
      Severity severity = changes == null ? Severity.INFO : Severity.ERROR;
      notes.add(
          new Finding(
              dormant.ruleId(), severity, dormant.place(), dormant.line(), dormant.message()));
    }
    Instant until = spec.experimentalUntil();
    if (until != null && !until.isAfter(now)) {
      Severity severity = changes == null ? Severity.WARNING : Severity.ERROR;
      notes.add(Spec.experimentEnded(until, severity));
    }
  }

  /**
   * Scope and budget as a judgement decides them, had this work been reported. Every waiver that
   * counts raises the limit, even if the work needs no more; no use of a waiver is taken.
   */
  private Validation.Budget budget(
      String specText, Spec spec, Policy policy, PolicySnapshot rules, Findings notes) {
    notes.addAll(policy.warnings());
    Policy.Tier tier = policy.tiers().get(spec.tier());
    EffectiveSpec.agree(spec, tier, notes);
    Policy.Tier limit = tier == null ? new Policy.Tier(0, 0, Set.of(), false) : tier;
    EffectiveSpec effective =
        new EffectiveSpec(spec, specText, policy, limit, rules.waivers(), "", List.of());
    ChangeSet work = changes == null ? ChangeSet.none() : changes;
    BudgetCheck check = new BudgetCheck(effective, work.changes(), work.movedFrom());
    notes.addAll(check.integrity().all());

    boolean inScope = check.isInScope();
    Set<String> wanted =
        inScope ? Set.of(GateRule.BUDGET) : Set.of(GateRule.BUDGET, GateRule.SCOPE);
    Ruling ruling =
        new WaiverResolver(null)
            .rule(
                new WaiverResolver.Case(effective, rules, "", "", now, WaiverResolver.Use.none()),
                wanted);
    List<Waiver> raising = BudgetCheck.covering(GateRule.BUDGET, ruling);
    List<Waiver> lifting = inScope ? List.of() : BudgetCheck.covering(GateRule.SCOPE, ruling);
    check.raise(raising);

    EvidenceGates.Failures failures = new EvidenceGates.Failures(notes);
    for (GateRule gate : policy.gates()) {
      if (gate.name().equals(GateRule.SCOPE) && lifting.isEmpty()) {
        check.scope(gate, failures);
      } else if (gate.name().equals(GateRule.BUDGET) && changes != null && tier != null) {
        check.budget(gate, failures, notes);
      }
    }
    failures.blocked().values().forEach(found -> notes.addAll(found.all()));
    Judgement.Budget decided = check.budget();
    return new Validation.Budget(
        tier == null
            ? Optional.empty()
            : Optional.of(new Validation.Amount(decided.fileLimit(), decided.lineLimit())),
        changes == null
            ? Optional.empty()
            : Optional.of(new Validation.Amount(decided.files(), decided.lines())),
        ruling.counted.stream()
            .filter(waiver -> raising.contains(waiver) || lifting.contains(waiver))
            .map(Waiver::id)
            .toList(),
        ruling.skipped.stream()
            .map(skip -> new Validation.Skipped(skip.id(), skip.reason()))
            .toList());
  }

  /**
   * The answer of a validator.
   *
   * @param outcome whether the spec, and the changes if there are any, are allowed
   * @param dialect by which the spec was read; {@code AUTO} only when it is no document
   * @param spec the id the spec gives itself; empty when it has none
   * @param findings errors first
   * @param budget limit and use, as far as policy and changes were given
   */
  public record Validation(
      Outcome outcome, Dialect dialect, String spec, List<Finding> findings, Budget budget) {
    /** Copies the lists. */
    public Validation {
      findings = List.copyOf(findings);
    }

    /**
     * Returns the answer for input that could not be read.
     *
     * @param dialect as it was asked for
     * @param findings the input that could not be read, and why
     * @return an unusable answer
     */
    public static Validation unusable(Dialect dialect, List<Finding> findings) {
      return new Validation(Outcome.UNUSABLE, dialect, "", findings, Budget.NONE);
    }

    /** The answer in one word. */
    public enum Outcome {
      /** No rule is broken. */
      ALLOWED,
      /** At least one rule is broken. */
      DENIED,
      /** Something could not be read, so nothing was decided. */
      UNUSABLE
    }

    /**
     * Files and lines.
     *
     * @param files at least 0
     * @param lines added and removed together, at least 0
     */
    public record Amount(long files, long lines) {}

    /**
     * A waiver that does not count.
     *
     * @param id the waiver
     * @param reason one word, such as {@code expired}
     */
    public record Skipped(String id, String reason) {}

    /**
     * Limit and use.
     *
     * @param limit the tier's limit with the waivers that count; empty without a policy that has
     *     the tier
     * @param used the changes; empty when none were given
     * @param waiversApplied ids of the waivers that count
     * @param waiversSkipped the waivers that do not count, and why
     */
    public record Budget(
        Optional<Amount> limit,
        Optional<Amount> used,
        List<String> waiversApplied,
        List<Skipped> waiversSkipped) {
      static final Budget NONE =
          new Budget(Optional.empty(), Optional.empty(), List.of(), List.of());

      /** Copies the lists. */
      public Budget {
        waiversApplied = List.copyOf(waiversApplied);
        waiversSkipped = List.copyOf(waiversSkipped);
      }
    }
  }

  /** Collects the parts of a {@link SpecValidator}; not thread-safe. */
  public static final class Builder {
    private final Instant now;
    private Dialect dialect = Dialect.AUTO;
    private @Nullable String policyText;
    private final List<Named> waivers = new ArrayList<>();
    private final List<Finding> unread = new ArrayList<>();
    private @Nullable ChangeSet changes;

    private Builder(Instant now) {
      this.now = now;
    }

    /**
     * Sets the rules by which specs are read.
     *
     * @param wanted default {@link Dialect#AUTO}
     */
    public Builder dialect(Dialect wanted) {
      this.dialect = wanted;
      return this;
    }

    /**
     * Sets the policy.
     *
     * @param text YAML or JSON in one of the three shapes
     */
    public Builder policy(String text) {
      this.policyText = text;
      return this;
    }

    /**
     * Adds a waiver.
     *
     * @param place its name in findings
     * @param text YAML or JSON in one of the three shapes
     */
    public Builder waiver(String place, String text) {
      waivers.add(new Named(place, text));
      return this;
    }

    /**
     * Adds the YAML and JSON files of a folder; one that cannot be read makes the input unusable.
     *
     * @param folder or a single file
     */
    public Builder waivers(Path folder) {
      for (Path file : FileText.list(folder, unread)) {
        String name = String.valueOf(file.getFileName());
        try {
          waiver(name, new FileText(file, () -> now).current());
        } catch (Unreadable e) {
          unread.add(e.finding("waiver.schema.", file));
        }
      }
      return this;
    }

    /**
     * Sets the changes to check against scope and budget.
     *
     * @param measured the changes
     */
    public Builder changes(ChangeSet measured) {
      this.changes = measured;
      return this;
    }

    /**
     * Builds the validator.
     *
     * @return the validator
     */
    public SpecValidator build() {
      return new SpecValidator(this);
    }
  }
}
