/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Policy and waivers at one moment. Two snapshots are compared by identity: reading makes a new
 * one.
 */
public final class PolicySnapshot {
  private final @Nullable Policy policy;
  private final List<Waiver> waivers;
  private final List<Finding> errors;

  private PolicySnapshot(@Nullable Policy policy, List<Waiver> waivers, List<Finding> errors) {
    this.policy = policy;
    this.waivers = List.copyOf(waivers);
    this.errors = List.copyOf(errors);
  }

  /** A text and its place for findings. */
  public record Named(String place, String text) {}

  /**
   * Reads the waivers of a policy.
   *
   * @param reading null when there is no policy, or its file could not be read
   * @param ledger waivers of a ledger
   * @param unread the files that could not be read, and why
   */
  public static PolicySnapshot read(
      PolicyReader.@Nullable Reading reading,
      List<Named> waiverTexts,
      List<Waiver> ledger,
      List<Finding> unread) {
    List<Finding> errors = new ArrayList<>(unread);
    Policy policy = reading == null ? null : reading.policy();
    if (reading == null) {
      errors.add(
          Finding.error(
              "policy.schema.missing",
              "policy.yaml",
              "there is no policy, so nothing limits a task; add .caws/policy.yaml"));
    } else if (policy == null) {
      errors.addAll(reading.findings());
    }
    List<Waiver> waivers = new ArrayList<>();
    for (Named named : waiverTexts) {
      try {
        WaiverReader.read(named.text()).forEach(read -> waivers.add(read.waiver()));
      } catch (Unreadable e) {
        errors.add(
            Finding.error(
                    "waiver.schema.unreadable",
                    named.place(),
                    "the waiver file " + e.reason() + "; nothing runs until it can be read")
                .onLine(e.line()));
      }
    }
    waivers.addAll(ledger);
    return new PolicySnapshot(policy, waivers, errors);
  }

  /** Null when there is no valid policy; then the errors say why. */
  public @Nullable Policy policy() {
    return policy;
  }

  /** All waivers that could be read, in the order of their files. */
  public List<Waiver> waivers() {
    return waivers;
  }

  /** Errors that refuse every task. */
  public List<Finding> errors() {
    return errors;
  }
}
