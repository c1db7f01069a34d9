/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.PolicySnapshot.Named;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Severity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides about working specs, and about changes made under them, without running a task: what the
 * command line and a build server ask.
 *
 * <p>Given only specs, it checks specs. Given a policy it checks that too. Given changes, it checks
 * scope and budget as {@link Caws} does, and then a spec that is not active, or an experiment that
 * has ended, denies. Gates that need evidence are not its business. It takes no use of a waiver.
 *
 * <p>Immutable; nothing that is given makes {@link #validate} throw.
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
   * @return what was found
   */
  public Validation validate(String specText) {
    SpecReader.Reading reading = SpecReader.read(specText, dialect);
    Findings notes = new Findings();
    notes.addAll(reading.findings());
    notes.addAll(unread);
    boolean readable = !isUnread(reading.findings()) && !isUnread(unread);
    PolicySnapshot rules = null;
    if (policyText != null || changes != null || !waivers.isEmpty()) {
      rules = PolicySnapshot.read(policyText, waivers, List.of());
      readable &= !isUnread(rules.errors());
      for (Finding error : rules.errors()) {
        boolean nobodyAsked = policyText == null && changes == null;
        if (!(nobodyAsked && error.ruleId().equals("policy.schema.missing"))) {
          notes.add(error);
        }
      }
      policyForm(reading, notes);
    }
    Validation.Budget budget = Validation.Budget.NONE;
    Spec spec = reading.spec();
    if (spec != null) {
      standing(spec, notes);
      if (rules != null && rules.policy() != null) {
        budget = new BudgetCheck(specText, spec, rules, now, notes).decide(changes);
      }
    }
    Validation.Outcome outcome =
        !readable
            ? Validation.Outcome.UNUSABLE
            : notes.hasErrors() ? Validation.Outcome.DENIED : Validation.Outcome.ALLOWED;
    List<Finding> located = new FindingLines(specText, policyText).locate(notes.all());
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

  /** A policy without a field that only older ones have is held to policy.v1 beside a v1 spec. */
  private void policyForm(SpecReader.Reading reading, Findings notes) {
    if (policyText == null || reading.dialect() != Dialect.V1) {
      return;
    }
    try {
      Node.Fields root = Document.object(policyText);
      boolean strict = dialect == Dialect.V1 || !PolicySchema.isLegacy(root);
      PolicySchema.check(root, strict ? Severity.ERROR : Severity.WARNING, notes);
    } catch (Unreadable e) {
      // PolicySnapshot.read has said so
    }
  }

  private void standing(Spec spec, Findings notes) {
    Severity severity = changes == null ? Severity.INFO : Severity.ERROR;
    Finding dormant = spec.dormant();
    if (dormant != null) {
      notes.add(
          new Finding(
              dormant.ruleId(), severity, dormant.place(), dormant.line(), dormant.message()));
    }
    Instant until = spec.experimentalUntil();
    if (until != null && !until.isAfter(now)) {
      notes.add(
          new Finding(
              "spec.semantic.experimental_mode.expired",
              changes == null ? Severity.WARNING : Severity.ERROR,
              "/experimental_mode/expires_at",
              "experimental_mode ended " + until + "; renew it or remove it"));
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
     * Says by which rules specs are read.
     *
     * @param wanted default {@link Dialect#AUTO}
     * @return this
     */
    public Builder dialect(Dialect wanted) {
      this.dialect = wanted;
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
     * Adds a waiver.
     *
     * @param place what to call it in findings
     * @param text YAML or JSON in one of the three shapes
     * @return this
     */
    public Builder waiver(String place, String text) {
      waivers.add(new Named(place, text));
      return this;
    }

    /**
     * Adds the YAML and JSON files of a folder; one that cannot be read makes the input unusable.
     *
     * @param folder or a single file
     * @return this
     */
    public Builder waivers(Path folder) {
      for (Path file : ProjectFiles.list(folder, unread)) {
        String name = String.valueOf(file.getFileName());
        try {
          waiver(name, new FileText(file, () -> now).current());
        } catch (Unreadable e) {
          unread.add(
              Finding.error("waiver.schema." + e.rule(), name, name + " " + e.reason())
                  .onLine(e.line()));
        }
      }
      return this;
    }

    /**
     * Gives the changes to hold against scope and budget.
     *
     * @param measured what changed
     * @return this
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
