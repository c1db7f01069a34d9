/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.Simulation;
import dev.arbiter.routing.evaluation.OutcomeMatrix.RecordedTask;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

class ReplayEvaluatorTest {
  private static final Offset<Double> EXACT = within(1e-12);

  /* Ada solves half of T-1 and all of T-2, Bob T-3 only, Cy was never tried at T-1. */
  private final OutcomeMatrix tiny =
      OutcomeMatrix.builder()
          .trial("T-1", "fix", "ada", true, 2, 10)
          .trial("T-1", "fix", "ada", false, 4, 10)
          .trial("T-1", "fix", "bob", false, 1, 5)
          .trial("T-2", "fix", "ada", true, 3, 10)
          .trial("T-2", "fix", "bob", false, 1, 5)
          .trial("T-2", "fix", "cy", false, 0, 1)
          .trial("T-3", "doc", "ada", false, 3, 10)
          .trial("T-3", "doc", "bob", true, 1, 5)
          .trial("T-3", "doc", "cy", true, 0, 1)
          .build();

  @Test
  void references_are_what_is_counted_by_hand() {
    OutcomeMatrix.References references = tiny.references();

    assertThat(tiny.agents()).containsExactly("ada", "bob", "cy");
    assertThat(tiny.size()).isEqualTo(3);
    assertThat(references.uniform()).isCloseTo((.25 + 1 / 3. + 2 / 3.) / 3, EXACT);
    assertThat(references.bestAgent()).isEqualTo("ada");
    assertThat(references.bestFixed()).isCloseTo(.5, EXACT);
    assertThat(references.bestPerCategory()).isCloseTo((.75 + .75 + 1) / 3, EXACT);
    assertThat(references.anyAgent()).isCloseTo((.5 + 1 + 1) / 3, EXACT);
  }

  @Test
  void a_router_that_always_takes_bob_comes_to_what_bob_does() {
    ReplayReport report = ReplayEvaluator.builder(tiny).build().evaluate(seed -> named("bob"));

    assertThat(report.steps()).isEqualTo(3);
    assertThat(report.firstChoice().value()).isCloseTo(1 / 3., EXACT);
    assertThat(report.firstChoice().standardError()).isCloseTo(0, EXACT);
    assertThat(report.spend().value()).isCloseTo(1, EXACT);
    assertThat(report.regret().value()).isCloseTo(.5 + 1 - 1, EXACT);
    assertThat(report.shares()).isEqualTo(Map.of("ada", 0., "bob", 1., "cy", 0.));
  }

  @Test
  void a_fallback_is_another_agent_and_is_paid_too() {
    ReplayReport report =
        ReplayEvaluator.builder(tiny).fallbacks(1).build().evaluate(seed -> named("bob"));

    double ada = report.afterFallback().value() * 3 - 2;
    assertThat(ada).isBetween(0., 1.);
    assertThat(report.firstChoice().value()).isCloseTo(1 / 3., EXACT);
    assertThat(report.spend().value() * 3).isCloseTo(1 + (1 + 3) + (1 + 4 - 2 * ada), EXACT);
  }

  @Test
  void with_enough_fallbacks_everything_somebody_solves_is_solved() {
    OutcomeMatrix matrix = random(200, 5, .7);

    ReplayReport report =
        ReplayEvaluator.builder(matrix)
            .runs(4)
            .fallbacks(5)
            .build()
            .evaluate(seed -> Simulation.router(BanditPolicy.adaptiveThompson(), seed));

    assertThat(report.afterFallback().value()).isCloseTo(matrix.references().anyAgent(), EXACT);
    assertThat(report.afterFallback().standardError()).isZero();
  }

