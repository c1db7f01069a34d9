/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import dev.arbiter.task.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The rules that hold for every task, whatever its spec says.
 *
 * <p>Facts that are always there: {@code task.type}, {@code task.tenant}, {@code task.priority},
 * {@code task.payload}, {@code spec.id}, {@code spec.tier}, {@code spec.mode}; {@code
 * task.deadline_ms} where there is one; after the work also {@code agent}, {@code attempt}, {@code
 * timeout_ms}, {@code report.output}, {@code report.files}, {@code report.lines}, {@code
 * report.paths}, {@code usage.cost}, {@code usage.tokens}. A host adds its own with {@link
 * #facts(Function)}.
 *
 * <p>Immutable and thread-safe; looking at the twelve defaults costs a few microseconds. A host's
 * function that throws refuses the task; a listener that throws is counted and otherwise ignored.
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
   * Takes rules.
   *
   * @param rules at most 200, each id once
   * @return the rules
   * @throws IllegalArgumentException if there are more, or an id is there twice
   */
  public static ConstitutionalRules of(List<ConstitutionalRule> rules) {
    long ids = rules.stream().map(ConstitutionalRule::id).distinct().count();
    if (ids != rules.size() || ids > MOST) {
      throw new IllegalArgumentException(
          "at most "
              + MOST
              + " rules, each id once; got "
              + rules.size()
              + " with "
              + ids
              + " ids");
    }
    return new ConstitutionalRules(
        List.copyOf(rules), task -> Map.of(), assessment -> {}, new AtomicLong());
  }

  /**
   * Twelve rules, two for each principle.
   *
   * @return the defaults
   */
  public static ConstitutionalRules defaults() {
    return of(DefaultRules.all());
  }

  /**
   * The same rules and one more.
   *
   * @param rule has an id of its own
   * @return a copy
   */
  public ConstitutionalRules with(ConstitutionalRule rule) {
    List<ConstitutionalRule> more = new ArrayList<>(rules);
    more.add(rule);
    return new ConstitutionalRules(of(more).rules, facts, listener, listenerFailures);
  }

  /**
   * Adds facts about a task that only the host knows, such as {@code resources.memory_bytes}.
   *
   * @param about called from many threads, before the work and after; cannot change the facts above
   * @return a copy
   */
  public ConstitutionalRules facts(Function<Task, Map<String, ?>> about) {
    return new ConstitutionalRules(rules, about, listener, listenerFailures);
  }

  /**
   * Tells somebody of every assessment.
   *
   * @param audit called on the thread that admits or judges
   * @return a copy
   */
  public ConstitutionalRules listener(Consumer<Assessment> audit) {
    return new ConstitutionalRules(rules, facts, audit, listenerFailures);
  }

  /**
   * The rules.
   *
   * @return in the order given
   */
  public List<ConstitutionalRule> rules() {
    return rules;
  }

  /**
   * How often the listener threw.
   *
   * @return at least 0
   */
  public long listenerFailures() {
    return listenerFailures.get();
  }

  /**
   * Looks at the rules.
   *
   * @param phase before: only rules of that phase; after: all
   * @param task the task
   * @param known what was measured about it
   * @param at when
   * @return what was broken
   */
  public Assessment assess(Phase phase, Task task, Facts known, Instant at) {
    Facts all = known.and(Facts.of(facts.apply(task)));
    List<Assessment.Violation> violations = new ArrayList<>();
    int looked = 0;
    int score = 100;
    for (ConstitutionalRule rule : rules) {
      if (phase == Phase.BEFORE && rule.phase() == Phase.AFTER) {
        continue;
      }
      looked++;
      String reason = rule.broken(all);
      if (!reason.isEmpty()) {
        violations.add(new Assessment.Violation(rule, reason));
        score -= rule.gravity().points();
      }
    }
    Assessment assessment =
        new Assessment(
            task.tenant() + "/" + task.id(), phase, at, looked, violations, Math.max(0, score));
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
}
