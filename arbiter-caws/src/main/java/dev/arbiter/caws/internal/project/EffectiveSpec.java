/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spec, policy and waivers that one task is held to, as they were at one moment.
 *
 * @param digest over all of them; it binds a verdict to them
 */
public record EffectiveSpec(
    Spec spec,
    String specText,
    Policy policy,
    Policy.Tier limit,
    List<Waiver> waivers,
    String digest,
    List<Finding> warnings) {

  /**
   * The admission of one spec under one snapshot of policy and waivers, decided once.
   *
   * @param reading the spec, without its parsed document
   * @param effective null when the spec is refused
   */
  public record CachedAdmission(
      PolicySnapshot policy,
      SpecReader.Reading reading,
      Admission admission,
      @Nullable EffectiveSpec effective) {

    /** The effective spec if it has the digest, else null. */
    public @Nullable EffectiveSpec withDigest(String digest) {
      return effective != null && effective.digest().equals(digest) ? effective : null;
    }
  }

  /** Decides whether tasks may run under a spec, given the policy and waivers of one moment. */
  public static CachedAdmission decide(SpecReader.Reading reading, PolicySnapshot snapshot) {
    Findings notes = new Findings();
    notes.addAll(snapshot.errors());
    notes.addAll(snapshot.warnings());
    notes.addAll(reading.findings());
    Spec spec = reading.spec();
    Policy policy = snapshot.policy();
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
    SpecReader.Reading kept = reading.withoutTree();
    if (notes.hasErrors() || spec == null || policy == null || limit == null) {
      return new CachedAdmission(snapshot, kept, new Admission.Refused(findings), null);
    }
    List<Waiver> waivers = snapshot.waivers();
    String digest = digest(reading.text(), policy, waivers, spec.id());
    EffectiveSpec effective =
        new EffectiveSpec(spec, reading.text(), policy, limit, waivers, digest, findings);
    return new CachedAdmission(snapshot, kept, new Admission.Admitted(digest, findings), effective);
  }

  /** Adds an error for each thing of the spec that the policy does not allow in its tier. */
  public static void agree(Spec spec, Policy.@Nullable Tier limit, Findings notes) {
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

  /** Covers the spec, the policy and the active waivers of this spec, not those of others. */
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
