/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.insight.AgentInsights.Figures;
import dev.arbiter.insight.AttemptTrail.Attempted;
import dev.arbiter.insight.AttemptTrail.Kind;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Durable;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport.Usage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what happens to attempts, what people rate, which rules deny and which parts are unwell,
 * and makes recommendations of it.
 *
 * <p>Bounded: 1,000 to 1,250 agents with 100 attempts and ratings each, 200 rules, the last 10,000
 * completed tasks; what was used longest ago goes first. Counts what lies within 24 hours.
 * Thread-safe; an event costs a look-up and a short lock. A store keeps it, as other {@link
 * Durable} parts.
 */
public final class Insight implements ArbiterListener, Durable {
  private static final Logger LOG = LoggerFactory.getLogger(Insight.class);
  private static final int VERSION = 1;
  private static final int MOST_AGENTS = 1_000;
  private static final int MORE_AGENTS = 250;
  private static final int MOST_RULES = 200;
  private static final int MOST_RULES_OF_ONE = 8;
  private static final int LONGEST_RULE = 256;
  private static final int MOST_WORKS = 10_000;
  private static final int MOST_RATERS = 100;
  private static final int MOST_FAILED = 100_000;
  private static final int MOST_APPLIED = 100;
  private static final int LOOKS = 10;
  private static final double SURE = .8;
  private static final Duration WINDOW = Duration.ofHours(24);
  private static final Duration COOLDOWN = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final Predicate<Recommendation> host;
  private final Map<String, AttemptTrail> agents = new ConcurrentHashMap<>();
  private final Map<String, String> lastFailed = new ConcurrentHashMap<>();
  private final AtomicReferenceArray<@Nullable Work> works = new AtomicReferenceArray<>(MOST_WORKS);
  private final AtomicLong count = new AtomicLong();
  private final Map<String, Set<String>> raters = lru(MOST_WORKS);
  private final Map<String, Held> states = lru(MOST_RULES);
  private final Map<String, Instant> offered = lru(MOST_RULES);
  private final Deque<Recommendation> applied = new ArrayDeque<>();
  private int looks;

  /**
   * Makes an insight that knows nothing yet.
   *
   * @param clock tells the time
   * @param host is offered each recommendation that is at least .8 sure, at most each 5 minutes;
   *     applies it if it wants to, and says whether it did
   */
  public Insight(InstantSource clock, Predicate<Recommendation> host) {
    this.clock = clock;
    this.host = host;
  }

  private record Work(String tenant, String id, String agent, String type) {}

  /** Something that was seen in some of the last looks. */
  private static final class Held {
    private Recommendation.Kind kind = Recommendation.Kind.SYSTEM;
    private String text = "";
    private String evidence = "";
    private int bits;
  }

