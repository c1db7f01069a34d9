/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.AgentRegistry;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registry as the engine sees it: with the agents themselves and their slots. */
final class Roster implements AgentRegistry {
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Deque<Integer> freeNumbers = new ArrayDeque<>();
  private final Sources sources;
  private int nextNumber;
  private volatile @Nullable RosterSnapshot snapshot;
  private @Nullable Line line;
  private @Nullable Publisher publisher;

  Roster(Sources sources) {
    this.sources = sources;
  }

  /** One agent as of some moment. A change makes a new entry over the same slots. */
  record Entry(AgentProfile profile, Status declared, int number, AsyncAgent agent, Slots slots)
      implements RegisteredAgent {
    @Override
    public Status status() {
      return declared == Status.AVAILABLE && freeSlots() == 0 ? Status.BUSY : declared;
    }

    @Override
    public int active() {
      return declared == Status.BUSY
          ? Math.max(slots.active(), profile.capacity())
          : slots.active();
    }

    @Override
    public int queued() {
      return slots.queued();
    }

    Entry with(AgentProfile newProfile, Status newStatus) {
      return new Entry(newProfile, newStatus, number, agent, slots);
    }
  }

  void connect(Line toLine, Publisher toPublisher) {
    line = toLine;
    publisher = toPublisher;
  }

  @Override
  public void register(AgentProfile profile, Agent agent) {
    registerAsync(profile, assignment -> CompletableFuture.completedFuture(run(agent, assignment)));
  }

  /* Null is the agent's fault and is found where the report is taken. */
  @SuppressWarnings("NullAway")
  private static WorkReport run(Agent agent, Assignment assignment) throws Exception {
    return agent.run(assignment);
  }

  @Override
  public void registerAsync(AgentProfile profile, AsyncAgent agent) {
    synchronized (this) {
      if (entries.containsKey(profile.id())) {
        throw new IllegalStateException(
            "agent '" + profile.id() + "' is registered already; update it, or retire it first");
      }
      int number = freeNumbers.isEmpty() ? nextNumber++ : freeNumbers.removeFirst();
      Slots slots = new Slots(profile.capacity());
      put(new Entry(profile, Status.AVAILABLE, number, agent, slots));
    }
    publish(new AgentEvent.Registered(now(), nanoTime(), profile));
  }

  @Override
  public void update(AgentProfile profile) {
    List<Slots.Waiting> begin;
    synchronized (this) {
      Entry entry = entry(profile.id()).with(profile, entry(profile.id()).declared());
      put(entry);
      begin = entry.slots().set(profile.capacity(), isOpen(entry));
    }
    publish(new AgentEvent.Updated(now(), nanoTime(), profile));
    begin.forEach(waiting -> connected().slotFreed(waiting));
  }

  @Override
  public void setStatus(String id, Status status) {
    Status before;
    List<Slots.Waiting> begin;
    List<Slots.Waiting> elsewhere;
    synchronized (this) {
      before = entry(id).declared();
      Entry entry = entry(id).with(entry(id).profile(), status);
      put(entry);
      begin = entry.slots().set(entry.profile().capacity(), isOpen(entry));
      elsewhere = isGone(status) ? entry.slots().dismiss() : List.of();
    }
    publish(new AgentEvent.StatusChanged(now(), nanoTime(), id, before, status));
    begin.forEach(waiting -> connected().slotFreed(waiting));
    elsewhere.forEach(waiting -> connected().agentGone(waiting));
  }

  @Override
  public void retire(String id) {
    List<Slots.Waiting> elsewhere;
    synchronized (this) {
      Entry entry = entry(id);
      entries.remove(id);
      freeNumbers.addLast(entry.number());
      snapshot = null;
      elsewhere = entry.slots().dismiss();
    }
    publish(new AgentEvent.Retired(now(), nanoTime(), id));
    elsewhere.forEach(waiting -> connected().agentGone(waiting));
  }

  @Override
  public Optional<RegisteredAgent> find(String id) {
    return Optional.ofNullable(snapshot().find(id));
  }

  @Override
  public List<RegisteredAgent> all() {
    return snapshot().all();
  }

  @Override
  public List<RegisteredAgent> candidates(Set<String> capabilities) {
    return snapshot().candidates(capabilities);
  }

