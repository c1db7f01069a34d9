/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.internal.SharedList;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.RoutingRequest.Exclusions;
import dev.arbiter.task.Explanation.Excluded;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The registry at one moment, with one bitmap for each capability. Thread-safe.
 *
 * <p>The snapshot after an update of one agent shares all but that agent, so an update costs about
 * the same however many agents there are, and a decision that keeps its snapshot keeps little.
 */
final class RegistrySnapshot implements Exclusions {
  /* Most cached answers. Further ones are computed each time: hostile tasks cannot fill memory. */
  private static final int MOST_ANSWERS = 4_096;

  private final SharedList<RegisteredAgent> all;
  private final Map<String, Integer> places;
  private final BitSet takingWork;
  private final Map<String, BitSet> byCapability;
  private final Map<Set<String>, Answer> answers = new ConcurrentHashMap<>();

  RegistrySnapshot(Collection<LiveRegistry.Registration> entries) {
    this(SharedList.of(entries), new HashMap<>(), new BitSet(), new HashMap<>());
    int place = 0;
    for (LiveRegistry.Registration entry : entries) {
      places.put(entry.id(), place);
      takingWork.set(place, entry.declared().takesWork());
      for (String capability : entry.profile().capabilities().keySet()) {
        byCapability.computeIfAbsent(capability, c -> new BitSet()).set(place);
      }
      place++;
    }
  }

  private RegistrySnapshot(
      SharedList<RegisteredAgent> all,
      Map<String, Integer> places,
      BitSet takingWork,
      Map<String, BitSet> byCapability) {
    this.all = all;
    this.places = places;
    this.takingWork = takingWork;
    this.byCapability = byCapability;
  }

  /** The agents that have a set of capabilities. */
  private static final class Answer {
    private final BitSet places;
    private final SharedList<RegisteredAgent> agents;

    /* An update carries over only what was asked since the one before. */
    private volatile boolean asked = true;

    private Answer(BitSet places, SharedList<RegisteredAgent> agents) {
      this.places = places;
      this.agents = agents;
    }

    private static Answer of(BitSet places, List<RegisteredAgent> all) {
      List<RegisteredAgent> found = new ArrayList<>(places.cardinality());
      places.stream().forEach(place -> found.add(all.get(place)));
      return new Answer(places, SharedList.of(found));
    }

    private Answer with(int place, RegisteredAgent agent) {
      if (!places.get(place)) {
        return this;
      }
      int rank = places.get(0, place).cardinality();
      Answer changed = new Answer(places, agents.with(rank, agent));
      changed.asked = false;
      return changed;
    }
  }

  /**
   * The snapshot after a change of one agent. Null if the agent is new, or the change decides which
   * tasks it may run: then the snapshot must be made anew.
   */
  @Nullable RegistrySnapshot with(LiveRegistry.Registration entry) {
    Integer place = places.get(entry.id());
    if (place == null || !runsTheSameTasks((LiveRegistry.Registration) all.get(place), entry)) {
      return null;
    }
    RegistrySnapshot after =
        new RegistrySnapshot(all.with(place, entry), places, takingWork, byCapability);
    answers.forEach(
        (wanted, answer) -> {
          if (answer.asked) {
            after.answers.put(wanted, answer.with(place, entry));
          }
        });
    return after;
  }

  private static boolean runsTheSameTasks(
      LiveRegistry.Registration one, LiveRegistry.Registration other) {
    return one.declared().takesWork() == other.declared().takesWork()
        && one.profile().capabilities().keySet().equals(other.profile().capabilities().keySet());
  }

  List<RegisteredAgent> all() {
    return all;
  }

  LiveRegistry.@Nullable Registration find(String id) {
    Integer place = places.get(id);
    return place == null ? null : (LiveRegistry.Registration) all.get(place);
  }

  List<RegisteredAgent> candidates(Set<String> capabilities) {
    Answer known = answers.get(capabilities);
    if (known == null) {
      known = Answer.of(places(capabilities), all);
      if (answers.size() < MOST_ANSWERS) {
        answers.put(Set.copyOf(capabilities), known);
      }
    } else if (!known.asked) {
      known.asked = true;
    }
    return known.agents;
  }

  private BitSet places(Set<String> capabilities) {
    BitSet found = (BitSet) takingWork.clone();
    for (String capability : capabilities) {
      found.and(byCapability.getOrDefault(capability, new BitSet()));
    }
    return found;
  }

  @Override
  public List<Excluded> of(RoutingRequest request) {
    Set<RegisteredAgent> candidates = new HashSet<>(request.candidates());
    return all.stream()
        .filter(agent -> !candidates.contains(agent))
        .map(agent -> new Excluded(agent.id(), why((LiveRegistry.Registration) agent, request)))
        .toList();
  }

  private static String why(LiveRegistry.Registration agent, RoutingRequest request) {
    if (request.failed().stream().anyMatch(failed -> failed.agent().equals(agent.id()))) {
      return "failed at this task before";
    }
    if (request.working().stream().anyMatch(working -> working.agent().equals(agent.id()))) {
      return "works at this task already";
    }
    if (!agent.declared().takesWork()) {
      return "takes no work, it is " + agent.declared().name().toLowerCase(Locale.ROOT);
    }
    return request.task().capabilities().stream()
        .filter(wanted -> !agent.profile().capabilities().containsKey(wanted))
        .sorted()
        .findFirst()
        .map(wanted -> "lacks capability '" + wanted + "'")
        .orElse("does not end its abandoned work");
  }
}
