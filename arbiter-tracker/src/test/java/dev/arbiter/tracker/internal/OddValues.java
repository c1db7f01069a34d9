/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Values as no careful caller would give them, drawn from a seed. */
public final class OddValues {
  private static final String[] ODD = {
    "",
    "\ud800",
    "a\udc00b",
    "\ud83d\ude00",
    "\r\n",
    "\u2028",
    "\u0000",
    "\ufeff",
    "\uffff",
    "\"\\",
    "{\"gap\":",
    ",\"hash\":\"",
    "\u0085",
    "é",
    "ß".repeat(40),
  };

  private final SplittableRandom random;

  public OddValues(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A short text of pieces that writers and readers may take differently. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(
          random.nextBoolean()
              ? ODD[random.nextInt(ODD.length)]
              : String.valueOf((char) random.nextInt(0x10000)));
    }
    return text.toString();
  }

  /** A number at the edge of its range. */
  public double number() {
    return switch (random.nextInt(8)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> -0.0;
      case 3 -> Double.MAX_VALUE;
      case 4 -> Double.MIN_VALUE;
      default -> random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
    };
  }

  /** A tree at most so deep, which now and then is far deeper or longer than any reader allows. */
  public @Nullable Object value(int deep) {
    return switch (random.nextInt(deep > 0 ? 12 : 7)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong();
      case 3 -> random.nextInt();
      case 4 -> number();
      case 5, 6 -> text();
      case 7 -> nested(random.nextInt(60));
      case 8, 9 -> list(deep - 1);
      default -> map(deep - 1);
    };
  }

  private List<@Nullable Object> list(int deep) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(value(deep));
    }
    return list;
  }

  public Map<Object, @Nullable Object> map(int deep) {
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(random.nextInt(20) == 0 ? (Object) random.nextInt(3) : text(), value(deep));
    }
    return map;
  }

  /** So many lists inside each other. */
  public static Object nested(int levels) {
    Object inner = 1;
    for (int i = 0; i < levels; i++) {
      inner = List.of(inner);
    }
    return inner;
  }
}
