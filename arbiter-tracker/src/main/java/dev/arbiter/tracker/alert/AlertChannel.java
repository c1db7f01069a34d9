/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.Library;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers alerts.
 *
 * <p>{@link Alerts} calls it on its executor, one alert at a time, in order, never from two threads
 * at once. It may be slow: only the alerts behind it in its own queue wait. An exception is counted
 * and the alert is tried again, {@value #TRIES} times in all, so an alert may arrive twice. If the
 * receiver of a {@link WebhookChannel} only asks for patience, such as by status 429, that is no
 * try: the alert stays at the head of the queue for as long as the receiver asks, from 2 s to an
 * hour at a time and a day in all. At most 64 alerts wait; further ones are dropped and counted. A
 * channel must keep secrets out of its name and its {@code toString}.
 */
public interface AlertChannel {
  /** How often an alert is tried. */
  int TRIES = 3;

  /** {@return the channel's name in logs and in {@link State}: short, without secrets} */
  String name();

  /**
   * Delivers one alert.
   *
   * @param alert the begin or end of an anomaly
   * @throws Exception if it was not delivered
   */
  void send(Alert alert) throws Exception;

  /**
   * {@return a channel that logs each alert as a warning of {@code
   * dev.arbiter.tracker.alert.Alerts}}
   */
  static AlertChannel log() {
    Library.SLF4J.require(AlertChannel.class);
    Logger log = LoggerFactory.getLogger(Alerts.class);
    return callback("log", alert -> log.warn("{}", alert.text()));
  }

  /**
   * A channel that calls the host.
   *
   * @param name the channel's name
   * @param sink receives each alert
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
   * The state of one channel, with counts since the alerts were built.
   *
   * @param name the channel's name
   * @param queued alerts that wait for it
   * @param sent delivered alerts
   * @param failures attempts that threw
   * @param givenUp alerts that failed on every try
   * @param dropped alerts that found the queue full
   * @param refused times the executor refused; tried again at the next alert or check
   * @param busy how long the current delivery has taken, zero when idle
   * @param lastFailure the last failure without possible secrets; empty if there was none
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
