/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.internal.project.PolicySnapshot.Named;
import dev.arbiter.caws.waiver.WaiverLedger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a constitution: specs, policy and waivers, as texts, files, folders or a ledger.
 */
abstract class CawsTexts<B extends CawsTexts<B>> {
  final List<Named> specTexts = new ArrayList<>();
  final List<Path> specPaths = new ArrayList<>();
  final List<Path> policyPaths = new ArrayList<>();
  final List<Named> waiverTexts = new ArrayList<>();
  final List<Path> waiverPaths = new ArrayList<>();
  @Nullable String policyText;
  @Nullable WaiverLedger ledger;

  CawsTexts() {}

  abstract B self();

  /**
   * Reads a project's folder: {@code working-spec.yaml}, {@code specs}, {@code policy.yaml} or
   * {@code policy/tier-policy.json}, {@code waivers}.
   *
   * @param projectDir the project, or its {@code .caws} folder itself
   * @throws IllegalArgumentException if it is no folder
   */
  public B project(Path projectDir) {
    Path caws = projectDir.resolve(".caws");
    Path root = Files.isDirectory(caws) ? caws : projectDir;
    if (!Files.isDirectory(root)) {
      throw new IllegalArgumentException(
          projectDir + " is no folder; give the project or its .caws folder");
    }
    for (String spec : List.of("working-spec.yaml", "working-spec.yml", "specs")) {
      specPaths.add(root.resolve(spec));
    }
    for (String policy :
        List.of(
            "policy.yaml",
            "policy.yml",
            "policy.json",
            "policy/tier-policy.json",
            "tier-policy.json")) {
      policyPaths.add(root.resolve(policy));
    }
    waiverPaths.add(root.resolve("waivers"));
    return self();
  }

  /**
   * Sets the policy.
   *
   * @param text YAML or JSON in one of the three shapes
   */
  public B policy(String text) {
    this.policyText = text;
    return self();
  }

  /**
   * Sets the policy as a file, which is read again when it changes.
   *
   * @param file YAML or JSON
   */
  public B policy(Path file) {
    policyPaths.add(file);
    return self();
  }

  /**
   * Adds a spec that tasks may name by its id.
   *
   * @param text YAML or JSON
   */
  public B spec(String text) {
    specTexts.add(new Named("spec " + (specTexts.size() + 1), text));
    return self();
  }

  /**
   * Adds all specs of a folder.
   *
   * @param folder holds YAML and JSON files
   */
  public B specs(Path folder) {
    specPaths.add(folder);
    return self();
  }

  /**
   * Adds a waiver.
   *
   * @param text YAML or JSON in one of the three shapes
   */
  public B waiver(String text) {
    waiverTexts.add(new Named("waiver " + (waiverTexts.size() + 1), text));
    return self();
  }

  /**
   * Adds all waivers of a folder, which is read again when it changes.
   *
   * @param folder holds YAML and JSON files
   */
  public B waivers(Path folder) {
    waiverPaths.add(folder);
    return self();
  }

  /**
   * Counts the active waivers of a ledger as they are at each moment, and takes every use from it.
   * So {@code max_uses} is one count for all constitutions that share the ledger.
   *
   * @param ledger may be shared, and changed meanwhile
   */
  public B waivers(WaiverLedger ledger) {
    this.ledger = ledger;
    return self();
  }
}
