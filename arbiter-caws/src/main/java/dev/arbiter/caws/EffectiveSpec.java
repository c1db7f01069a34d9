/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.internal.Digests;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one task is held to: its spec, the policy and the waivers that name the spec, as they stood
 * together; and the digest that binds a verdict to them.
 */
record EffectiveSpec(
    Spec spec,
    String specText,
    Policy policy,
    Policy.Tier limit,
    List<Waiver> waivers,
    String digest,
    List<Finding> warnings) {

  /** A decision about one text under one set of rules, kept so that it is made once. */
  record CachedAdmission(
      PolicySnapshot rules, Admission admission, @Nullable EffectiveSpec charter) {
    /** The charter if it has the digest, else null. */
    @Nullable EffectiveSpec charterOf(String digest) {
      return charter != null && charter.digest().equals(digest) ? charter : null;
    }
  }

  static CachedAdmission decide(String specText, PolicySnapshot rules) {
    SpecReader.Reading reading = SpecReader.read(specText);
    Findings notes = new Findings();
    notes.addAll(rules.errors());
    notes.addAll(reading.findings());
    Spec spec = reading.spec();
    Policy policy = rules.policy();
    Policy.Tier limit = null;
    if (policy != null) {
      notes.addAll(policy.warnings());
    }
    if (spec != null && spec.dormant() != null) {
      notes.add(spec.dormant());
    }
    if (spec != null && policy != null) {
      limit = policy.tiers().get(spec.tier());
      agree(spec, limit, notes);
    }
    List<Finding> findings = notes.all();
    if (notes.hasErrors() || spec == null || policy == null || limit == null) {
      return new CachedAdmission(rules, new Admission.Refused(findings), null);
    }
    String digest = digest(specText, policy, rules.waivers(), spec.id());
    EffectiveSpec charter =
        new EffectiveSpec(spec, specText, policy, limit, rules.waivers(), digest, findings);
    return new CachedAdmission(rules, new Admission.Admitted(digest, findings), charter);
  }

  static void agree(Spec spec, Policy.@Nullable Tier limit, Findings notes) {
    if (limit == null) {
      notes.error(
          "policy.schema.tier.missing",
          "/risk_tiers/" + spec.tier(),
          "the policy has no tier " + spec.tier() + ", which the spec is in; add its limits");
      return;
    }
    if (!limit.modes().isEmpty() && !limit.modes().contains(spec.mode())) {
      notes.error(
          "policy.semantic.mode_not_allowed",
          "/mode",
          "the policy does not allow mode " + spec.mode() + " in tier " + spec.tier());
    }
    if (limit.contracts() && !spec.hasContracts()) {
      notes.error(
          "policy.semantic.contracts_required",
          "/contracts",
          "the policy wants a contract in tier " + spec.tier() + "; add it");
    }
  }

  /** Over everything the admission rests on; a waiver for another spec is no part of it. */
  private static String digest(
      String specText, Policy policy, List<Waiver> waivers, String specId) {
    List<String> parts =
        new ArrayList<>(List.of("arbiter.caws.charter.v1", specText, policy.digest()));
    for (Waiver waiver : waivers) {
      if (waiver.isActive() && waiver.specId().equals(specId)) {
        parts.add(waiver.id());
        parts.add(waiver.digest());
      }
    }
    return Digests.named(parts);
  }
}
