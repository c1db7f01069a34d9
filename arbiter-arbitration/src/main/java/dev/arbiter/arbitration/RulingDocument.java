/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Digests;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A ruling as canonical JSON (RFC 8785). There are no fractions in it: a probability is in
 * millionths.
 */
final class RulingDocument {
  private static final String FORMAT = "arbiter.ruling.v1";
  private static final double MILLION = 1e6;

  private RulingDocument() {}

  static String of(Ruling.Content ruling) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("answer", ruling.answer().map(RulingDocument::answer).orElse("null"));
    fields.put("appealed", String.valueOf(ruling.appealed()));
    fields.put("calls", String.valueOf(ruling.spent().calls()));
    fields.put("confidence", millionths(ruling.confidence()));
    fields.put("cost", millionths(ruling.spent().usage().cost()));
    fields.put("dissent", texts(ruling.answer().isEmpty() ? List.of() : ruling.tally().dissent()));
    fields.put("format", text(FORMAT));
    fields.put("kind", text(ruling.kind().code()));
    fields.put("nanos", text(String.valueOf(ruling.spent().time().toNanos())));
    fields.put("outcome", text(ruling.outcome().code()));
    fields.put("payload", text(Digests.named(ruling.task().payload())));
    fields.put("rule", text(ruling.tally().rule().code()));
    fields.put("spec", text(Digests.named(ruling.task().spec().toString())));
    List<String> steps = new ArrayList<>();
    ruling
        .steps()
        .forEach(
            step ->
                steps.add(
                    object(Map.of("stage", text(step.stage().code()), "text", text(step.text())))));
    fields.put("steps", "[" + String.join(",", steps) + "]");
    fields.put("task", text(ruling.task().id()));
    fields.put("tenant", text(ruling.task().tenant()));
    fields.put("tokens", text(String.valueOf(ruling.spent().usage().tokens())));
    fields.put("type", text(ruling.task().type()));
    return object(fields);
  }

  /* The text is named by its digest: it may be large, or not for every reader. */
  private static String answer(Reply reply) {
    List<String> changes = new ArrayList<>();
    for (FileChange change : reply.work().changes()) {
      changes.add(change.path() + " +" + change.added() + " -" + change.removed());
    }
    return object(
        Map.of(
            "agent", text(reply.agent()),
            "changes", texts(changes),
            "digest", text(Digests.named(reply.text()))));
  }

  private static String millionths(double value) {
    return text(String.valueOf(Math.round(value * MILLION)));
  }

  private static String object(Map<String, String> fields) {
    List<String> members = new ArrayList<>();
    new TreeMap<>(fields).forEach((name, value) -> members.add(text(name) + ":" + value));
    return "{" + String.join(",", members) + "}";
  }

  private static String texts(Collection<String> values) {
    return "[" + String.join(",", values.stream().map(RulingDocument::text).toList()) + "]";
  }

  private static String text(String value) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\b' -> json.append("\\b");
        case '\t' -> json.append("\\t");
        case '\n' -> json.append("\\n");
        case '\f' -> json.append("\\f");
        case '\r' -> json.append("\\r");
        default -> {
          if (c < 0x20) {
            json.append("\\u00").append(Character.forDigit(c >> 4, 16));
            json.append(Character.forDigit(c & 15, 16));
          } else if (isHalf(value, i)) {
            json.append('\ufffd'); // half of a surrogate pair has no UTF-8
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.append('"').toString();
  }

  private static boolean isHalf(String value, int at) {
    char c = value.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == value.length() || !Character.isLowSurrogate(value.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(value.charAt(at - 1)));
  }
}
