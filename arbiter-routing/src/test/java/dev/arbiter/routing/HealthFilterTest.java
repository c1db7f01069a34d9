/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.RoutingDecision.Scored;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HealthFilterTest {
  private final Set<String> sick = new HashSet<>();
  private final BanditRouter router =
      BanditRouter.builder()
          .sources(Sources.system(1))
          .health(agent -> !sick.contains(agent.id()))
          .build();
  private final RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(5));

  private Set<String> chosen() {
    Set<String> chosen = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      chosen.add(router.route(request).agent());
    }
    return chosen;
  }

  @Test
  void who_is_sick_is_masked_and_comes_back_when_well() {
    sick.addAll(List.of("a1", "a3"));

    assertThat(chosen()).containsExactly("a0", "a2", "a4");
    assertThat(router.route(request).candidates())
        .contains(new Scored("a1", Double.NEGATIVE_INFINITY))
        .extracting(Scored::agent)
        .containsExactly("a0", "a1", "a2", "a3", "a4");

    sick.clear();

    assertThat(chosen()).hasSize(5);
    assertThat(router.panics()).isZero();
  }

  @Test
  void where_half_are_sick_the_check_is_not_believed() {
    sick.addAll(List.of("a0", "a1", "a2"));

    assertThat(chosen()).hasSize(5);
    assertThat(router.panics()).isEqualTo(300);
  }

  @Test
  void the_only_candidate_is_never_masked() {
    sick.add("a0");
    List<RegisteredAgent> alone = FakeAgent.several(1);

    RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, alone));

    assertThat(decision.agent()).isEqualTo("a0");
  }

  @Test
  void a_check_that_throws_masks_and_disturbs_nothing() {
    BanditRouter throwing =
        BanditRouter.builder()
            .sources(Sources.system(1))
            .health(
                agent -> {
                  if (agent.id().equals("a2")) {
                    throw new IllegalStateException("no connection");
                  }
                  return true;
                })
            .build();

    for (int i = 0; i < 100; i++) {
      assertThat(throwing.route(request).agent()).isNotEqualTo("a2");
    }
  }
}
