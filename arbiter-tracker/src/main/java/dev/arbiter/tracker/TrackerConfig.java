/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The switches and limits of a tracker, from code, properties or the environment.
 *
 * <p>In the environment and in properties an absent flag is off. A property key may also be lower
 * case with dots: {@code performance.sampling.rate}. The address of a webhook is a secret: it
 * appears in no message and not in {@link #toString}.
 *
 * @param tracking {@code PERFORMANCE_TRACKING_ENABLED}, true or false
 * @param aggregation {@code PERFORMANCE_AGGREGATION_ENABLED}, true or false
 * @param training {@code RL_TRAINING_ENABLED}, true or false
 * @param analysis {@code PERFORMANCE_ANALYSIS_ENABLED}, true or false
 * @param samplingRate {@code PERFORMANCE_SAMPLING_RATE}: the share of tasks that listeners receive,
 *     above 0, at most 1, default 1
 * @param maxLatency {@code PERFORMANCE_MAX_LATENCY_MS}: how long recording may delay a task where
 *     loss is allowed, for {@link PerformanceTracker.Builder#dropAfter}; 0 to 60,000 ms, default 10
 *     ms
 * @param slackWebhook {@code ALERT_SLACK_WEBHOOK}, an https address
 * @param emailRecipients {@code ALERT_EMAIL_RECIPIENTS}, separated by commas
 * @param retention {@code PERFORMANCE_RETENTION_DAYS}, 1 to 36,500 days, default 90
 */
public record TrackerConfig(
    boolean tracking,
    boolean aggregation,
    boolean training,
    boolean analysis,
    double samplingRate,
    Duration maxLatency,
    Optional<URI> slackWebhook,
    List<String> emailRecipients,
    Duration retention) {
  private static final String SAMPLING = "PERFORMANCE_SAMPLING_RATE";
  private static final String LATENCY = "PERFORMANCE_MAX_LATENCY_MS";
  private static final String SLACK = "ALERT_SLACK_WEBHOOK";
  private static final String EMAIL = "ALERT_EMAIL_RECIPIENTS";
  private static final String RETENTION = "PERFORMANCE_RETENTION_DAYS";
  private static final int MOST_LATENCY = 60_000;
  private static final int MOST_DAYS = 36_500;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a part is outside its range; the message names its key
   */
  public TrackerConfig {
    require(samplingRate > 0 && samplingRate <= 1, SAMPLING, "above 0 and at most 1", samplingRate);
    require(
        !maxLatency.isNegative() && maxLatency.compareTo(Duration.ofMillis(MOST_LATENCY)) <= 0,
        LATENCY,
        "0 to 60000 ms",
        maxLatency);
    require(
        slackWebhook.isEmpty() || isWebAddress(slackWebhook.get()),
        SLACK,
        "an https address with a host",
        "something else");
    emailRecipients = List.copyOf(emailRecipients);
    for (String recipient : emailRecipients) {
      require(isAddress(recipient), EMAIL, "addresses separated by commas", recipient);
    }
    require(
        retention.compareTo(Duration.ofDays(1)) >= 0
            && retention.compareTo(Duration.ofDays(MOST_DAYS)) <= 0,
        RETENTION,
        "1 to 36500 days",
        retention);
  }

  /** {@return a configuration with everything on, all tasks sampled and no channels} */
  public static TrackerConfig defaults() {
    return new TrackerConfig(
        true,
        true,
        true,
        true,
        1,
        Duration.ofMillis(10),
        Optional.empty(),
        List.of(),
        Duration.ofDays(90));
  }

  /**
   * Reads the environment.
   *
   * @param environment such as {@code System.getenv()}
   * @return the configuration
   * @throws IllegalArgumentException if a value cannot be read; the message names its key
   */
  public static TrackerConfig of(Map<String, String> environment) {
    return read(environment::get);
  }

  /**
   * Reads properties.
   *
   * @param properties keys as in the environment, or small with dots
   * @return the configuration
   * @throws IllegalArgumentException if a value cannot be read; the message names its key
   */
  public static TrackerConfig of(Properties properties) {
    return read(
        key -> {
          String value = properties.getProperty(key);
          String dotted = key.toLowerCase(Locale.ROOT).replace('_', '.');
          return value == null ? properties.getProperty(dotted) : value;
        });
  }

  private static TrackerConfig read(Function<String, @Nullable String> source) {
    return new TrackerConfig(
        flag(source, "PERFORMANCE_TRACKING_ENABLED"),
        flag(source, "PERFORMANCE_AGGREGATION_ENABLED"),
        flag(source, "RL_TRAINING_ENABLED"),
        flag(source, "PERFORMANCE_ANALYSIS_ENABLED"),
        number(source, SAMPLING, 1),
        Duration.ofMillis(whole(source, LATENCY, 10, MOST_LATENCY)),
        webhook(text(source, SLACK)),
        list(text(source, EMAIL)),
        Duration.ofDays(whole(source, RETENTION, 90, MOST_DAYS)));
  }

  private static String text(Function<String, @Nullable String> source, String key) {
    String value = source.apply(key);
    return value == null ? "" : value.strip();
  }

  private static boolean flag(Function<String, @Nullable String> source, String key) {
    String value = text(source, key);
    require(
        value.isEmpty() || value.equals("true") || value.equals("false"),
        key,
        "true or false",
        value);
    return value.equals("true");
  }

  private static double number(
      Function<String, @Nullable String> source, String key, double otherwise) {
    String value = text(source, key);
    try {
      return value.isEmpty() ? otherwise : Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw wrong(key, "a number", value);
    }
  }

  private static long whole(
      Function<String, @Nullable String> source, String key, long otherwise, long most) {
    String value = text(source, key);
    try {
      long number = value.isEmpty() ? otherwise : Long.parseLong(value);
      require(number >= 0 && number <= most, key, "at most " + most, value);
      return number;
    } catch (NumberFormatException e) {
      throw wrong(key, "a whole number", value);
    }
  }

  private static Optional<URI> webhook(String value) {
    try {
      return value.isEmpty() ? Optional.empty() : Optional.of(new URI(value));
    } catch (URISyntaxException e) {
      throw wrong(SLACK, "an https address with a host", "something else");
    }
  }

  private static List<String> list(String value) {
    return Arrays.stream(value.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  private static boolean isWebAddress(URI address) {
    return "https".equalsIgnoreCase(address.getScheme()) && address.getHost() != null;
  }

  private static boolean isAddress(String recipient) {
    int at = recipient.indexOf('@');
    return at > 0
        && at == recipient.lastIndexOf('@')
        && at < recipient.length() - 1
        && recipient.chars().noneMatch(c -> c <= ' ');
  }

  private static void require(boolean holds, String key, String allowed, Object value) {
    if (!holds) {
      throw wrong(key, allowed, value);
    }
  }

  private static IllegalArgumentException wrong(String key, String allowed, Object value) {
    return new IllegalArgumentException(key + " must be " + allowed + ", got '" + value + "'");
  }

  /** {@return new flags as configured} */
  public TrackerFlags flags() {
    return new TrackerFlags(tracking, aggregation, training, analysis);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "TrackerConfig[tracking=%s, aggregation=%s, training=%s, analysis=%s, samplingRate=%s,"
            + " maxLatency=%s, slackWebhook=%s, emailRecipients=%s, retention=%s]",
        tracking,
        aggregation,
        training,
        analysis,
        samplingRate,
        maxLatency,
        slackWebhook.isPresent() ? "set" : "none",
        emailRecipients.size(),
        retention);
  }
}