  private static <V> Map<String, V> lru(int most) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > most;
      }
    };
  }

  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof TaskEvent.Executed executed) {
      Step step = executed.step();
      trail(step.agent()).took(event.at().toEpochMilli(), step.task().type(), executed.nanos());
    } else if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      AttemptFailure failure = routing.failed().get();
      failed(routing.step(), failure.cause(), failure.verdict(), failure.usage());
    } else if (event instanceof TaskEvent.AttemptEnded ended) {
      ended(ended.step(), ended.failure());
    } else if (event instanceof TaskEvent.Concluded concluded) {
      concluded(concluded);
    } else if (event instanceof AgentEvent.Retired retired) {
      agents.remove(retired.agent());
    }
  }

  /* Of several at once: work that passed was good, though another was kept. */
  private void ended(Step step, AttemptFailure failure) {
    Optional<Verdict> passed = failure.verdict().filter(Verdict::passed);
    if (passed.isPresent()) {
      add(step, Kind.SUCCESS, passed.get().quality(), failure.usage(), "", List.of());
    } else {
      failed(step, failure.cause(), failure.verdict(), failure.usage());
    }
  }

  private void concluded(TaskEvent.Concluded event) {
    TaskResult result = event.result();
    Step step = event.step();
    if (result instanceof TaskResult.Completed done) {
      forgetRaters(done.task());
      completed(done);
      add(step, Kind.SUCCESS, done.verdict().quality(), done.report().usage(), "", List.of());
    } else if (result instanceof TaskResult.Failed failed && step.attempt() > 0) {
      failed(step, failed.cause(), failed.verdict(), failed.usage());
    }
    if (!lastFailed.isEmpty()) {
      String unused = lastFailed.remove(key(step.task()));
    }
  }

  /* A task id may be used again; who has rated the old work may rate the new. */
  private void forgetRaters(Task task) {
    synchronized (raters) {
      if (!raters.isEmpty()) {
        raters.remove(key(task));
      }
    }
  }

  private void failed(Step step, FailureCause cause, Optional<Verdict> verdict, Usage usage) {
    if (cause.byAgent(verdict)) {
      Kind kind = cause == FailureCause.DENIED ? Kind.VIOLATION : Kind.FAILURE;
      List<String> rules = verdict.map(Insight::rules).orElse(List.of());
      add(step, kind, 0, usage, cause.name(), rules);
      if (lastFailed.size() < MOST_FAILED) {
        lastFailed.put(key(step.task()), step.agent());
      }
    }
  }

  private static List<String> rules(Verdict denied) {
    return denied.findings().stream()
        .filter(finding -> finding.severity() == Finding.Severity.ERROR)
        .map(finding -> Sanitizer.text(finding.ruleId(), LONGEST_RULE))
        .distinct()
        .limit(MOST_RULES_OF_ONE)
        .toList();
  }

  private static String key(Task task) {
    return task.tenant() + '\0' + task.id();
  }

  private void add(
      Step step, Kind kind, double quality, Usage usage, String cause, List<String> rules) {
    AttemptTrail trail = trail(step.agent());
    long at = step.at().toEpochMilli();
    trail.add(new Attempted(at, step.task().type(), kind, quality, usage.cost(), cause, rules));
    String before = lastFailed.isEmpty() ? null : lastFailed.get(key(step.task()));
    if (before != null && !before.equals(step.agent())) {
      trail.followed(before, kind == Kind.SUCCESS);
    }
  }

  private AttemptTrail trail(String agent) {
    AttemptTrail known = agents.get(agent);
    if (known != null) {
      return known;
    }
    AttemptTrail trail = agents.computeIfAbsent(agent, unused -> new AttemptTrail());
    if (agents.size() >= MOST_AGENTS + MORE_AGENTS) {
      makeRoom(agent);
    }
    return trail;
  }

  /* Many go at once, so that a house of many agents does not look through all of them for each. */
  private synchronized void makeRoom(String kept) {
    record Last(String agent, long at) {}
    List<Last> all = new ArrayList<>();
    agents.forEach((agent, trail) -> all.add(new Last(agent, trail.lastAt())));
    all.removeIf(one -> one.agent().equals(kept));
    all.sort(Comparator.comparingLong(Last::at));
    for (int i = 0; i <= all.size() - MOST_AGENTS; i++) {
      agents.remove(all.get(i).agent());
    }
  }

  /**
   * Notes completed work, so that it can be rated.
   *
   * @param done the result
   */
  public void completed(TaskResult.Completed done) {
    Task task = done.task();
    Work work = new Work(task.tenant(), task.id(), done.agent(), task.type());
    works.set((int) (count.getAndIncrement() % MOST_WORKS), work);
  }

  /* The newest work with this id; a task id may be used again. */
  private @Nullable Work find(Rating rating) {
    long end = count.get();
    for (long i = end - 1; i >= Math.max(0, end - MOST_WORKS); i--) {
      Work work = works.get((int) (i % MOST_WORKS));
      if (work != null && work.id.equals(rating.task()) && work.tenant.equals(rating.tenant())) {
        return work;
      }
    }
    return null;
  }

  /**
   * Takes a rating of completed work.
   *
   * @param rating the rating
   * @return whether the work is known, see {@link #completed}
   * @throws IllegalStateException if the rater has rated the work before, or 100 others have
   * @throws IllegalArgumentException if the rater is the agent that did the work
   */
  public boolean rate(Rating rating) {
    Work work = find(rating);
    if (work == null) {
      return false;
    }
    String what = "task '" + rating.task() + "'";
    if (rating.rater().equals(work.agent)) {
      throw new IllegalArgumentException(
          "agent '" + work.agent + "' cannot rate its own work at " + what);
    }
    synchronized (raters) {
      Set<String> all =
          raters.computeIfAbsent(
              rating.tenant() + '\0' + rating.task(), unused -> new HashSet<>(2));
      if (all.contains(rating.rater())) {
        throw new IllegalStateException(
            "'" + rating.rater() + "' has rated " + what + " before; each rates it once");
      }
      if (all.size() >= MOST_RATERS) {
        throw new IllegalStateException(what + " has " + MOST_RATERS + " ratings, which is enough");
      }
      all.add(rating.rater());
    }
    trail(work.agent).rate(clock.millis(), work.type, rating.stars());
    return true;
  }

  /** Begins a look at the state of the system; {@link #saw} follows for what is not well. */
  public void look() {
    synchronized (states) {
      looks = Math.min(LOOKS, looks + 1);
      states.values().forEach(held -> held.bits = held.bits << 1 & (1 << LOOKS) - 1);
      states.values().removeIf(held -> held.bits == 0);
    }
  }

  /**
   * Notes a state that is not well.
   *
   * @param kind what would change
   * @param subject the agent or component
   * @param text the change in one sentence
   * @param evidence what was seen
   */
  public void saw(Recommendation.Kind kind, String subject, String text, String evidence) {
    synchronized (states) {
      Held held = states.computeIfAbsent(subject, unused -> new Held());
      held.kind = kind;
      held.text = text;
      held.evidence = evidence;
      held.bits |= 1;
    }
  }

  /**
   * Offers the host what is sure enough. It may block; an exception means that it did not apply.
   */
  public void offer() {
    Instant now = clock.instant();
    for (Recommendation sure : report().recommendations()) {
      if (sure.confidence() >= SURE && isDue(sure, now) && applies(sure)) {
        synchronized (applied) {
          applied.addLast(sure);
          if (applied.size() > MOST_APPLIED) {
            applied.removeFirst();
          }
        }
      }
    }
  }

  private boolean applies(Recommendation sure) {
    try {
      return host.test(sure);
    } catch (Throwable e) {
      LOG.warn("the host threw and has not applied: {}", sure.text(), e);
      return false;
    }
  }

  private boolean isDue(Recommendation recommendation, Instant now) {
    String key = recommendation.kind() + " " + recommendation.text();
    synchronized (offered) {
      Instant before = offered.get(key);
      if (before != null && now.isBefore(before.plus(COOLDOWN))) {
        return false;
      }
      offered.remove(key);
      offered.put(key, now);
      return true;
    }
  }

  /** {@return the picture now} Costs a look at every attempt that is known. */
  public InsightReport report() {
    long begin = clock.instant().minus(WINDOW).toEpochMilli();
    List<Recommendation> all = new ArrayList<>();
    Map<String, Map<String, Figures>> byType = new TreeMap<>();
    Map<String, AttemptTrail> known = new TreeMap<>(agents);
    known.forEach(
        (agent, trail) -> {
          all.addAll(Advisor.ofAgent(agent, trail.since(begin), trail.figures(begin, "")));
          trail
              .byType(begin)
              .forEach(
                  (type, figures) ->
                      byType.computeIfAbsent(type, unused -> new TreeMap<>()).put(agent, figures));
        });
    all.addAll(Advisor.ofRouting(byType));
    all.addAll(ofRules(known, begin));
    all.addAll(ofStates());
    all.sort(Comparator.comparingDouble(Recommendation::confidence).reversed());
    List<AgentInsights> insights = new ArrayList<>();
    known.forEach((agent, trail) -> insights.add(insights(agent, trail, begin, all)));
    synchronized (applied) {
      return new InsightReport(insights, all, List.copyOf(applied), clock.instant());
    }
  }

  private static AgentInsights insights(
      String agent, AttemptTrail trail, long begin, List<Recommendation> all) {
    return new AgentInsights(
        agent,
        trail.figures(begin, ""),
        trail.byType(begin),
        trail.relationships(),
        all.stream()
            .filter(one -> one.subject().equals(agent) || one.text().contains("'" + agent + "'"))
            .toList());
  }

  private static List<Recommendation> ofRules(Map<String, AttemptTrail> known, long begin) {
    Map<String, Set<String>> agentsOf = new TreeMap<>();
    Map<String, Integer> denied = new TreeMap<>();
    int judged = 0;
    for (Map.Entry<String, AttemptTrail> one : known.entrySet()) {
      for (Attempted attempt : one.getValue().since(begin)) {
        judged += attempt.kind() == Kind.FAILURE ? 0 : 1;
        for (String rule : attempt.rules()) {
          denied.merge(rule, 1, Integer::sum);
          agentsOf.computeIfAbsent(rule, unused -> new HashSet<>()).add(one.getKey());
        }
      }
    }
    List<Recommendation> found = new ArrayList<>();
    int all = judged;
    denied.forEach(
        (rule, count) ->
            found.addAll(
                Advisor.ofRule(rule, count, agentsOf.getOrDefault(rule, Set.of()).size(), all)));
    return found;
  }

  private List<Recommendation> ofStates() {
    List<Recommendation> found = new ArrayList<>();
    synchronized (states) {
      states.forEach(
          (subject, held) ->
              found.addAll(
                  Advisor.ofState(
                      held.kind,
                      subject,
                      held.text,
                      held.evidence,
                      Integer.bitCount(held.bits),
                      looks)));
    }
    return found;
  }

  @Override
  public String durableName() {
    return "arbiter.insight";
  }

  @Override
  public byte[] snapshot() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      Map<String, AttemptTrail> known = new TreeMap<>(agents);
      out.writeInt(known.size());
      for (Map.Entry<String, AttemptTrail> one : known.entrySet()) {
        out.writeUTF(one.getKey());
        one.getValue().writeTo(out);
      }
      synchronized (raters) {
        out.writeInt(raters.size());
        for (Map.Entry<String, Set<String>> task : raters.entrySet()) {
          out.writeUTF(task.getKey());
          out.writeInt(task.getValue().size());
          for (String rater : task.getValue()) {
            out.writeUTF(rater);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void restore(byte[] snapshot) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException("an insight of version " + version + " is not known");
      }
      for (int i = in.readInt(); i > 0; i--) {
        agents.put(in.readUTF(), AttemptTrail.readFrom(in));
      }
      synchronized (raters) {
        for (int i = in.readInt(); i > 0; i--) {
          Set<String> all = raters.computeIfAbsent(in.readUTF(), unused -> new HashSet<>(2));
          for (int j = in.readInt(); j > 0; j--) {
            all.add(in.readUTF());
          }
        }
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("the snapshot of an insight is damaged", e);
    }
  }
}
