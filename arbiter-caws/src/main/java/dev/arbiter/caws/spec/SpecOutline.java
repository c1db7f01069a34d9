/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.spec;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a working spec that gates use. Reading it checks no rule.
 *
 * @param id the spec's id, empty when it has none
 * @param contracts paths of the contracts that name one
 * @param acceptance ids of the acceptance criteria, empty for one that has none
 */
public record SpecOutline(String id, List<String> contracts, List<String> acceptance) {
  /** Copies. */
  public SpecOutline {
    contracts = List.copyOf(contracts);
    acceptance = List.copyOf(acceptance);
  }

  /**
   * Reads a spec of either dialect.
   *
   * @param text YAML or JSON
   * @return empty when it cannot be read
   */
  public static Optional<SpecOutline> read(String text) {
    try {
      Node.Fields spec = Document.object(text);
      List<String> acceptance = ids(spec.field("acceptance"));
      if (acceptance.isEmpty()) {
        acceptance = ids(spec.field("acceptance_criteria"));
      }
      return Optional.of(new SpecOutline(spec.text("id"), paths(spec), acceptance));
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  private static List<String> ids(Node criteria) {
    return criteria.items().stream().map(criterion -> criterion.text("id")).toList();
  }

  private static List<String> paths(Node spec) {
    List<String> found = new ArrayList<>();
    for (Node contract : spec.field("contracts").items()) {
      if (contract.field("path") instanceof Node.Text path) {
        found.add(path.value());
      }
    }
    return found;
  }
}
