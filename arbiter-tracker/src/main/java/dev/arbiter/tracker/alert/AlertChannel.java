/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries an alert to somebody.
 *
 * <p>Called on the executor of {@link Alerts}, one alert at a time in the order in which they were
 * found, and never by two threads at once. It may take its time: nothing waits for it but the
 * alerts behind it in its own queue. What it throws is counted and the alert is tried again,
 * {@value #TRIES} times in all; so an alert may arrive twice. A channel that holds secrets must
 * keep them out of its name and of its {@code toString}.
 */
public interface AlertChannel {
  /** How often an alert is tried. */
  int TRIES = 3;

  /**
   * What the channel is called in logs and in {@link State}.
   *
   * @return a short name without secrets
   */
  String name();

  /**
   * Carries one alert.
   *
   * @param alert what began or is over
   * @throws Exception if it did not arrive
   */
  void send(Alert alert) throws Exception;

  /**
   * One line in the log of {@code dev.arbiter.tracker.alert.Alerts}, as a warning.
   *
   * @return the channel
   */
  static AlertChannel log() {
    Logger log = LoggerFactory.getLogger(Alerts.class);
    return callback("log", alert -> log.warn("{}", alert.text()));
  }

  /**
   * A call into the host.
   *
   * @param name what to call the channel
   * @param sink is given each alert
   * @return the channel
   */
  static AlertChannel callback(String name, Consumer<Alert> sink) {
    return new AlertChannel() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void send(Alert alert) {
        sink.accept(alert);
      }
    };
  }

  /**
   * How one channel is doing; every count is since the alerts were built.
   *
   * @param name the channel's name
   * @param queued alerts that wait for it
   * @param sent alerts that arrived
   * @param failures tries that threw
   * @param givenUp alerts that were tried as often as they may be and did not arrive
   * @param dropped alerts that came while its queue was full
   * @param refused times the executor would not take it on; tried again at the next alert or check
   * @param busy for how long it has been at one alert, zero when at none
   * @param lastFailure what the last failure was, without anything a channel's error may hold of
   *     secrets; empty if there was none
   */
  public record State(
      String name,
      int queued,
      long sent,
      long failures,
      long givenUp,
      long dropped,
      long refused,
      Duration busy,
      String lastFailure) {}
}
