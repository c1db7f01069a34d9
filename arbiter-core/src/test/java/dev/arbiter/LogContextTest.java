/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The MDC while a thread works for a task, and after. */
class LogContextTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Task TASK =
      Task.builder("fix").id("T-1").tenant("acme").correlationId("trace-7").build();
  private static final Map<String, String> HOST =
      Map.of("request", "r-1", "arbiter.task", "the host's own");

  private final WaitingWorld world = new WaitingWorld();
  private final List<Map<String, String>> seen = new ArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Arbiter.class);
  private final ListAppender<ILoggingEvent> lines =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent line) {
          line.prepareForDeferredProcessing();
          super.append(line);
        }
      };

  @BeforeEach
  void begin() {
    MDC.setContextMap(HOST);
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
    lines.start();
  }

  @AfterEach
  void end() {
    logger.detachAppender(lines);
    logger.setLevel(null);
    MDC.clear();
  }

  private WorkReport work(Assignment assignment) {
    seen.add(MDC.getCopyOfContextMap());
    return WorkReport.of("done");
  }

  @Test
  void names_the_task_while_an_agent_is_called() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::work).build()) {
      arbiter.submit(TASK).await(SOON);
    }

    assertThat(seen)
        .containsExactly(
            Map.of(
                "request", "r-1",
                "arbiter.tenant", "acme",
                "arbiter.task", "T-1",
                "arbiter.correlation", "trace-7",
                "arbiter.agent", "ada",
                "arbiter.attempt", "1"));
    assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);
  }

  @Test
  void names_it_in_the_lines_of_arbiter() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  throw new IllegalStateException("down");
                })
            .listener(
                event -> {
                  throw new IllegalStateException("deaf");
                })
            .build()) {
      assertThat(arbiter.submit(TASK).await(SOON).state()).isEqualTo(TaskState.FAILED);
    }

    assertThat(lines.list.stream().filter(line -> line.getFormattedMessage().contains("T-1")))
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line.getMDCPropertyMap())
                    .containsEntry("arbiter.task", "T-1")
                    .containsEntry("arbiter.correlation", "trace-7")
                    .containsEntry("request", "r-1"));
    assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);
  }

  /** What an agent does to the MDC of a thread that it only borrows ends with its call. */
  @Test
  void an_agent_cannot_spoil_the_context_of_the_host() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(2)
            .agent(
                ADA,
                assignment -> {
                  MDC.clear();
                  throw new IllegalStateException("down");
                })
            .agent(
                AgentProfile.of("bob"),
                assignment -> {
                  MDC.setContextMap(Map.of("leak", "bob"));
                  throw new Error("worse");
                })
            .agent(AgentProfile.of("cleo"), this::work)
            .build()) {
      arbiter.submit(TASK).await(SOON);
    }

    assertThat(seen).hasSize(1);
    assertThat(seen.get(0))
        .containsEntry("arbiter.agent", "cleo")
        .containsEntry("arbiter.attempt", "3")
        .containsEntry("request", "r-1")
        .doesNotContainKey("leak");
    assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);
  }

  @Test
  void an_agent_that_is_interrupted_leaves_its_thread_clean() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    CountDownLatch begun = new CountDownLatch(1);
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .executor(pool)
            .agent(
                ADA,
                assignment -> {
                  begun.countDown();
                  Thread.sleep(60_000);
                  return WorkReport.of("late");
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      assertThat(begun.await(20, SECONDS)).isTrue();
      handle.cancel("not needed");
      handle.await(SOON);
    }

    for (int i = 0; i < 2; i++) {
      Map<String, String> left = pool.submit(MDC::getCopyOfContextMap).get(20, SECONDS);
      assertThat(left == null ? Map.of() : left).isEmpty();
    }
    pool.shutdown();
  }

  @Test
  void a_parked_task_leaves_nothing_behind() throws Exception {
    Task later = Task.builder("fix").notBefore(world.now().plus(Duration.ofMinutes(1))).build();
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::work).build()) {
      TaskHandle handle = arbiter.submit(later);

      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);

      world.pass(Duration.ofMinutes(2));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);
    }
  }

  private static Assignment call(int attempt) {
    return new Assignment(TASK, "ada", attempt, "sha256:0", Duration.ofMinutes(1));
  }

  @Test
  void a_scope_names_the_task_and_takes_the_names_back() {
    LogContext.Scope scope = new LogContext().of(TASK);
    assertThat(MDC.getCopyOfContextMap())
        .isEqualTo(
            Map.of(
                "request", "r-1",
                "arbiter.tenant", "acme",
                "arbiter.task", "T-1",
                "arbiter.correlation", "trace-7"));
    scope.close();
    assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);
  }

  @Test
  void scopes_within_each_other_end_one_by_one() {
    LogContext context = new LogContext();
    LogContext.Scope task = context.of(TASK);
    Map<String, String> outer = MDC.getCopyOfContextMap();
    LogContext.Scope call = context.of(call(2));
    assertThat(MDC.get("arbiter.agent")).isEqualTo("ada");
    assertThat(MDC.get("arbiter.attempt")).isEqualTo("2");

    call.close();

    assertThat(MDC.getCopyOfContextMap()).isEqualTo(outer);
    task.close();
    assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);
  }

  @Test
  void whatever_was_done_to_the_context_meanwhile_ends_with_the_scope() {
    LogContext.Scope scope = new LogContext().of(call(1));
    MDC.remove("request");
    MDC.put("arbiter.task", "another");
    MDC.put("leak", "ada");
    scope.close();
    assertThat(MDC.getCopyOfContextMap()).isEqualTo(HOST);
  }

  @Test
  void a_thread_without_a_context_has_none_afterwards() {
    MDC.clear();
    LogContext.Scope scope = new LogContext().of(TASK);
    assertThat(MDC.get("arbiter.task")).isEqualTo("T-1");
    scope.close();
    Map<String, String> left = MDC.getCopyOfContextMap();
    assertThat(left == null ? Map.of() : left).isEmpty();
  }
}
