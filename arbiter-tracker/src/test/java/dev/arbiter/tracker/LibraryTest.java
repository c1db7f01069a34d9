/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JacksonAnnotation;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.re2j.Pattern;
import dev.arbiter.Arbiter;
import dev.arbiter.architecture.OldJackson;
import dev.arbiter.architecture.Program;
import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.alert.AlertChannel;
import dev.arbiter.tracker.alert.Alerts;
import dev.arbiter.tracker.alert.WebhookChannel;
import dev.arbiter.tracker.history.History;
import dev.arbiter.tracker.privacy.PrivacyBudget;
import dev.arbiter.tracker.privacy.PrivateStatistics;
import dev.arbiter.tracker.timing.AgentTimings;
import dev.arbiter.tracker.training.BatchQuality;
import dev.arbiter.tracker.training.TrainingExport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a host sees whose class path lacks a library, or has an old one, in its own process. */
class LibraryTest {
  private static final int USES_OF_JACKSON = 5;

  @TempDir Path folder;

  private static Program program() {
    return new Program()
        .with(Arbiter.class, PerformanceTracker.class, LibraryTest.class, Pattern.class);
  }

  @Test
  void without_slf4j_every_first_use_says_what_to_add() throws Exception {
    String output = program().run(Logging.class);

    assertThat(output.lines())
        .hasSize(5)
        .allMatch(line -> line.contains("needs org.slf4j:slf4j-api 1.7 or later, found none"));
  }

  @Test
  void with_jackson_2_14_every_first_use_says_what_to_raise() throws Exception {
    Path old = OldJackson.in(folder, Program.home(JsonFactory.class));

    String output =
        program()
            .with(old)
            .with(LoggerFactory.class, ObjectMapper.class, JacksonAnnotation.class)
            .run(Files.class);

    assertThat(output.lines().filter(line -> line.contains("Exception")))
        .hasSize(USES_OF_JACKSON)
        .allMatch(line -> line.contains("jackson-core 2.16 or later, found 2.14.2"));
    assertThat(output).doesNotContain("NoClassDefFoundError");
  }

  @Test
  void without_jackson_every_first_use_says_what_to_add() throws Exception {
    String output = program().with(LoggerFactory.class).run(Files.class);

    assertThat(output.lines().filter(line -> line.contains("Exception")))
        .hasSize(USES_OF_JACKSON)
        .allMatch(line -> line.contains("jackson-core 2.16 or later, found none"));
    assertThat(output).doesNotContain("NoClassDefFoundError");
  }

  private static void each(Map<String, Runnable> uses) {
    uses.forEach(
        (name, use) -> {
          try {
            use.run();
            System.out.println(name + " works");
          } catch (Throwable e) {
            System.out.println(name + ": " + e);
          }
        });
  }

  /** Everything that logs. */
  public static final class Logging {
    private Logging() {}

    public static void main(String[] arguments) {
      Map<String, Runnable> uses = new LinkedHashMap<>();
      uses.put("tracker", PerformanceTracker::create);
      uses.put("alerts", Alerts::builder);
      uses.put("channel", AlertChannel::log);
      uses.put("history", () -> History.builder(Path.of("history")));
      uses.put("timings", AgentTimings::builder);
      each(uses);
    }
  }

  /** Everything that reads or writes JSON, each in a folder that is not there. */
  public static final class Files {
    private Files() {}

    public static void main(String[] arguments) {
      Path none = Path.of("none");
      Map<String, Runnable> uses = new LinkedHashMap<>();
      uses.put("history", () -> History.open(none));
      uses.put("timings", () -> AgentTimings.builder().file(none).build());
      uses.put("webhook", () -> WebhookChannel.to("https://hooks.slack.com/x").build());
      uses.put(
          "training",
          () ->
              TrainingExport.withoutAnonymization(none, BatchQuality.standard(), Sources.system()));
      PrivacyBudget budget = new PrivacyBudget(1, 1e-6, Duration.ofDays(1));
      uses.put("privacy", () -> PrivateStatistics.open(none, budget));
      each(uses);
    }
  }
}
