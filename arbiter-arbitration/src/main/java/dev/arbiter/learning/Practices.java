/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.LogLimiter;
import dev.arbiter.internal.Require;
import dev.arbiter.learning.Practice.Source;
import dev.arbiter.learning.Practice.State;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What agents have learned, handed to later agents for as long as it helps.
 *
 * <p>Add it with {@code Arbiter.builder().interceptor(practices)}. It gives each attempt the texts
 * in {@code Assignment.insights()}, hears how the attempt ended, and keeps what it knows in the
 * store.
 *
 * <p><b>Items.</b> A practice is added, edited or removed by itself; nothing rewrites them together
 * (a memory that was rewritten as a whole fell below having none). One that says what another says
 * is not added.
 *
 * <p><b>Served while it beats the same agent without it.</b> A new practice is on trial: half of
 * the attempts of an agent have it, by a coin for each attempt, and their outcomes are compared. It
 * is kept when it certainly helps, and dropped when it certainly does not help enough, or after
 * 1,000 attempts. A kept one is still withheld from a fifth of the attempts, so that one that ages
 * is found and dropped. The comparison may be looked at at any time, and outcomes may depend on
 * each other: one that does not help is ever kept with at most half of the error, one that is worth
 * a fifth of a standard deviation is dropped in its trial with at most the error. One that the
 * agents together do not need ends its trial at each agent where it does not look well. An outcome
 * is the quality of accepted work, and 0 if the agent failed; other ends do not count. Without a
 * constitution that checks work, it is the agent's own claim.
 *
 * <p><b>Ranked</b> by the lower bound of their helpful rate ({@link Practice#lowerBound}). The best
 * few that fit compete for an attempt: kept ones first, and one at least on trial.
 *
 * <p><b>Tenants.</b> Each has its own practices. Nothing leaves a tenant, unless a caller exports
 * or shares it, and then through the scrubber of the builder; without one, both are refused.
 *
 * <p>Thread-safe, under one lock. An attempt costs a sort of its tenant's practices, some
 * microseconds. Memory is bounded: the practices of 1,000 tenants, at most the builder's capacity
 * each, 100,000 trials, 16,384 open tasks. Attempts from before a restart are not counted. Errors:
 * an attempt goes on without insights if handing them out fails.
 */
public final class Practices implements TaskInterceptor, ArbiterListener, Durable {
  private static final Logger LOG = LoggerFactory.getLogger(Practices.class);
  private static final int MOST_TENANTS = 1_000;
  private static final String MAGIC = "arbiter practices";

  private final Object lock = new Object();
  private final String name;
  private final int most;
  private final int longest;
  private final int capacity;
  private final double error;
  private final @Nullable UnaryOperator<String> scrubber;
  private final LogLimiter mayLog;
  private final List<PracticeSource> sources = new CopyOnWriteArrayList<>();

  private final Shelf.Room room = new Shelf.Room();
  private final Map<String, Shelf> shelves = new LinkedHashMap<>();
  private final EndedAttempts attempts = new EndedAttempts();
  private final Handing handing;
  private long counted;
  private long faults;

  private Practices(Builder builder) {
    this.name = builder.name;
    this.most = builder.most;
    this.longest = builder.longest;
    this.capacity = builder.capacity;
    this.error = builder.error;
    this.scrubber = builder.scrubber;
    this.mayLog = new LogLimiter(builder.sources.nanoTime());
    this.handing = new Handing(name);
  }

  /** {@return a builder with defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return practices with defaults, which leave no tenant} */
  public static Practices create() {
    return builder().build();
  }

  /**
   * {@return an agent that reads its insights at the beginning of its payload} For agents that know
   * nothing of insights, such as a {@code ProcessAgent}. Each insight is one quoted line there,
   * after a sentence that says that it is advice of others and changes nothing of the task.
   *
   * @param agent gets the task as it is when there are no insights
   */
  public static Agent inPayload(Agent agent) {
    return work -> agent.run(work.insights().isEmpty() ? work : advised(work));
  }

  private static Assignment advised(Assignment work) {
    StringBuilder text =
        new StringBuilder(
            "Advice from other runs, quoted. It changes nothing of the task below.\n");
    work.insights().forEach(i -> text.append("> ").append(PracticeText.clean(i)).append('\n'));
    Task task = work.task().withPayload(text + "\nThe task:\n" + work.task().payload());
    return new Assignment(
        task,
        work.agent(),
        work.attempt(),
        work.specDigest(),
        work.timeLimit(),
        work.meter(),
        work.approvals(),
        work.resumeToken(),
        work.link(),
        work.directory());
  }

  /**
   * Adds a practice of the host for the default tenant.
   *
   * @param taskType the type of the tasks that it is for
   * @param text the advice
   * @return the practice, or an earlier one that says the same; empty if there is no place
   * @throws IllegalArgumentException if the type is no name, or the text is longer than {@value
   *     Practice#LONGEST} characters or has none to be seen
   */
  public Optional<Practice> add(String taskType, String text) {
    return add(Task.DEFAULT_TENANT, taskType, text, Source.host());
  }

  /**
   * Adds a practice, on trial. Blanks and line ends become spaces, and characters that a reader
   * cannot see are left out. If the tenant has as many as it may, the worst of those that were
   * dropped everywhere makes place.
   *
   * @param tenant whose tasks it is for
   * @param taskType the type of the tasks that it is for
   * @param text the advice
   * @param source where it came from
   * @return the practice, or an earlier one that says the same; empty if there is no place
   * @throws IllegalArgumentException if a name is none, or the text is longer than {@value
   *     Practice#LONGEST} characters or has none to be seen
   */
  public Optional<Practice> add(String tenant, String taskType, String text, Source source) {
    Require.name("practice.tenant", tenant, false);
    Require.name("practice.taskType", taskType, false);
    String clean = cleaned(text);
    synchronized (lock) {
      Shelf shelf = shelves.get(tenant);
      if (shelf == null) {
        if (shelves.size() >= MOST_TENANTS) {
          return Optional.empty();
        }
        shelf = new Shelf(capacity, error, room);
        shelves.put(tenant, shelf);
      }
      Practice like = shelf.like(taskType, clean);
      return Optional.ofNullable(like == null ? shelf.add(taskType, clean, source) : like);
    }
  }

  private static String cleaned(String text) {
    String clean = PracticeText.clean(text);
    Require.that(
        PracticeText.isClean(clean),
        "practice.text must have 1 to %s characters that can be seen, got %s",
        Practice.LONGEST,
        text.length());
    return clean;
  }

  /**
   * Gives a practice another text. Another text is another practice: its counts and its trials
   * begin anew.
   *
   * @param tenant whose practice
   * @param id the id of the practice
   * @param text the advice
   * @return false if there is no such practice
   * @throws IllegalArgumentException if the text is too long or has nothing to be seen
   */
  public boolean edit(String tenant, String id, String text) {
    String clean = cleaned(text);
    synchronized (lock) {
      Shelf shelf = shelves.get(tenant);
      return shelf != null && shelf.edit(id, clean);
    }
  }

  /**
   * Removes a practice.
   *
   * @param tenant whose practice
   * @param id the id of the practice
   * @return false if there is no such practice
   */
  public boolean remove(String tenant, String id) {
    synchronized (lock) {
      Shelf shelf = shelves.get(tenant);
      return shelf != null && shelf.remove(id);
    }
  }

  /**
   * {@return all practices of a tenant, the best first}
   *
   * @param tenant the tenant
   */
  public List<Practice> of(String tenant) {
    return items(tenant, item -> true);
  }

  /**
   * {@return the practices of a tenant that are kept at one agent or more, the best first}
   *
   * @param tenant the tenant
   */
  public List<Practice> kept(String tenant) {
    return items(tenant, Shelf.Item::isKept);
  }

  private List<Practice> items(String tenant, Predicate<Shelf.Item> wanted) {
    synchronized (lock) {
      Shelf shelf = shelves.get(tenant);
      return shelf == null
          ? List.of()
          : shelf.ranked().stream().filter(wanted).map(Shelf.Item::practice).toList();
    }
  }

  /**
   * {@return what is known of a practice at each agent that met it, by id; empty if there is no
   * such practice}
   *
   * @param tenant whose practice
   * @param id the id of the practice
   */
  public List<Practice.Standing> standings(String tenant, String id) {
    synchronized (lock) {
      Shelf shelf = shelves.get(tenant);
      Shelf.Item item = shelf == null ? null : shelf.get(id);
      return item == null ? List.of() : item.standings();
    }
  }

  /**
   * {@return the gain of kept practices, in successes, by the agent that they came from} For each:
   * the difference that it makes, times the attempts that had it. What came from no agent is under
   * the empty name.
   *
   * @param tenant the tenant
   */
  public Map<String, Double> credit(String tenant) {
    Map<String, Double> credit = new TreeMap<>();
    synchronized (lock) {
      Shelf shelf = shelves.get(tenant);
      for (Shelf.Item item : shelf == null ? List.<Shelf.Item>of() : shelf.ranked()) {
        Source source = item.practice().source();
        String agent = source.kind() == Source.Kind.AGENT ? source.by() : "";
        for (Practice.Standing at : item.standings()) {
          if (at.state() == State.KEPT) {
            credit.merge(agent, at.gain() * at.with(), Double::sum);
          }
        }
      }
    }
    return credit;
  }

  /**
   * Gives another tenant the scrubbed text of a practice, where it is on trial like any other.
   *
   * @param tenant whose practice
   * @param id the id of the practice
   * @param other the tenant that gets it
   * @return the practice of the other tenant; empty if there is no such practice or no place
   * @throws IllegalStateException if the builder was given no scrubber
   */
  public Optional<Practice> share(String tenant, String id, String other) {
    String text = "";
    String type = "";
    synchronized (lock) {
      Shelf shelf = shelves.get(tenant);
      Shelf.Item item = shelf == null ? null : shelf.get(id);
      if (item != null) {
        text = item.practice().text();
        type = item.practice().taskType();
      }
    }
    String scrubbed = scrubbed(tenant, text);
    return PracticeText.isClean(scrubbed)
        ? add(other, type, scrubbed, new Source(Source.Kind.TENANT, ""))
        : Optional.empty();
  }

  /** A text as it may leave the tenant; empty if nothing is left of it. */
  String scrubbed(String tenant, String text) {
    if (scrubber == null) {
      throw new IllegalStateException(
          "the practices of tenant '"
              + tenant
              + "' stay there, because there is no scrubber; call Practices.Builder.scrubber,"
              + " such as with Scrubber.standard()::scrub of arbiter-tracker");
    }
    return PracticeText.clean(scrubber.apply(text));
  }

  /**
   * Adds a source of practices, which hears of every attempt that ends from now on.
   *
   * @param source the source
   */
  public void learnFrom(PracticeSource source) {
    sources.add(source);
  }

  @Override
  public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
      throws Exception {
    return next.proceed(withInsights(assignment));
  }

  private Assignment withInsights(Assignment assignment) {
    try {
      List<String> texts = new ArrayList<>(assignment.insights());
      synchronized (lock) {
        Task task = assignment.task();
        Shelf shelf = shelves.get(task.tenant());
        if (shelf != null) {
          int places = Math.min(most, Assignment.MOST_INSIGHTS - texts.size());
          int room = Assignment.LONGEST_INSIGHTS - texts.stream().mapToInt(String::length).sum();
          texts.addAll(
              handing.hand(
                  assignment,
                  shelf.chosen(task.type(), assignment.agent(), places, Math.min(longest, room))));
        }
      }
      return texts.size() == assignment.insights().size()
          ? assignment
          : assignment.withInsights(texts);
    } catch (RuntimeException e) {
      fault("an attempt goes on without insights", e);
      return assignment;
    }
  }

  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof AgentEvent.Retired retired) {
      synchronized (lock) {
        shelves.values().forEach(shelf -> shelf.retire(retired.agent()));
      }
    } else if (event instanceof TaskEvent step) {
      EndedAttempt ended;
      synchronized (lock) {
        ended = attempts.on(step);
        counted += ended != null && handing.end(ended) ? 1 : 0;
        if (step instanceof TaskEvent.Concluded) {
          handing.forget(step.task());
        }
      }
      if (ended != null && ended.isByAgent()) {
        sources.forEach(source -> ask(source, ended));
      }
    }
  }

  private void ask(PracticeSource source, EndedAttempt ended) {
    try {
      CompletionStage<?> unused =
          source
              .practices(ended)
              .thenAccept(texts -> learn(source.source(ended), ended, texts))
              .exceptionally(
                  failure -> {
                    fault("a source of practices failed", failure);
                    return null;
                  });
    } catch (RuntimeException e) {
      fault("a source of practices failed", e);
    }
  }

  private void learn(Source source, EndedAttempt ended, List<String> texts) {
    for (String text : texts) {
      String clean = PracticeText.clean(text);
      if (PracticeText.isClean(clean)) {
        Optional<Practice> unused = add(ended.task().tenant(), ended.task().type(), clean, source);
      }
    }
  }

  private void fault(String what, Throwable failure) {
    synchronized (lock) {
      faults++;
    }
    if (mayLog.passes()) {
      LOG.warn("practices '{}': {}", name, what, failure);
    }
  }

  /** {@return how many attempts were counted: those for which a practice competed} */
  public long counted() {
    synchronized (lock) {
      return counted;
    }
  }

  /** {@return how many errors there were, of sources or in handing out} */
  public long faults() {
    synchronized (lock) {
      return faults;
    }
  }

  @Override
  public String durableName() {
    return name;
  }

  @Override
  public byte[] snapshot() {
    synchronized (lock) {
      return Kept.write(
          MAGIC,
          out -> {
            out.writeInt(shelves.size());
            for (Map.Entry<String, Shelf> shelf : shelves.entrySet()) {
              out.writeUTF(shelf.getKey());
              shelf.getValue().writeTo(out);
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
            int tenants = in.readInt();
            for (int i = 0; i < tenants; i++) {
              Shelf shelf = new Shelf(capacity, error, room);
              shelves.put(in.readUTF(), shelf);
              shelf.read(in);
            }
          });
    }
  }

  /** Builds {@link Practices}; not thread-safe. */
  public static final class Builder {
    private static final int MOST_AT_ONCE = 32;
    private static final int MOST_LENGTH = 32_768;
    private static final int MOST_CAPACITY = 1_000;

    private String name = "practices";
    private int most = 6;
    private int longest = 4_000;
    private int capacity = 256;
    private double error = .05;
    private Sources sources = Sources.system();
    private @Nullable UnaryOperator<String> scrubber;

    private Builder() {}

    /**
     * Names the state in the store, and salts the coins. Default: {@code practices}.
     *
     * @param unique unique in one arbiter, not blank
     */
    public Builder name(String unique) {
      Require.name("practices.name", unique, false);
      this.name = unique;
      return this;
    }

    /**
     * Sets how many practices one attempt gets at most. Default: 6.
     *
     * @param practices 1 to 32
     */
    public Builder most(int practices) {
      Require.that(
          practices >= 1 && practices <= MOST_AT_ONCE,
          "practices.most must be 1 to %s, got %s",
          MOST_AT_ONCE,
          practices);
      this.most = practices;
      return this;
    }

    /**
     * Sets how long the texts for one attempt may be together. Default: 4,000 characters.
     *
     * @param characters 1 to 32,768
     */
    public Builder longest(int characters) {
      Require.that(
          characters >= 1 && characters <= MOST_LENGTH,
          "practices.longest must be 1 to %s, got %s",
          MOST_LENGTH,
          characters);
      this.longest = characters;
      return this;
    }

    /**
     * Sets how many practices a tenant may have. Default: 256.
     *
     * @param practices 1 to 1,000
     */
    public Builder capacity(int practices) {
      Require.that(
          practices >= 1 && practices <= MOST_CAPACITY,
          "practices.capacity must be 1 to %s, got %s",
          MOST_CAPACITY,
          practices);
      this.capacity = practices;
      return this;
    }

    /**
     * Sets the most chance that a practice which is worth its place is dropped in its trial. The
     * most chance that one which does not help is ever kept is half of it. Default: .05.
     *
     * @param chance above 0, below 1
     */
    public Builder error(double chance) {
      Require.that(chance > 0 && chance < 1, "practices.error must be in (0,1), got %s", chance);
      this.error = chance;
      return this;
    }

    /**
     * Sets what a text goes through before it leaves its tenant. Default: none, and nothing leaves.
     *
     * @param given such as {@code Scrubber.standard()::scrub} of arbiter-tracker
     */
    public Builder scrubber(UnaryOperator<String> given) {
      this.scrubber = given;
      return this;
    }

    /**
     * Sets the clock, for the pace of the log. Default: that of the machine.
     *
     * @param given the sources
     */
    public Builder sources(Sources given) {
      this.sources = given;
      return this;
    }

    /** {@return the practices} */
    public Practices build() {
      return new Practices(this);
    }
  }
}
