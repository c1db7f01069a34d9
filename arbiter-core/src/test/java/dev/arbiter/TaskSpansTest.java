/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.only;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.trace.TaskSpan;
import dev.arbiter.trace.TaskSpans;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tasks as spans, exported by a real OpenTelemetry SDK. */
class TaskSpansTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final AgentProfile BOB = AgentProfile.of("bob");

  private final WaitingWorld world = new WaitingWorld();
  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final OtelBridge bridge = new OtelBridge(exported);

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  private WorkReport done(Assignment assignment) {
    world.time.advance(Duration.ofSeconds(3));
    return WorkReport.of("done").withUsage(new Usage(100, 20, .5, Duration.ZERO));
  }

  private WorkReport down(Assignment assignment) {
    world.time.advance(Duration.ofSeconds(2));
    throw new IllegalStateException("down");
  }

  private Map<String, SpanData> byName() {
    return exported.getFinishedSpanItems().stream()
        .collect(Collectors.toMap(SpanData::getName, Function.identity()));
  }

  private static SpanData of(Map<String, SpanData> spans, String name) {
    assertThat(spans).containsKey(name);
    return java.util.Objects.requireNonNull(spans.get(name));
  }

  private static Duration time(SpanData span) {
    return Duration.ofNanos(span.getEndEpochNanos() - span.getStartEpochNanos());
  }

  @Test
  void a_task_is_a_workflow_with_an_agent_and_a_gate() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().agent(ADA, this::done).listener(TaskSpans.to(bridge)).build()) {
      arbiter.submit(task().build()).await(SOON);
    }

    Map<String, SpanData> spans = byName();
    SpanData root = of(spans, "invoke_workflow arbiter.task");
    SpanData agent = of(spans, "invoke_agent ada");
    SpanData gate = of(spans, "execute_tool constitution");
    assertThat(spans).hasSize(3);
    assertThat(root.getTraceId()).isEqualTo(task().build().correlation());
    assertThat(root.getParentSpanContext().isValid()).isFalse();
    assertThat(List.of(agent, gate))
        .allSatisfy(
            child -> {
              assertThat(child.getTraceId()).isEqualTo(root.getTraceId());
              assertThat(child.getParentSpanId()).isEqualTo(root.getSpanId());
              assertThat(child.getKind()).isEqualTo(SpanKind.INTERNAL);
            });
    assertThat(time(agent)).isEqualTo(Duration.ofSeconds(3));
    assertThat(time(root)).isEqualTo(Duration.ofSeconds(3));
    assertThat(root.getAttributes().get(stringKey("gen_ai.operation.name")))
        .isEqualTo("invoke_workflow");
    assertThat(root.getAttributes().get(stringKey("gen_ai.workflow.name")))
        .isEqualTo("arbiter.task");
    assertThat(agent.getAttributes().get(stringKey("gen_ai.operation.name")))
        .isEqualTo("invoke_agent");
    assertThat(agent.getAttributes().get(stringKey("gen_ai.agent.id"))).isEqualTo("ada");
    assertThat(agent.getAttributes().get(stringKey("gen_ai.agent.name"))).isEqualTo("ada");
    assertThat(agent.getAttributes().get(longKey("gen_ai.usage.input_tokens"))).isEqualTo(100);
    assertThat(agent.getAttributes().get(longKey("gen_ai.usage.output_tokens"))).isEqualTo(20);
    assertThat(gate.getAttributes().get(stringKey("gen_ai.tool.name"))).isEqualTo("constitution");
    assertThat(exported.getFinishedSpanItems())
        .allSatisfy(
            span -> assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET))
        .noneMatch(span -> span.getAttributes().get(stringKey("error.type")) != null);
  }

  @Test
  void a_failed_attempt_says_why_and_the_next_one_is_beside_it() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::down)
            .agent(BOB, this::done)
            .listener(TaskSpans.to(bridge))
            .build()) {
      arbiter.submit(task().build()).await(SOON);
    }

    SpanData failed = of(byName(), "invoke_agent ada");
    assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(failed.getStatus().getDescription()).contains("down");
    assertThat(failed.getAttributes().get(stringKey("error.type"))).isEqualTo("agent_error");
    assertThat(time(failed)).isEqualTo(Duration.ofSeconds(2));
    SpanData next = of(byName(), "invoke_agent bob");
    assertThat(next.getAttributes().get(longKey("arbiter.attempt"))).isEqualTo(2);
    assertThat(next.getParentSpanId()).isEqualTo(failed.getParentSpanId());
    assertThat(next.getStartEpochNanos()).isGreaterThanOrEqualTo(failed.getEndEpochNanos());
  }

  @Test
  void the_callers_trace_goes_on_through_the_task_into_its_agent() throws Exception {
    List<String> handed = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  handed.add(assignment.traceparent().orElseThrow());
                  return done(assignment);
                })
            .listener(TaskSpans.to(bridge))
            .build()) {
      String traceparent = "00-" + TRACE + "-" + CALLER + "-01";
      arbiter.submit(task().correlationId(traceparent).build()).await(SOON);
    }

    assertThat(of(byName(), "invoke_workflow arbiter.task").getParentSpanId()).isEqualTo(CALLER);
    assertThat(of(byName(), "invoke_workflow arbiter.task").getTraceId()).isEqualTo(TRACE);
    assertThat(handed)
        .containsExactly(
            "00-" + TRACE + "-" + of(byName(), "invoke_agent ada").getSpanId() + "-01");
  }

  @Test
  void a_wait_is_a_span_of_its_own() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().agent(ADA, this::done).listener(TaskSpans.to(bridge)).build()) {
      Question question = Question.of("May it?").within(Duration.ofHours(1));
      TaskHandle handle = arbiter.submit(task().approval(question).build());
      world.pass(Duration.ofMinutes(10));
      arbiter.approvals().decide(only(arbiter), Answer.approve("eve"));
      handle.await(SOON);
    }

    SpanData wait = of(byName(), "arbiter.wait approval");
    assertThat(time(wait)).isEqualTo(Duration.ofMinutes(10));
    assertThat(wait.getEvents())
        .singleElement()
        .matches(e -> e.getName().equals("arbiter.decided"));
    assertThat(wait.getParentSpanId())
        .isEqualTo(of(byName(), "invoke_workflow arbiter.task").getSpanId());
  }

  @Test
  void retries_are_one_attempt_with_waits_between() throws Exception {
    int[] calls = {0};
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  if (++calls[0] < 3) {
                    throw new AgentException("busy", Usage.none())
                        .failure(FailureCause.CONNECTIVITY)
                        .effect(AgentException.Effect.NONE);
                  }
                  return done(assignment);
                })
            .listener(TaskSpans.to(bridge))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());
      world.pass(Duration.ofMinutes(1));
      handle.await(SOON);
    }

    List<String> names = exported.getFinishedSpanItems().stream().map(SpanData::getName).toList();
    assertThat(names)
        .containsExactly(
            "arbiter.wait retry",
            "arbiter.wait retry",
            "invoke_agent ada",
            "execute_tool constitution",
            "invoke_workflow arbiter.task");
    assertThat(of(byNameOfLast(), "invoke_agent ada").getEvents()).hasSize(2);
  }

  private Map<String, SpanData> byNameOfLast() {
    return exported.getFinishedSpanItems().stream()
        .collect(Collectors.toMap(SpanData::getName, Function.identity(), (one, other) -> other));
  }

  /** Ids are derived, so the process that ends a task ends the spans that a dead one had open. */
  @Test
  void a_restart_goes_on_with_the_same_trace() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first =
        world.arbiter(disk).agent(ADA, this::done).listener(TaskSpans.to(bridge)).build()) {
      TaskHandle handle =
          first.submit(task().approval(Question.of("May it?").within(Duration.ofHours(9))).build());
      WaitingWorld.until(() -> handle.state() == TaskState.WAITING);
      WaitingWorld.until(() -> first.approvals().open().size() == 1);
      assertThat(exported.getFinishedSpanItems()).isEmpty();
    }
    world.pass(Duration.ofHours(1));
    try (Arbiter second =
        world.arbiter(disk.cut()).agent(ADA, this::done).listener(TaskSpans.to(bridge)).build()) {
      WaitingWorld.until(() -> second.approvals().open().size() == 1);
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      second.approvals().decide(only(second), Answer.approve("eve"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }

    SpanData root = of(byName(), "invoke_workflow arbiter.task");
    assertThat(root.getTraceId()).isEqualTo(task().build().correlation());
    assertThat(time(root)).isGreaterThanOrEqualTo(Duration.ofHours(1));
    assertThat(exported.getFinishedSpanItems())
        .filteredOn(span -> span != root)
        .hasSize(3)
        .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(root.getSpanId()));
  }

  @Test
  void each_gate_that_the_host_names_is_a_tool() throws Exception {
    List<TaskSpan> spans = new ArrayList<>();
    TaskSpans listener =
        TaskSpans.to(spans::add)
            .gates(
                verdict ->
                    List.of(
                        new TaskSpans.Gate("tests", true, "passed"),
                        new TaskSpans.Gate("secrets", false, "failed")));
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::done).listener(listener).build()) {
      arbiter.submit(task().build()).await(SOON);
    }

    assertThat(spans.stream().map(TaskSpan::name))
        .contains("execute_tool tests", "execute_tool secrets")
        .doesNotContain("execute_tool constitution");
    assertThat(
            spans.stream()
                .filter(span -> span.error().isPresent())
                .map(span -> span.attributes().get("error.type")))
        .containsExactly("gate_failed");
  }

  @Test
  void agents_at_once_have_spans_beside_each_other() throws Exception {
    List<CompletableFuture<WorkReport>> works = new ArrayList<>();
    AsyncAgent agent =
        work -> {
          works.add(new CompletableFuture<>());
          return works.get(works.size() - 1);
        };
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(ADA, agent)
            .asyncAgent(BOB, agent)
            .listener(TaskSpans.to(bridge))
            .build()) {
      TaskHandle handle = arbiter.submit(task().bestOf(2).build());
      assertThat(works).hasSize(2);
      world.time.advance(Duration.ofSeconds(2));
      works.get(1).complete(WorkReport.of("two"));
      world.time.advance(Duration.ofSeconds(2));
      works.get(0).complete(WorkReport.of("one"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }

    List<Duration> times =
        exported.getFinishedSpanItems().stream()
            .filter(span -> span.getName().startsWith("invoke_agent"))
            .map(TaskSpansTest::time)
            .toList();
    assertThat(times).containsExactlyInAnyOrder(Duration.ofSeconds(2), Duration.ofSeconds(4));
    assertThat(exported.getFinishedSpanItems().stream().map(SpanData::getName))
        .filteredOn("execute_tool constitution"::equals)
        .hasSize(2);
    assertThat(exported.getFinishedSpanItems().stream().map(SpanData::getSpanId))
        .doesNotHaveDuplicates()
        .hasSize(5);
  }

  @Test
  void spans_have_ids_of_their_own_and_nothing_stays_open() throws Exception {
    List<TaskSpan> spans = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(2)
            .agent(
                ADA,
                assignment -> {
                  throw new AgentException("limit", Usage.none())
                      .failure(FailureCause.QUOTA)
                      .retryAt(world.now().plusSeconds(30));
                })
            .listener(TaskSpans.to(spans::add))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());
      for (int i = 0; i < 5; i++) {
        world.pass(Duration.ofMinutes(1));
      }
      handle.cancel("enough");
      handle.await(SOON);
    }

    Set<String> ids = new HashSet<>();
    assertThat(spans).hasSizeGreaterThan(6).allMatch(span -> ids.add(span.spanId()));
    TaskSpan root = spans.get(spans.size() - 1);
    assertThat(root.attributes()).containsEntry("error.type", "cancelled");
    for (TaskSpan span : spans) {
      assertThat(span.start()).isBetween(root.start().minusMillis(1), span.end());
      assertThat(span.end()).isBetween(Instant.EPOCH, root.end());
    }
  }

  /** A listener that was skipped for a while did not hear how the first attempt ended. */
  @Test
  void an_attempt_whose_end_was_not_heard_is_described_when_the_next_has_its_number()
      throws Exception {
    List<TaskSpan> spans = new ArrayList<>();
    TaskSpans listener = TaskSpans.to(spans::add);
    Arbiter[] own = new Arbiter[1];
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  world.time.advance(Duration.ofSeconds(2));
                  own[0].agents().register(BOB, this::done);
                  throw AgentException.quota("limit", world.now().plusSeconds(3_600));
                })
            .listener(
                event -> {
                  boolean isEnd =
                      event instanceof TaskEvent.Routing routing && routing.failed().isPresent();
                  if (!isEnd) {
                    listener.on(event);
                  }
                })
            .build()) {
      own[0] = arbiter;
      assertThat(arbiter.submit(task().build()).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }

    assertThat(spans)
        .extracting(TaskSpan::name)
        .containsExactly(
            "invoke_agent ada",
            "invoke_agent bob",
            "execute_tool constitution",
            "invoke_workflow arbiter.task");
    TaskSpan ada = spans.get(0);
    assertThat(ada.error()).isEmpty();
    assertThat(Duration.between(ada.start(), ada.end())).isEqualTo(Duration.ofSeconds(2));
  }
}
