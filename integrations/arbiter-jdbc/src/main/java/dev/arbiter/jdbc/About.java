/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import dev.arbiter.spi.Columns;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.Locale;

/** The columns of a value as one JSON object. What does not apply is left out. */
final class About {
  /*
   * Text of PostgreSQL has neither NUL nor half of a surrogate pair. Here they become U+FFFD; the
   * bytes of the value, beside this, keep them.
   */
  private static final char UNKNOWN = '\ufffd';
  private static final Duration MOST = Duration.ofMillis(Long.MAX_VALUE);

  private final StringBuilder json = new StringBuilder(200).append('{');

  private About() {}

  static String json(Columns columns) {
    Usage usage = columns.usage();
    return new About()
        .text("tenant", columns.tenant())
        .text("task_id", columns.task())
        .text("type", columns.type())
        .text("state", columns.state())
        .number("attempt", columns.attempt())
        .text("agent_id", columns.agent())
        .decimal("quality_score", columns.quality())
        .number("input_tokens", usage.inputTokens())
        .number("output_tokens", usage.outputTokens())
        .decimal("cost", usage.cost())
        .number("time_ms", millis(usage.time()))
        .text("detail", columns.detail())
        .json
        .append('}')
        .toString();
  }

  private static long millis(Duration time) {
    return time.compareTo(MOST) > 0 ? Long.MAX_VALUE : time.toMillis();
  }

  private StringBuilder name(String name) {
    return json.append(json.length() > 1 ? "," : "").append('"').append(name).append("\":");
  }

  private About number(String name, long value) {
    if (value != 0) {
      name(name).append(value);
    }
    return this;
  }

  private About decimal(String name, double value) {
    if (value != 0 && Double.isFinite(value)) {
      name(name).append(value);
    }
    return this;
  }

  private About text(String name, String value) {
    if (value.isEmpty()) {
      return this;
    }
    name(name).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c == 0) {
        json.append(UNKNOWN);
      } else if (c < ' ') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else if (!Character.isSurrogate(c)) {
        json.append(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        json.append(c).append(value.charAt(++i));
      } else {
        json.append(UNKNOWN);
      }
    }
    json.append('"');
    return this;
  }
}
