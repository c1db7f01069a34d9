/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackerConfigTest {
  private static final String WEBHOOK = "https://hooks.example.com/services/T0/B0/s3cr3t";

  @Test
  void an_empty_environment_switches_everything_off_and_has_the_defaults() {
    TrackerConfig config = TrackerConfig.of(Map.of());

    assertThat(config)
        .isEqualTo(
            new TrackerConfig(
                false,
                false,
                false,
                false,
                1,
                Duration.ofMillis(10),
                Optional.empty(),
                List.of(),
                Duration.ofDays(90)));
  }

  @Test
  void every_variable_is_read() {
    TrackerConfig config =
        TrackerConfig.of(
            Map.of(
                "PERFORMANCE_TRACKING_ENABLED", "true",
                "PERFORMANCE_AGGREGATION_ENABLED", "true",
                "RL_TRAINING_ENABLED", "true",
                "PERFORMANCE_ANALYSIS_ENABLED", "true",
                "PERFORMANCE_SAMPLING_RATE", " 0.25 ",
                "PERFORMANCE_MAX_LATENCY_MS", "5",
                "ALERT_SLACK_WEBHOOK", WEBHOOK,
                "ALERT_EMAIL_RECIPIENTS", "ops@example.com, dev@example.com",
                "PERFORMANCE_RETENTION_DAYS", "30"));

    assertThat(config)
        .isEqualTo(
            new TrackerConfig(
                true,
                true,
                true,
                true,
                0.25,
                Duration.ofMillis(5),
                Optional.of(URI.create(WEBHOOK)),
                List.of("ops@example.com", "dev@example.com"),
                Duration.ofDays(30)));
  }

  @Test
  void properties_may_be_written_either_way() {
    Properties properties = new Properties();
    properties.setProperty("performance.tracking.enabled", "true");
    properties.setProperty("PERFORMANCE_SAMPLING_RATE", "0.5");

    TrackerConfig config = TrackerConfig.of(properties);

    assertThat(config.tracking()).isTrue();
    assertThat(config.samplingRate()).isEqualTo(0.5);
  }

  @ParameterizedTest
  @CsvSource({
    "PERFORMANCE_TRACKING_ENABLED, yes, true or false",
    "PERFORMANCE_AGGREGATION_ENABLED, TRUE, true or false",
    "RL_TRAINING_ENABLED, 1, true or false",
    "PERFORMANCE_ANALYSIS_ENABLED, on, true or false",
    "PERFORMANCE_SAMPLING_RATE, 0, above 0 and at most 1",
    "PERFORMANCE_SAMPLING_RATE, 1.5, above 0 and at most 1",
    "PERFORMANCE_SAMPLING_RATE, NaN, above 0 and at most 1",
    "PERFORMANCE_SAMPLING_RATE, half, a number",
    "PERFORMANCE_MAX_LATENCY_MS, -1, at most 60000",
    "PERFORMANCE_MAX_LATENCY_MS, 60001, at most 60000",
    "PERFORMANCE_MAX_LATENCY_MS, 10ms, a whole number",
    "PERFORMANCE_RETENTION_DAYS, 0, 1 to 36500 days",
    "PERFORMANCE_RETENTION_DAYS, 99999999999, at most 36500",
    "ALERT_EMAIL_RECIPIENTS, ops, addresses separated by commas"
  })
  void a_value_that_makes_no_sense_is_refused_by_key(String key, String value, String allowed) {
    assertThatThrownBy(() -> TrackerConfig.of(Map.of(key, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(allowed);
  }

  @ParameterizedTest
  @CsvSource({"http://hooks.example.com/s3cr3t", "https:/s3cr3t", "s3cr3t", "https://[s3cr3t"})
  void a_webhook_that_is_none_is_refused_without_its_text(String value) {
    assertThatThrownBy(() -> TrackerConfig.of(Map.of("ALERT_SLACK_WEBHOOK", value)))
        .hasMessageContaining("ALERT_SLACK_WEBHOOK")
        .hasMessageNotContaining("s3cr3t")
        .hasNoCause();
  }

  @Test
  void the_text_of_a_webhook_and_of_recipients_is_not_printed() {
    TrackerConfig config =
        TrackerConfig.of(
            Map.of("ALERT_SLACK_WEBHOOK", WEBHOOK, "ALERT_EMAIL_RECIPIENTS", "ops@example.com"));

    assertThat(config.toString()).contains("slackWebhook=set").doesNotContain("s3cr3t", "ops@");
  }

  @Test
  void by_default_everything_is_on() {
    TrackerFlags flags = TrackerConfig.defaults().flags();

    assertThat(flags.tracking()).isTrue();
    assertThat(flags.aggregation()).isTrue();
    assertThat(flags.training()).isTrue();
    assertThat(flags.analysis()).isTrue();
  }
}
