/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.RegisteredAgent;
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

/** The registry at one moment, with one bitmap for each capability. Thread-safe. */
final class RegistrySnapshot implements Exclusions {
  /* Most cached answers. Further ones are computed each time: hostile tasks cannot fill memory. */
  private static final int MOST_ANSWERS = 4_096;

  private final List<RegisteredAgent> all;
  private final Map<String, LiveRegistry.Registration> byId = new HashMap<>();
  private final BitSet takingWork = new BitSet();
  private final Map<String, BitSet> byCapability = new HashMap<>();
  private final Map<Set<String>, List<RegisteredAgent>> answers = new ConcurrentHashMap<>();

  RegistrySnapshot(Collection<LiveRegistry.Registration> entries) {
    all = List.copyOf(entries);
    int place = 0;
    for (LiveRegistry.Registration entry : entries) {
      byId.put(entry.id(), entry);
      takingWork.set(place, entry.declared().takesWork());
      for (String capability : entry.profile().capabilities().keySet()) {
        byCapability.computeIfAbsent(capability, c -> new BitSet()).set(place);
      }
      place++;
    }
  }

  List<RegisteredAgent> all() {
    return all;
  }

  LiveRegistry.@Nullable Registration find(String id) {
    return byId.get(id);
  }

  List<RegisteredAgent> candidates(Set<String> capabilities) {
    List<RegisteredAgent> known = answers.get(capabilities);
    if (known != null) {
      return known;
    }
    List<RegisteredAgent> found = compute(capabilities);
    if (answers.size() < MOST_ANSWERS) {
      answers.put(Set.copyOf(capabilities), found);
    }
    return found;
  }

  private List<RegisteredAgent> compute(Set<String> capabilities) {
    BitSet places = (BitSet) takingWork.clone();
    for (String capability : capabilities) {
      places.and(byCapability.getOrDefault(capability, new BitSet()));
    }
    List<RegisteredAgent> found = new ArrayList<>(places.cardinality());
    places.stream().forEach(place -> found.add(all.get(place)));
    return List.copyOf(found);
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
