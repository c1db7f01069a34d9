/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Policy and waivers at one moment. Two snapshots are compared by identity: reading makes a new
 * one.
 */
public final class PolicySnapshot {
  private final @Nullable Policy policy;
  private final List<Waiver> waivers;
  private final List<Finding> errors;
  private final List<Finding> warnings;

  private PolicySnapshot(
      @Nullable Policy policy, List<Waiver> waivers, List<Finding> errors, List<Finding> warnings) {
    this.policy = policy;
    this.waivers = List.copyOf(waivers);
    this.errors = List.copyOf(errors);
    this.warnings = List.copyOf(warnings);
  }

  /** A text, its place for findings, and the folder it was read from, empty for none. */
  public record Named(String place, String text, String home) {
    /** A text that comes from no file. */
    public Named(String place, String text) {
      this(place, text, "");
    }
  }

  /** The waivers of a ledger that count or count no more, and the documents of all, by id. */
  public record Ledger(List<Waiver> decided, Map<String, Supplier<String>> documents) {
    /** No ledger. */
    public static final Ledger NONE = new Ledger(List.of(), Map.of());
  }

  /**
   * Reads the waivers of a policy.
   *
   * @param reading null when there is no policy, or its file could not be read
   * @param ledger its waivers count; no file counts that has the id of one of them
   * @param unread the files that could not be read, and why
   */
  public static PolicySnapshot read(
      PolicyReader.@Nullable Reading reading,
      List<Named> waiverTexts,
      Ledger ledger,
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
    List<Finding> warnings = new ArrayList<>();
    for (Named named : waiverTexts) {
      try {
        for (WaiverReader.Examined read : WaiverReader.read(named.text())) {
          if (ledger.documents().containsKey(read.waiver().id())) {
            shadow(named, read.waiver().id(), ledger, warnings);
          } else {
            waivers.add(read.waiver().from(named.home()));
          }
        }
      } catch (Unreadable e) {
        errors.add(
            Finding.error(
                    "waiver.schema.unreadable",
                    named.place(),
                    "the waiver file " + e.reason() + "; nothing runs until it can be read")
                .onLine(e.line()));
      }
    }
    waivers.addAll(ledger.decided());
    return new PolicySnapshot(policy, waivers, errors, warnings);
  }

  /** Says that a text does not count, unless it is the ledger's own document. */
  private static void shadow(Named named, String id, Ledger ledger, List<Finding> warnings) {
    Supplier<String> own = ledger.documents().get(id);
    if (own == null || !own.get().equals(named.text().strip())) {
      warnings.add(
          Finding.warning(
              "waiver.semantic.shadows_ledger",
              named.place(),
              "the waiver has the id of a waiver of the ledger, '"
                  + id
                  + "', and does not count; the ledger's does. Remove it or give it another id"));
    }
  }

  /** Null when there is no valid policy; then the errors say why. */
  public @Nullable Policy policy() {
    return policy;
  }

  /** All waivers that could be read, in the order of their files. */
  public List<Waiver> waivers() {
    return waivers;
  }

  /** Notes about waivers that cannot count. */
  public List<Finding> warnings() {
    return warnings;
  }

  /** Errors that refuse every task. */
  public List<Finding> errors() {
    return errors;
  }
}
