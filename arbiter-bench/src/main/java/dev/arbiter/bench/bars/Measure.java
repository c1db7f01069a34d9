/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** A figure of a benchmark: where JMH has it, and which end of it is the good one. */
enum Measure {
  /** CPU nanoseconds of the measuring threads for an operation. */
  CPU("cpu", Unit.NANOS, true),
  /** Bytes allocated for an operation. */
  ALLOCATED("gc.alloc.rate.norm", Unit.BYTES, true),
  /** CPU nanoseconds of the process for a task. */
  TASK_CPU("cpuNanosPerTask", Unit.NANOS, true),
  /** Tasks a second. */
  TASKS("tasksPerSecond", Unit.A_SECOND, false),
  /** Bytes of heap that are held. */
  HELD("heldBytes", Unit.BYTES, true),
  /** Nanoseconds of an operation by the clock on the wall. */
  WALL("wall", Unit.NANOS, true);

  final String key;
  final boolean lessIsBetter;
  private final Unit unit;

  Measure(String key, Unit unit, boolean lessIsBetter) {
    this.key = key;
    this.unit = unit;
    this.lessIsBetter = lessIsBetter;
  }

  private enum Unit {
    NANOS,
    BYTES,
    A_SECOND
  }

  /** The best of figures; other work on the machine only makes them worse. */
  double best(DoubleStream figures) {
    return (lessIsBetter ? figures.min() : figures.max()).orElse(Double.NaN);
  }

  /** A figure with its unit. */
  String say(double figure) {
    if (Double.isNaN(figure)) {
      return "";
    }
    return switch (unit) {
      case NANOS -> nanos(figure);
      case BYTES ->
          figure < 10
              ? text("%.1f B", figure)
              : figure < 1e5 ? text("%,.0f B", figure) : text("%,.1f MB", figure / 1e6);
      case A_SECOND -> text("%,.0f/s", figure);
    };
  }

  private static String nanos(double nanos) {
    if (nanos < 100) {
      return text("%.1f ns", nanos);
    }
    if (nanos < 10_000) {
      return text("%,.0f ns", nanos);
    }
    return nanos < 1e7 ? text("%,.1f us", nanos / 1e3) : text("%,.1f ms", nanos / 1e6);
  }

  private static String text(String format, double figure) {
    return String.format(Locale.ROOT, format, figure);
  }
}
