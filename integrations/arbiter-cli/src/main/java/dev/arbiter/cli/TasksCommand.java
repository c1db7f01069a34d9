/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.cli.TaskFile.Found;
import dev.arbiter.cli.TaskFile.Line;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads the tasks of a store in a SQLite file, and cancels one. */
@Command(
    name = "tasks",
    description = {
      "Lists, shows, cancels and exports the tasks of a store in a SQLite file.",
      "A request to a person cannot be decided here: the process that owns the file decides it,"
          + " by Arbiter.approvals()."
    },
    mixinStandardHelpOptions = true)
final class TasksCommand extends CliCommand implements Runnable {
  private final InstantSource clock;

  TasksCommand(InstantSource clock) {
    this.clock = clock;
  }

  /** The file that a command reads. */
  static final class Source {
    @Option(
        names = "--store",
        required = true,
        paramLabel = "FILE",
        description = "The file that SqliteStore.at has. A process may be using it.")
    private Path file = Path.of("");
  }

  /** The task that a command is about. */
  static final class One {
    @Parameters(paramLabel = "ID", description = "The id of the task.")
    private String id = "";

    @Option(
        names = "--tenant",
        paramLabel = "TENANT",
        defaultValue = "default",
        description = "Its tenant; default: ${DEFAULT-VALUE}.")
    private String tenant = "";

    String name() {
      return "task '" + id + "' of tenant '" + tenant + "'";
    }
  }

  @Override
  public void run() {
    throw misuse("give list, show, cancel or export");
  }

