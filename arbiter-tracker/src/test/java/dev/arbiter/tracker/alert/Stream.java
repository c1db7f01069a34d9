/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.FinishedAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Attempts of one agent at a steady pace, drawn from a seed, and the alerts they lead to. */
final class Stream {
  final List<Alert> told = new ArrayList<>();
  final StillTime time = new StillTime();
  final Alerts alerts;
  private final SplittableRandom random;
  String agent = "ada";
  Duration pace = Duration.ofSeconds(1);
  double medianMillis = 1000;
  double sigma = 0.3;
  double errors = 0.05;
  double quality = 0.95;

  Stream(long seed) {
    this(seed, Alerts.builder());
  }

  Stream(long seed, Alerts.Builder builder) {
    this.random = new SplittableRandom(seed);
    this.alerts =
        builder
            .sources(time.sources())
            .executor(Runnable::run)
            .channel(AlertChannel.callback("list", told::add))
            .build();
  }

  Stream run(int attempts) {
    for (int i = 0; i < attempts; i++) {
      time.advance(pace);
      one();
    }
    return this;
  }

  /** Runs until something is told of the kind, at most so many attempts; when it was told. */
  Instant runUntil(Alert.Kind kind, boolean firing, int most) {
    for (int i = 0; i < most; i++) {
      int before = told.size();
      run(1);
      for (Alert alert : told.subList(before, told.size())) {
        if (alert.kind() == kind && alert.firing() == firing) {
          return alert.at();
        }
      }
    }
    throw new AssertionError("no " + kind + " in " + most + " attempts; told: " + told);
  }

  void one() {
    double millis = medianMillis * Math.exp(sigma * random.nextGaussian());
    boolean stands = random.nextDouble() >= errors;
    alerts.ended(attempt(agent, time.now(), millis, stands, stands ? quality : 0));
  }

  static FinishedAttempt attempt(
      String agent, Instant at, double millis, boolean stands, double quality) {
    Duration took = Duration.ofNanos(Math.round(millis * 1e6));
    return new FinishedAttempt(agent, "review", "default", at, took, stands, quality, Usage.none());
  }

  List<Alert> told(Alert.Kind kind) {
    return told.stream().filter(alert -> alert.kind() == kind).toList();
  }
}
