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
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registry as the engine sees it: with the agents themselves and their slots. */
final class LiveRegistry implements AgentRegistry {
  private final Map<String, Registration> entries = new LinkedHashMap<>();

  /*
   * The agents that the host took out of service, as the store keeps them. Some may not be
   * registered, because the host of this process has not done so yet.
   */
  private final Map<String, AgentEvent.StatusChanged> out = new HashMap<>();
  private final Deque<Integer> freeNumbers = new ArrayDeque<>();
  private final Sources sources;
  private final Ejection ejection;
  private final AtomicInteger stuckAgents = new AtomicInteger();
  private int nextNumber;
  private volatile @Nullable RegistrySnapshot snapshot;
  private volatile @Nullable End nextLimitEnd;
  private volatile Consumer<String> opened = id -> {};
  private volatile @Nullable Healing healing;
  private final Publisher publisher;
  private final Crew crew;

  LiveRegistry(Sources sources, Ejection ejection, Publisher publisher, Crew crew) {
    this.sources = sources;
    this.ejection = ejection;
    this.publisher = publisher;
    this.crew = crew;
  }

  /**
   * When a limit ends: at an instant, which is kept and shown, or after a time, whichever comes
   * first. A wall clock that is set back would else keep an agent away.
   */
  private record End(Instant at, long nanos) {
    boolean isOver(Instant now, long nanoTime) {
      return !now.isBefore(at) || nanoTime - nanos >= 0;
    }

    End orEarlier(End other) {
      return new End(
          other.at.isBefore(at) ? other.at : at, other.nanos - nanos < 0 ? other.nanos : nanos);
    }
  }

  /** One agent at one moment. A change creates a new registration over the same slots. */
  record Registration(
      AgentProfile profile,
      Status declared,
      int number,
      AsyncAgent agent,
      Slots slots,
      Streak streak,
      @Nullable End limitEnds)
      implements RegisteredAgent {
    @Override
    public Status status() {
      return declared == Status.AVAILABLE && freeSlots() == 0 ? Status.BUSY : declared;
    }

    @Override
    public int active() {
      boolean full = declared == Status.BUSY || (streak.isProbing() && slots.active() > 0);
      return full ? Math.max(slots.active(), profile.capacity()) : slots.active();
    }

    @Override
    public int queued() {
      return slots.queued();
    }

    @Override
    public Optional<Instant> availableAt() {
      return Optional.ofNullable(limitEnds).map(End::at);
    }

    Registration with(AgentProfile newProfile) {
      return new Registration(newProfile, declared, number, agent, slots, streak, limitEnds);
    }

    Registration with(Status newStatus, @Nullable End newEnd) {
      return new Registration(profile, newStatus, number, agent, slots, streak, newEnd);
    }
  }

  @Override
  public void register(AgentProfile profile, Agent agent) {
    requireAgent(profile, agent);
    registerAsync(profile, assignment -> CompletableFuture.completedFuture(run(agent, assignment)));
  }

  private static void requireAgent(AgentProfile profile, Object agent) {
    Objects.requireNonNull(profile, "an agent needs a profile; give AgentProfile.of(id)");
    Objects.requireNonNull(agent, () -> "agent '" + profile.id() + "' must not be null");
  }

  /* An agent may return null by mistake; Pipeline.read reports that. */
  @SuppressWarnings("NullAway")
  private static WorkReport run(Agent agent, Assignment assignment) throws Exception {
    return agent.run(assignment);
  }

  @Override
  public void registerAsync(AgentProfile profile, AsyncAgent agent) {
    requireAgent(profile, agent);
    AgentEvent.StatusChanged before;
    synchronized (this) {
      if (entries.containsKey(profile.id())) {
        throw new IllegalStateException(
            "agent '" + profile.id() + "' is registered already; update it, or retire it first");
      }
      int number = freeNumbers.isEmpty() ? nextNumber++ : freeNumbers.removeFirst();
      Slots slots = new Slots(profile.capacity(), stuckAgents);
      before = out.get(profile.id());
      Status status = before == null ? Status.AVAILABLE : before.after();
      End end = before == null ? null : before.until().map(this::end).orElse(null);
      Streak streak = new Streak(ejection);
      if (status == Status.EJECTED) {
        streak.wasEjectedBefore();
      }
      Registration entry = new Registration(profile, status, number, agent, slots, streak, end);
      noteLimit(end);
      put(entry);
      List<Slots.Seat> unused = set(entry);
    }
    publish(new AgentEvent.Registered(now(), nanoTime(), profile), List.of());
    if (before != null) {
      publish(
          new AgentEvent.StatusChanged(
              now(), nanoTime(), profile.id(), Status.AVAILABLE, before.after(), before.until()),
          List.of());
    }
  }

