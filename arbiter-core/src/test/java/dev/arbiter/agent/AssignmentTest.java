/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What an agent is given, and what an interceptor may change of it. */
class AssignmentTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static Assignment of(Task task, String agent, int attempt) {
    return new Assignment(task, agent, attempt, "sha256:1", LIMIT);
  }

  private static Task task(String tenant, String id) {
    return Task.builder("fix").tenant(tenant).id(id).build();
  }

  @Test
  void the_key_of_an_attempt_is_its_own() {
    Set<String> keys = new HashSet<>();
    for (String tenant : List.of("acme", "beta")) {
      for (String id : List.of("T-1", "T-11")) {
        for (int attempt = 1; attempt <= 2; attempt++) {
          keys.add(of(task(tenant, id), "ada", attempt).attemptKey());
        }
      }
    }

    assertThat(keys).hasSize(8).allMatch(key -> key.matches("a-[0-9a-f]{26}"));
    assertThat(of(task("acme", "T-1"), "bob", 1).attemptKey())
        .as("whoever makes it")
        .isEqualTo(of(task("acme", "T-1"), "ada", 1).attemptKey());
  }

  @Test
  void a_change_leaves_the_rest() {
    Assignment first = of(task("acme", "T-1"), "ada", 2).withInsights(List.of("look"));
    UsageMeter meter = new UsageMeter();
    Path folder = Path.of("work");

    Assignment changed =
        first
            .withMeter(meter)
            .withLink(AgentLink.none())
            .withDirectory(folder)
            .withTimeLimit(Duration.ofSeconds(5));

    assertThat(changed.meter()).isSameAs(meter);
    assertThat(changed.directory()).contains(folder);
    assertThat(changed.timeLimit()).isEqualTo(Duration.ofSeconds(5));
    assertThat(changed.insights()).containsExactly("look");
    assertThat(changed.withInsights(List.of()).directory()).contains(folder);
    assertThat(changed.attemptKey()).isEqualTo(first.attemptKey());
    assertThat(changed.task()).isSameAs(first.task());
    assertThat(changed.specDigest()).isEqualTo("sha256:1");
  }

  @Test
  void insights_are_limited_in_number_and_length() {
    Assignment first = of(task("acme", "T-1"), "ada", 1);
    String half = "x".repeat(Assignment.LONGEST_INSIGHTS / 2);

    assertThat(first.withInsights(Collections.nCopies(64, "x")).insights()).hasSize(64);
    assertThatThrownBy(() -> first.withInsights(Collections.nCopies(65, "x")))
        .hasMessage("assignment.insights must be at most 64, got 65; give the best");
    assertThat(first.withInsights(List.of(half, half)).insights()).hasSize(2);
    assertThatThrownBy(() -> first.withInsights(List.of(half, half, "x")))
        .hasMessage(
            "assignment.insights must have at most 65536 characters together, got 65537; give the"
                + " best");
  }

  @Test
  void a_trace_of_the_caller_goes_on_in_a_span_of_the_attempt() {
    Task traced = Task.builder("fix").id("T-1").correlationId(PARENT).build();

    String first = of(traced, "ada", 1).traceparent().orElseThrow();
    assertThat(first).matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01");
    assertThat(of(traced, "ada", 2).traceparent()).isPresent().get().isNotEqualTo(first);
    assertThat(of(traced, "ada", 1).correlation()).isEqualTo(PARENT);
    assertThat(of(task("acme", "T-1"), "ada", 1).traceparent()).isEmpty();
  }

  @Test
  void outside_of_an_arbiter_progress_is_metered() {
    Assignment assignment = of(task("acme", "T-1"), "ada", 1);

    assertThat(assignment.progress(Usage.cost(2), "half")).isCompletedWithValue(true);
    assertThat(assignment.meter().total()).isEqualTo(Usage.cost(2));
  }

  @Test
  void a_usage_limit_has_its_end() {
    Instant end = Instant.EPOCH.plusSeconds(60);
    AgentException limit = AgentException.quota("limit reached", end);

    assertThat(limit).hasMessage("limit reached");
    assertThat(limit.retryAt()).contains(end);
    assertThat(limit.usage()).isEqualTo(Usage.none());
  }

  @Test
  void a_profile_has_what_it_was_built_of() {
    AgentProfile profile =
        AgentProfile.builder("ada")
            .capability("java", 0)
            .capability("sql", 1)
            .price(0)
            .attemptLimit(LIMIT)
            .idempotent()
            .build();

    assertThat(profile.price()).hasValue(0);
    assertThat(profile.attemptLimit()).contains(LIMIT);
    assertThat(profile.idempotent()).isTrue();
    assertThat(profile.capabilities()).containsOnlyKeys("java", "sql");
    assertThatThrownBy(() -> AgentProfile.builder("ada").price(-1).build())
        .hasMessageContaining("agent.price must be >= 0");
    assertThatThrownBy(() -> AgentProfile.builder("ada").attemptLimit(Duration.ZERO).build())
        .hasMessageContaining("agent.attemptLimit must be positive");
    assertThatThrownBy(() -> AgentProfile.builder("ada").capability("java", -.1).build())
        .hasMessageContaining("'java'");
  }

  /** An interceptor's change must not cost the agent its approvals, its token or its trace. */
  @Test
  void each_change_is_of_one_part_only() {
    AgentLink link = AgentLink.none();
    UsageMeter meter = new UsageMeter();
    Answer yes = Answer.approve("eve");
    List<Approval> approvals =
        List.of(new Approval("r-1", ApprovalRequest.Point.START, "sha256:2", yes, Instant.EPOCH));
    Path folder = Path.of("work");
    Task task = task("acme", "T-1");
    Assignment full =
        new Assignment(
            task,
            "ada",
            3,
            "sha256:1",
            LIMIT,
            meter,
            approvals,
            "token",
            link,
            Optional.of(folder),
            List.of("look"));

    assertThat(full.withMeter(new UsageMeter()).withMeter(meter)).isEqualTo(full);
    assertThat(full.withLink(new OtherLink()).withLink(link)).isEqualTo(full);
    assertThat(full.withDirectory(Path.of("x")).withDirectory(folder)).isEqualTo(full);
    assertThat(full.withInsights(List.of()).withInsights(List.of("look"))).isEqualTo(full);
    assertThat(full.withTimeLimit(LIMIT.plusNanos(1)).withTimeLimit(LIMIT)).isEqualTo(full);
    assertThat(full.withMeter(new UsageMeter()).meter()).isNotSameAs(meter);
    assertThat(full.withLink(new OtherLink()).link()).isInstanceOf(OtherLink.class);
  }

  private static final class OtherLink implements AgentLink {
    @Override
    public CompletionStage<Approval> ask(Question question) {
      return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<Boolean> progress(Usage more, String message) {
      return CompletableFuture.completedFuture(false);
    }
  }

  @Test
  void what_the_engine_says_to_progress_reaches_the_agent_after_it_was_metered() {
    Assignment assignment = of(task("acme", "T-1"), "ada", 1).withLink(new OtherLink());

    assertThat(assignment.progress(Usage.cost(1), "half")).isCompletedWithValue(false);
    assertThat(assignment.progress(Usage.cost(2), "more")).isCompletedWithValue(false);
    assertThat(assignment.meter().total()).isEqualTo(Usage.cost(3));
    assertThat(assignment.ask(Question.of("Which?")).toCompletableFuture()).isNotDone();
  }

  @Test
  void the_key_of_an_attempt_keeps_tenant_and_task_apart() {
    assertThat(of(task("a", "bc"), "ada", 1).attemptKey())
        .isNotEqualTo(of(task("ab", "c"), "ada", 1).attemptKey());
    assertThat(of(task("a", "b"), "ada", 11).attemptKey())
        .isNotEqualTo(of(task("a", "b1"), "ada", 1).attemptKey());
  }
}
