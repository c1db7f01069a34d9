/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.internal.Sanitizer;
import java.util.ArrayList;
import java.util.List;

/** Warnings: the demands of the legacy tools' schema that the tools never enforced. */
final class LegacyDetails {
  private static final int MOST_ENTRIES = 1000;

  private final FieldReader spec;

  LegacyDetails(FieldReader spec) {
    this.spec = spec;
  }

  void check() {
    Node title = spec.node("title");
    if (title != null && !(title instanceof Node.Text)) {
      spec.violation("title", "title should be text, is " + title.kind());
    }
    FieldReader radius = spec.object("blast_radius");
    if (radius != null) {
      if (radius.has("modules") && radius.texts("modules").isEmpty()) {
        radius.violation("modules", "blast_radius.modules should name at least one module");
      }
      radius.flag("data_migration");
    }
    Node slo = spec.node("operational_rollback_slo");
    if (slo != null && !(slo instanceof Node.Text text && Ids.isDuration(text.value()))) {
      spec.violation(
          "operational_rollback_slo", "operational_rollback_slo should be a time such as 5m or 1h");
    }
    spec.object("non_functional");
    spec.texts("invariants");
    notEmpty("invariants");
    acceptance();
    contracts();
  }

  private void notEmpty(String name) {
    if (spec.node(name) instanceof Node.Items items && items.values().isEmpty()) {
      spec.violation(name, "'" + name + "' should have at least one entry");
    }
  }

  private void acceptance() {
    notEmpty("acceptance");
    boolean old = !spec.has("acceptance") && spec.has("acceptance_criteria");
    List<String> ids = new ArrayList<>();
    for (FieldReader criterion : spec.objects(old ? "acceptance_criteria" : "acceptance")) {
      if (ids.size() > MOST_ENTRIES) {
        spec.violation("acceptance", "'acceptance' has more than " + MOST_ENTRIES + " criteria");
        return;
      }
      if (!old) {
        for (String part : List.of("id", "given", "when", "then")) {
          criterion.require(part);
          criterion.text(part);
        }
      }
      criterionId(criterion, ids);
    }
  }

  private static void criterionId(FieldReader criterion, List<String> ids) {
    String id = criterion.given("id");
    if (criterion.has("id") && !Ids.isCriterionId(id)) {
      criterion.violation(
          "id", "acceptance id '" + Sanitizer.text(id, 40) + "' should be A1, A2, ...");
    } else if (ids.contains(id)) {
      criterion.violation("id", "acceptance id " + id + " is used twice; number them");
    }
    ids.add(id);
  }

  private void contracts() {
    for (FieldReader contract : spec.objects("contracts")) {
      contract.require("type");
      contract.text("type");
    }
  }
}
