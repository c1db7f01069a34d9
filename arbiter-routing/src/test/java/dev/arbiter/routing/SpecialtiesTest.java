/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.BanditRouter.Specialty;
import dev.arbiter.routing.BanditRouter.Specialty.Kind;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpecialtiesTest {
  private final BanditRouter router = Simulation.router(BanditPolicy.uniform(), 1);

  private void work(Task task, double chance, int times) {
    SplittableRandom luck = new SplittableRandom(times);
    for (int i = 0; i < times; i++) {
      RoutingDecision decision = router.route(Simulation.request(task, FakeAgent.several(1)));
      router.learn(Simulation.outcome(decision, task, luck.nextDouble() < chance));
    }
  }

  @Test
  void an_agent_is_known_by_type_and_by_capability_the_surest_first() {
    work(Task.builder("fix").requires("java").build(), .8, 400);
    work(Task.builder("doc").requires("java", "prose").build(), .3, 200);

    List<Specialty> specialties = router.specialties("a0");

    assertThat(specialties)
        .extracting(Specialty::kind, Specialty::name)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(Kind.TASK_TYPE, "fix"),
            org.assertj.core.api.Assertions.tuple(Kind.CAPABILITY, "java"),
            org.assertj.core.api.Assertions.tuple(Kind.TASK_TYPE, "doc"),
            org.assertj.core.api.Assertions.tuple(Kind.CAPABILITY, "prose"));
    Specialty fix = specialties.get(0);
    assertThat(fix.success()).isCloseTo(.8, within(.05));
    assertThat(fix.low()).isLessThan(.8).isGreaterThan(.7);
    assertThat(fix.high()).isGreaterThan(.8).isLessThan(.9);
    assertThat(specialties.get(1).success()).isCloseTo(.63, within(.06));
  }

  @Test
  void few_outcomes_leave_a_wide_interval() {
    work(Task.builder("fix").build(), 1, 2);

    Specialty two = router.specialties("a0").get(0);

    assertThat(two.outcomes()).isCloseTo(2, within(.01));
    assertThat(two.high()).isEqualTo(1);
    assertThat(two.low()).isLessThan(.4);
  }

  @Test
  void an_agent_without_outcomes_has_none() {
    assertThat(router.specialties("nobody")).isEmpty();
  }
}