  @Override
  public void update(AgentProfile profile) {
    List<Slots.Seat> changed;
    synchronized (this) {
      Registration entry = entry(profile.id()).with(profile);
      put(entry);
      changed = set(entry);
    }
    publish(new AgentEvent.Updated(now(), nanoTime(), profile), changed);
  }

  @Override
  public void setStatus(String id, Status status) {
    Instant at = now();
    long nanoTime = nanoTime();
    Change change;
    synchronized (this) {
      Registration entry = entry(id);
      entry.streak().reset();
      change = change(entry.with(status, null), at, nanoTime);
    }
    Healing own = healing;
    if (own != null) {
      own.lookedAt(id);
    }
    tell(change);
  }

  @Override
  public void limit(String id, Instant until) {
    Objects.requireNonNull(until, "a usage limit needs an end");
    Instant at = now();
    long nanoTime = nanoTime();
    Change change;
    synchronized (this) {
      Registration entry = entry(id);
      End end = entry.limitEnds();
      boolean isLater = end == null || until.isAfter(end.at());
      if (!isLater || (end == null && !entry.declared().takesWork())) {
        return;
      }
      End later = end(until);
      noteLimit(later);
      change = change(entry.with(Status.LIMITED, later), at, nanoTime);
    }
    tell(change);
  }

  /** Sets what acts when agents fail. */
  void healedBy(Healing by) {
    healing = by;
  }

  @Override
  public void heartbeat(String id) {
    synchronized (this) {
      Registration unused = entry(id);
    }
    Healing own = healing;
    if (own != null) {
      own.beat(id);
    }
  }

  /** Notes a sign of life of an agent. */
  void alive(String id) {
    Healing own = healing;
    if (own != null) {
      own.alive(id);
    }
  }

  /** Whether the silence of an agent means that something is wrong. */
  boolean isWatched(String id) {
    Registration entry = snapshot().find(id);
    return entry != null && (entry.declared().takesWork() || entry.declared() == Status.EJECTED);
  }

  /** Whether an agent waits for the end of a limit. */
  boolean isLimited(String id) {
    Registration entry = snapshot().find(id);
    return entry != null && entry.declared() == Status.LIMITED;
  }

  /** Takes an agent out of service that has gone silent; false if others need it. */
  boolean isolate(String id, String why) {
    Registration entry = snapshot().find(id);
    return entry != null && (entry.declared() == Status.EJECTED || eject(entry, why));
  }

  /** An agent that was isolated reports again. */
  void takeBack(String id) {
    Instant at = now();
    long nanoTime = nanoTime();
    Change change = null;
    synchronized (this) {
      Registration entry = entries.get(id);
      boolean isEjected = entry != null && entry.declared() == Status.EJECTED;
      if (entry == null || (!isEjected && !entry.streak().isProbing())) {
        return;
      }
      entry.streak().reset();
      if (isEjected) {
        change = change(entry.with(Status.AVAILABLE, null), at, nanoTime);
      }
    }
    if (change == null) {
      update(id);
    } else {
      tell(change);
    }
  }

  /** Notes how a call of an agent ended, which may eject it or let it take more again. */
  void callEnded(Registration agent, @Nullable FailureCause failure, long began) {
    Healing own = healing;
    if (failure == null) {
      alive(agent.id());
    }
    boolean isProbing = agent.streak().isProbing();
    if ((!ejection.isOn() && !isProbing) || (failure != null && saysNothing(agent, failure))) {
      return;
    }
    boolean failed = failure != null && (ejection.counts(failure) || isTimeout(failure));
    Streak.Turn turn = agent.streak().ended(failed, began);
    if (turn == Streak.Turn.EJECT) {
      if (eject(agent, "its calls failed: " + failure) && own != null) {
        own.restartFailed(agent.id());
      }
    } else if (turn == Streak.Turn.RECOVERED) {
      update(agent.id());
    }
  }

  private static boolean isTimeout(FailureCause failure) {
    return failure == FailureCause.AGENT_TIMEOUT;
  }

  /*
   * A failure that does not count shows that the agent is there; a time-out does not. On trial it is
   * a failure. While the agent does not report, only a success shows that it is back.
   */
  private boolean saysNothing(Registration agent, FailureCause failure) {
    if (ejection.counts(failure)) {
      return false;
    }
    Healing own = healing;
    return isTimeout(failure)
        ? !agent.streak().isProbing()
        : own != null && own.isSilent(agent.id());
  }

