/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRule.Remedy;
import dev.arbiter.task.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The rules that hold for every task, independent of its spec.
 *
 * <p>Every task has the facts {@code task.type}, {@code task.tenant}, {@code task.priority}, {@code
 * task.payload}, {@code spec.id}, {@code spec.tier}, {@code spec.mode}; {@code task.deadline_ms} if
 * it has a deadline; after the work also {@code agent}, {@code attempt}, {@code timeout_ms}, {@code
 * report.output}, {@code report.files}, {@code report.lines}, {@code report.paths}, {@code
 * usage.cost}, {@code usage.tokens}. A host adds its own with {@link #facts(Function)}.
 *
 * <p>Immutable and thread-safe. Evaluating the twelve defaults costs a few microseconds. If a
 * host's function throws, the task is refused. If a listener throws, the exception is counted and
 * ignored.
 */
public final class ConstitutionalRules {
  private static final int MOST = 200;

  private final List<ConstitutionalRule> rules;
  private final Function<Task, Map<String, ?>> facts;
  private final Consumer<Assessment> listener;
  private final AtomicLong listenerFailures;

  private ConstitutionalRules(
      List<ConstitutionalRule> rules,
      Function<Task, Map<String, ?>> facts,
      Consumer<Assessment> listener,
      AtomicLong listenerFailures) {
    this.rules = rules;
    this.facts = facts;
    this.listener = listener;
    this.listenerFailures = listenerFailures;
  }

  /**
   * Creates a set of rules.
   *
   * @param rules at most 200, each id once
   * @return the rules
   * @throws IllegalArgumentException if there are more, or an id is there twice
   */
  public static ConstitutionalRules of(List<ConstitutionalRule> rules) {
    long ids = rules.stream().map(ConstitutionalRule::id).distinct().count();
    if (ids != rules.size() || ids > MOST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "at most %s rules, each id once; got %s with %s ids",
              MOST,
              rules.size(),
              ids));
    }
    return new ConstitutionalRules(
        List.copyOf(rules), task -> Map.of(), assessment -> {}, new AtomicLong());
  }

  /** {@return the default rules: twelve, two for each principle; the defaults} */
  public static ConstitutionalRules defaults() {
    return of(DefaultRules.all());
  }

  /**
   * Adds a rule.
   *
   * @param rule has an id that no other rule has
   * @return a copy
   */
  public ConstitutionalRules with(ConstitutionalRule rule) {
    List<ConstitutionalRule> more = new ArrayList<>(rules);
    more.add(rule);
    return new ConstitutionalRules(of(more).rules, facts, listener, listenerFailures);
  }

  /**
   * {@return the rules with one remedy, with the same facts and without the listener}
   *
   * @param remedy the remedy
   */
  public ConstitutionalRules only(Remedy remedy) {
    List<ConstitutionalRule> some = rules.stream().filter(rule -> rule.remedy() == remedy).toList();
    return new ConstitutionalRules(some, facts, assessment -> {}, new AtomicLong());
  }

  /**
   * Adds facts about a task that only the host knows, such as {@code resources.memory_bytes}.
   *
   * @param about called from many threads, before the work and after; cannot replace the facts
   *     listed above
   * @return a copy
   */
  public ConstitutionalRules facts(Function<Task, Map<String, ?>> about) {
    return new ConstitutionalRules(rules, about, listener, listenerFailures);
  }

  /**
   * Sets a listener for every assessment.
   *
   * @param audit called on the thread that admits or judges
   * @return a copy
   */
  public ConstitutionalRules listener(Consumer<Assessment> audit) {
    return new ConstitutionalRules(rules, facts, audit, listenerFailures);
  }

  /** {@return the rules; in the order given} */
  public List<ConstitutionalRule> rules() {
    return rules;
  }

  /** {@return how often the listener threw; at least 0} */
  public long listenerFailures() {
    return listenerFailures.get();
  }

  /**
   * Evaluates the rules.
   *
   * @param phase BEFORE evaluates only rules of that phase, AFTER evaluates all
   * @param task the task
   * @param known the facts that were measured
   * @param at when
   * @return the assessment, with every broken rule
   */
  public Assessment assess(Phase phase, Task task, Facts known, Instant at) {
    Facts all = known.and(Facts.of(facts.apply(task)));
    List<Assessment.Violation> violations = new ArrayList<>();
    int evaluated = 0;
    int score = 100;
    for (ConstitutionalRule rule : rules) {
      if (phase == Phase.BEFORE && rule.phase() == Phase.AFTER) {
        continue;
      }
      evaluated++;
      String reason = rule.broken(all);
      if (!reason.isEmpty()) {
        violations.add(new Assessment.Violation(rule, reason));
        score -= rule.severity().points();
      }
    }
    Assessment assessment =
        new Assessment(
            task.tenant() + "/" + task.id(), phase, at, evaluated, violations, Math.max(0, score));
    tell(assessment);
    return assessment;
  }

  private void tell(Assessment assessment) {
    try {
      listener.accept(assessment);
    } catch (RuntimeException e) {
      listenerFailures.incrementAndGet();
    }
  }

  /**
   * The result of evaluating all rules once: an entry for an audit.
   *
   * @param subject tenant and task, such as {@code acme/T-42}
   * @param phase before or after the work
   * @param at when
   * @param rules how many rules were evaluated
   * @param violations the broken rules
   * @param score 100 less 5, 15, 30 or 50 for each violation by its severity, at least 0
   */
  public record Assessment(
      String subject, Phase phase, Instant at, int rules, List<Violation> violations, int score) {

    /** Copies. */
    public Assessment {
      violations = List.copyOf(violations);
    }

    /**
     * A broken rule.
     *
     * @param rule the rule
     * @param reason the condition that does not hold; never the fact's value, which may be private
     */
    public record Violation(ConstitutionalRule rule, String reason) {}
  }
}
