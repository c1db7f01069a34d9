/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.tracker.analysis.LeakDetector.Diagnosis.Insufficient;
import dev.arbiter.tracker.analysis.LeakDetector.Diagnosis.Leaking;
import dev.arbiter.tracker.analysis.LeakDetector.Diagnosis.NotSeen;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Points are hourly, seeds pinned. */
class LeakDetectorTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final double MIB = 1 << 20;

  @Test
  void a_flat_sawtooth_raises_no_alarm_in_100_seeds_looked_at_after_every_point() {
    int alarms = 0;
    for (int seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      LeakDetector detector = new LeakDetector();
      int period = 4 + seed % 5;
      boolean alarm = false;
      for (int hour = 0; hour < 72; hour++) {
        double tooth = 20.0 * (hour % period) / period;
        add(detector, hour, 200 + tooth + 2 * random.nextGaussian());
        alarm |= detector.diagnosis() instanceof Leaking;
      }
      alarms += alarm ? 1 : 0;
    }
    assertThat(alarms).isZero();
  }

  @Test
  void flat_noise_raises_no_alarm_in_100_seeds_looked_at_after_every_point() {
    int alarms = 0;
    for (int seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      LeakDetector detector = new LeakDetector();
      for (int hour = 0; hour < 100; hour++) {
        add(detector, hour, 200 + 2 * random.nextGaussian());
        alarms += detector.diagnosis() instanceof Leaking ? 1 : 0;
      }
    }
    assertThat(alarms).isZero();
  }

  @Test
  void one_mib_an_hour_under_noise_of_two_is_found_in_24_points_in_99_of_100_seeds() {
    int found = 0;
    for (int seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      LeakDetector detector = new LeakDetector();
      for (int hour = 0; hour < 24; hour++) {
        add(detector, hour, 200 + hour + 2 * random.nextGaussian());
      }
      found += detector.diagnosis() instanceof Leaking ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(99);
  }

  @Test
  void the_interval_holds_the_pace_in_97_percent_of_500_runs() {
    int held = 0;
    for (int seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      LeakDetector detector = new LeakDetector();
      for (int hour = 0; hour < 30; hour++) {
        add(detector, hour, 200 + 3 * hour + 5 * random.nextGaussian());
      }
      ConfidenceInterval pace = pace(detector.diagnosis());
      held += pace.low() <= 3 * MIB && 3 * MIB <= pace.high() ? 1 : 0;
    }
    assertThat(held / 500.0).isBetween(0.97, 1.0);
  }

  @Test
  void agrees_with_scipy() {
    double[] points = {
      100, 101, 99, 103, 102, 105, 104, 104, 107, 106, 109, 108, 108, 111, 110, 113, 112, 115, 114,
      116
    };
    LeakDetector detector = new LeakDetector();
    for (int hour = 0; hour < points.length; hour++) {
      add(detector, hour, points[hour]);
    }

    assertThat(detector.diagnosis())
        .isInstanceOfSatisfying(
            Leaking.class,
            leaking -> {
              assertThat(leaking.p()).isCloseTo(4.185330610172505e-08, within(1e-16));
              assertThat(leaking.bytesPerHour().value() / MIB)
                  .isCloseTo(0.8571428571428571, within(1e-9));
              assertThat(leaking.bytesPerHour().low() / MIB)
                  .isCloseTo(0.6923076923076923, within(0.01));
              assertThat(leaking.bytesPerHour().high() / MIB).isCloseTo(1.0, within(0.01));
              assertThat(leaking.points()).isEqualTo(20);
            });
  }

  @Test
  void growth_below_the_floor_is_no_leak_however_sure() {
    LeakDetector detector = new LeakDetector(10 * MIB);
    for (int hour = 0; hour < 100; hour++) {
      add(detector, hour, 200 + 9 * hour);
    }

    assertThat(detector.diagnosis())
        .isInstanceOfSatisfying(
            NotSeen.class,
            notSeen -> {
              assertThat(notSeen.p()).isLessThan(1e-9);
              assertThat(notSeen.bytesPerHour().value()).isCloseTo(9 * MIB, within(1.0));
            });
  }

  @Test
  void a_heap_that_shrinks_or_stands_still_does_not_leak() {
    LeakDetector shrinking = new LeakDetector(0);
    LeakDetector still = new LeakDetector(0);
    for (int hour = 0; hour < 50; hour++) {
      add(shrinking, hour, 200 - hour);
      add(still, hour, 200);
    }

    assertThat(shrinking.diagnosis()).isInstanceOf(NotSeen.class);
    assertThat(still.diagnosis())
        .isInstanceOfSatisfying(NotSeen.class, notSeen -> assertThat(notSeen.p()).isEqualTo(1));
  }

  @Test
  void nineteen_points_are_too_few() {
    LeakDetector detector = new LeakDetector();
    for (int hour = 0; hour < 19; hour++) {
      add(detector, hour, 200 + 100 * hour);
    }
    assertThat(detector.diagnosis()).isEqualTo(new Insufficient(19, 20));
    add(detector, 19, 5000);

    assertThat(detector.diagnosis()).isInstanceOf(Leaking.class);
  }

  @Test
  void points_of_one_moment_have_no_slope() {
    LeakDetector detector = new LeakDetector();
    for (int i = 0; i < 30; i++) {
      detector.add(BEGIN, i);
    }
    assertThat(detector.diagnosis()).isInstanceOf(Insufficient.class);
  }

  @Test
  void only_the_last_240_points_matter() {
    LeakDetector detector = new LeakDetector();
    for (int hour = 0; hour < 1000; hour++) {
      add(detector, hour, hour < 760 ? hour : 760 + hour % 3);
    }

    assertThat(detector.diagnosis())
        .isInstanceOfSatisfying(
            NotSeen.class, notSeen -> assertThat(notSeen.points()).isEqualTo(240));
  }

  @Test
  void the_feed_adds_a_point_for_each_collection_that_changed_something() {
    long[] collections = {5};
    long[] inUse = {100};
    LeakDetector detector = new LeakDetector();
    HeapFeed feed = new HeapFeed(detector, () -> BEGIN, () -> collections[0], () -> inUse[0]);

    assertThat(feed.poll()).as("no collection yet").isFalse();
    collections[0]++;
    assertThat(feed.poll()).isTrue();
    assertThat(feed.poll()).as("no new collection").isFalse();
    collections[0]++;
    assertThat(feed.poll()).as("of young pools only").isFalse();
    inUse[0]++;
    assertThat(feed.poll()).isTrue();
    inUse[0] = -1;
    collections[0]++;
    assertThat(feed.poll()).as("no figure").isFalse();
    assertThat(detector.diagnosis()).isEqualTo(new Insufficient(2, 20));
  }

  @Test
  @SuppressWarnings("SystemGc")
  void the_feed_reads_this_jvm() {
    LeakDetector detector = new LeakDetector();
    HeapFeed feed = new HeapFeed(detector, () -> BEGIN);
    System.gc();

    assertThat(feed.poll()).isTrue();
  }

  @Test
  void a_floor_below_0_is_refused_by_name() {
    assertThatThrownBy(() -> new LeakDetector(-1)).hasMessageContaining("leak.floor");
    assertThatThrownBy(() -> new LeakDetector(Double.NaN)).hasMessageContaining("leak.floor");
  }

  private static ConfidenceInterval pace(LeakDetector.Diagnosis diagnosis) {
    return diagnosis.match(
        Leaking::bytesPerHour,
        NotSeen::bytesPerHour,
        insufficient -> {
          throw new AssertionError(insufficient);
        });
  }

  private static void add(LeakDetector detector, int hour, double mib) {
    detector.add(BEGIN.plus(Duration.ofHours(hour)), Math.round(mib * MIB));
  }
}
