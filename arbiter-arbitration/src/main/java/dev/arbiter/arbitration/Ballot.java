/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides between answers of several agents, and learns from outcomes what the vote of each is
 * worth at each type of task.
 *
 * <p>Weights are log-odds of each agent's record while few outcomes are known, and a softmax
 * regression around them later; an agent whose vote makes the other answers likelier has a negative
 * weight. A clear leader decides alone if it beat the weights by more than chance would, on
 * outcomes that were held back from both, and no evidence speaks against its answer or for another.
 * So a ballot is not worse than its best agent by more than a point, whatever the others are;
 * figures are in the module's README.
 *
 * <p>The decision does not depend on the order of the answers, and nothing is drawn by chance.
 * Thread-safe; {@link #decide} takes no lock. It costs about a microsecond for ten short answers.
 * {@link #learn} computes new weights whenever the remembered outcomes have grown by a tenth: some
 * 50 ms for 1,000 outcomes of 29 agents. The newest 2,000 outcomes, 256 agents and 256 types are
 * remembered.
 */
public final class Ballot implements Durable {
  private static final double MOST_HISTORY = 50;
  private static final double REFIT_AFTER = .1;
  private static final double TWO_THIRDS = 2.0 / 3;

  private final String name;
  private final Equivalence equivalence;
  private final List<Reply> options;
  private final Consensus rule;
  private final boolean evenIfUnequal;
  private final @Nullable PerformanceView history;

  private final Object lock = new Object();
  private PollMemory memory = new PollMemory();
  private int fresh;
  private long learned;
  private volatile State state;

  /* All that a decision reads, replaced as a whole. */
  private record State(
      Map<String, Integer> agents, Map<String, Integer> types, Weights weights, int polls) {}

  /**
   * A ballot whose right answer is known.
   *
   * @param tally the decision
   * @param right says of an answer whether it is right
   */
  public record Lesson(Tally tally, Predicate<String> right) {}

  private Ballot(Builder builder) {
    name = builder.name;
    equivalence = builder.equivalence;
    options = builder.options.stream().map(text -> Reply.of("option", text)).toList();
    rule = builder.rule;
    evenIfUnequal = builder.evenIfUnequal;
    history = builder.history;
    state = fitted();
  }

  /** {@return a ballot with the defaults of the builder} */
  public static Ballot create() {
    return builder().build();
  }

  /** {@return a builder with defaults for everything} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Decides by the rule of this ballot.
   *
   * @param type the type of the task
   * @param replies of an agent that is there twice, two different answers are an abstention
   * @return the decision with its reasons; also if nobody answered
   */
  public Tally decide(String type, List<Reply> replies) {
    return decide(type, replies, rule);
  }

  /**
   * Decides by a rule.
   *
   * @param type the type of the task
   * @param replies as above
   * @param by how votes become a decision
   * @return the decision with its reasons
   */
  public Tally decide(String type, List<Reply> replies, Consensus by) {
    Reply[] sorted = replies.toArray(new Reply[0]);
    Arrays.sort(sorted, Comparator.comparing(Reply::agent));
    int[] groups = equivalence.groups(sorted, options);
    Votes votes = Votes.of(type, sorted, groups, options);
    State now = current(sorted);
    double[] weights = new double[votes.size()];
    int typeRow = now.types.getOrDefault(type, -1);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = now.weights.of(typeRow, now.agents.getOrDefault(votes.agent(i), -1));
    }
    Tally weighed =
        Tally.weigh(votes, weights, options.isEmpty() ? now.weights.none(typeRow) : Double.NaN);
    Tally learned = weighed.after(now.polls);
    return switch (by) {
      case WEIGHTED_MAJORITY -> underLeader(learned, now);
      case SIMPLE_MAJORITY -> evenIfUnequal ? learned.count(by, .5, false) : unlessUnequal(learned);
      case SUPERMAJORITY -> learned.count(by, TWO_THIRDS, true);
      case UNANIMOUS -> learned.count(by, 1, true);
    };
  }

  private Tally underLeader(Tally tally, State now) {
    int leader = now.weights.leader();
    for (int i = 0; leader >= 0 && i < tally.votes().size(); i++) {
      if (now.agents.getOrDefault(tally.votes().agent(i), -1) == leader) {
        return tally.ledBy(i, now.weights.leaderShare());
      }
    }
    return tally;
  }

  private Tally unlessUnequal(Tally tally) {
    List<Standing> records =
        tally.votes().agents().stream().map(agent -> standing(agent, "")).toList();
    for (Standing one : records) {
      for (Standing other : records) {
        if (one.asked() > 0 && other.asked() > 0 && one.low() > other.high()) {
          return tally.refused(
              String.format(
                  Locale.ROOT,
                  "the records of %s (%.0f to %.0f %%) and %s (%.0f to %.0f %%) differ clearly, and"
                      + " among unequal agents one vote each loses to the best of them; use"
                      + " weighted_majority, or tell the builder evenIfUnequal()",
                  one.agent(),
                  100 * one.low(),
                  100 * one.high(),
                  other.agent(),
                  100 * other.low(),
                  100 * other.high()));
        }
      }
    }
    return tally.count(Consensus.SIMPLE_MAJORITY, .5, false);
  }

  private State current(Reply[] replies) {
    State now = state;
    if (history == null) {
      return now;
    }
    for (Reply reply : replies) {
      if (!now.agents.containsKey(reply.agent())) {
        synchronized (lock) {
          int before = memory.agents().size();
          memory.introduce(Arrays.stream(replies).map(Reply::agent).toList());
          return memory.agents().size() == before ? state : fit();
        }
      }
    }
    return now;
  }

  /**
   * Learns from the outcome of a ballot. An agent that was not called, because a limit of the panel
   * was reached, is left out: it has not abstained.
   *
   * @param tally the decision; each is learned from once
   * @param right says of an answer whether it is right; of no answer, if the right one was not
   *     given
   * @throws IllegalStateException if this tally was learned from before
   */
  public void learn(Tally tally, Predicate<String> right) {
    synchronized (lock) {
      remember(tally, right);
      if (fresh >= Math.max(1, REFIT_AFTER * memory.size())) {
        fit();
      }
    }
  }

  /**
   * Learns from many outcomes, and computes weights once, at the end.
   *
   * @param lessons in the order in which they came
   * @throws IllegalStateException if one was learned from before; then those before it count
   */
  public void learnAll(Collection<Lesson> lessons) {
    synchronized (lock) {
      try {
        lessons.forEach(lesson -> remember(lesson.tally(), lesson.right()));
      } finally {
        fit();
      }
    }
  }

  private void remember(Tally tally, Predicate<String> right) {
    Votes votes = tally.votes();
    boolean[] isRight = new boolean[votes.count()];
    for (int group = 0; group < isRight.length; group++) {
      isRight[group] = right.test(votes.text(group));
    }
    if (tally.learned().getAndSet(true)) {
      throw new IllegalStateException(
          "this tally was learned from before; each outcome counts once");
    }
    /* Several right answers are one: the equivalence was too strict. */
    int first = -1;
    int[] groups = votes.groups();
    for (int group = 0; group < isRight.length; group++) {
      if (isRight[group] && first < 0) {
        first = group;
      } else if (isRight[group]) {
        for (int i = 0; i < groups.length; i++) {
          groups[i] = groups[i] == group ? first : groups[i];
        }
      }
    }
    int[] asked = votes.asked();
    if (asked.length > 0 && (options.isEmpty() || first >= 0)) {
      memory.add(
          votes.type(),
          Arrays.stream(asked).mapToObj(votes::agent).toList(),
          Arrays.stream(asked).map(at -> groups[at]).toArray(),
          first,
          votes.count());
      fresh++;
      learned++;
    }
  }

  private State fit() {
    fresh = 0;
    State next = fitted();
    state = next;
    return next;
  }

  private State fitted() {
    Map<String, Integer> agents = new HashMap<>(memory.agents());
    Weights weights =
        Weights.learn(
            evidence(
                memory.polls(), new ArrayList<>(memory.agents().keySet()), memory.types().size()));
    return new State(agents, new HashMap<>(memory.types()), weights, memory.size());
  }

  private Weights.Evidence evidence(List<Poll> polls, List<String> agents, int types) {
    double[] right = new double[agents.size()];
    double[] asked = new double[agents.size()];
    for (int i = 0; history != null && i < right.length; i++) {
      Performance past = history.performance(agents.get(i), "", PerformanceView.Window.LONG);
      if (past.count() > 0) {
        asked[i] = Math.min(MOST_HISTORY, (double) past.count());
        right[i] = asked[i] * past.successRate();
      }
    }
    return new Weights.Evidence(polls, agents.size(), types, !options.isEmpty(), right, asked);
  }

  /**
   * {@return the record of an agent}
   *
   * @param agent the agent's id
   * @param type the type of task; empty for all types together
   */
  public Standing standing(String agent, String type) {
    State now = state;
    int row = now.agents.getOrDefault(agent, -1);
    double weight = now.weights.of(now.types.getOrDefault(type, -1), row);
    int[] sums;
    synchronized (lock) {
      sums = memory.record(agent, type);
    }
    return new Standing(
        agent,
        sums[0],
        sums[1],
        sums[2],
        Standing.low(sums[2], sums[0], Standing.Z_90),
        Standing.high(sums[2], sums[0], Standing.Z_90),
        weight);
  }

  /**
   * {@return the agents, the one with the best record first} Records are shrunk towards one half,
   * so that one lucky answer is no record.
   *
   * @param agents ids
   */
  public List<String> bestFirst(Collection<String> agents) {
    Map<String, Double> shares = new HashMap<>();
    for (String agent : agents) {
      shares.put(agent, past(agent).share());
    }
    return agents.stream()
        .distinct()
        .sorted(
            Comparator.comparingDouble((String agent) -> -shares.getOrDefault(agent, 0.0))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  /** The record of an agent over all types, with what others keep of it. */
  record Past(double right, double asked) {
    /** Shrunk towards one half. */
    double share() {
      return (right + 1) / (asked + 2);
    }
  }

  Past past(String agent) {
    Standing record = standing(agent, "");
    if (history == null) {
      return new Past(record.right(), record.asked());
    }
    Performance view = history.performance(agent, "", PerformanceView.Window.LONG);
    double count = Math.min(MOST_HISTORY, (double) view.count());
    double right = count > 0 ? count * view.successRate() : 0;
    return new Past(record.right() + right, record.asked() + count);
  }

  /** {@return the number of outcomes that are remembered} */
  public int outcomes() {
    synchronized (lock) {
      return memory.size();
    }
  }

  /** The number of outcomes ever learned, of which the newest are remembered. */
  long learned() {
    synchronized (lock) {
      return learned;
    }
  }

  /** A copy of what is remembered; the numbers of agents and types in it stay. */
  PollMemory remembered() {
    synchronized (lock) {
      return memory.copy();
    }
  }

  /** What was learned among some agents alone, for a sequence of them. */
  List<Poll> pollsAmong(PollMemory known, List<String> agents) {
    return known.among(agents, !options.isEmpty());
  }

  /** Weights of some agents alone, numbered as given. */
  Weights weightsAmong(PollMemory known, List<String> agents) {
    return Weights.fit(evidence(pollsAmong(known, agents), agents, known.types().size()));
  }

  /** Refuses a ballot that counts heads, for a part that decides by weights. */
  void requireWeights(String part) {
    Require.that(
        rule == Consensus.WEIGHTED_MAJORITY,
        "%s decides by weights, but the rule of the ballot is %s; give it a ballot of"
            + " weighted_majority, or leave it out to ask all",
        part,
        rule.code());
  }

  Equivalence equivalence() {
    return equivalence;
  }

  List<Reply> options() {
    return options;
  }

  @Override
  public String durableName() {
    return name;
  }

  @Override
  public byte[] snapshot() {
    synchronized (lock) {
      return memory.bytes();
    }
  }

  @Override
  public void restore(byte[] snapshot) {
    synchronized (lock) {
      memory = PollMemory.read(snapshot);
      learned += memory.size();
      fit();
    }
  }

  /** Builds a {@link Ballot}; not thread-safe. */
  public static final class Builder {
    private String name = "ballot";
    private Equivalence equivalence = Equivalence.normalised();
    private List<String> options = List.of();
    private Consensus rule = Consensus.WEIGHTED_MAJORITY;
    private boolean evenIfUnequal;
    private @Nullable PerformanceView history;

    private Builder() {}

    /**
     * Names the learned state in the store; default {@code ballot}. Two ballots of one arbiter need
     * two names.
     *
     * @param unique a printable name
     */
    public Builder durableName(String unique) {
      Require.name("ballot.durableName", unique, false);
      name = unique;
      return this;
    }

    /**
     * Sets which answers are the same; default {@link Equivalence#normalised}.
     *
     * @param chosen the equivalence
     */
    public Builder equivalence(Equivalence chosen) {
      equivalence = chosen;
      return this;
    }

    /**
     * Declares all answers that there are, such as 1 and 2 for judges of pairs. Then an answer can
     * win for which nobody voted, because votes of negative weight speak for it. Default: open.
     *
     * @param all at least two
     */
    public Builder options(String... all) {
      Require.that(
          all.length >= 2 && List.of(all).stream().distinct().count() == all.length,
          "ballot.options must be two different ones at least, got %s",
          List.of(all));
      options = List.of(all);
      return this;
    }

    /**
     * Sets how votes become a decision; default {@link Consensus#WEIGHTED_MAJORITY}.
     *
     * @param chosen the rule
     */
    public Builder rule(Consensus chosen) {
      rule = chosen;
      return this;
    }

    /** Lets {@link Consensus#SIMPLE_MAJORITY} run among agents whose records differ clearly. */
    public Builder evenIfUnequal() {
      evenIfUnequal = true;
      return this;
    }

    /**
     * Lets records that others keep, such as the tracker's, count while a ballot has few outcomes:
     * at most 50 attempts of each agent in the last 7 days.
     *
     * @param view the records
     */
    public Builder history(PerformanceView view) {
      history = view;
      return this;
    }

    /** {@return the ballot} */
    public Ballot build() {
      return new Ballot(this);
    }
  }
}