  /** The candidates for a task, without those who failed at it and those who are stuck. */
  List<RegisteredAgent> candidates(Task task, List<RoutingDecision> failed) {
    return candidates(snapshot(), task, failed);
  }

  /** What is asked of a router; its list of candidates is empty if nobody may run the task. */
  RoutingRequest request(Task task, List<RoutingDecision> failed, PerformanceView performance) {
    RosterSnapshot now = snapshot();
    return new RoutingRequest(
        task, candidates(now, task, failed), performance, List.copyOf(failed), now);
  }

  private static List<RegisteredAgent> candidates(
      RosterSnapshot now, Task task, List<RoutingDecision> failed) {
    List<RegisteredAgent> all = now.candidates(task.capabilities());
    for (RegisteredAgent candidate : all) {
      if (!isEligible(candidate, failed)) {
        return eligible(all, failed);
      }
    }
    return all;
  }

  private static List<RegisteredAgent> eligible(
      List<RegisteredAgent> all, List<RoutingDecision> failed) {
    List<RegisteredAgent> eligible = new ArrayList<>(all.size());
    for (RegisteredAgent candidate : all) {
      if (isEligible(candidate, failed)) {
        eligible.add(candidate);
      }
    }
    return List.copyOf(eligible);
  }

  private static boolean isEligible(RegisteredAgent candidate, List<RoutingDecision> failed) {
    for (int i = 0; i < failed.size(); i++) {
      if (failed.get(i).agent().equals(candidate.id())) {
        return false;
      }
    }
    return !((Entry) candidate).slots().isStuck();
  }

  @Nullable Entry entryOf(String id) {
    return snapshot().find(id);
  }

  int abandoned() {
    return snapshot().all().stream().mapToInt(agent -> ((Entry) agent).slots().abandoned()).sum();
  }

  /** Why nobody may run a task, with the numbers a reader needs to mend it. */
  String explainNone(Task task, List<RoutingDecision> failed) {
    RosterSnapshot now = snapshot();
    StringBuilder why = new StringBuilder();
    why.append(
        String.format(
            Locale.ROOT,
            "no agent can run task '%s' (type %s): %d registered",
            task.id(),
            task.type(),
            now.all().size()));
    long away = now.all().stream().filter(agent -> !agent.status().takesWork()).count();
    if (away > 0) {
      why.append(String.format(Locale.ROOT, ", %d not taking work", away));
    }
    for (String capability : task.capabilities()) {
      why.append(
          String.format(
              Locale.ROOT,
              ", %d with capability '%s'",
              now.candidates(Set.of(capability)).size(),
              capability));
    }
    if (!failed.isEmpty()) {
      why.append(", already tried: ")
          .append(failed.stream().map(RoutingDecision::agent).collect(Collectors.joining(", ")));
    }
    return why.append("; register one or relax Task.capabilities").toString();
  }

  private RosterSnapshot snapshot() {
    RosterSnapshot current = snapshot;
    return current != null ? current : newSnapshot();
  }

  private synchronized RosterSnapshot newSnapshot() {
    RosterSnapshot current = snapshot;
    if (current == null) {
      current = new RosterSnapshot(entries.values());
      snapshot = current;
    }
    return current;
  }

  private void put(Entry entry) {
    entries.put(entry.id(), entry);
    snapshot = null;
  }

  private Entry entry(String id) {
    Entry entry = entries.get(id);
    if (entry == null) {
      throw new IllegalArgumentException(
          "no agent '" + id + "' is registered; " + entries.size() + " others are");
    }
    return entry;
  }

  private static boolean isOpen(Entry entry) {
    return entry.declared() == Status.AVAILABLE || entry.declared() == Status.DRAINING;
  }

  private static boolean isGone(Status status) {
    return status == Status.OFFLINE || status == Status.MAINTENANCE;
  }

  private Line connected() {
    if (line == null) {
      throw new IllegalStateException("the roster is not connected to a line yet");
    }
    return line;
  }

  private void publish(AgentEvent event) {
    if (publisher != null) {
      publisher.record(event);
    }
  }

  private Instant now() {
    return sources.clock().instant();
  }

  private long nanoTime() {
    return sources.nanoTime().getAsLong();
  }
}
