/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.approval;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.sqlite.SqliteStore;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A task that waits for a person, and still waits for the same after a kill of the process. */
public final class TerminalApproval {
  private static final Task TASK =
      Task.builder("deploy")
          .id("release-7")
          .idempotencyKey("release-7") // a second start finds the task of the first
          .payload("deploy shop 2.4 to production")
          .approval(Question.of("May this begin?").to("release desk").within(Duration.ofHours(8)))
          .build();

  private TerminalApproval() {}

  /**
   * Submits the task, asks on the terminal, and prints the end of the task.
   *
   * @param args {@code --durable DIR}: the folder that keeps the task
   * @throws Exception if the folder or the terminal cannot be used
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 2 || !args[0].equals("--durable")) {
      System.err.println("usage: java -jar approval.jar --durable DIR");
      System.exit(2);
    }
    try (Arbiter arbiter = arbiter(Path.of(args[1]))) {
      run(arbiter, new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())));
    } catch (IOException | IllegalStateException e) {
      // Such as a folder that cannot be made, or that another process works with.
      System.err.println("the folder '" + args[1] + "' cannot be used: " + e);
      System.exit(1);
    }
  }

  private static Arbiter arbiter(Path folder) throws IOException {
    return Arbiter.builder()
        .agent(AgentProfile.builder("ada").idempotent().build(), TerminalApproval::deploy)
        .withoutConstitution()
        .store(SqliteStore.at(Files.createDirectories(folder).resolve("tasks.db")))
        .build();
  }

  private static WorkReport deploy(Assignment assignment) {
    System.out.println("ada works: " + assignment.task().payload());
    Answer answer = assignment.approvals().get(0).answer();
    return WorkReport.of(
        "did '" + assignment.task().payload() + "', " + answer.kind() + " by " + answer.by());
  }

  private static void run(Arbiter arbiter, BufferedReader in) throws Exception {
    TaskHandle handle = arbiter.submit(TASK);
    Optional<ApprovalRequest> request = next(arbiter, handle);
    while (request.isPresent()) {
      show(request.get());
      String line = in.readLine();
      if (line == null) {
        System.out.println("nobody decided, the task waits on; start again with the same folder");
        return;
      }
      decide(arbiter, request.get(), line.strip());
      request = next(arbiter, handle);
    }
    TaskResult result = handle.await(Duration.ofMinutes(1));
    System.out.println(result.summary());
    if (result instanceof TaskResult.Completed done) {
      System.out.println(done.report().output());
    }
  }

  /** The open request of the task, when there is one; empty when the task has ended. */
  private static Optional<ApprovalRequest> next(Arbiter arbiter, TaskHandle handle)
      throws InterruptedException {
    while (!handle.state().isEnd()) {
      List<ApprovalRequest> open = arbiter.approvals().open();
      if (!open.isEmpty()) {
        return Optional.of(open.get(0));
      }
      Thread.sleep(10);
    }
    return Optional.empty();
  }

  private static void show(ApprovalRequest request) {
    System.out.println("task '" + request.task() + "' waits for a person");
    System.out.println("  what:    " + request.question().text());
    System.out.println("  shown:   " + request.question().shown());
    System.out.println("  who:     " + request.audience());
    System.out.println("  expires: " + request.expiresAt());
    System.out.println("  request: " + request.id());
    System.out.println("approve | deny REASON | edit TEXT");
  }

  private static void decide(Arbiter arbiter, ApprovalRequest request, String line) {
    try {
      arbiter.approvals().decide(request, answer(line)).toCompletableFuture().join();
    } catch (IllegalArgumentException | IllegalStateException | CompletionException e) {
      System.out.println("not decided: " + e.getMessage());
    }
  }

  private static Answer answer(String line) {
    String by = System.getProperty("user.name");
    String[] words = line.split(" ", 2);
    String rest = words.length == 2 ? words[1].strip() : "";
    return switch (words[0]) {
      case "approve" -> Answer.approve(by);
      case "deny" -> Answer.deny(by, rest);
      case "edit" -> Answer.edit(by, rest);
      default -> throw new IllegalArgumentException("'" + words[0] + "' is no decision");
    };
  }
}
