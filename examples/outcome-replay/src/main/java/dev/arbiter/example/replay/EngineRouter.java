/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static java.util.stream.Collectors.toSet;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.caws.Caws;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A whole arbiter that behaves like the router inside it. The arbiter admits each task before it
 * routes it. A quality gate judges the outcome. The arbiter seals the verdict and concludes the
 * task before the router learns.
 *
 * <p>For one thread. An attempt waits for its outcome like an attempt of an asynchronous agent.
 */
final class EngineRouter implements Router, AutoCloseable {
  private static final int ANY_NUMBER = 1 << 30;
  private static final Duration AT_ONCE = Duration.ofSeconds(10);
  private static final String POLICY =
      """
      version: 1
      risk_tiers:
        "1": {max_files: 10, max_loc: 500}
        "2": {max_files: 20, max_loc: 1000}
        "3": {max_files: 40, max_loc: 2000}
      gates:
        budget_limit: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
        tests_pass: {enabled: true, mode: block}
      """;
  private static final String SPEC =
      """
      id: REPLAY-1
      title: Solve a recorded task
      risk_tier: 3
      mode: fix
      blast_radius: {modules: [any]}
      operational_rollback_slo: 1h
      scope: {in: ["src/"], out: []}
      invariants: [the recorded tests decide]
      acceptance:
        - {id: A1, given: a recorded task, when: an agent works on it, then: its tests pass}
      non_functional: {performance: []}
      contracts: []
      """;

  private final RecordedTrials recorded;
  private final Router router;
  private final Caws caws;
  private final Arbiter arbiter;
  private final Set<String> registered = new HashSet<>();
  private final Map<Set<String>, String> groups;
  private final IdentityHashMap<List<RegisteredAgent>, String> capabilities =
      new IdentityHashMap<>();
  private final Map<Long, CompletableFuture<WorkReport>> underway = new HashMap<>();
  private @Nullable RoutingDecision decided;
  private CompletableFuture<WorkReport> called = new CompletableFuture<>();

  EngineRouter(RecordedTrials recorded, Router router, int fallbacks, long seed) {
    this.recorded = recorded;
    this.router = router;
    this.groups = groups(recorded);
    Sources sources = new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(seed));
    this.caws = Caws.builder().policy(POLICY).spec(SPEC).sources(sources).sealHashedOnly().build();
    this.arbiter =
        Arbiter.builder()
            .constitution(caws)
            .router(new Overheard())
            .sources(sources)
            .fallbacks(fallbacks)
            .closeLimit(Duration.ZERO)
            .executor(Runnable::run)
            .build();
    if (recorded.arrivals().isEmpty()) {
      recorded.profiles().keySet().forEach(this::register);
    }
  }

  /** Keeps the last decision of the router inside. */
  private final class Overheard implements Router {
    @Override
    public RoutingDecision route(RoutingRequest request) {
      RoutingDecision decision = router.route(request);
      decided = decision;
      return decision;
    }

    @Override
    public void learn(Outcome outcome) {
      router.learn(outcome);
    }
  }

  /* The agents that have a record of one task, for every task; each group has a name. */
  private static Map<Set<String>, String> groups(RecordedTrials recorded) {
    Map<String, Set<String>> byTask = new LinkedHashMap<>();
    recorded
        .profiles()
        .forEach(
            (agent, known) ->
                known
                    .tasks()
                    .forEach(
                        task -> byTask.computeIfAbsent(task, t -> new TreeSet<>()).add(agent)));
    Map<Set<String>, String> names = new LinkedHashMap<>();
    byTask.values().forEach(group -> names.putIfAbsent(group, "recorded-" + names.size()));
    return names;
  }

  /*
   * Each group of agents is a capability, so no agent gets a task without a record. A router sees
   * the group and not the task: tasks with the same candidates look alike.
   */
  private void register(String agent) {
    RecordedTrials.Profile known = recorded.profiles().get(agent);
    if (known == null || !registered.add(agent)) {
      return;
    }
    AgentProfile.Builder profile = AgentProfile.builder(agent).capacity(ANY_NUMBER);
    groups.forEach(
        (group, name) -> {
          if (group.contains(agent)) {
            profile.capability(name);
          }
        });
    capabilities.clear();
    if (recorded.declarePrices()) {
      profile.price(known.meanCost());
    }
    arbiter
        .agents()
        .registerAsync(
            profile.build(),
            assignment -> {
              called = new CompletableFuture<>();
              return called;
            });
  }

  /* Of the agents registered so far, exactly the candidates have it. */
  private String capability(List<RegisteredAgent> candidates) {
    Set<String> wanted = candidates.stream().map(RegisteredAgent::id).collect(toSet());
    return groups.entrySet().stream()
        .filter(
            group ->
                registered.stream()
                    .filter(group.getKey()::contains)
                    .collect(toSet())
                    .equals(wanted))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no recorded task is for " + wanted));
  }

  @Override
  public RoutingDecision route(RoutingRequest request) {
    return request.failed().isEmpty() ? firstChoice(request) : fallback(request);
  }

  /* The engine chose the fallback as soon as it learned of the failure. */
  private RoutingDecision fallback(RoutingRequest request) {
    RoutingDecision failed = request.failed().get(request.failed().size() - 1);
    RoutingDecision next = decided;
    if (next == null || next.id() == failed.id()) {
      throw new Router.RefusedException("task " + request.task().id() + " got no fallback");
    }
    return noted(next);
  }

  private RoutingDecision firstChoice(RoutingRequest request) {
    for (RegisteredAgent candidate : request.candidates()) {
      register(candidate.id());
    }
    decided = null;
    String group = capabilities.computeIfAbsent(request.candidates(), this::capability);
    TaskHandle handle =
        arbiter.submit(
            Task.builder(request.task().type())
                .id(request.task().id())
                .requires(group)
                .spec(SpecRef.id("REPLAY-1"))
                .build());
    RoutingDecision first = decided;
    if (first == null) {
      throw notRouted(handle);
    }
    return noted(first);
  }

  private static RuntimeException notRouted(TaskHandle handle) {
    try {
      TaskResult result = handle.await(AT_ONCE);
      return result instanceof TaskResult.Failed failed
          ? new Router.RefusedException(failed.message())
          : new IllegalStateException(handle + " was not routed: " + result);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new IllegalStateException("interrupted while " + handle + " ended", e);
    }
  }

  private RoutingDecision noted(RoutingDecision decision) {
    underway.put(decision.id(), called);
    return decision;
  }

  @Override
  public void learn(Outcome outcome) {
    Usage usage = new Usage(0, 0, outcome.cost(), outcome.time());
    boolean success = outcome.kind() == Outcome.Kind.SUCCESS;
    CompletableFuture<WorkReport> waiting = underway.remove(outcome.decision().id());
    if (waiting != null) {
      waiting.complete(
          WorkReport.of("recorded")
              .withUsage(usage)
              .withEvidence(Evidence.of("tests_pass", success, "as recorded")));
    }
  }

  @Override
  public void close() {
    arbiter.close();
    caws.close();
  }
}