  private boolean eject(Registration agent, String why) {
    Instant at = now();
    long nanoTime = nanoTime();
    Change change = null;
    synchronized (this) {
      Registration entry = entries.get(agent.id());
      if (entry == null
          || !entry.streak().equals(agent.streak())
          || !entry.declared().takesWork()) {
        return false;
      }
      if (canDoWithout(entry)) {
        End end = end(at.plusNanos(entry.streak().eject(nanoTime())));
        noteLimit(end);
        change = change(entry.with(Status.EJECTED, end), at, nanoTime);
      } else if (!entry.streak().staysFirst()) {
        return false;
      }
    }
    if (change == null) {
      isolated(agent.id(), false, why + "; it stays, because no other has its capabilities", 0);
      return false;
    }
    tell(change);
    String ends = "; it gets no task until " + change.event().until().orElseThrow();
    isolated(agent.id(), true, why + ends, change.seats().size());
    return true;
  }

  private void isolated(String id, boolean done, String why, int switched) {
    Healing own = healing;
    if (own != null) {
      own.isolated(id, done, why, switched);
    }
  }

  /* Whether others that are not under suspicion have each of its capabilities. The lock is held. */
  private boolean canDoWithout(Registration agent) {
    Set<String> lacking = new HashSet<>(agent.profile().capabilities().keySet());
    boolean others = false;
    for (Registration other : entries.values()) {
      if (!other.id().equals(agent.id())
          && other.declared().takesWork()
          && !other.streak().isProbing()) {
        others = true;
        lacking.removeAll(other.profile().capabilities().keySet());
      }
    }
    return others && lacking.isEmpty();
  }

  /* An agent that recovered may use all of its slots again. */
  private void update(String id) {
    Registration entry;
    List<Slots.Seat> changed;
    synchronized (this) {
      entry = entries.get(id);
      if (entry == null) {
        return;
      }
      changed = set(entry);
    }
    publish(new AgentEvent.Updated(now(), nanoTime(), entry.profile()), changed);
  }

  /* The end of a limit that is set now. */
  private End end(Instant until) {
    return new End(until, nanoTime() + Timers.nanos(Duration.between(now(), until)));
  }

  /* The lock is held. */
  private void noteLimit(@Nullable End end) {
    End next = nextLimitEnd;
    if (end != null) {
      nextLimitEnd = next == null ? end : next.orEarlier(end);
    }
  }

  /** Lets the agents take work again whose usage limits have ended. */
  void look() {
    End next = nextLimitEnd;
    if (next == null) {
      return;
    }
    Instant at = now();
    long nanoTime = nanoTime();
    if (!next.isOver(at, nanoTime)) {
      return;
    }
    List<Change> over = new ArrayList<>();
    synchronized (this) {
      nextLimitEnd = null;
      for (Registration entry : List.copyOf(entries.values())) {
        End end = entry.limitEnds();
        if (end != null && end.isOver(at, nanoTime)) {
          over.add(change(entry.with(Status.AVAILABLE, null), at, nanoTime));
        } else {
          noteLimit(end);
        }
      }
    }
    over.forEach(this::tell);
  }

  /** A change of status that was made under the lock, and is told without it. */
  private record Change(AgentEvent.StatusChanged event, List<Slots.Seat> seats) {}

  /* The lock is held since the entry was read, so that no other change is overwritten. */
  private Change change(Registration entry, Instant at, long nanoTime) {
    String id = entry.id();
    Status status = entry.declared();
    AgentEvent.StatusChanged event =
        new AgentEvent.StatusChanged(
            at, nanoTime, id, entry(id).declared(), status, entry.availableAt());
    put(entry);
    if (status.takesWork()) {
      out.remove(id);
    } else {
      out.put(id, event);
    }
    return new Change(event, set(entry));
  }

  private void tell(Change change) {
    keep(change.event().agent());
    publish(change.event(), change.seats());
  }

  @Override
  public void retire(String id) {
    List<Slots.Seat> changed;
    synchronized (this) {
      Registration entry = entry(id);
      entries.remove(id);
      out.remove(id);
      freeNumbers.addLast(entry.number());
      snapshot = null;
      changed = entry.slots().dismiss();
    }
    Healing own = healing;
    if (own != null) {
      own.forget(id);
    }
    keep(id);
    publish(new AgentEvent.Retired(now(), nanoTime(), id), changed);
  }

  /* Threads may change one agent at once: the one that writes last writes the last word. */
  private void keep(String id) {
    AgentEvent.StatusChanged word;
    do {
      word = out(id);
      publisher.keep(id, word);
    } while (!Objects.equals(word, out(id)));
  }