  @Test
  void only_agents_with_a_record_of_the_task_are_offered() {
    OutcomeMatrix matrix = random(300, 6, .5, 300);
    ConcurrentLinkedQueue<RoutingRequest> requests = new ConcurrentLinkedQueue<>();

    ReplayEvaluator.builder(matrix)
        .runs(2)
        .fallbacks(2)
        .build()
        .evaluate(seed -> new Listening(Router.leastLoaded(), requests));

    for (RoutingRequest request : requests) {
      RecordedTask task =
          matrix.tasks.stream()
              .filter(t -> t.task.type().equals(request.task().type()))
              .findFirst()
              .orElseThrow();
      assertThat(request.candidates()).allMatch(agent -> task.has(agent.number()));
    }
    assertThat(requests).hasSizeGreaterThan(600);
  }

  /** 200 recorded tasks drawn 1,000 times. */
  @Test
  void every_step_has_a_task_of_its_own() {
    ConcurrentLinkedQueue<RoutingRequest> requests = new ConcurrentLinkedQueue<>();

    ReplayEvaluator.builder(random(200, 4, .5))
        .runs(2)
        .draws(500)
        .build()
        .evaluate(seed -> new Listening(Router.leastLoaded(), requests));

    assertThat(requests).hasSize(1_000).extracting(r -> r.task().id()).doesNotHaveDuplicates();
  }

  @Test
  void tasks_of_the_same_agents_share_one_immutable_list() {
    OutcomeMatrix matrix = random(300, 4, .5);
    ConcurrentLinkedQueue<RoutingRequest> requests = new ConcurrentLinkedQueue<>();

    ReplayEvaluator.builder(matrix)
        .runs(2)
        .build()
        .evaluate(seed -> new Listening(Router.leastLoaded(), requests));

    Set<Integer> identities = new HashSet<>();
    for (RoutingRequest request : requests) {
      assertThat(List.copyOf(request.candidates())).isSameAs(request.candidates());
      identities.add(System.identityHashCode(request.candidates()));
    }
    assertThat(identities).hasSizeLessThanOrEqualTo(15);
  }

  @Test
  void one_seed_gives_one_report_on_any_executor() {
    ReplayEvaluator.Builder builder =
        ReplayEvaluator.builder(random(200, 6, .8)).draws(500).delay(3).fallbacks(1).runs(8);
    ExecutorService threads = Executors.newFixedThreadPool(3);

    ReplayReport here = evaluate(builder);
    ReplayReport there = evaluate(builder.executor(threads));
    ReplayReport alone = evaluate(builder.executor(run -> {}));
    ReplayReport other = evaluate(builder.seed(1_000));
    threads.shutdown();

    assertThat(there).isEqualTo(here);
    assertThat(alone).isEqualTo(here);
    assertThat(other).isNotEqualTo(here);
  }

  @Test
  void outcomes_are_told_after_as_many_further_tasks_as_the_delay_says() {
    List<List<Integer>> known = new ArrayList<>();

    ReplayEvaluator.builder(tiny)
        .draws(6)
        .delay(2)
        .runs(2)
        .build()
        .evaluate(seed -> new Counting(known));

    assertThat(known).hasSize(2).allMatch(List.of(0, 0, 0, 1, 2, 3)::equals);
  }

  @Test
  void an_agent_is_offered_from_its_arrival_on() {
    List<Boolean> there = new ArrayList<>();

    ReplayReport report =
        ReplayEvaluator.builder(random(100, 3, 1))
            .arrival(agent -> agent.equals("a2") ? .25 : 0)
            .runs(2)
            .buckets(4)
            .build()
            .evaluate(
                seed ->
                    request -> {
                      there.add(request.candidates().size() == 3);
                      return Router.leastLoaded().route(request);
                    });

    assertThat(there.subList(0, 25)).containsOnly(false);
    assertThat(there.subList(25, 100)).containsOnly(true);
    assertThat(report.curve())
        .extracting(ReplayReport.Bucket::start)
        .containsExactly(0, 25, 50, 75);
  }

  @Test
  void a_task_nobody_can_take_yet_goes_unsolved() {
    ReplayReport report =
        ReplayEvaluator.builder(tiny).arrival(agent -> 1).build().evaluate(seed -> named("ada"));

    assertThat(report.firstChoice().value()).isZero();
    assertThat(report.regret().value()).isZero();
    assertThat(report.shares().values()).containsOnly(0.);
  }

