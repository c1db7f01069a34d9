/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.time.Instant;

/**
 * Writes a moment as {@code 2026-01-01T00:00:00.000000000Z}; always nine digits, so that texts sort
 * like moments. The second last written is kept, which saves the calendar. Thread-safe.
 */
final class Stamp {
  private volatile Second last = new Second(0, "1970-01-01T00:00:00.");

  private record Second(long second, String text) {}

  void write(Instant time, JsonBytes to) {
    long second = time.getEpochSecond();
    int nano = time.getNano();
    Second known = last;
    if (known.second != second) {
      String text = Instant.ofEpochSecond(second).toString();
      known = new Second(second, text.substring(0, text.length() - 1) + ".");
      last = known;
    }
    to.raw('"').raw(known.text);
    for (int unit = 100_000_000; unit > 0; unit /= 10) {
      to.raw((char) ('0' + nano / unit % 10));
    }
    to.raw("Z\"");
  }
}