  private synchronized AgentEvent.@Nullable StatusChanged out(String id) {
    return out.get(id);
  }

  /**
   * Takes the agents that the store keeps as out of service, before any is registered.
   *
   * @throws IllegalStateException if one has a status that this Arbiter does not know
   */
  synchronized void restore(Map<String, KeptStep> kept) {
    kept.forEach((id, step) -> out.put(id, outOfService(id, step)));
  }

  private static AgentEvent.StatusChanged outOfService(String id, KeptStep step) {
    try {
      Status status = Status.valueOf(step.state());
      boolean ends = status == Status.LIMITED || status == Status.EJECTED;
      Optional<Instant> until =
          ends && !step.detail().isEmpty()
              ? Optional.of(Instant.parse(step.detail()))
              : Optional.empty();
      return new AgentEvent.StatusChanged(step.at(), 0, id, Status.AVAILABLE, status, until);
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IllegalStateException(
          "agent '" + id + "' has the status '" + step.state() + "' of a newer Arbiter", e);
    }
  }

  /** Keeps what was said while the store was away. */
  void keepAll(Map<String, KeptStep> kept) {
    Set<String> ids = new HashSet<>(kept.keySet());
    synchronized (this) {
      ids.addAll(out.keySet());
    }
    for (String id : ids) {
      if (!said(kept.get(id)).equals(said(out(id)))) {
        keep(id);
      }
    }
  }

  private static String said(AgentEvent.@Nullable StatusChanged word) {
    return said(word == null ? null : KeptStep.of(word));
  }