  @Test
  void before_the_best_agent_is_there_regret_is_against_the_best_that_is() {
    ReplayReport report =
        ReplayEvaluator.builder(tiny)
            .arrival(agent -> agent.equals("bob") ? 0 : 1)
            .build()
            .evaluate(seed -> named("bob"));

    assertThat(report.regret().value()).isZero();
  }

  @Test
  void the_curve_adds_up_to_the_whole() {
    ReplayReport report = evaluate(ReplayEvaluator.builder(random(203, 5, .8)).runs(5));

    double solved = 0;
    for (ReplayReport.Bucket bucket : report.curve()) {
      solved += bucket.success() * (bucket.end() - bucket.start());
      assertThat(bucket.shares().values().stream().mapToDouble(s -> s).sum()).isCloseTo(1, EXACT);
    }
    ReplayReport.Bucket last = report.curve().get(report.curve().size() - 1);
    assertThat(report.curve()).hasSize(50);
    assertThat(last.end()).isEqualTo(203);
    assertThat(solved / 203).isCloseTo(report.firstChoice().value(), EXACT);
    assertThat(last.regret()).isCloseTo(report.regret().value(), within(1e-9));
  }

  @Test
  void two_routers_meet_the_same_tasks_and_the_same_luck() {
    ReplayEvaluator replay = ReplayEvaluator.builder(noisy()).draws(400).runs(3).build();

    ReplayReport one = replay.evaluate(seed -> named("ada"));
    ReplayReport other =
        replay.evaluate(
            seed -> {
              Router unrelated = Simulation.router(BanditPolicy.ucb1(), seed);
              return request -> {
                unrelated.route(request);
                return named("ada").route(request);
              };
            });

    assertThat(other).isEqualTo(one);
    assertThat(one.firstChoice().value()).isBetween(.4, .6);
  }

  @Test
  void the_price_an_agent_declares_is_in_its_profile_and_none_is_made_up() {
    OutcomeMatrix matrix =
        OutcomeMatrix.builder()
            .trial("T-1", "fix", "ada", true, 2, 10)
            .trial("T-1", "fix", "bob", true, 2, 10)
            .declaredPrice("ada", .5)
            .build();

    assertThat(matrix.registered.get(0).profile().price()).hasValue(.5);
    assertThat(matrix.registered.get(1).profile().price()).isEmpty();
  }

  @Test
  void a_hundred_runs_of_5_000_steps_with_24_agents_beat_uniform_choice_by_far(
      TestReporter reporter) {
    ReplayReport report =
        ReplayEvaluator.builder(random(1_000, 24, 1))
            .draws(5_000)
            .runs(100)
            .build()
            .evaluate(seed -> Simulation.router(BanditPolicy.adaptiveThompson(), seed));

    reporter.publishEntry("regret against the best of 24", report.regret().toString());
    assertThat(report.firstChoice().value()).isGreaterThan(report.references().uniform() + .1);
  }

  @Test
  void what_makes_no_matrix_is_refused() {
    assertThatThrownBy(() -> OutcomeMatrix.builder().build())
        .hasMessageContaining("matrix has no trial");
    assertThatThrownBy(
            () -> OutcomeMatrix.builder().trial("T", "a", "x", true).trial("T", "b", "y", true))
        .hasMessageContaining("task 'T' was of type 'a'");
    assertThatThrownBy(() -> OutcomeMatrix.builder().trial("T", "a", "x", true, Double.NaN, 0))
        .hasMessageContaining("cost of agent 'x' at task 'T' must be 0 to 1e9 dollars, got NaN");
    assertThatThrownBy(() -> OutcomeMatrix.builder().trial("T", "a", "x", true, 0, -1))
        .hasMessageContaining("time of agent 'x'");
    assertThatThrownBy(
            () -> OutcomeMatrix.builder().trial("T", "a", "x", true).declaredPrice("y", 1).build())
        .hasMessageContaining("agent 'y' declares a price and has no trial");
  }

