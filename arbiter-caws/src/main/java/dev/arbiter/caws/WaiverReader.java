/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.Waiver.Approver;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads waivers in the three shapes that are in use: schema and loader (applies_to, delta,
 * approvers), made by the tool (approved_by, impact_level; also {@code active-waivers.yaml}, a map
 * by id), and v11 (scope.spec_id, constraints, revocation). One record may mix them, as migrated
 * files do.
 *
 * <p>A file that is no document, or names no waiver, is an error and stops everything: an
 * unreadable revocation must not leave the waiver in force. A waiver that lacks something is kept
 * with its problem, and skipped for it.
 */
final class WaiverReader {
  private static final long MOST = 1_000_000_000;
  private static final int MOST_GATES = 100;

  private final FieldReader waiver;
  private final Findings notes = new Findings();

  private WaiverReader(Node.Fields fields) {
    this.waiver = new FieldReader(fields, "", "waiver", notes);
  }

  /** A waiver, and what is wrong with its fields. */
  record Examined(Waiver waiver, List<Finding> findings) {}

  /**
   * Reads the waivers of one text, each with its findings.
   *
   * @throws Unreadable if it is no document, or names no waiver
   */
  static List<Examined> examine(String text) throws Unreadable {
    Node.Fields root = Document.object(text);
    if (root.values().containsKey("id")) {
      return List.of(examine(new WaiverReader(root), "", text));
    }
    List<Examined> examined = new ArrayList<>();
    Node.Fields byId = root.values().get("waivers") instanceof Node.Fields inner ? inner : root;
    for (Map.Entry<String, Node> entry : byId.values().entrySet()) {
      if (!(entry.getValue() instanceof Node.Fields fields)) {
        throw Unreadable.at(
            entry.getValue().line(), "id", "has neither an 'id' nor a map of waivers by id");
      }
      examined.add(examine(new WaiverReader(fields), entry.getKey(), text));
    }
    return examined;
  }

  private static Examined examine(WaiverReader reader, String key, String text) {
    Waiver waiver = reader.read(key, text);
    reader.waiver.require("gates", "expires_at");
    return new Examined(waiver, reader.notes.all());
  }

  /** Adds the waivers of one text; what cannot be read at all is noted. */
  static void read(String text, String place, List<Waiver> waivers, List<Finding> findings) {
    try {
      Node.Fields root = Document.object(text);
      Map<String, Node> fields = root.values();
      if (fields.containsKey("id")) {
        waivers.add(new WaiverReader(root).read("", text));
      } else if (fields.get("waivers") instanceof Node.Fields byId) {
        readMap(byId, text, waivers);
      } else {
        readMap(root, text, waivers);
      }
    } catch (Unreadable e) {
      findings.add(
          Finding.error(
                  "waiver.schema.unreadable",
                  place,
                  "the waiver file " + e.reason() + "; nothing runs until it can be read")
              .onLine(e.line()));
    }
  }

  private static void readMap(Node.Fields byId, String text, List<Waiver> waivers)
      throws Unreadable {
    for (Map.Entry<String, Node> entry : byId.values().entrySet()) {
      if (!(entry.getValue() instanceof Node.Fields fields)) {
        throw Unreadable.at(
            entry.getValue().line(), "id", "has neither an 'id' nor a map of waivers by id");
      }
      waivers.add(new WaiverReader(fields).read(entry.getKey(), text));
    }
  }

  private Waiver read(String key, String text) {
    Node given = waiver.node("id");
    String id = given instanceof Node.Text t && !t.value().isBlank() ? t.value().strip() : key;
    if (id.isEmpty() || (!key.isEmpty() && !id.equals(key))) {
      waiver.error("schema.invalid_id", "id", "id must be text, and agree with its key");
    }
    FieldReader delta = waiver.object("delta");
    FieldReader scope = waiver.object("scope");
    FieldReader constraints = waiver.object("constraints");
    FieldReader revocation = waiver.object("revocation");
    Waiver read =
        new Waiver(
            Sanitizer.text(id, 80),
            revocation == null ? orEmpty(waiver.text("status")) : "revoked",
            gates(),
            binding(scope),
            orEmpty(waiver.text("tenant")),
            delta(delta, "max_files"),
            delta(delta, "max_loc"),
            moment("created_at"),
            moment("expires_at"),
            approvers(),
            constraints == null ? -1 : orMinusOne(constraints.whole("max_uses", 0, MOST)),
            "",
            Digests.named(key + "\n" + text));
    return withProblem(read, problem(read));
  }

  private static Waiver withProblem(Waiver w, String problem) {
    return new Waiver(
        w.id(),
        w.status(),
        w.gates(),
        w.specId(),
        w.tenant(),
        w.files(),
        w.lines(),
        w.created(),
        w.expires(),
        w.approvers(),
        w.maxUses(),
        problem,
        w.digest());
  }

  private String problem(Waiver read) {
    if (waiver.node("delta") instanceof Node.Fields && isNegativeDelta()) {
      return "negative_delta";
    }
    if (notes.hasErrors() || read.gates().isEmpty() || read.expires() == null) {
      return "malformed";
    }
    if (read.gates().stream().anyMatch(gate -> gate.indexOf('*') >= 0 || gate.equals("all"))) {
      return "wildcard_gate";
    }
    if (read.created() != null && !read.expires().isAfter(read.created())) {
      return "malformed";
    }
    return "";
  }

  private boolean isNegativeDelta() {
    FieldReader delta =
        new FieldReader(
            (Node.Fields) java.util.Objects.requireNonNull(waiver.node("delta")),
            "",
            "",
            new Findings());
    Long files = FieldReader.whole(delta.node("max_files"));
    Long lines = FieldReader.whole(delta.node("max_loc"));
    return (files != null && files < 0) || (lines != null && lines < 0);
  }

  private static long delta(@Nullable FieldReader delta, String name) {
    Long value = delta == null ? null : delta.whole(name, 0, MOST);
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
      approvers.add(new Approver(handle(text.value()), null));
    } else if (node instanceof Node.Fields fields) {
      FieldReader shape = new FieldReader(fields, "/approvers", "waiver", notes);
      Node handle = shape.node("handle");
      String at = shape.text("approved_at");
      Instant moment = at == null ? null : Moments.expiry(at);
      if (at != null && moment == null) {
        shape.violation("approved_at", "must be a date, or a time with its zone");
      }
      approvers.add(
          new Approver(handle instanceof Node.Text text ? handle(text.value()) : "", moment));
    } else {
      waiver.violation("approvers", "an approver must be a name or have a handle");
    }
  }

  /** Two spellings of one person count once, so all are compared in this form. */
  static String handle(String name) {
    String folded =
        Normalizer.normalize(name, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
    StringBuilder visible = new StringBuilder(folded.length());
    folded.codePoints().filter(Sanitizer::isVisible).forEach(visible::appendCodePoint);
    int start = !visible.isEmpty() && visible.charAt(0) == '@' ? 1 : 0;
    return visible.substring(start);
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static long orMinusOne(@Nullable Long value) {
    return value == null ? -1 : value;
  }
}
