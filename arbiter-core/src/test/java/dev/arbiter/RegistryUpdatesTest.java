/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.task.WorkReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The registry answers as a plain map would, whatever its snapshots share. */
class RegistryUpdatesTest {
  private static final List<Set<String>> WANTED =
      List.of(Set.of(), Set.of("java"), Set.of("rust"), Set.of("java", "rust"), Set.of("cobol"));

  private static final List<Set<String>> CAPABILITIES =
      List.of(Set.of(), Set.of("java"), Set.of("rust"), Set.of("java", "rust"));

  private static final List<Status> STATUSES = List.of(Status.values());

  private record Old(List<RegisteredAgent> answer, List<AgentProfile> then) {}

  private record Entry(AgentProfile profile, Status status) {}

  private final Map<String, Entry> model = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom(7);

  private AgentProfile profile(String id) {
    return profile(id, CAPABILITIES.get(random.nextInt(CAPABILITIES.size())));
  }

  private AgentProfile profile(String id, Set<String> capabilities) {
    AgentProfile.Builder profile = AgentProfile.builder(id).capacity(1 + random.nextInt(9));
    capabilities.forEach(profile::capability);
    return profile.build();
  }

  private void change(Arbiter arbiter) {
    String id = "a" + random.nextInt(300);
    Entry known = model.get(id);
    if (known == null) {
      AgentProfile profile = profile(id);
      arbiter.agents().register(profile, a -> WorkReport.of("x"));
      model.put(id, new Entry(profile, Status.AVAILABLE));
      return;
    }
    switch (random.nextInt(10)) {
      case 0 -> {
        arbiter.agents().retire(id);
        model.remove(id);
      }
      case 1, 2 -> {
        Status status = STATUSES.get(random.nextInt(STATUSES.size()));
        arbiter.agents().setStatus(id, status);
        model.put(id, new Entry(known.profile(), status));
      }
      case 3 -> update(arbiter, profile(id), known);
      default -> update(arbiter, profile(id, known.profile().capabilities().keySet()), known);
    }
  }

  private void update(Arbiter arbiter, AgentProfile profile, Entry known) {
    arbiter.agents().update(profile);
    model.put(profile.id(), new Entry(profile, known.status()));
  }

  private List<AgentProfile> expected(Set<String> wanted) {
    return model.values().stream()
        .filter(entry -> entry.status().takesWork())
        .map(Entry::profile)
        .filter(profile -> profile.capabilities().keySet().containsAll(wanted))
        .toList();
  }

  private static List<AgentProfile> profiles(List<RegisteredAgent> agents) {
    return agents.stream().map(RegisteredAgent::profile).toList();
  }

  @Test
  void answers_equal_those_of_a_plain_map_and_old_answers_stay_as_they_were() {
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .agent(AgentProfile.of("first"), a -> WorkReport.of("x"))
            .build()) {
      model.put("first", new Entry(AgentProfile.of("first"), Status.AVAILABLE));
      List<Old> old = new ArrayList<>();
      for (int step = 0; step < 4_000; step++) {
        change(arbiter);
        Set<String> wanted = WANTED.get(random.nextInt(WANTED.size()));
        List<RegisteredAgent> answer = arbiter.agents().candidates(wanted);

        assertThat(profiles(answer)).as("step %s", step).isEqualTo(expected(wanted));
        if (step % 100 == 0) {
          old.add(new Old(answer, profiles(answer)));
          List<AgentProfile> all = new ArrayList<>();
          model.values().forEach(entry -> all.add(entry.profile()));
          assertThat(profiles(arbiter.agents().all())).isEqualTo(all);
        }
      }
      old.forEach(one -> assertThat(profiles(one.answer())).isEqualTo(one.then()));
    }
  }
}