  /* A status with its end: the same limit may end later than the store knows. */
  private static String said(@Nullable KeptStep step) {
    return step == null ? "" : step.state() + ' ' + step.detail();
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

  /** The candidates for a task, without agents that failed at it and agents that are stuck. */
  List<RegisteredAgent> candidates(Task task, List<RoutingDecision> failed) {
    return candidates(snapshot(), task, failed);
  }

  /** The request for a router; its list of candidates is empty if no agent may run the task. */
  RoutingRequest request(Task task, List<RoutingDecision> failed, PerformanceView performance) {
    RegistrySnapshot now = snapshot();
    return new RoutingRequest(
        task, candidates(now, task, failed), performance, List.copyOf(failed), now);
  }

  private List<RegisteredAgent> candidates(
      RegistrySnapshot now, Task task, List<RoutingDecision> failed) {
    List<RegisteredAgent> all = now.candidates(task.capabilities());
    // The usual case costs one look-up, however many agents there are.
    return failed.isEmpty() && stuckAgents.get() == 0 ? all : eligible(all, failed);
  }

  private static List<RegisteredAgent> eligible(
      List<RegisteredAgent> all, List<RoutingDecision> failed) {
    List<RegisteredAgent> eligible = new ArrayList<>(all.size());
    for (RegisteredAgent candidate : all) {
      if (isEligible(candidate, failed)) {
        eligible.add(candidate);
      }
    }
    return eligible.size() == all.size() ? all : List.copyOf(eligible);
  }

  private static boolean isEligible(RegisteredAgent candidate, List<RoutingDecision> failed) {
    for (int i = 0; i < failed.size(); i++) {
      if (failed.get(i).agent().equals(candidate.id())) {
        return false;
      }
    }
    return !((Registration) candidate).slots().isStuck();
  }

  /** The candidate of a request with this id; null if it is none. */
  @Nullable Registration candidate(String id, RoutingRequest request) {
    Registration entry = snapshot().find(id);
    return entry != null
            && (entry.declared().takesWork() || request.candidates().contains(entry))
            && entry.profile().capabilities().keySet().containsAll(request.task().capabilities())
            && isEligible(entry, request.failed())
        ? entry
        : null;
  }

  int abandoned() {
    return snapshot().all().stream()
        .mapToInt(agent -> ((Registration) agent).slots().abandoned())
        .sum();
  }

  /** The agent with this id, if it may work at a task now; null otherwise. */
  @Nullable Registration taking(String id, Task task) {
    Registration entry = snapshot().find(id);
    return entry != null
            && entry.declared().takesWork()
            && entry.profile().capabilities().keySet().containsAll(task.capabilities())
            && !entry.slots().isStuck()
        ? entry
        : null;
  }

  /** Whether another agent may try a task after those that failed, now or after its limit. */
  boolean hasOther(Task task, List<RoutingDecision> failed) {
    return !candidates(task, failed).isEmpty() || !limited(snapshot(), task, failed).isEmpty();
  }

  /** The request for a task that must wait: its candidates are the agents with a usage limit. */
  RoutingRequest limitedRequest(
      Task task, List<RoutingDecision> failed, PerformanceView performance) {
    RegistrySnapshot now = snapshot();
    return new RoutingRequest(
        task, limited(now, task, failed), performance, List.copyOf(failed), now);
  }

  private List<RegisteredAgent> limited(
      RegistrySnapshot now, Task task, List<RoutingDecision> failed) {
    if (nextLimitEnd == null) {
      return List.of();
    }
    return now.all().stream()
        .filter(agent -> agent.availableAt().isPresent())
        .filter(agent -> agent.profile().capabilities().keySet().containsAll(task.capabilities()))
        .filter(agent -> isEligible(agent, failed))
        .toList();
  }

  /** The usage limit that ends first among the candidates. */
  static WaitReason.Quota quota(Registration chosen, RoutingRequest request) {
    RegisteredAgent first = chosen;
    Instant end = chosen.availableAt().orElse(Instant.MAX);
    for (RegisteredAgent candidate : request.candidates()) {
      Instant other = candidate.availableAt().orElse(Instant.MAX);
      if (other.isBefore(end)) {
        first = candidate;
        end = other;
      }
    }
    return new WaitReason.Quota(first.id(), end);
  }

  /** Notes that an agent has reached its usage limit, if it is still registered. */
  void limited(String id, Instant until) {
    try {
      limit(id, until);
    } catch (IllegalArgumentException retired) {
      // Then no task is given to it either.
    }
  }

  /** Whether an agent takes no work now and takes work again by itself. */
  boolean comesBack(String id) {
    Registration entry = snapshot().find(id);
    return entry != null && entry.limitEnds() != null;
  }

  boolean isIdempotent(String id) {
    Registration entry = snapshot().find(id);
    return entry != null && entry.profile().idempotent();
  }

  /** Explains why no agent may run a task, with the counts that show what to change. */
  String explainNone(Task task, List<RoutingDecision> failed) {
    RegistrySnapshot now = snapshot();
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

  private RegistrySnapshot snapshot() {
    RegistrySnapshot current = snapshot;
    return current != null ? current : newSnapshot();
  }

  private synchronized RegistrySnapshot newSnapshot() {
    RegistrySnapshot current = snapshot;
    if (current == null) {
      current = new RegistrySnapshot(entries.values());
      snapshot = current;
    }
    return current;
  }

  private void put(Registration entry) {
    entries.put(entry.id(), entry);
    RegistrySnapshot current = snapshot;
    snapshot = current == null ? null : current.with(entry);
  }

  private Registration entry(String id) {
    Registration entry = entries.get(id);
    if (entry == null) {
      throw new IllegalArgumentException(
          "no agent '" + id + "' is registered; " + entries.size() + " others are");
    }
    return entry;
  }

  /* Opens or closes the slots, as the status says. Returns the seats that changed. */
  private static List<Slots.Seat> set(Registration entry) {
    Status status = entry.declared();
    List<Slots.Seat> changed = new ArrayList<>(entry.slots().set(capacity(entry), isOpen(entry)));
    if (isGone(status)) {
      changed.addAll(entry.slots().dismiss());
    }
    return changed;
  }

  private static int capacity(Registration entry) {
    return entry.streak().isProbing() ? 1 : entry.profile().capacity();
  }

  private static boolean isGone(Status status) {
    return switch (status) {
      case OFFLINE, MAINTENANCE, LIMITED, EJECTED -> true;
      default -> false;
    };
  }

  private static boolean isOpen(Registration entry) {
    return entry.declared() == Status.AVAILABLE || entry.declared() == Status.DRAINING;
  }

  /* Publishes a change, and sees that the runs whose seats it changed go on. */
  private void publish(AgentEvent event, List<Slots.Seat> changed) {
    try {
      publisher.record(event);
    } finally {
      if (opens(event)) {
        opened.accept(event.agent());
      }
      for (Slots.Seat seat : changed) {
        if (seat.run().post(new News.Seated(seat))) {
          crew.add(seat.run());
        }
      }
    }
  }

  private static boolean opens(AgentEvent event) {
    return event instanceof AgentEvent.Registered
        || event instanceof AgentEvent.Updated
        || (event instanceof AgentEvent.StatusChanged changed && changed.after().takesWork());
  }

  /** Sets what is called, with its id, whenever an agent may have become free. */
  void whenOpened(Consumer<String> action) {
    opened = action;
  }

  private Instant now() {
    return sources.clock().instant();
  }

  private long nanoTime() {
    return sources.nanoTime().getAsLong();
  }
}