  @Test
  void what_makes_no_replay_is_refused() {
    ReplayEvaluator.Builder builder = ReplayEvaluator.builder(tiny);

    assertThatThrownBy(() -> builder.runs(0)).hasMessageContaining("replay.runs");
    assertThatThrownBy(() -> builder.draws(0)).hasMessageContaining("replay.draws");
    assertThatThrownBy(() -> builder.delay(-1)).hasMessageContaining("replay.delay");
    assertThatThrownBy(() -> builder.fallbacks(-1)).hasMessageContaining("replay.fallbacks");
    assertThatThrownBy(() -> builder.buckets(0)).hasMessageContaining("replay.buckets");
    assertThatThrownBy(() -> builder.arrival(agent -> 2).build())
        .hasMessageContaining("arrival of agent 'ada' must be in [0,1], got 2.0");
  }

  @Test
  void a_choice_that_is_no_candidate_ends_the_replay() {
    ReplayEvaluator replay = ReplayEvaluator.builder(tiny).build();

    assertThatThrownBy(() -> replay.evaluate(seed -> request -> new Chosen("zoe")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("chose agent 'zoe'");
  }

  private static ReplayReport evaluate(ReplayEvaluator.Builder builder) {
    return builder
        .build()
        .evaluate(seed -> Simulation.router(BanditPolicy.adaptiveThompson(), seed));
  }

  /** One trial a pair; agent a(i) solves with chance (i + 1) / (agents + 1). */
  private static OutcomeMatrix random(int tasks, int agents, double recorded) {
    return random(tasks, agents, recorded, 7);
  }

  private static OutcomeMatrix random(int tasks, int agents, double recorded, int types) {
    SplittableRandom random = new SplittableRandom(5);
    OutcomeMatrix.Builder matrix = OutcomeMatrix.builder();
    for (int task = 0; task < tasks; task++) {
      int sure = random.nextInt(agents);
      for (int agent = 0; agent < agents; agent++) {
        if (agent == sure || random.nextDouble() < recorded) {
          boolean success = random.nextDouble() < (agent + 1.) / (agents + 1);
          matrix.trial("T-" + task, "type-" + task % types, "a" + agent, success, agent, 1);
        }
      }
    }
    return matrix.build();
  }

  private static OutcomeMatrix noisy() {
    OutcomeMatrix.Builder matrix = OutcomeMatrix.builder();
    for (String agent : List.of("ada", "bob")) {
      matrix.trial("T-1", "fix", agent, true).trial("T-1", "fix", agent, false);
    }
    return matrix.build();
  }

  /** Takes one agent as long as it is a candidate, then the first. */
  private static Router named(String agent) {
    return request -> {
      boolean there = request.candidates().stream().anyMatch(a -> a.id().equals(agent));
      return new Chosen(there ? agent : request.candidates().get(0).id());
    };
  }

  private record Chosen(String agent) implements RoutingDecision {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public String policy() {
      return "named";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "told so";
    }

    @Override
    public List<Scored> candidates() {
      return List.of(new Scored(agent, 1));
    }
  }

  /** Keeps what the router is asked. */
  private record Listening(Router router, ConcurrentLinkedQueue<RoutingRequest> requests)
      implements Router {
    @Override
    public RoutingDecision route(RoutingRequest request) {
      requests.add(request);
      return router.route(request);
    }
  }

  /** Keeps how many outcomes were known at each choice. */
  private static final class Counting implements Router {
    private final List<Integer> known = new ArrayList<>();
    private int outcomes;

    private Counting(List<List<Integer>> all) {
      all.add(known);
    }

    @Override
    public RoutingDecision route(RoutingRequest request) {
      known.add(outcomes);
      return Router.leastLoaded().route(request);
    }

    @Override
    public void learn(Outcome outcome) {
      outcomes++;
    }
  }
}
