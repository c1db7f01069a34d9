/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Durable;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Points of agents for what they did, as an account that people read. Routers do not look at it:
 * they learn from outcomes, and points are chosen numbers.
 *
 * <p>Add it with {@code Arbiter.builder().listener(ledger)}; it keeps what it knows in the store.
 * Points are multiplied by the weight of the task, gains by 1.5 from the fifth success in a row on,
 * losses by 1.5 from the third failure in a row on. What an agent's practices are worth to others
 * is {@link Practices#credit}.
 *
 * <p>Thread-safe, under one lock. Memory: 10,000 accounts, those used longest ago go first.
 */
public final class CreditLedger implements ArbiterListener, Durable {
  /** The weight of a task that is harder than usual. */
  public static final double COMPLEX = 1.3;

  /** The weight of a task that is an emergency: one of priority 10, unless the host says else. */
  public static final double EMERGENCY = 2;

  private static final String MAGIC = "arbiter credit";
  private static final int MOST_ACCOUNTS = 10_000;
  private static final int LONG_STREAK = 5;
  private static final int BAD_STREAK = 3;
  private static final double STREAK = 1.5;
  private static final double MOST_WEIGHT = 100;
  private static final double GOOD = .8;
  private static final double POOR = .5;

  private final Object lock = new Object();
  private final Recent<Owner, Points> accounts = new Recent<>(MOST_ACCOUNTS);
  private final EndedAttempts attempts = new EndedAttempts();
  private final ToDoubleFunction<Task> weight;

  private record Owner(String tenant, String agent) {}

  /* streak counts successes in a row upwards from 0, failures downwards. */
  private static final class Points {
    private final Map<Entry, Double> entries = new EnumMap<>(Entry.class);
    private long attempts;
    private int streak;
  }

  private CreditLedger(ToDoubleFunction<Task> weight) {
    this.weight = weight;
  }

  /** What points are for. */
  public enum Entry {
    /** The work was accepted. */
    SUCCESS(10),
    /** Its answer won a ballot, a debate or a judgement. */
    ARBITRATION_WON(15),
    /** The constitution approved the work without a waiver. */
    COMPLIANT(5),
    /** The quality of accepted work was .8 or more. */
    HIGH_QUALITY(8),
    /** Accepted before the deadline of the task. */
    TIMELY(3),
    /** The agent failed. */
    FAILURE(-15),
    /** Another answer won. */
    ARBITRATION_LOST(-10),
    /** The constitution denied the work. */
    VIOLATION(-20),
    /** The quality of accepted work was below .5. */
    LOW_QUALITY(-8),
    /** The agent took longer than it might. */
    LATE(-5);

    private final int points;

    Entry(int points) {
      this.points = points;
    }

    /** {@return the points, before weights} */
    public int points() {
      return points;
    }
  }

  /**
   * The account of an agent.
   *
   * @param agent the agent
   * @param points the sum
   * @param attempts attempts that were counted
   * @param streak successes in a row; failures in a row as a negative number
   * @param entries the sum of each kind of entry
   */
  public record Account(
      String agent, double points, long attempts, int streak, Map<Entry, Double> entries) {
    /** Copies. */
    public Account {
      entries = Map.copyOf(entries);
    }
  }

  /** {@return a ledger in which tasks of priority 10 weigh 2, and all others 1} */
  public static CreditLedger create() {
    return weighing(task -> task.priority() == 10 ? EMERGENCY : 1);
  }

  /**
   * {@return a ledger with weights of the host}
   *
   * @param weight of a task, such as {@link #COMPLEX}; above 0, at most 100; what is outside counts
   *     as 1
   */
  public static CreditLedger weighing(ToDoubleFunction<Task> weight) {
    return new CreditLedger(weight);
  }

  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof TaskEvent step) {
      synchronized (lock) {
        EndedAttempt ended = attempts.on(step);
        if (ended != null
            && (ended.isByAgent() || ended.cause().equals(Optional.of(FailureCause.DEADLINE)))) {
          count(ended);
        }
      }
    }
  }

  private void count(EndedAttempt ended) {
    Points points = points(ended.task().tenant(), ended.agent());
    points.attempts++;
    boolean passed = ended.passed();
    points.streak = passed ? Math.max(0, points.streak) + 1 : Math.min(0, points.streak) - 1;
    double factor = weightOf(ended.task());
    for (Entry entry : entries(ended)) {
      boolean isStreak =
          entry.points() > 0 ? points.streak >= LONG_STREAK : points.streak <= -BAD_STREAK;
      points.entries.merge(entry, entry.points() * factor * (isStreak ? STREAK : 1), Double::sum);
    }
  }

  private static List<Entry> entries(EndedAttempt ended) {
    List<Entry> entries = new ArrayList<>();
    if (ended.passed()) {
      entries.add(Entry.SUCCESS);
      if (ended.verdict().filter(Verdict.Approved.class::isInstance).isPresent()) {
        entries.add(Entry.COMPLIANT);
      }
      if (ended.outcome() >= GOOD) {
        entries.add(Entry.HIGH_QUALITY);
      }
      if (ended.outcome() < POOR) {
        entries.add(Entry.LOW_QUALITY);
      }
      if (ended.task().deadline().isPresent()) {
        entries.add(Entry.TIMELY);
      }
    } else {
      entries.add(Entry.FAILURE);
      FailureCause cause = ended.cause().orElseThrow();
      if (cause == FailureCause.DENIED) {
        entries.add(Entry.VIOLATION);
      }
      if (cause == FailureCause.AGENT_TIMEOUT || cause == FailureCause.DEADLINE) {
        entries.add(Entry.LATE);
      }
    }
    return entries;
  }

  private double weightOf(Task task) {
    double given = weight.applyAsDouble(task);
    return given > 0 && given <= MOST_WEIGHT ? given : 1;
  }

  private Points points(String tenant, String agent) {
    Owner owner = new Owner(tenant, agent);
    Points points = accounts.get(owner);
    if (points == null) {
      points = new Points();
      accounts.put(owner, points);
    }
    return points;
  }

  /**
   * Notes that an answer of an agent won or lost among several.
   *
   * @param task the task
   * @param agent the agent
   * @param won whether its answer was taken
   * @throws IllegalArgumentException if the agent is no name
   */
  public void arbitrated(Task task, String agent, boolean won) {
    Require.name("agent", agent, false);
    Entry entry = won ? Entry.ARBITRATION_WON : Entry.ARBITRATION_LOST;
    synchronized (lock) {
      points(task.tenant(), agent)
          .entries
          .merge(entry, entry.points() * weightOf(task), Double::sum);
    }
  }

  /**
   * {@return the accounts of a tenant, the highest first}
   *
   * @param tenant the tenant
   */
  public List<Account> accounts(String tenant) {
    List<Account> all = new ArrayList<>();
    synchronized (lock) {
      accounts.forEach(
          (owner, points) -> {
            if (owner.tenant().equals(tenant)) {
              double sum = points.entries.values().stream().mapToDouble(p -> p).sum();
              all.add(
                  new Account(owner.agent(), sum, points.attempts, points.streak, points.entries));
            }
          });
    }
    all.sort(Comparator.comparingDouble(Account::points).reversed().thenComparing(Account::agent));
    return all;
  }

  @Override
  public String durableName() {
    return "credit";
  }

  @Override
  public byte[] snapshot() {
    synchronized (lock) {
      return Kept.write(
          MAGIC,
          out -> {
            out.writeInt(accounts.size());
            List<Map.Entry<Owner, Points>> all = new ArrayList<>();
            accounts.forEach((owner, points) -> all.add(Map.entry(owner, points)));
            for (Map.Entry<Owner, Points> account : all) {
              out.writeUTF(account.getKey().tenant());
              out.writeUTF(account.getKey().agent());
              Points points = account.getValue();
              out.writeLong(points.attempts);
              out.writeInt(points.streak);
              out.writeInt(points.entries.size());
              for (Map.Entry<Entry, Double> entry : points.entries.entrySet()) {
                out.writeUTF(entry.getKey().name());
                out.writeDouble(entry.getValue());
              }
            }
          });
    }
  }

  @Override
  public void restore(byte[] snapshot) {
    synchronized (lock) {
      Kept.read(
          MAGIC,
          snapshot,
          in -> {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
              Points points = points(in.readUTF(), in.readUTF());
              points.attempts = in.readLong();
              points.streak = in.readInt();
              int entries = in.readInt();
              for (int e = 0; e < entries; e++) {
                points.entries.put(Entry.valueOf(in.readUTF()), in.readDouble());
              }
            }
          });
    }
  }
}
