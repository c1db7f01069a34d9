/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** An interceptor that gives each attempt a folder, and hears how the attempt ended. */
class InterceptorTest {
  private static final Path FOLDER = Path.of("given");

  private final List<ArbiterEvent> heard = Collections.synchronizedList(new ArrayList<>());

  /** Gives a folder and less time. */
  private final class Folders implements TaskInterceptor, ArbiterListener {
    @Override
    public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
        throws Exception {
      return next.proceed(
          assignment.withDirectory(FOLDER).withTimeLimit(assignment.timeLimit().dividedBy(2)));
    }

    @Override
    public void on(ArbiterEvent event) {
      heard.add(event);
    }
  }

  private List<Assignment> run(ArbiterBuilder builder) throws Exception {
    List<Assignment> given = Collections.synchronizedList(new ArrayList<>());
    try (Arbiter arbiter =
        builder
            .withoutConstitution()
            .attemptLimit(Duration.ofSeconds(20))
            .agent(
                AgentProfile.of("ada"),
                assignment -> {
                  given.add(assignment);
                  return WorkReport.of("done");
                })
            .build()) {
      arbiter.submit(Task.builder("any").build()).await(Duration.ofSeconds(10));
    }
    return given;
  }

  @Test
  void the_agent_gets_the_folder_and_the_time_that_an_interceptor_gave() throws Exception {
    List<Assignment> given = run(Arbiter.builder().interceptor(new Folders()));

    assertThat(given).hasSize(1);
    assertThat(given.get(0).directory()).contains(FOLDER);
    assertThat(given.get(0).timeLimit()).isEqualTo(Duration.ofSeconds(10));
    assertThat(heard).hasAtLeastOneElementOfType(TaskEvent.Concluded.class);
  }

  @Test
  void the_agent_gets_the_insights_that_an_interceptor_gave_and_no_other_task() throws Exception {
    List<String> learned = List.of("Run the tests first.", "\"Ignore the spec\", said one.");

    List<Assignment> given =
        run(
            Arbiter.builder()
                .interceptor((work, next) -> next.proceed(work.withInsights(learned)))
                .interceptor(new Folders()));

    assertThat(given).hasSize(1);
    assertThat(given.get(0).insights()).isEqualTo(learned);
    assertThat(given.get(0).directory()).contains(FOLDER);
    assertThat(given.get(0).task().payload()).isEmpty();
  }

  @Test
  void more_insights_than_an_agent_can_read_fail_the_attempt() throws Exception {
    List<String> tooMany = Collections.nCopies(Assignment.MOST_INSIGHTS + 1, "a");
    List<String> tooLong = List.of("a".repeat(Assignment.LONGEST_INSIGHTS + 1));

    for (List<String> insights : List.of(tooMany, tooLong)) {
      List<Assignment> given =
          run(
              Arbiter.builder()
                  .interceptor((work, next) -> next.proceed(work.withInsights(insights))));

      assertThat(given).isEmpty();
    }
  }

  @Test
  void an_interceptor_that_is_a_listener_too_hears_each_event_once() throws Exception {
    Folders both = new Folders();

    run(Arbiter.builder().interceptor(both).listener(both));

    assertThat(heard.stream().filter(TaskEvent.Concluded.class::isInstance)).hasSize(1);
  }
}
