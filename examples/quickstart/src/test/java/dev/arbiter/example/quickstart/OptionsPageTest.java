/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.arbitration.Arbitration;
import dev.arbiter.arbitration.Ballot;
import dev.arbiter.arbitration.Debate;
import dev.arbiter.arbitration.Judges;
import dev.arbiter.arbitration.Sequential;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.SpecValidator;
import dev.arbiter.caws.change.WorkTrees;
import dev.arbiter.learning.Practices;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.routing.evaluation.OutcomeMatrix;
import dev.arbiter.routing.evaluation.ReplayEvaluator;
import dev.arbiter.routing.rollout.Rollout;
import dev.arbiter.task.Task;
import dev.arbiter.tracker.PerformanceTracker;
import dev.arbiter.tracker.alert.Alerts;
import dev.arbiter.tracker.alert.MailChannel;
import dev.arbiter.tracker.alert.WebhookChannel;
import dev.arbiter.tracker.analysis.Baseline;
import dev.arbiter.tracker.analysis.RegressionWatch;
import dev.arbiter.tracker.analysis.ScalingRules;
import dev.arbiter.tracker.history.History;
import dev.arbiter.tracker.privacy.Anonymizer;
import dev.arbiter.tracker.timing.AgentTimings;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of options names every option of every builder, and no other. */
class OptionsPageTest {
  private static final Path PAGE = Path.of("../../docs/options.md");
  private static final Map<String, List<Class<?>>> SECTIONS = new LinkedHashMap<>();

  static {
    SECTIONS.put("`Arbiter.builder()`: the engine", List.of(ArbiterBuilder.class));
    SECTIONS.put("`Task.builder(type)`", List.of(Task.Builder.class));
    SECTIONS.put("`AgentProfile.builder(id)`", List.of(AgentProfile.Builder.class));
    SECTIONS.put("`ProcessAgent.builder(command)`", List.of(ProcessAgent.Builder.class));
    SECTIONS.put("`Caws.builder()`: the constitution", List.of(Caws.Builder.class));
    SECTIONS.put("`WorkTrees.builder(repository)`", List.of(WorkTrees.Builder.class));
    SECTIONS.put("`SpecValidator.at(now)`", List.of(SpecValidator.Builder.class));
    SECTIONS.put("`BanditRouter.builder()`", List.of(BanditRouter.Builder.class));
    SECTIONS.put("`Ballot.builder()`", List.of(Ballot.Builder.class));
    SECTIONS.put("`Sequential.builder(ballot, agents)`", List.of(Sequential.Builder.class));
    SECTIONS.put(
        "`Judges.builder(panel)`, `Debate.builder(panel, ballot)`",
        List.of(Judges.Builder.class, Debate.Builder.class));
    SECTIONS.put("`Arbitration.builder(panel, ballot)`", List.of(Arbitration.Builder.class));
    SECTIONS.put("`Practices.builder()`", List.of(Practices.Builder.class));
    SECTIONS.put("`Rollout.builder(name)`", List.of(Rollout.Builder.class));
    SECTIONS.put(
        "`ReplayEvaluator.builder(matrix)`, `OutcomeMatrix.builder()`",
        List.of(ReplayEvaluator.Builder.class, OutcomeMatrix.Builder.class));
    SECTIONS.put("`PerformanceTracker.builder()`", List.of(PerformanceTracker.Builder.class));
    SECTIONS.put("`History.builder(folder)`", List.of(History.Builder.class));
    SECTIONS.put("`Alerts.builder()`", List.of(Alerts.Builder.class));
    SECTIONS.put(
        "`WebhookChannel.to(address)`, `MailChannel.through(host)`",
        List.of(WebhookChannel.Builder.class, MailChannel.Builder.class));
    SECTIONS.put("`AgentTimings.builder()`", List.of(AgentTimings.Builder.class));
    SECTIONS.put("`Anonymizer.basic(key)` and its levels", List.of(Anonymizer.Builder.class));
    SECTIONS.put(
        "`Baseline.in(zone)`, `ScalingRules.builder()`, `RegressionWatch.builder()`",
        List.of(Baseline.Builder.class, ScalingRules.Builder.class, RegressionWatch.Builder.class));
  }

  private static Map<String, Set<String>> page() throws Exception {
    Map<String, Set<String>> sections = new LinkedHashMap<>();
    String section = "";
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("## ")) {
        section = line.substring(3);
      } else if (line.startsWith("| `")) {
        String cell = line.substring(1, line.indexOf('|', 1));
        Matcher names = Pattern.compile("`(\\w+)`").matcher(cell);
        while (names.find()) {
          sections.computeIfAbsent(section, key -> new TreeSet<>()).add(names.group(1));
        }
      }
    }
    return sections;
  }

  /** An option is a public method of a builder that gives the builder back. */
  private static Set<String> options(List<Class<?>> builders) {
    Set<String> names = new TreeSet<>();
    for (Class<?> builder : builders) {
      for (Method method : builder.getMethods()) {
        boolean gives = method.getReturnType().isAssignableFrom(builder);
        boolean own = method.getDeclaringClass() != Object.class;
        if (gives && own && !Modifier.isStatic(method.getModifiers())) {
          names.add(method.getName());
        }
      }
    }
    return names;
  }

  @Test
  void every_option_has_its_row_and_every_row_its_option() throws Exception {
    Map<String, Set<String>> expected = new LinkedHashMap<>();
    SECTIONS.forEach((section, builders) -> expected.put(section, options(builders)));

    assertThat(page()).containsExactlyEntriesOf(expected);
  }

  @Test
  void every_row_says_what_holds_without_the_option() throws Exception {
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("| `")) {
        assertThat(line.split("\\|", -1)).as(line).hasSize(5);
        assertThat(line.split("\\|", -1)[3]).as(line).isNotBlank();
      }
    }
  }
}