  @Command(
      name = "list",
      description =
          "Shows the tasks, the newest change first, one a line: time, state, id, tenant, type,"
              + " attempt, agent, detail; for a task that waits for a person also the request: who is"
              + " asked, until when, and its digest.",
      mixinStandardHelpOptions = true)
  int list(
      @CommandLine.Mixin Source source,
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "Only tasks in this state: ${COMPLETION-CANDIDATES}")
          @Nullable TaskState state,
      @Option(names = "--tenant", paramLabel = "TENANT", description = "Only tasks of this tenant.")
          @Nullable String tenant,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "At most so many; default: ${DEFAULT-VALUE}.")
          int limit,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              description = "text or json; default text.")
          @Nullable Format format) {
    if (limit < 1) {
      throw new Refusal("--limit must be at least 1, got " + limit);
    }
    try (TaskFile tasks = TaskFile.open(source.file)) {
      for (Line line : tasks.list(state == null ? null : state.name(), tenant, limit)) {
        out().println(isJson(format) ? json(line) : text(line));
      }
    }
    return Exit.ALLOWED;
  }

  private boolean isJson(@Nullable Format format) {
    if (format == Format.SARIF) {
      throw misuse("--format is text or json");
    }
    return format == Format.JSON;
  }

  private static String text(Line line) {
    String agent = line.agent().isEmpty() ? "" : " " + line.agent();
    ApprovalRequest request = line.request();
    String detail = request != null ? asked(request) : line.detail();
    detail = detail.isEmpty() ? "" : ": " + detail;
    return ArbiterCli.printable(
        String.format(
            Locale.ROOT,
            "%s %s %s %s %s attempt %d%s%s",
            line.at(),
            line.state(),
            line.id(),
            line.tenant(),
            line.type(),
            line.attempt(),
            agent,
            detail));
  }

  private static String asked(ApprovalRequest request) {
    String audience = request.audience().isEmpty() ? "" : " " + request.audience();
    return String.format(
        Locale.ROOT,
        "asks%s until %s: %s (request %s, %s)",
        audience,
        request.expiresAt(),
        request.question().text(),
        request.id(),
        request.digest());
  }

  private static String json(Line line) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("tenant", line.tenant());
    fields.put("id", line.id());
    fields.put("type", line.type());
    fields.put("state", line.state());
    fields.put("attempt", line.attempt());
    fields.put("agent", line.agent());
    fields.put("at", line.at());
    fields.put("detail", line.detail());
    if (line.request() != null) {
      fields.put(TaskFields.REQUEST, TaskFields.of(line.request()));
    }
    return JsonText.of(fields);
  }

  @Command(
      name = "show",
      description =
          "Shows all that is kept of a task: the task, its steps, its report and end, and the"
              + " request to a person that it waits for.",
      mixinStandardHelpOptions = true)
  int show(
      @CommandLine.Mixin Source source,
      @CommandLine.Mixin One one,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              description = "text or json; default text.")
          @Nullable Format format) {
    try (TaskFile tasks = TaskFile.open(source.file)) {
      Found found = tasks.find(one.tenant, one.id).orElseThrow(() -> unknown(source, one));
      boolean whole = found.damage().isEmpty();
      Map<String, @Nullable Object> fields = TaskFields.of(found);
      if (whole) {
        fields.put("steps", tasks.steps(found).stream().map(TaskFields::of).toList());
      }
      if (isJson(format)) {
        out().println(JsonText.of(fields));
      } else {
        print(fields, whole ? tasks.steps(found) : List.of());
      }
      return whole ? Exit.ALLOWED : Exit.DAMAGED;
    }
  }

  private static Refusal unknown(Source source, One one) {
    return new Refusal(
        one.name()
            + " is not in "
            + source.file
            + "; see: arbiter tasks list, or name its --tenant");
  }

  private void print(Map<String, @Nullable Object> fields, List<KeptStep> steps) {
    fields.forEach(
        (name, value) -> {
          if (name.equals(TaskFields.REQUEST) && value instanceof Map<?, ?> request) {
            request.forEach((part, of) -> print("request " + part, of));
          } else if (!name.equals("steps")) {
            print(name, value);
          }
        });
    for (KeptStep step : steps) {
      String detail = step.detail().isEmpty() ? "" : ": " + step.detail();
      String agent = step.agent().isEmpty() ? "" : " " + step.agent() + "#" + step.attempt();
      out().println(ArbiterCli.printable("  " + step.at() + " " + step.name() + agent + detail));
    }
  }

  private void print(String name, @Nullable Object value) {
    if (value != null && !value.toString().isEmpty()) {
      out().println(ArbiterCli.printable(name + ": " + value));
    }
  }

  @Command(
      name = "cancel",
      description =
          "Ends a task as cancelled while no process owns the file. If one does, it is named:"
              + " cancel the task there, by TaskHandle.cancel. A task that has handed in work is"
              + " refused: its verdict may be recorded, and only an arbiter can withdraw it.",
      mixinStandardHelpOptions = true)
  int cancel(
      @CommandLine.Mixin Source source,
      @CommandLine.Mixin One one,
      @Option(
              names = "--reason",
              paramLabel = "WHY",
              required = true,
              description = "Why; it is kept with the end.")
          String reason) {
    if (reason.isBlank()) {
      throw new Refusal("--reason is empty; say why");
    }
    TaskFile.open(source.file).close();
    TaskResult end = TaskFile.cancel(source.file, one.tenant, one.id, reason, clock.instant());
    if (end == null) {
      throw unknown(source, one);
    }
    boolean ours =
        end instanceof TaskResult.Cancelled cancelled && cancelled.reason().equals(reason);
    String state = end.state().name().toLowerCase(Locale.ROOT);
    out().println(ArbiterCli.printable(one.name() + " is " + state + ": " + end.summary()));
    return ours ? Exit.ALLOWED : Exit.DENIED;
  }

  @Command(
      name = "export",
      description =
          "Prints every task with its report and end as JSON, one a line; those that have not"
              + " ended first.",
      mixinStandardHelpOptions = true)
  int export(@CommandLine.Mixin Source source) {
    int[] damaged = {0};
    try (TaskFile tasks = TaskFile.open(source.file)) {
      tasks.each(
          found -> {
            damaged[0] += found.damage().isEmpty() ? 0 : 1;
            out().println(JsonText.of(TaskFields.of(found)));
          });
    }
    if (damaged[0] > 0) {
      err()
          .println("arbiter: " + damaged[0] + " tasks have a damaged record, see their \"damage\"");
    }
    return damaged[0] == 0 ? Exit.ALLOWED : Exit.DAMAGED;
  }
}
