/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.project.Waiver.Approver;
import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.Moments;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads waivers in the three shapes that are in use: schema and loader (applies_to, delta,
 * approvers), made by the tool (approved_by, impact_level; also {@code active-waivers.yaml}, a map
 * by id), and v11 (scope.spec_id, constraints, revocation). One record may mix them, as migrated
 * files do.
 *
 * <p>A file that is no document, or names no waiver, is an error and stops every task: an
 * unreadable revocation must not leave the waiver in force. A waiver that lacks a field is kept
 * with its problem, and skipped for it.
 */
public final class WaiverReader {
  private static final int MOST_GATES = 100;

  private final FieldReader waiver;
  private final Findings notes = new Findings();

  private WaiverReader(Node.Fields fields) {
    this.waiver = new FieldReader(fields, "", "waiver", notes);
  }

  /** A waiver, and the errors of its fields. */
  public record Examined(Waiver waiver, List<Finding> findings) {}

  /**
   * Reads the waivers of one text, each with its findings.
   *
   * @throws Unreadable if it is no document, or names no waiver
   */
  public static List<Examined> read(String text) throws Unreadable {
    Node.Fields root = Document.object(text);
    if (root.values().containsKey("id")) {
      return List.of(new WaiverReader(root).read("", text));
    }
    List<Examined> examined = new ArrayList<>();
    Node.Fields byId = root.values().get("waivers") instanceof Node.Fields inner ? inner : root;
    for (Map.Entry<String, Node> entry : byId.values().entrySet()) {
      if (!(entry.getValue() instanceof Node.Fields fields)) {
        throw Unreadable.at(
            entry.getValue().line(), "id", "has neither an 'id' nor a map of waivers by id");
      }
      examined.add(new WaiverReader(fields).read(entry.getKey(), fields.exact()));
    }
    return examined;
  }

  /** Reads the waiver under a key, which is as it was as long as its own text is. */
  private Examined read(String key, String text) {
    Node given = waiver.node("id");
    String id = given instanceof Node.Text t && !t.value().isBlank() ? t.value().strip() : key;
    if (id.isEmpty() || (!key.isEmpty() && !id.equals(key))) {
      waiver.error("schema.invalid_id", "id", "id must be text, and agree with its key");
    }
    FieldReader delta = waiver.object("delta");
    FieldReader scope = waiver.object("scope");
    FieldReader constraints = waiver.object("constraints");
    FieldReader revocation = waiver.object("revocation");
    String status = revocation == null ? orEmpty(waiver.text("status")) : "revoked";
    List<String> gates = gates();
    String specId = binding(scope);
    String tenant = orEmpty(waiver.text("tenant"));
    long files = delta(delta, "max_files");
    long lines = delta(delta, "max_loc");
    Instant created = moment("created_at");
    Instant expires = moment("expires_at");
    List<Approver> approvers = approvers();
    Long uses = constraints == null ? null : constraints.whole("max_uses", 0, Waiver.MOST);
    boolean negative = isNegative(delta, "max_files") || isNegative(delta, "max_loc");
    String problem =
        negative
            ? "negative_delta"
            : notes.hasErrors() ? "malformed" : Waiver.problem(gates, created, expires);
    Waiver read =
        new Waiver(
            Sanitizer.text(id, 80),
            status,
            gates,
            specId,
            tenant,
            files,
            lines,
            created,
            expires,
            approvers,
            uses == null ? -1 : uses,
            problem,
            Digests.named(key + "\n" + text),
            "");
    waiver.require("gates", "expires_at");
    return new Examined(read, notes.all());
  }

  private static boolean isNegative(@Nullable FieldReader delta, String name) {
    Long value = delta == null ? null : FieldReader.whole(delta.node(name));
    return value != null && value < 0;
  }

  private static long delta(@Nullable FieldReader delta, String name) {
    Long value = delta == null ? null : delta.whole(name, 0, Waiver.MOST);
    return value == null ? 0 : value;
  }

  private String binding(@Nullable FieldReader scope) {
    String appliesTo = orEmpty(waiver.text("applies_to")).strip();
    String specId = scope == null ? "" : orEmpty(scope.text("spec_id")).strip();
    if (!appliesTo.isEmpty() && !specId.isEmpty() && !appliesTo.equals(specId)) {
      waiver.violation("applies_to", "applies_to and scope.spec_id name different specs");
    }
    return specId.isEmpty() ? appliesTo : specId;
  }

  private List<String> gates() {
    List<String> gates = new ArrayList<>();
    for (String gate : waiver.texts("gates")) {
      gates.add(Ids.gate(gate));
    }
    if (gates.size() > MOST_GATES) {
      waiver.violation("gates", "names more than " + MOST_GATES + " gates");
    }
    return List.copyOf(gates);
  }

  private @Nullable Instant moment(String name) {
    String text = waiver.text(name);
    Instant moment = text == null ? null : Moments.expiry(text);
    if (text != null && moment == null) {
      waiver.violation(name, "'" + name + "' must be a date, or a time with its zone");
    }
    return moment;
  }

  private List<Approver> approvers() {
    List<Approver> approvers = new ArrayList<>();
    for (Node node : waiver.items("approvers")) {
      approver(node, approvers);
    }
    Node by = waiver.node("approved_by");
    if (by instanceof Node.Items list) {
      list.values().forEach(node -> approver(node, approvers));
    } else if (by != null) {
      approver(by, approvers);
    }
    return List.copyOf(approvers);
  }

  private void approver(Node node, List<Approver> approvers) {
    if (node instanceof Node.Text text) {
      approvers.add(new Approver(Ids.handle(text.value()), null));
    } else if (node instanceof Node.Fields fields) {
      FieldReader shape = new FieldReader(fields, "/approvers", "waiver", notes);
      Node handle = shape.node("handle");
      String at = shape.text("approved_at");
      Instant moment = at == null ? null : Moments.expiry(at);
      if (at != null && moment == null) {
        shape.violation("approved_at", "must be a date, or a time with its zone");
      }
      approvers.add(
          new Approver(handle instanceof Node.Text text ? Ids.handle(text.value()) : "", moment));
    } else {
      waiver.violation("approvers", "an approver must be a name or have a handle");
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
