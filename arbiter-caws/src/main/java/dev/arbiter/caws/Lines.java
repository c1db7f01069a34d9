/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the line of a finding that has a pointer and no line: in the policy, or in the spec. */
final class Lines {
  private final Node.@Nullable Fields spec;
  private final Node.@Nullable Fields policy;

  Lines(String specText, @Nullable String policyText) {
    this.spec = read(specText);
    this.policy = policyText == null ? null : read(policyText);
  }

  private static Node.@Nullable Fields read(String text) {
    try {
      return Document.object(text);
    } catch (Unreadable e) {
      return null;
    }
  }

  List<Finding> locate(List<Finding> findings) {
    List<Finding> located = new ArrayList<>(findings.size());
    for (Finding finding : findings) {
      boolean wanted = finding.line() == 0 && finding.place().startsWith("/");
      located.add(wanted ? finding.onLine(lineOf(finding.place())) : finding);
    }
    return located;
  }

  private int lineOf(String pointer) {
    boolean inPolicy = pointer.startsWith("/risk_tiers") || pointer.startsWith("/gates");
    Node node = inPolicy ? policy : spec;
    int line = 0;
    for (String token : pointer.substring(1).split("/", -1)) {
      String name = token.replace("~1", "/").replace("~0", "~");
      Node next = null;
      if (node instanceof Node.Fields fields) {
        next = fields.values().get(name);
      } else if (node instanceof Node.Items items
          && name.length() < 7
          && Ids.isDigits(name, 0, name.length())
          && Integer.parseInt(name) < items.values().size()) {
        next = items.values().get(Integer.parseInt(name));
      }
      if (next == null) {
        return line;
      }
      node = next;
      line = node.line();
    }
    return line;
  }
}
