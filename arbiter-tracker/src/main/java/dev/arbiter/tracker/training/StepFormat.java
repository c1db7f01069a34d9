/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.privacy.Anonymizer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Steps as lines of JSON, and back. */
final class StepFormat {
  static final String SCHEMA = "arbiter.training.v1";

  private StepFormat() {}

  /** The fields of a step: figures and task types stay, ids become hashes. */
  static Anonymizer basic(byte[] key) {
    Anonymizer.Builder builder =
        Anonymizer.basic(key)
            .hash("tenant", "tenant")
            .hash("task", "task")
            .hash(
                "agent",
                "action",
                "state.failed",
                "state.candidates",
                "next.failed",
                "next.candidates")
            .keep("at", "policy", "propensity", "done")
            .keep("reward.outcome", "reward.success", "reward.quality", "reward.cost")
            .keep("reward.latencyMillis", "reward.violations");
    for (String state : List.of("state.", "next.")) {
      builder
          .keep(state + "taskType", state + "priority", state + "capabilities")
          .keep(state + "attempt", state + "cause", state + "elapsedMillis")
          .keep(state + "waitedMillis", state + "decisions")
          .keep(state + "spent", state + "end");
    }
    return builder.build();
  }

  static Map<String, Object> fields(Transition step) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("tenant", step.tenant());
    fields.put("task", step.task());
    fields.put("at", step.at().toString());
    fields.put("state", fields(step.state()));
    fields.put("action", step.action());
    fields.put("policy", step.policy());
    fields.put("propensity", step.propensity());
    fields.put("reward", fields(step.reward()));
    fields.put("next", fields(step.next()));
    fields.put("done", step.done());
    return fields;
  }

  private static Map<String, Object> fields(Transition.State state) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("taskType", state.taskType());
    fields.put("priority", state.priority());
    fields.put("capabilities", state.capabilities());
    fields.put("attempt", state.attempt());
    fields.put("failed", state.failed());
    fields.put("cause", state.cause());
    fields.put("elapsedMillis", state.elapsedMillis());
    fields.put("waitedMillis", state.waitedMillis());
    fields.put("decisions", state.decisions());
    fields.put("spent", state.spent());
    fields.put("candidates", state.candidates());
    fields.put("end", state.end());
    return fields;
  }

  private static Map<String, Object> fields(Transition.Reward reward) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("outcome", reward.outcome().name().toLowerCase(Locale.ROOT));
    fields.put("success", reward.success());
    fields.put("quality", reward.quality());
    fields.put("cost", reward.cost());
    fields.put("latencyMillis", reward.latencyMillis());
    fields.put("violations", reward.violations());
    return fields;
  }

  static Transition read(Json.Fields fields) throws IOException {
    try {
      Transition step =
          new Transition(
              fields.text("tenant"),
              fields.text("task"),
              Instant.parse(fields.text("at")),
              state(fields.object("state")),
              fields.text("action"),
              fields.text("policy"),
              fields.number("propensity"),
              reward(fields.object("reward")),
              state(fields.object("next")),
              fields.truth("done"));
      check(step);
      return step;
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void check(Transition step) throws IOException {
    Transition.Reward reward = step.reward();
    require(step.propensity() > 0 && step.propensity() <= 1, "propensity is not in (0,1]");
    require(reward.quality() >= 0 && reward.quality() <= 1, "quality is not in [0,1]");
    require(reward.success() || reward.quality() == 0, "work that does not stand has a quality");
    require(reward.cost() >= 0 && reward.latencyMillis() >= 0, "cost or latency is negative");
    require(step.done() != step.next().end().isEmpty(), "done and the next state disagree");
    require(step.state().end().isEmpty(), "a choice was made after the end");
    require(step.state().candidates().contains(step.action()), "the action was no candidate");
  }

  private static void require(boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(otherwise);
    }
  }

  private static Transition.State state(Json.Fields fields) throws IOException {
    return new Transition.State(
        fields.text("taskType"),
        Math.toIntExact(fields.whole("priority")),
        fields.texts("capabilities"),
        Math.toIntExact(fields.whole("attempt")),
        fields.texts("failed"),
        fields.text("cause"),
        fields.whole("elapsedMillis"),
        fields.has("waitedMillis") ? fields.whole("waitedMillis") : 0,
        fields.has("decisions") ? Math.toIntExact(fields.whole("decisions")) : 0,
        fields.number("spent"),
        fields.texts("candidates"),
        fields.text("end"));
  }

  private static Transition.Reward reward(Json.Fields fields) throws IOException {
    return new Transition.Reward(
        Transition.Reward.Outcome.valueOf(fields.text("outcome").toUpperCase(Locale.ROOT)),
        fields.truth("success"),
        fields.number("quality"),
        fields.number("cost"),
        fields.number("latencyMillis"),
        Math.toIntExact(fields.whole("violations")));
  }
}
