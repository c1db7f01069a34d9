/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes one answer as one JSON object. */
final class JsonAnswer {
  private JsonAnswer() {}

  static String of(ValidateCommand.Answer answer, FindingFile about) {
    Validation validation = answer.validation();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("verdict", validation.outcome().name().toLowerCase(Locale.ROOT));
    fields.put("dialect", validation.dialect().word());
    fields.put("spec", validation.spec().isEmpty() ? null : validation.spec());
    fields.put(
        "findings", findings(validation.findings(), finding -> about.of(answer.file(), finding)));
    fields.put("budget", budget(validation.budget()));
    return JsonText.of(fields);
  }

  static List<Map<String, Object>> findings(
      List<Finding> findings, Function<Finding, String> file) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("ruleId", finding.ruleId());
      fields.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
      fields.put("file", file.apply(finding));
      fields.put("pointer", finding.place());
      fields.put("line", finding.line());
      fields.put("message", finding.message());
      all.add(fields);
    }
    return all;
  }

  private static Map<String, @Nullable Object> budget(Validation.Budget budget) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("limit", amount(budget.limit()));
    fields.put("used", amount(budget.used()));
    fields.put("waiversApplied", budget.waiversApplied());
    List<Map<String, String>> skipped = new ArrayList<>();
    for (Validation.Skipped skip : budget.waiversSkipped()) {
      Map<String, String> one = new LinkedHashMap<>();
      one.put("id", skip.id());
      one.put("reason", skip.reason());
      skipped.add(one);
    }
    fields.put("waiversSkipped", skipped);
    return fields;
  }

  private static @Nullable Object amount(Optional<Validation.Amount> amount) {
    if (amount.isEmpty()) {
      return null;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("files", amount.get().files());
    fields.put("lines", amount.get().lines());
    return fields;
  }
}
