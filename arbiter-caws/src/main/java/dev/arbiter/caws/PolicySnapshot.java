/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Policy and waivers as they stood at one moment; compared by identity, since reading makes new
 * ones.
 */
final class PolicySnapshot {
  private final @Nullable Policy policy;
  private final List<Waiver> waivers;
  private final List<Finding> errors;

  private PolicySnapshot(@Nullable Policy policy, List<Waiver> waivers, List<Finding> errors) {
    this.policy = policy;
    this.waivers = List.copyOf(waivers);
    this.errors = List.copyOf(errors);
  }

  /** A text and where it came from. */
  record Named(String place, String text) {}

  /**
   * Reads policy and waivers.
   *
   * @param policyText null when there is none, or it could not be read
   * @param unread what could not even be read from disk
   */
  static PolicySnapshot read(
      @Nullable String policyText, List<Named> waiverTexts, List<Finding> unread) {
    List<Finding> errors = new ArrayList<>(unread);
    Policy policy = null;
    if (policyText != null) {
      PolicyReader.Reading reading = PolicyReader.read(policyText);
      policy = reading.policy();
      if (policy == null) {
        errors.addAll(reading.findings());
      }
    } else {
      errors.add(
          Finding.error(
              "policy.schema.missing",
              "policy.yaml",
              "there is no policy, so nothing limits a task; add .caws/policy.yaml"));
    }
    List<Waiver> waivers = new ArrayList<>();
    for (Named waiver : waiverTexts) {
      WaiverReader.read(waiver.text(), waiver.place(), waivers, errors);
    }
    return new PolicySnapshot(policy, waivers, errors);
  }

  /** Null when there is none that can be read; then the errors say why. */
  @Nullable Policy policy() {
    return policy;
  }

  /** All that could be read, in the order of their files. */
  List<Waiver> waivers() {
    return waivers;
  }

  /** What stops every task. */
  List<Finding> errors() {
    return errors;
  }
}
