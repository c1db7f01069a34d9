/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.project.Policy.Mode;
import dev.arbiter.caws.internal.project.Policy.Tier;
import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a policy in one of three shapes: the legacy {@code policy.yaml}, policy.v1, and {@code
 * tier-policy.json}. Any other shape is refused; the message names the key it lacks.
 *
 * <p>A tier policy has no gates of its own. Each demand of a tier becomes a blocking gate: {@code
 * min_branch} is {@code coverage_threshold}, {@code min_mutation} is {@code mutation_threshold},
 * {@code requires_x} is {@code x}.
 */
public final class PolicyReader {
  private static final long MOST = 1_000_000_000;
  private static final int MOST_GATES = 100;
  private static final int LONGEST_WAIVER_DAYS = 366;

  private final FieldReader policy;
  private final Findings notes;

  private PolicyReader(FieldReader policy, Findings notes) {
    this.policy = policy;
    this.notes = notes;
  }

  /** A policy, or none and the errors; the parsed document, if the text is one. */
  public record Reading(
      @Nullable Policy policy, List<Finding> findings, Node.@Nullable Fields root) {}

  /** Reads a policy; a text that is no document is an error among the findings. */
  public static Reading read(String text) {
    Findings notes = new Findings();
    try {
      Node.Fields root = Document.object(text);
      FieldReader fields = new FieldReader(root, "", "policy", notes);
      Policy policy = new PolicyReader(fields, notes).policy(Digests.named(text));
      return new Reading(notes.hasErrors() ? null : policy, notes.all(), root);
    } catch (Unreadable e) {
      notes.error("policy.yaml." + e.kernelRule(), "", e.line(), "the policy " + e.reason());
      return new Reading(null, notes.all(), null);
    }
  }

  private @Nullable Policy policy(String digest) {
    boolean tierPolicy = !policy.mentions("risk_tiers") && isTierPolicy();
    FieldReader tierShapes = tierPolicy ? policy : policy.object("risk_tiers");
    if (tierShapes == null) {
      policy.violation(
          "risk_tiers",
          "required field 'risk_tiers' is missing; give max_files and max_loc by tier");
      return null;
    }
    Map<Integer, Tier> tiers = tiers(tierShapes, tierPolicy);
    monotonic(tierShapes, tiers);
    Map<String, Mode> gates = tierPolicy ? tierGates() : gates();
    return new Policy(
        tiers,
        withKernelGates(gates),
        approvers("min_approvers_for_budget_raise", "waivers", "edit_rules"),
        approvers("required_approvers", "waiver_approval", "waivers"),
        waiverDays(),
        zones(),
        rootPassthrough(),
        notes.all(),
        digest);
  }

  private boolean isTierPolicy() {
    for (String key : List.of("1", "2", "3")) {
      if (policy.node(key) instanceof Node.Fields tier && tier.values().containsKey("max_files")) {
        return true;
      }
    }
    return false;
  }

  private Map<Integer, Tier> tiers(FieldReader shapes, boolean tierPolicy) {
    Map<Integer, Tier> tiers = new TreeMap<>();
    for (int tier = 1; tier <= 3; tier++) {
      FieldReader shape = shapes.object(Integer.toString(tier));
      if (shape == null) {
        continue;
      }
      shape.require("max_files", "max_loc");
      Long files = shape.whole("max_files", 0, MOST);
      Long lines = shape.whole("max_loc", 0, MOST);
      Boolean contracts = shape.flag(tierPolicy ? "requires_contracts" : "contracts_required");
      if (files != null && lines != null) {
        Set<String> modes = Set.copyOf(shape.texts("allowed_modes"));
        tiers.put(tier, new Tier(files, lines, modes, Boolean.TRUE.equals(contracts)));
      }
    }
    for (String name : shapes.names()) {
      if (!tierPolicy && !Set.of("1", "2", "3").contains(name)) {
        shapes.violation(name, "risk_tiers has '1', '2' and '3' only");
      }
    }
    return tiers;
  }

  private static void monotonic(FieldReader shapes, Map<Integer, Tier> tiers) {
    Tier before = null;
    for (Map.Entry<Integer, Tier> entry : tiers.entrySet()) {
      Tier tier = entry.getValue();
      String name = entry.getKey().toString();
      String mend = " than the tier above it, which is the riskier; let limits rise with the tier";
      if (before != null && tier.files() < before.files()) {
        shapes.error(
            "semantic.risk_tiers.non_monotonic_files", name, "tier allows fewer files" + mend);
      }
      if (before != null && tier.lines() < before.lines()) {
        shapes.error(
            "semantic.risk_tiers.non_monotonic_loc", name, "tier allows fewer lines" + mend);
      }
      before = tier;
    }
  }

