/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A failed attempt says why, and what it cost. */
class FailureTest {
  private final List<Outcome> learned = new ArrayList<>();
  private final List<Usage> told = new ArrayList<>();

  private Router router() {
    Router inner = Router.leastLoaded();
    return new Router() {
      @Override
      public RoutingDecision route(RoutingRequest request) {
        return inner.route(request);
      }

      @Override
      public void learn(Outcome outcome) {
        learned.add(outcome);
      }
    };
  }

  private ArbiterBuilder arbiter() {
    return Arbiter.builder()
        .router(router())
        .withoutConstitution()
        .listener(
            event -> {
              if (event instanceof TaskEvent.Routing routing) {
                routing.failed().ifPresent(failure -> told.add(failure.usage()));
              }
            });
  }

  private TaskResult.Failed fail(ArbiterBuilder builder) throws InterruptedException {
    try (Arbiter arbiter = builder.build()) {
      TaskResult result = arbiter.submit(Task.builder("fix").build()).await(Duration.ofSeconds(30));
      return (TaskResult.Failed) result;
    }
  }

  private static WorkReport spendAndFail(Assignment assignment) throws AgentException {
    throw new AgentException("no luck", Usage.cost(.5));
  }

  @Test
  void what_a_failed_attempt_cost_reaches_router_events_and_result() throws Exception {
    TaskResult.Failed failed =
        fail(
            arbiter()
                .agent(AgentProfile.of("ada"), FailureTest::spendAndFail)
                .agent(AgentProfile.of("bob"), FailureTest::spendAndFail));

    assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
    assertThat(failed.usage()).isEqualTo(Usage.cost(.5));
    assertThat(told).containsExactly(Usage.cost(.5));
    assertThat(learned).extracting(Outcome::cost).containsExactly(.5, .5);
  }

  @Test
  void an_asynchronous_agent_and_a_meter_are_charged_too() throws Exception {
    fail(
        arbiter()
            .fallbacks(0)
            .asyncAgent(
                AgentProfile.of("ada"),
                assignment ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          throw new java.util.concurrent.CompletionException(
                              new AgentException("no", Usage.cost(.25)));
                        })));
    fail(
        arbiter()
            .fallbacks(0)
            .agent(
                AgentProfile.of("bob"),
                assignment -> {
                  assignment.meter().add(Usage.cost(.1));
                  assignment.meter().add(Usage.cost(.2));
                  throw new IllegalStateException("broke");
                }));

    assertThat(learned.get(0).cost()).isEqualTo(.25);
    assertThat(learned.get(1).cost()).isEqualTo(.1 + .2);
  }

  @Test
  void an_attempt_that_took_too_long_is_charged_what_it_metered() throws Exception {
    Agent slow =
        assignment -> {
          assignment.meter().add(Usage.cost(.75));
          TimeUnit.SECONDS.sleep(60);
          return WorkReport.of("late");
        };

    TaskResult.Failed failed =
        fail(
            arbiter()
                .fallbacks(0)
                .attemptLimit(Duration.ofMillis(300))
                .agent(AgentProfile.of("ada"), slow));

    assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
    assertThat(failed.usage()).isEqualTo(Usage.cost(.75));
    assertThat(learned.get(0).cost()).isEqualTo(.75);
  }

  @Test
  void an_interceptor_that_makes_a_new_assignment_keeps_the_meter() throws Exception {
    fail(
        arbiter()
            .fallbacks(0)
            .interceptor(
                (a, chain) ->
                    chain.proceed(
                        new Assignment(
                            a.task(), a.agent(), a.attempt(), a.specDigest(), a.timeLimit())))
            .agent(
                AgentProfile.of("ada"),
                assignment -> {
                  assignment.meter().add(Usage.cost(.5));
                  throw new IllegalStateException("broke");
                }));

    assertThat(learned.get(0).cost()).isEqualTo(.5);
  }

  @Test
  void an_agents_own_time_out_is_a_time_out() throws Exception {
    TaskResult.Failed failed =
        fail(
            arbiter()
                .fallbacks(0)
                .agent(
                    AgentProfile.of("ada"),
                    assignment -> {
                      throw new TimeoutException("gave up; its last words: almost");
                    }));

    assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
    assertThat(failed.message()).contains("almost");
  }

  @Test
  void the_whole_chain_of_causes_is_told() throws Exception {
    TaskResult.Failed failed =
        fail(
            arbiter()
                .fallbacks(0)
                .agent(
                    AgentProfile.of("ada"),
                    assignment -> {
                      throw new RuntimeException("outer", new IOException("connection refused"));
                    }));

    assertThat(failed.message()).contains("outer").contains("connection refused");
    assertThat(failed.detail()).contains("FailureTest").contains("Caused by: java.io.IOException");
    assertThat(failed.summary()).contains("AGENT_ERROR").contains("connection refused");
  }

  @Test
  void a_rejection_is_told_in_words() {
    Task task = Task.builder("fix").id("T-1").build();
    List<Finding> findings =
        List.of(
            Finding.error("spec.unknown", "", "there is no spec"),
            Finding.error("policy.missing", "/", "add one"));

    assertThat(new TaskResult.Rejected(task, findings).summary())
        .isEqualTo(
            "task 'T-1' rejected: there is no spec (spec.unknown); add one (policy.missing)");
  }

  @Test
  void a_report_with_null_in_it_is_the_agents_fault() throws Exception {
    TaskResult.Failed failed =
        fail(
            arbiter()
                .fallbacks(0)
                .agent(AgentProfile.of("ada"), assignment -> reportWithoutUsage()));

    assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
    assertThat(failed.message()).contains("report.usage must not be null");
  }

  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  private static WorkReport reportWithoutUsage() {
    return new WorkReport("", List.of(), List.of(), null);
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void null_agents_and_payloads_are_refused_by_name() {
    assertThatThrownBy(() -> arbiter().agent(AgentProfile.of("ada"), (Agent) null).build())
        .hasMessageContaining("agent 'ada' must not be null");
    assertThatThrownBy(() -> Task.builder("fix").payload(null).build())
        .hasMessageContaining("task.payload must not be null");
  }
}