  private Map<String, Mode> gates() {
    Map<String, Mode> gates = new LinkedHashMap<>();
    FieldReader shapes = policy.object("gates");
    if (shapes == null) {
      if (!policy.has("gates")) {
        policy.violation("gates", "required field 'gates' is missing; nothing would be checked");
      }
      return gates;
    }
    if (shapes.names().isEmpty() || shapes.names().size() > MOST_GATES) {
      policy.violation("gates", "'gates' must name 1 to " + MOST_GATES + " gates");
      return gates;
    }
    shapes.objects().forEach((name, shape) -> gate(gates, name, shape));
    return gates;
  }

  private static void gate(Map<String, Mode> gates, String name, FieldReader shape) {
    Boolean enabled = shape.has("enabled") ? shape.flag("enabled") : Boolean.TRUE;
    String mode = shape.has("mode") ? shape.text("mode") : "block";
    if (mode != null && !Set.of("block", "warn", "skip").contains(mode)) {
      shape.error("schema.gates.unknown_mode", "mode", "mode must be block, warn or skip");
      return;
    }
    if (mode == null || enabled == null) {
      return;
    }
    Mode read = enabled ? Mode.valueOf(mode.toUpperCase(java.util.Locale.ROOT)) : Mode.SKIP;
    if (gates.put(Ids.gate(name), read) != null) {
      shape.violation(
          "", "gate '" + Sanitizer.text(name, 60) + "' is there twice; keep one spelling");
    }
  }

  private Map<String, Mode> tierGates() {
    Map<String, Mode> gates = new LinkedHashMap<>();
    for (String tier : List.of("1", "2", "3")) {
      if (policy.node(tier) instanceof Node.Fields fields) {
        fields.values().forEach((key, value) -> tierGate(gates, key, value));
      }
    }
    return gates;
  }

  private static void tierGate(Map<String, Mode> gates, String key, Node value) {
    boolean wanted = value instanceof Node.Flag flag && flag.value();
    if (key.equals("min_branch")) {
      gates.put("coverage_threshold", Mode.BLOCK);
    } else if (key.equals("min_mutation")) {
      gates.put("mutation_threshold", Mode.BLOCK);
    } else if (wanted && key.startsWith("requires_") && !key.equals("requires_contracts")) {
      gates.put(Ids.gate(key.substring("requires_".length())), Mode.BLOCK);
    } else if (wanted && key.endsWith("_required")) {
      gates.put(Ids.gate(key.substring(0, key.length() - "_required".length())), Mode.BLOCK);
    }
  }

  private List<GateRule> withKernelGates(Map<String, Mode> named) {
    Map<String, Mode> all = new LinkedHashMap<>();
    for (String kernel : GateRule.KERNEL) {
      Mode mode = named.getOrDefault(kernel, Mode.BLOCK);
      if (mode != Mode.BLOCK) {
        notes.warning(
            "policy.semantic.gates.critical_not_blocking",
            "/gates/" + kernel,
            "the policy does not let " + kernel + " block; set its mode to block");
      }
      all.put(kernel, mode);
    }
    named.forEach(all::putIfAbsent);
    return all.entrySet().stream().map(e -> GateRule.of(e.getKey(), e.getValue())).toList();
  }

  /** The largest number any of the sections asks for, at least one. */
  private int approvers(String field, String... sections) {
    long approvers = 1;
    for (String name : sections) {
      FieldReader section = section(name);
      Long wanted = section == null ? null : section.whole(field, 1, MOST);
      approvers = wanted == null ? approvers : Math.max(approvers, wanted);
    }
    return (int) approvers;
  }

  private @Nullable FieldReader section(String name) {
    return policy.mentions("risk_tiers") ? policy.object(name) : null;
  }

  private int waiverDays() {
    FieldReader approval = section("waiver_approval");
    Long days = approval == null ? null : approval.whole("max_duration_days", 1, MOST);
    return days == null ? LONGEST_WAIVER_DAYS : (int) Math.min(days, 36_500);
  }

  private List<Glob> zones() {
    List<String> zones = policy.texts("non_governed_zones");
    boolean forced = Boolean.TRUE.equals(policy.flag("non_governed_zones_force"));
    for (String zone : zones) {
      if (Glob.isEverything(zone) && !forced) {
        policy.error(
            "schema.non_governed_zones.too_broad",
            "non_governed_zones",
            "'" + Sanitizer.text(zone, 40) + "' exempts everything; name the folders");
        return List.of();
      }
    }
    return ScopeReader.globs(
        policy,
        "non_governed_zones",
        zones,
        reason -> policy.violation("non_governed_zones", reason));
  }

  private Set<String> rootPassthrough() {
    List<String> files = policy.texts("root_passthrough");
    for (String file : files) {
      if (file.indexOf('/') >= 0) {
        policy.error(
            "schema.root_passthrough.contains_slash",
            "root_passthrough",
            "'"
                + Sanitizer.text(file, 80)
                + "' is no file at the root; use scope.in or scope.support");
      }
    }
    return Set.copyOf(files);
  }
}
